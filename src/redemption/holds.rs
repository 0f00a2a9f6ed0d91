//! Holds, for checkouts: a use is taken at once, and made, or given back, later.

use pgrx::datum::{Interval, Uuid};
use pgrx::prelude::*;

use crate::codes::row::Code;
use crate::codes::{membership, read};
use crate::pg::args;
use crate::pg::clock;
use crate::pg::error::{Error, Result, answer, required};
use crate::pg::ids;
use crate::pg::returns::Record;
use crate::pg::session::{Session, View};
use crate::pg::texts::Text;
use crate::programs::cap;
use crate::redemption::claim::{Redeemed, Settled, Step, claim_locked};
use crate::redemption::face::{self, UseColumns};
use crate::redemption::held;
use crate::redemption::refuse::Refused;
use crate::rules::hold::{self, LONGEST};
use crate::rules::refusal::Refusal;
use crate::rules::time::{Span, Timestamp};
use crate::usage::{self, UsageColumns};

/// A use that is held.
struct Held {
    hold_uuid: Uuid,
    code_uuid: Uuid,
    expires_at: Timestamp,
}

type Outcome<T> = std::result::Result<T, Box<Refused>>;

/// Takes a use as a redemption does, or renews the one that the user holds.
fn hold(session: &Session, text: &str, user: Uuid, ttl: Span) -> Result<Outcome<Held>> {
    let lookup = read::lookup(text);
    let find = || read::by_text(session, lookup.as_ref()?, View::Now);
    claim_locked(session, find, user, |claim| {
        let code_uuid = claim.code_uuid;
        let freed = held::remove_old(session, code_uuid, user);
        let Settled { now, .. } = match claim.settle(session, user, freed)? {
            Step::Done(settled) => settled,
            Step::Refused(refusal) => return Ok(Step::Refused(refusal)),
            Step::Stopped => return Ok(Step::Stopped),
        };
        let expires_at = clock::after(now, ttl);
        let hold_uuid = match claim.hold() {
            Some(hold) => {
                held::renew(session, hold.uuid, expires_at);
                hold.uuid
            }
            None => {
                let hold_uuid = ids::new_uuid();
                held::add(session, hold_uuid, code_uuid, user, now, expires_at);
                hold_uuid
            }
        };
        Ok(Step::Done(Held { hold_uuid, code_uuid, expires_at }))
    })
}

/// For how long an argument asks.
fn time_to_live(ttl: Option<Interval>) -> Result<Span> {
    let ttl = Span::from(required(ttl, "ttl")?);
    let now = clock::now();
    let (expires_at, latest) = (clock::after(now, ttl), clock::after(now, LONGEST));
    let fault = hold::fault(now, expires_at, latest);
    fault.map_or(Ok(ttl), |fault| Err(Error::out_of_range("ttl", fault)))
}

#[pg_extern(sql = false)]
fn referral_hold_use(
    code: Option<Text>,
    user_uuid: Option<Uuid>,
    ttl: Option<Interval>,
) -> Record<(Uuid, Uuid, Timestamp)> {
    answer(|| {
        let code = args::text(code, "code")?;
        let user = required(user_uuid, "user_uuid")?;
        let ttl = time_to_live(ttl)?;
        let held = hold(&Session::open(), &code, user, ttl)?;
        let Held { hold_uuid, code_uuid, expires_at } = held.map_err(|refused| refused.refusal)?;
        Ok(Record((hold_uuid, code_uuid, expires_at)))
    })
}

