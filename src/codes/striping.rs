//! Codes spread over stripes, and brought together again.

use pgrx::datum::Uuid;
use pgrx::prelude::*;

use crate::codes::{membership, read, stripes};
use crate::pg::error::{Error, answer, required};
use crate::pg::session::{Session, View};
use crate::pg::tables::USAGE;
use crate::programs::cap;
use crate::rules::lease::MOST_STRIPES;
use crate::rules::refusal::Refusal;

/// Why a code cannot have stripes: whoever redeems it needs one row, whatever stripes there are.
fn obstacle(session: &Session, program: Option<&str>) -> Option<Error> {
    session.lock_for_writing(USAGE);
    if !session.tables.usage_is_unique() {
        let message = "a code needs unique (code_uuid, used_by_uuid) of its usage to have stripes";
        return Some(Error::new("55000", "usage_not_unique", message).with_hint(
            "SELECT * FROM referral_doctor() names the duplicates that keep it away; referral_setup() makes it.",
        ));
    }
    let program = program.filter(|program| cap::is_capped(session, program))?;
    let message = format!(
        "the code's program \"{program}\" has max_uses_total, for which all its redemptions queue"
    );
    Some(
        Error::new("55000", "program_capped", message).with_hint(
            "Take max_uses_total from the program: max_uses of each code holds without it.",
        ),
    )
}

/// Gives a code that people queue for so many stripes, under the lock of its row, where nothing keeps them away; how
/// many uses they have leased.
pub fn spread_hot(session: &Session, code: Uuid, count: i32) -> i32 {
    let Some(code) = read::by_uuid(session, code, View::Now) else { return 0 };
    let program = membership::program_of(session, &code, View::Now);
    let count = count.min(MOST_STRIPES);
    // Stripes that somebody else has given it while this transaction waited have their leases.
    if obstacle(session, program.as_deref()).is_none()
        && i32::try_from(stripes::add(session, code.uuid, count)) == Ok(count)
    {
        stripes::lease_first(session, &code, count)
    } else {
        0
    }
}

#[pg_extern(sql = false)]
fn referral_stripe_code(code_uuid: Option<Uuid>, stripes: Option<i32>) -> i32 {
    answer(|| {
        let uuid = required(code_uuid, "code_uuid")?;
        let count = required(stripes, "stripes")?;
        if !(1..=MOST_STRIPES).contains(&count) {
            let rule = format!("must be between 1 and {MOST_STRIPES}");
            return Err(Error::out_of_range("stripes", rule));
        }
        let session = Session::open();
        let code = stripes::lock_for_change(&session, uuid).ok_or(Refusal::CodeNotFound)?;
        let program = membership::program_of(&session, &code, View::Now);
        if let Some(error) = obstacle(&session, program.as_deref()) {
            return Err(error);
        }
        stripes::remove(&session, uuid, count);
        stripes::add(&session, uuid, count);
        stripes::lease_first(&session, &code, count);
        Ok(count)
    })
}

#[pg_extern(sql = false)]
fn referral_unstripe_code(code_uuid: Option<Uuid>) -> i32 {
    answer(|| {
        let uuid = required(code_uuid, "code_uuid")?;
        let session = Session::open();
        let mut code = read::lock(&session, uuid).ok_or(Refusal::CodeNotFound)?;
        let leased = stripes::give_back_leases(&session, &mut code);
        stripes::remove(&session, uuid, 0);
        Ok(leased)
    })
}
