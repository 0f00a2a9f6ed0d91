//! The claim: one user takes one use of one code.

use pgrx::datum::Uuid;
use serde_json::{Value, json};

use crate::codes::row::Code;
use crate::codes::stripes;
use crate::codes::{membership, read, reserves};
use crate::events::tell::Events;
use crate::pg::error::Result;
use crate::pg::ids;
use crate::pg::result::Row;
use crate::pg::session::{Session, View};
use crate::pg::statement::{columns, statements};
use crate::pg::tables::HOLDS;
use crate::pg::transaction::MOST_LOOKS;
use crate::pg::{changes, clock};
use crate::programs::admission::Entry;
use crate::programs::{admission, cap};
use crate::redemption::held::{self, Hold};
use crate::redemption::refuse::{Free, Refused, diagnose};
use crate::rules::event::EventType;
use crate::rules::judge::{Counted, Judge};
use crate::rules::membership::Membership;
use crate::rules::refusal::Refusal;
use crate::rules::state::{Limits, Reserves};
use crate::rules::time::Timestamp;
use crate::settings::Switches;
use crate::usage::{self, Use};

columns! {
    c: uuid, code, beneficiary_uuid, number_of_uses, max_uses, expiration_date
}

statements! {
    c.* = COLUMNS;
    CLAIM = "redemption/claim.sql";
    CLAIM_LOCKED = "redemption/claim_locked.sql";
}

/// A use of a code that somebody may have: the code's row stays locked until the transaction ends, or its stripe.
pub struct Claim {
    pub code_uuid: Uuid,
    pub code: String,
    pub beneficiary_uuid: Option<Uuid>,
    pub limits: Limits,
    hold: Option<Hold>,
    /// Whether the use was taken from the counter just now; false where the hold had it counted.
    is_new: bool,
    /// Taken from a stripe, in a savepoint with which it goes back.
    is_of_stripe: bool,
    freed: i32,
    /// Whether somebody may hold a use of the code.
    may_be_held: bool,
}

/// A use taken and written down.
pub struct Redeemed {
    pub claim: Claim,
    pub usage: Use,
}

/// A use that the code and its program have counted, and what is known of it by then.
pub struct Settled {
    pub now: Timestamp,
    events: Events,
    membership: Option<Membership>,
    entry: Entry,
}

/// How far a claim has come that was judged before.
pub enum Step<T> {
    Done(T),
    /// The use is given back: this speaks against it by now, under the lock of all that it depends on or as it was at
    /// a moment since.
    Refused(Refusal),
    /// The use is given back: the user has one by now.
    Stopped,
}

pub type Outcome = std::result::Result<Redeemed, Box<Refused>>;

/// Has a use of the code that `find` gives, judged under its lock, for what `make` makes of it; or says why not. Where
/// that is stopped all is judged anew.
pub fn claim_locked<T>(
    session: &Session,
    find: impl Fn() -> Option<Code>,
    user: Uuid,
    make: impl Fn(Claim) -> Result<Step<T>>,
) -> Result<std::result::Result<T, Box<Refused>>> {
    let (mut locked, mut unlockable, mut full) = (None, None, None);
    for _ in 0..MOST_LOOKS {
        let free = match diagnose(session, find(), Some(user), View::Now).judge() {
            Ok(free) => free,
            Err(refused) => {
                // The counter and the leases are not read at one moment: a change of the code may have given them
                // back in between.
                let counter = refused.counter_beside_leases(session);
                if counter != full {
                    full = counter;
                    continue;
                }
                return Ok(Err(refused));
            }
        };
        let code = free.code.clone();
        // Nothing speaks against it: the row is stored in another case, or it was freed a moment ago.
        // What is judged once more under its lock is final.
        if locked == Some(code.uuid) {
            let Some(claim) = Claim::of(session, free)? else { continue };
            match make(claim)? {
                Step::Done(made) => return Ok(Ok(made)),
                Step::Stopped => {}
                Step::Refused(refusal) => {
                    return Ok(Err(Box::new(Refused::of(Some(code), refusal, None))));
                }
            }
        } else if read::lock(session, code.uuid).is_some() {
            locked = Some(code.uuid);
        } else if unlockable.replace(code.uuid) == Some(code.uuid) {
            return Err(read::not_updatable());
        }
    }
    Err(read::keeps_changing())
}

