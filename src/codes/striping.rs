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
        session.lock_for_writing(USAGE);
        if !session.tables.usage_is_unique() {
            let message =
                "a code needs unique (code_uuid, used_by_uuid) of its usage to have stripes";
            return Err(Error::new("55000", "usage_not_unique", message).with_hint(
                "SELECT * FROM referral_doctor() names the duplicates that keep it away; referral_setup() makes it.",
            ));
        }
        let code = stripes::lock_for_change(&session, uuid).ok_or(Refusal::CodeNotFound)?;
        if let Some(program) = membership::program_of(&session, &code, View::Now)
            && cap::is_capped(&session, &program)
        {
            let message = format!(
                "the code's program \"{program}\" has max_uses_total, and each redemption counts there"
            );
            return Err(Error::new("55000", "program_capped", message).with_hint(
                "Put the code into a program without max_uses_total, or take that away: max_uses of the code holds too.",
            ));
        }
        stripes::spread(&session, &code, count);
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
        stripes::remove(&session, uuid);
        Ok(leased)
    })
}
