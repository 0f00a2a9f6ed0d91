//! Codes spread over stripes, and brought together again.

use pgrx::datum::Uuid;
use pgrx::prelude::*;

use crate::codes::row::Code;
use crate::codes::stripes::{self, OF_CODES};
use crate::codes::{membership, read};
use crate::pg::error::{Error, answer, required};
use crate::pg::session::{Session, View};
use crate::pg::tables::USAGE;
use crate::programs::cap;
use crate::rules::lease::MOST_STRIPES;
use crate::rules::refusal::Refusal;

/// Why a code cannot have stripes: whoever redeems it needs one row, whatever stripes there are.
fn obstacle(session: &Session) -> Option<Error> {
    session.lock_for_writing(USAGE);
    if !session.tables.usage_is_unique() {
        let message = "a code needs unique (code_uuid, used_by_uuid) of its usage to have stripes";
        return Some(Error::new("55000", "usage_not_unique", message).with_hint(
            "SELECT * FROM referral_doctor() names the duplicates that keep it away; referral_setup() makes it.",
        ));
    }
    None
}

/// Gives a code that people queue for so many stripes, under the lock of its row, where nothing keeps them away; how
/// many uses they have leased.
pub fn spread_hot(session: &Session, code: Uuid, count: i32) -> i32 {
    let Some(code) = read::by_uuid(session, code, View::Now) else { return 0 };
    let program = membership::program_of(session, &code, View::Now);
    let count = count.min(MOST_STRIPES);
    // Stripes that somebody else has given it while this transaction waited have their leases.
    if obstacle(session).is_none()
        && i32::try_from(OF_CODES.add(session, code.uuid, count)) == Ok(count)
    {
        if let Some(program) = program {
            cap::follow_hot_code(session, &program);
        }
        OF_CODES.lease_first(session, code.uuid, count, code.limits.free())
    } else {
        0
    }
}

/// The program of a code has a cap, perhaps, for which redemptions would queue.
fn follow(session: &Session, code: &Code) {
    if let Some(program) = membership::program_of(session, code, View::Now) {
        cap::follow_codes(session, &program);
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
        let code = read::lock_for_change(&session, uuid).ok_or(Refusal::CodeNotFound)?;
        if let Some(error) = obstacle(&session) {
            return Err(error);
        }
        OF_CODES.remove(&session, uuid, count);
        OF_CODES.add(&session, uuid, count);
        OF_CODES.lease_first(&session, uuid, count, code.limits.free());
        follow(&session, &code);
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
        OF_CODES.remove(&session, uuid, 0);
        follow(&session, &code);
        Ok(leased)
    })
}
