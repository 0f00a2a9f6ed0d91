//! What redemption looks like in SQL: use, try, undo, and the dry run.

use pgrx::datum::Uuid;
use pgrx::prelude::*;

use crate::codes::{membership, placed, read};
use crate::events::tell::Events;
use crate::pg::args;
use crate::pg::error::{answer, required};
use crate::pg::returns::Record;
use crate::pg::session::{Session, View};
use crate::pg::texts::Text;
use crate::programs::cap;
use crate::redemption::claim::{Redeemed, UseEvent};
use crate::redemption::held;
use crate::redemption::redeem::redeem;
use crate::redemption::refuse::{Refused, diagnose};
use crate::rules::event::EventType;
use crate::rules::refusal::Refusal;
use crate::rules::time::Timestamp;
use crate::usage;

/// usage_uuid, code_uuid, code, used_by_uuid, date_used, beneficiary_uuid, number_of_uses, remaining_uses
pub type UseColumns = (Uuid, Uuid, String, Uuid, Timestamp, Option<Uuid>, i32, i32);

/// ok, reason, usage_uuid, code_uuid, date_used, beneficiary_uuid, remaining_uses
type TryColumns = (
    bool,
    Option<&'static str>,
    Option<Uuid>,
    Option<Uuid>,
    Option<Timestamp>,
    Option<Uuid>,
    Option<i32>,
);

#[pg_extern(sql = false)]
fn referral_use_code(code: Option<Text>, user_uuid: Option<Uuid>) -> Record<UseColumns> {
    answer(|| {
        let code = args::text(code, "code")?;
        let user = required(user_uuid, "user_uuid")?;
        let session = Session::open();
        let outcome = redeem(&session, &code, user)?;
        let redeemed = outcome.map_err(|refused| refused.refusal)?;
        Ok(Record(use_columns(&session, redeemed, user)))
    })
}

/// What is told of a use that was made just now.
pub fn use_columns(session: &Session, redeemed: Redeemed, user: Uuid) -> UseColumns {
    let Redeemed { claim, usage } = redeemed;
    let limits = claim.limits_now(session);
    (
        usage.uuid,
        claim.code_uuid,
        claim.code,
        user,
        usage.date_used,
        claim.beneficiary_uuid,
        limits.uses_made(),
        limits.remaining_uses(),
    )
}

#[pg_extern(sql = false)]
fn referral_try_use_code(code: Option<Text>, user_uuid: Option<Uuid>) -> Record<TryColumns> {
    answer(|| {
        let code = args::text(code, "code")?;
        let user = required(user_uuid, "user_uuid")?;
        let session = Session::open();
        Ok(Record(match redeem(&session, &code, user)? {
            Ok(Redeemed { claim, usage }) => (
                true,
                None,
                Some(usage.uuid),
                Some(claim.code_uuid),
                Some(usage.date_used),
                claim.beneficiary_uuid,
                Some(claim.limits_now(&session).remaining_uses()),
            ),
            Err(refused) => {
                let Refused { refusal, code, earlier } = *refused;
                (
                    false,
                    Some(refusal.reason()),
                    earlier.map(|usage| usage.uuid),
                    code.as_ref().map(|code| code.uuid),
                    earlier.map(|usage| usage.date_used),
                    code.as_ref().and_then(|code| code.beneficiary_uuid),
                    code.as_ref().map(|code| code.limits.remaining_uses()),
                )
            }
        }))
    })
}

#[pg_extern(sql = false)]
fn referral_undo_use(usage_uuid: Option<Uuid>) -> bool {
    answer(|| {
        let usage_uuid = required(usage_uuid, "usage_uuid")?;
        let session = Session::open();
        let Some(code_uuid) = usage::code_of(&session, usage_uuid) else {
            return Ok(false);
        };
        // The code's row is locked first, as redemption does: two orders would deadlock.
        let code = read::lock(&session, code_uuid);
        let Some(user) = usage::delete(&session, usage_uuid) else { return Ok(false) };
        held::release(&session, code_uuid, 1);
        let Some(code) = code else { return Ok(true) };
        let program = membership::program_of(&session, &code, View::Now);
        if let Some(program) = &program {
            cap::give_back(&session, program, 1);
        }
        let use_undone = UseEvent {
            usage_uuid,
            code_uuid,
            code: &code.code,
            user,
            beneficiary_uuid: code.beneficiary_uuid,
            program: program.as_deref(),
        };
        use_undone.tell(&session, Events::read(&session), EventType::CodeUseUndone);
        Ok(true)
    })
}

/// valid, reason, message, referrer_uuid, remaining_uses
type ValidateColumns = (bool, Option<&'static str>, String, Option<Uuid>, Option<i32>);

#[pg_extern(sql = false)]
fn referral_validate_code(code: Option<Text>, user_uuid: Option<Uuid>) -> Record<ValidateColumns> {
    answer(|| {
        let code = args::text(code, "code")?;
        let lookup = read::lookup(&code);
        let session = Session::open();
        let found = lookup.and_then(|lookup| read::by_text(&session, &lookup, View::Query));
        let (refusal, code) = match diagnose(&session, found, user_uuid, View::Query).judge() {
            Ok(free) => (None, Some(free.code)),
            Err(refused) => (Some(refused.refusal), refused.code),
        };
        Ok(Record((
            refusal.is_none(),
            refusal.map(Refusal::reason),
            match refusal {
                None => "Referral code is valid".into(),
                Some(Refusal::CodeNotFound) => "Invalid referral code".into(),
                Some(refusal) => refusal.message(),
            },
            code.as_ref().and_then(|code| code.beneficiary_uuid),
            code.map(|code| placed::place(&session, code, View::Query).remaining_uses()),
        )))
    })
}
