//! The claim: one user takes one use of one code.

use pgrx::datum::Uuid;
use serde_json::json;

use crate::codes::row::Code;
use crate::codes::stripes::{self, Striped};
use crate::codes::{membership, read, reserves, striping};
use crate::events::Events;
use crate::pg::error::{Error, Result};
use crate::pg::ids;
use crate::pg::result::Row;
use crate::pg::savepoint::attempt;
use crate::pg::session::{Session, View};
use crate::pg::statement::{columns, statements};
use crate::pg::tables::{CODES, USAGE};
use crate::pg::transaction::MOST_LOOKS;
use crate::pg::{backend, changes, clock};
use crate::programs::{admission, cap};
use crate::redemption::refuse::{Refused, diagnose};
use crate::rules::event::EventType;
use crate::rules::judge::{Counted, Judge};
use crate::rules::membership::Membership;
use crate::rules::refusal::Refusal;
use crate::rules::state::{Limits, Reserves};
use crate::settings::Switches;
use crate::usage::{self, Use};

columns! {
    c: uuid, code, beneficiary_uuid, number_of_uses, max_uses, expiration_date
}

statements! {
    c.* = COLUMNS;
    CLAIM = "redemption/claim.sql";
    CLAIM_LOCKED = "redemption/claim_locked.sql";
    JUDGE_STRIPED = "redemption/judge_striped.sql";
}

statements! {
    TAKE_FROM_STRIPE = "redemption/take_from_stripe.sql";
    RELEASE = "redemption/release.sql";
}