/// ok, reason, hold_uuid, code_uuid, expires_at
type TryColumns = (bool, Option<&'static str>, Option<Uuid>, Option<Uuid>, Option<Timestamp>);

#[pg_extern(sql = false)]
fn referral_try_hold_use(
    code: Option<Text>,
    user_uuid: Option<Uuid>,
    ttl: Option<Interval>,
) -> Record<TryColumns> {
    answer(|| {
        let code = args::text(code, "code")?;
        let user = required(user_uuid, "user_uuid")?;
        let ttl = time_to_live(ttl)?;
        Ok(Record(match hold(&Session::open(), &code, user, ttl)? {
            Ok(Held { hold_uuid, code_uuid, expires_at }) => {
                (true, None, Some(hold_uuid), Some(code_uuid), Some(expires_at))
            }
            Err(refused) => {
                let code = refused.code.map(|code| code.uuid);
                (false, Some(refused.refusal.reason()), None, code, None)
            }
        }))
    })
}

/// What a hold has come to.
enum Confirmed {
    Now {
        redeemed: Redeemed,
        user: Uuid,
    },
    /// The use was made before: by an earlier call whose reply was lost, or by another way of redeeming.
    Before(UsageColumns),
}

/// Makes the use that is held; None where there is no such hold, any more. A use has the id of the hold that it was,
/// so that a confirmation can be told once more.
fn confirm(session: &Session, hold_uuid: Uuid) -> Result<Option<Outcome<Confirmed>>> {
    let made =
        || usage::by_uuid(session, hold_uuid, View::Now).map(|made| Ok(Confirmed::Before(made)));
    let Some((code_uuid, _)) = held::of_whom(session, hold_uuid) else { return Ok(made()) };
    read::lock(session, code_uuid);
    // Somebody may have been faster, or the person forgotten; what is there now stays.
    let Some((_, user)) = held::of_whom(session, hold_uuid) else { return Ok(made()) };
    let find = || read::by_uuid(session, code_uuid, View::Now);
    let outcome = claim_locked(session, find, user, |claim| claim.record(session, user))?;
    Ok(Some(outcome.map(|redeemed| Confirmed::Now { redeemed, user })))
}

#[pg_extern(sql = false)]
fn referral_confirm_hold(hold_uuid: Option<Uuid>) -> Record<UseColumns> {
    answer(|| {
        let hold_uuid = required(hold_uuid, "hold_uuid")?;
        let session = Session::open();
        let confirmed = confirm(&session, hold_uuid)?.ok_or_else(|| {
            Error::out_of_range("hold_uuid", "names no hold").because("hold_not_found").with_hint(
                "It was given back, or expired more than a day ago, or its use was undone.",
            )
        })?;
        match confirmed.map_err(|refused| refused.refusal)? {
            Confirmed::Now { redeemed, user } => {
                Ok(Record(face::use_columns(&session, redeemed, user)))
            }
            Confirmed::Before((_, code_uuid, user, date_used)) => {
                let code = read::by_uuid(&session, code_uuid, View::Now);
                let code = code.ok_or(Refusal::CodeNotFound)?;
                Ok(Record((
                    hold_uuid,
                    code.uuid,
                    code.code,
                    user,
                    date_used,
                    code.beneficiary_uuid,
                    code.limits.uses_made(),
                    code.limits.remaining_uses(),
                )))
            }
        }
    })
}

#[pg_extern(sql = false)]
fn referral_release_hold(hold_uuid: Option<Uuid>) -> bool {
    answer(|| {
        let hold_uuid = required(hold_uuid, "hold_uuid")?;
        let session = Session::open();
        let Some((code_uuid, _)) = held::of_whom(&session, hold_uuid) else { return Ok(false) };
        let code = read::lock(&session, code_uuid);
        if code.is_none() && read::by_uuid(&session, code_uuid, View::Now).is_some() {
            return Err(read::not_updatable());
        }
        let removed = held::remove(&session, vec![hold_uuid]);
        if let (Some(code), [true]) = (&code, &removed[..]) {
            give_back(&session, code);
        }
        Ok(!removed.is_empty())
    })
}

/// Gives the use of a hold back to the code, whose row is locked, and to its program.
fn give_back(session: &Session, code: &Code) {
    held::release(session, code.uuid, 1);
    if let Some(of) = membership::of_code(session, code.uuid, code.beneficiary_uuid) {
        cap::give_back(session, &of.program, 1);
    }
}
