//! Redemption by hand: a usage row that somebody has inserted without the functions.

use pgrx::datum::Uuid;

use crate::codes::{membership, read};
use crate::pg::error::Result;
use crate::pg::session::{Session, View};
use crate::programs::admission;
use crate::redemption::claim::{Claim, UseEvent};
use crate::redemption::refuse::diagnose;
use crate::rules::refusal::Refusal;

/// A usage row that somebody has inserted by hand.
#[derive(Clone, Copy)]
pub struct WrittenUse {
    pub uuid: Uuid,
    pub code_uuid: Uuid,
    pub user: Uuid,
}

/// Makes a redemption of a usage row that somebody has inserted by hand: holds every rule, and takes
/// the use from the counter unless the same transaction has done so itself (`claimed`).
///
/// The code's row is locked by then, so that one look at it is final.
pub fn redeem_written(session: &Session, written: &WrittenUse, claimed: bool) -> Result<()> {
    let WrittenUse { uuid, code_uuid, user } = *written;
    let mut code = read::by_uuid(session, code_uuid, View::Now);
    if let Some(code) = &mut code
        && claimed
    {
        // Judged as it was before the caller's own claim.
        code.limits.number_of_uses -= 1;
    }
    let judge = |code| diagnose(session, code, Some(user), Some(uuid), View::Now);
    let diagnosis = judge(code.clone());
    let events = diagnosis.events;
    let found = diagnosis.judge().map_err(|refused| refused.refusal)?;
    if !claimed {
        Claim::take_locked(session, code_uuid)?;
    }
    let membership = membership::of(session, &found, View::Now);
    if let Some(membership) = &membership
        && !admission::admit(session, membership, code_uuid, user)?
    {
        // Another session was faster: what was free at the first look is not any more.
        judge(code).judge().map_err(|refused| refused.refusal)?;
        return Err(Refusal::UsageLimitReached.into());
    }
    let used = UseEvent {
        usage_uuid: uuid,
        code_uuid,
        code: &found.code,
        user,
        beneficiary_uuid: found.beneficiary_uuid,
        program: membership.as_ref().map(|of| of.program.as_str()),
    };
    used.tell(session, events);
    Ok(())
}