/// A use taken from a code's counter, whose row stays locked until the transaction ends, or from one of its stripes.
pub struct Claim {
    pub code_uuid: Uuid,
    pub code: String,
    pub beneficiary_uuid: Option<Uuid>,
    pub limits: Limits,
    /// Taken in a savepoint, with which it goes back.
    is_of_stripe: bool,
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
    let switches = Switches::read(session, View::Now);
    let striped = lookup.as_ref().and_then(|lookup| stripes::of_text(session, &lookup.normal));
    if let Some(lookup) = lookup.as_ref().filter(|_| switches.enabled) {
        let redeemed = match striped {
            Some(striped) => redeem_striped(session, striped, &lookup.normal, user)?,
            None => redeem_plain(session, &lookup.normal, user, switches.auto_stripes)?,
        };
        if let Some(redeemed) = redeemed {
            return Ok(Ok(redeemed));
        }
    }
    let find = || read::by_text(session, lookup.as_ref()?, View::Now);
    let (mut locked, mut unlockable, mut full) = (None, None, None);
    for _ in 0..MOST_LOOKS {
        let found = diagnose(session, find(), Some(user), View::Now);
        let found = match found.judge() {
            Ok(found) => found,
            Err(refused) => {
                // The counter and the leases are not read at one moment: an edit may have given them back between.
                let counter = refused.code.as_ref().map(|code| code.limits.number_of_uses);
                let is_full = refused.refusal == Refusal::UsageLimitReached;
                if striped.is_some() && is_full && full != counter {
                    full = counter;
                    continue;
                }
                return Ok(Err(refused));
            }
        };
        let code = found.uuid;
        // Nothing speaks against it: the row is stored in another case, or it was freed a moment ago.
        // What is judged once more under its lock is final.
        if locked == Some(code) {
            if let Some(claim) = Claim::take_locked(session, &found)?
                && let Some(redeemed) = claim.record(session, user)?
            {
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

/// Redeems the code that is stored under exactly this text, unless some rule stands against it. With `auto_stripes`
/// a code that people queue for gets so many stripes.
fn redeem_plain(
    session: &Session,
    text: &str,
    user: Uuid,
    auto_stripes: i32,
) -> Result<Option<Redeemed>> {
    let asked = (auto_stripes > 0).then(clock::now);
    let Some(claim) = Claim::take(session, text, user) else { return Ok(None) };
    let has_waited = asked.is_some_and(|asked| clock::now().0 - asked.0 > WAITED_MICROSECONDS);
    let mut redeemed = claim.record(session, user)?;
    if has_waited
        && backend::is_waited_for()
        && let Some(Redeemed { claim, .. }) = &mut redeemed
    {
        let leased = striping::spread_hot(session, claim.code_uuid, auto_stripes);
        claim.limits.number_of_uses += leased;
    }
    Ok(redeemed)
}

/// A claim that took longer has waited for the code's row.
const WAITED_MICROSECONDS: i64 = 1_000;

/// Redeems a code by one of its stripes or, where that has no use, by its counter, of which the stripe then leases
/// some; None where some rule stands against it, or the last uses are other stripes'.
fn redeem_striped(
    session: &Session,
    striped: Striped,
    text: &str,
    user: Uuid,
) -> Result<Option<Redeemed>> {
    // As the claim does, so that whoever locks the table waits for redemptions under way.
    session.lock_for_writing(CODES);
    session.lock_for_writing(USAGE);
    // Without it whoever redeems needs the code's row, to look whether the user has.
    if session.tables.usage_is_unique() {
        let mut is_empty = false;
        let redeemed = attempt(|| {
            let Some(uses_left) = take_from_stripe(session, striped) else {
                is_empty = true;
                return Ok(None);
            };
            match Claim::of_stripe(session, striped, uses_left, text, user) {
                Some(claim) => claim.record(session, user),
                None => Ok(None),
            }
        })?;
        if redeemed.is_some() || !is_empty {
            return Ok(redeemed);
        }
    }
    let Some(mut claim) = Claim::take(session, text, user) else { return Ok(None) };
    claim.limits.number_of_uses += striped.refill(session, claim.limits.free());
    claim.record(session, user)
}

/// Takes a use from the backend's stripe; how many it has left, None where it had none.
fn take_from_stripe(session: &Session, striped: Striped) -> Option<i32> {
    let args = [striped.code.into(), striped.own().into()];
    session.write(&TAKE_FROM_STRIPE, &args).first().map(|row| row.need(1))
}

impl Claim {
    fn read(row: Row) -> Self {
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
            is_of_stripe: false,
        }
    }

    /// The code's limits after the claim, with its reserves.
    pub fn limits_now(&self, session: &Session) -> Limits {
        Limits { reserves: reserves::of(session, self.code_uuid, View::Now), ..self.limits }
    }

    /// Takes one use of the code that is stored under exactly this text, if every rule allows it.
    fn take(session: &Session, code: &str, user: Uuid) -> Option<Self> {
        let args = [code.into(), user.into(), clock::now().into()];
        session.write(&CLAIM, &args).first().map(Claim::read)
    }

    /// A use that was taken from the backend's stripe, if every rule allows it, as the code is by then.
    fn of_stripe(
        session: &Session,
        striped: Striped,
        uses_left: i32,
        text: &str,
        user: Uuid,
    ) -> Option<Self> {
        let args = [striped.code.into(), text.into(), user.into(), clock::now().into()];
        let mut claim = session.write_latest(&JUDGE_STRIPED, &args).first().map(Claim::read)?;
        claim.is_of_stripe = true;
        let leased = striped.refill_early(session, uses_left, claim.limits.free());
        claim.limits.number_of_uses += leased;
        Some(claim)
    }

    /// Takes one use of a code whose row is locked and has been judged; None where it turns out that the last ones,
    /// which stripes had leased, have been made.
    pub fn take_locked(session: &Session, code: &Code) -> Result<Option<Self>> {
        if code.limits.reserves.leased > 0 && !stripes::free_one(session, code) {
            return Ok(None);
        }
        let taken = session.write(&CLAIM_LOCKED, &[code.uuid.into()]);
        taken.first().map(Claim::read).map(Some).ok_or_else(not_updatable)
    }

    fn give_back(&self, session: &Session) {
        if !self.is_of_stripe {
            release(session, self.code_uuid);
        }
    }

    /// Writes the use down, or gives it back where it turns out that the user may not have it.
    fn record(self, session: &Session, user: Uuid) -> Result<Option<Redeemed>> {
        let usage = Use { uuid: ids::new_uuid(), date_used: clock::now() };
        // The clock and the switches that the claim was judged by were read before it waited for the lock.
        changes::take_in();
        let switches = Switches::read(session, View::Now);
        if self.limits.expired(usage.date_used) || !switches.enabled {
            self.give_back(session);
            return Ok(None);
        }
        // Under the lock nobody else assigns the code.
        let membership = membership::of_code(session, self.code_uuid, self.beneficiary_uuid);
        if let Some(membership) = &membership
            && !self.admit(session, membership, user)?
        {
            self.give_back(session);
            return Ok(None);
        }
        if !usage::insert_once(session, self.code_uuid, user, usage)? {
            membership.iter().for_each(|of| cap::give_back(session, &of.program, 1));
            self.give_back(session);
            return Ok(None);
        }
        let used = UseEvent {
            usage_uuid: usage.uuid,
            code_uuid: self.code_uuid,
            code: &self.code,
            user,
            beneficiary_uuid: self.beneficiary_uuid,
            program: membership.as_ref().map(|of| of.program.as_str()),
        };
        used.tell(session, Events::new(switches.events));
        Ok(Some(Redeemed { claim: self, usage }))
    }

    fn admit(&self, session: &Session, membership: &Membership, user: Uuid) -> Result<bool> {
        let (judge, counted) = (Judge::Everything, Counted::Nowhere);
        admission::admit(session, membership, judge, counted, self.code_uuid, user)
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