impl Claim {
    pub fn read(row: Row) -> Self {
        Claim {
            code_uuid: row.need(at::uuid),
            code: row.need(at::code),
            beneficiary_uuid: row.get(at::beneficiary_uuid),
            limits: Limits {
                status: true,
                number_of_uses: row.need(at::number_of_uses),
                max_uses: row.need(at::max_uses),
                expiration_date: row.get(at::expiration_date),
                reserves: Reserves::default(),
            },
            hold: None,
            is_new: true,
            is_of_stripe: false,
            freed: 0,
            may_be_held: true,
        }
    }

    /// The same for a use that was taken from a stripe.
    pub fn of_stripe(row: Row) -> Self {
        Claim { is_of_stripe: true, ..Claim::read(row) }
    }

    /// The code's limits after the claim, with its reserves.
    pub fn limits_now(&self, session: &Session) -> Limits {
        // It may have been given stripes while its row was waited for.
        if !self.may_be_held && !stripes::are_of(session, self.code_uuid) {
            return self.limits;
        }
        Limits { reserves: reserves::of(session, self.code_uuid, View::Now), ..self.limits }
    }

    /// Takes one use of the code that is stored under exactly this text, if every rule allows it.
    pub fn take(session: &Session, code: &str, user: Uuid) -> Option<Self> {
        let args = [code.into(), user.into(), clock::now().into()];
        let claim = session.write(&CLAIM, &args).first().map(Claim::read)?;
        if !session.may_have_rows(HOLDS) {
            return Some(Claim { may_be_held: false, ..claim });
        }
        Some(match held::of(session, claim.code_uuid, user, View::Now) {
            Some(hold) if hold.is_counted => {
                held::release(session, claim.code_uuid, 1);
                let uses = claim.limits.number_of_uses - 1;
                let limits = Limits { number_of_uses: uses, ..claim.limits };
                Claim { hold: Some(hold), is_new: false, limits, ..claim }
            }
            hold => Claim { hold, ..claim },
        })
    }

    /// Has a use of a code whose row is locked and has been judged: the one that is held, or a new one. None as in
    /// `take_locked`.
    fn of(session: &Session, free: Free) -> Result<Option<Self>> {
        match free {
            Free { code, hold: Some(hold) } if hold.is_counted => Ok(Some(Claim {
                code_uuid: code.uuid,
                code: code.code,
                beneficiary_uuid: code.beneficiary_uuid,
                limits: code.limits,
                hold: Some(hold),
                is_new: false,
                is_of_stripe: false,
                freed: 0,
                may_be_held: true,
            })),
            Free { code, hold } => {
                let taken = Claim::take_locked(session, &code)?;
                Ok(taken.map(|claim| Claim { hold, ..claim }))
            }
        }
    }

    /// Takes one use of a code whose row is locked and has been judged; None where it turns out that the last ones,
    /// which stripes had leased, have been made.
    pub fn take_locked(session: &Session, code: &Code) -> Result<Option<Self>> {
        let freed = held::make_room(session, code, 1);
        if !stripes::make_room(session, code, freed) {
            return if freed == 0 && code.limits.reserves.leased > 0 {
                Ok(None)
            } else {
                Err(read::keeps_changing())
            };
        }
        let taken = session.write(&CLAIM_LOCKED, &[code.uuid.into()]);
        let claim = taken.first().map(Claim::read).ok_or_else(read::not_updatable)?;
        Ok(Some(Claim { freed, ..claim }))
    }

    /// Gives a new use back; that of a stripe goes back with its savepoint.
    fn give_back(&self, session: &Session) {
        let is_counted = self.is_new && !self.is_of_stripe;
        held::release(session, self.code_uuid, i32::from(is_counted));
    }

    /// The user's hold, which becomes the use.
    pub fn hold(&self) -> Option<Hold> {
        self.hold
    }

    /// Uses that expired holds have given up in the code; its program counts them still.
    pub fn freed(&self) -> i32 {
        self.freed
    }

