//! The claim: one user takes one use of one code.

use pgrx::datum::Uuid;
use serde_json::json;

use crate::codes::read;
use crate::events::Events;
use crate::pg::clock;
use crate::pg::error::{Error, Result};
use crate::pg::ids;
use crate::pg::result::Row;
use crate::pg::session::{Session, View};
use crate::pg::statement::{columns, statements};
use crate::pg::transaction::MOST_LOOKS;
use crate::programs::{admission, cap};
use crate::redemption::refuse::{Refused, diagnose};
use crate::rules::event::EventType;
use crate::rules::judge::{Counted, Judge};
use crate::rules::membership::Membership;
use crate::rules::state::Limits;
use crate::usage::{self, Use};

columns! {
    c: uuid, code, beneficiary_uuid, number_of_uses, max_uses, expiration_date
}

/// Behind these columns a claim gives the program that the code is assigned to, and whether events are told.
const PROGRAM: i32 = at::expiration_date + 1;
const EVENTS: i32 = PROGRAM + 1;

statements! {
    c.* = COLUMNS;
    CLAIM = "redemption/claim.sql";
    CLAIM_LOCKED = "redemption/claim_locked.sql";
}

statements! {
    RELEASE = "redemption/release.sql";
}

/// A use taken from a code's counter, whose row stays locked until the transaction ends.
pub struct Claim {
    pub code_uuid: Uuid,
    pub code: String,
    pub beneficiary_uuid: Option<Uuid>,
    pub limits: Limits,
    membership: Option<Membership>,
    events: Events,
}

/// A use taken and written down.
pub struct Redeemed {
    pub claim: Claim,
    pub usage: Use,
}

pub type Outcome = std::result::Result<Redeemed, Box<Refused>>;

/// Redeems a code, or says why not. On the good path two statements: the claim and the usage row.
pub fn redeem(session: &Session, text: &str, user: Uuid) -> Result<Outcome> {
    let lookup = read::lookup(text);
    if let Some(lookup) = &lookup
        && let Some(claim) = Claim::take(session, &lookup.normal, user)
        && let Some(redeemed) = claim.record(session, user)?
    {
        return Ok(Ok(redeemed));
    }
    let find = || read::by_text(session, lookup.as_ref()?, View::Now);
    let (mut locked, mut unlockable) = (None, None);
    for _ in 0..MOST_LOOKS {
        let found = diagnose(session, find(), Some(user), View::Now);
        let code = match found.judge() {
            Ok(code) => code.uuid,
            Err(refused) => return Ok(Err(refused)),
        };
        // Nothing speaks against it: the row is stored in another case, or it was freed a moment ago.
        // What is judged once more under its lock is final.
        if locked == Some(code) {
            if let Some(redeemed) = Claim::take_locked(session, code)?.record(session, user)? {
                return Ok(Ok(redeemed));
            }
        } else if read::lock(session, code).is_some() {
            locked = Some(code);
        } else if unlockable.replace(code) == Some(code) {
            return Err(not_updatable());
        }
    }
    let message = "the code keeps changing while it is redeemed";
    Err(Error::keeps_changing("code_keeps_changing", message))
}

impl Claim {
    fn read(row: Row) -> Self {
        let beneficiary_uuid = row.get(at::beneficiary_uuid);
        Claim {
            code_uuid: row.need(at::uuid),
            code: row.need(at::code),
            beneficiary_uuid,
            limits: Limits {
                status: true,
                number_of_uses: row.need(at::number_of_uses),
                max_uses: row.need(at::max_uses),
                expiration_date: row.get(at::expiration_date),
            },
            membership: Membership::of(row.get(PROGRAM), beneficiary_uuid.is_some()),
            events: Events::new(row.get(EVENTS).unwrap_or(false)),
        }
    }

    /// Takes one use of the code that is stored under exactly this text, if every rule allows it.
    fn take(session: &Session, code: &str, user: Uuid) -> Option<Self> {
        let args = [code.into(), user.into(), clock::now().into()];
        session.write(&CLAIM, &args).first().map(Claim::read)
    }

    /// Takes one use of a code whose row is locked and has been judged.
    pub fn take_locked(session: &Session, code_uuid: Uuid) -> Result<Self> {
        let taken = session.write(&CLAIM_LOCKED, &[code_uuid.into()]);
        taken.first().map(Claim::read).ok_or_else(not_updatable)
    }

    /// Writes the use down, or gives it back where it turns out that the user may not have it.
    fn record(mut self, session: &Session, user: Uuid) -> Result<Option<Redeemed>> {
        let usage = Use { uuid: ids::new_uuid(), date_used: clock::now() };
        // The clock that the claim was judged by was read before it waited for the lock.
        if self.limits.expired(usage.date_used) || !self.admit(session, user)? {
            release(session, self.code_uuid);
            return Ok(None);
        }
        let Some(written) = usage::insert_once(session, self.code_uuid, user, usage)? else {
            self.leave_program(session);
            release(session, self.code_uuid);
            return Ok(None);
        };
        if !self.follow(session, user, written.program)? {
            usage::delete(session, usage.uuid);
            release(session, self.code_uuid);
            return Ok(None);
        }
        let used = UseEvent {
            usage_uuid: usage.uuid,
            code_uuid: self.code_uuid,
            code: &self.code,
            user,
            beneficiary_uuid: self.beneficiary_uuid,
            program: self.membership.as_ref().map(|of| of.program.as_str()),
        };
        used.tell(session, self.events);
        Ok(Some(Redeemed { claim: self, usage }))
    }

    fn admit(&self, session: &Session, user: Uuid) -> Result<bool> {
        let (judge, counted) = (Judge::Everything, Counted::Nowhere);
        let admit = |membership| {
            admission::admit(session, membership, judge, counted, self.code_uuid, user)
        };
        self.membership.as_ref().map_or(Ok(true), admit)
    }

    /// Gives the program its use back.
    fn leave_program(&self, session: &Session) {
        self.membership.iter().for_each(|of| cap::give_back(session, &of.program, 1));
    }

    /// What a claim that waited for the lock reads of other rows is as old as its statement. The usage row's
    /// own statement tells where the code is by now: had it been assigned meanwhile, the use goes along, if
    /// the program there admits it.
    fn follow(&mut self, session: &Session, user: Uuid, assigned: Option<String>) -> Result<bool> {
        let newest = Membership::of(assigned, self.beneficiary_uuid.is_some());
        if newest == self.membership {
            return Ok(true);
        }
        self.leave_program(session);
        self.membership = newest;
        self.admit(session, user)
    }
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
    pub fn tell(&self, session: &Session, events: Events) {
        events.tell(session, EventType::CodeUsed, || {
            json!({
                "usage_uuid": self.usage_uuid.to_string(),
                "code_uuid": self.code_uuid.to_string(),
                "code": self.code,
                "used_by_uuid": self.user.to_string(),
                "beneficiary_uuid": self.beneficiary_uuid.map(|uuid| uuid.to_string()),
                "program": self.program,
            })
        });
    }
}

/// The row is there, nothing speaks against its use, and yet it does not let itself be written to.
fn not_updatable() -> Error {
    let message = "the code may be used, but its row could not be updated";
    Error::new("42501", "row_not_updated", message)
        .with_hint("Row-level security lets the caller see the code and not update it.")
}

/// Gives a use of the code back, whose row is locked.
pub fn release(session: &Session, code_uuid: Uuid) {
    session.write(&RELEASE, &[code_uuid.into()]);
}