    /// Counts the use in the code's program, if that admits it; gives it back where it turns out that the user may
    /// not have it. `freed`: uses of the code's that are free besides, and that the program counts still.
    pub fn settle(&self, session: &Session, user: Uuid, freed: i32) -> Result<Step<Settled>> {
        // The clock and the switches that the claim was judged by were read before it waited for the lock.
        changes::take_in();
        let (now, switches) = (clock::now(), Switches::read(session, View::Now));
        // Under the lock, or that of a stripe, nobody else assigns the code.
        let membership = membership::of_code(session, self.code_uuid, self.beneficiary_uuid);
        let judge = Judge::Everything;
        let counted = if self.is_new { Counted::Nowhere } else { Counted::InCodeAndProgram };
        let freed = self.freed + freed;
        let admit = |of| admit(session, of, judge, counted, self.code_uuid, user, freed);
        let closed = if !switches.enabled {
            Some(Refusal::SystemDisabled)
        } else {
            self.limits.expired(now).then_some(Refusal::CodeExpired)
        };
        let entry = match (closed, &membership) {
            (None, Some(membership)) => admit(membership)?,
            (None, None) => Entry::Granted,
            (Some(refusal), of) => {
                of.iter().for_each(|of| cap::give_back(session, &of.program, freed));
                Entry::Refused(refusal)
            }
        };
        if let Entry::Refused(refusal) = entry {
            self.give_back(session);
            return Ok(Step::Refused(refusal));
        }
        let events = Events::new(switches.events);
        Ok(Step::Done(Settled { now, events, membership, entry }))
    }

    /// Writes the use down, or gives it back where it turns out that the user may not have it.
    pub fn record(self, session: &Session, user: Uuid) -> Result<Step<Redeemed>> {
        let Settled { now, events, membership, entry } = match self.settle(session, user, 0)? {
            Step::Done(settled) => settled,
            Step::Refused(refusal) => return Ok(Step::Refused(refusal)),
            Step::Stopped => return Ok(Step::Stopped),
        };
        let uuid = self.hold.map_or_else(ids::new_uuid, |hold| hold.uuid);
        let usage = Use { uuid, date_used: now };
        if !usage::insert_once(session, self.code_uuid, user, usage)? {
            if self.is_new && !self.is_of_stripe {
                membership.iter().for_each(|of| admission::give_back(session, &of.program, entry));
                self.give_back(session);
            }
            return Ok(Step::Stopped);
        }
        if let Some(hold) = self.hold {
            held::remove(session, vec![hold.uuid]);
        }
        let used = UseEvent {
            usage_uuid: usage.uuid,
            code_uuid: self.code_uuid,
            code: &self.code,
            user,
            beneficiary_uuid: self.beneficiary_uuid,
            program: membership.as_ref().map(|of| of.program.as_str()),
        };
        used.tell(session, events, EventType::CodeUsed);
        Ok(Step::Done(Redeemed { claim: self, usage }))
    }
}

/// Takes a use of the code's program, whose rules hold, unless it is counted, also one that an expired hold has to
/// give up. `freed`: uses that such holds have given up in the code.
pub fn admit(
    session: &Session,
    membership: &Membership,
    judge: Judge,
    counted: Counted,
    code: Uuid,
    user: Uuid,
    freed: i32,
) -> Result<Entry> {
    let may_be_of_stripe = freed == 0;
    let ask =
        || admission::admit(session, membership, judge, counted, code, user, may_be_of_stripe);
    let program = &membership.program;
    let mut entry = ask()?;
    // Only now: the program's row is locked behind the referee's.
    cap::give_back(session, program, freed);
    if entry.is_used_up() && freed > 0 {
        entry = ask()?;
    }
    if entry.is_used_up() && held::make_room_in_program(session, program) {
        entry = ask()?;
    }
    Ok(entry)
}

/// What an event says of a use.
pub struct UseEvent<'a> {
    pub usage_uuid: Uuid,
    pub code_uuid: Uuid,
    pub code: &'a str,
    pub user: Uuid,
    pub beneficiary_uuid: Option<Uuid>,
    pub program: Option<&'a str>,
}

impl UseEvent<'_> {
    pub fn payload(&self) -> Value {
        json!({
            "usage_uuid": self.usage_uuid.to_string(),
            "code_uuid": self.code_uuid.to_string(),
            "code": self.code,
            "used_by_uuid": self.user.to_string(),
            "beneficiary_uuid": self.beneficiary_uuid.map(|uuid| uuid.to_string()),
            "program": self.program,
        })
    }

    /// `kind`: that it was made, or undone.
    pub fn tell(&self, session: &Session, events: Events, kind: EventType) {
        events.tell(session, kind, || self.payload());
    }
}
