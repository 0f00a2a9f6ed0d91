//! A hot code redeemed by one of its stripes, and a code that becomes one.

use pgrx::datum::Uuid;

use crate::codes::stripes::Striped;
use crate::codes::striping;
use crate::pg::error::Result;
use crate::pg::savepoint::attempt;
use crate::pg::session::{Session, View};
use crate::pg::statement::statements;
use crate::pg::tables::{CODES, USAGE};
use crate::pg::{backend, clock};
use crate::redemption::claim::{COLUMNS, Claim, Redeemed, Step};
use crate::redemption::held;

statements! {
    c.* = COLUMNS;
    JUDGE_STRIPED = "redemption/judge_striped.sql";
}

statements! {
    TAKE_FROM_STRIPE = "redemption/take_from_stripe.sql";
}

/// Redeems a code by one of its stripes or, where that has no use, by its counter, of which the stripe then leases
/// some; None where some rule stands against it, or the last uses are other stripes'.
pub fn redeem(
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
        let mut is_over = true;
        let redeemed = attempt(|| {
            let Some(uses_left) = take(session, striped) else {
                is_over = false;
                return Ok(None);
            };
            let Some(claim) = judge(session, striped, uses_left, text, user) else {
                return Ok(None);
            };
            // What is held for the user is the use that they make.
            if held::of(session, striped.code, user, View::Now).is_some() {
                is_over = false;
                return Ok(None);
            }
            claim.record(session, user).map(done)
        })?;
        if is_over {
            return Ok(redeemed);
        }
    }
    let Some(mut claim) = Claim::take(session, text, user) else { return Ok(None) };
    claim.limits.number_of_uses += striped.own().refill(session, claim.limits.free());
    claim.record(session, user).map(done)
}

/// Takes a use from the backend's stripe; how many it has left, None where it had none.
fn take(session: &Session, striped: Striped) -> Option<i32> {
    let args = [striped.code.into(), striped.own().stripe.into()];
    session.write(&TAKE_FROM_STRIPE, &args).first().map(|row| row.need(1))
}

/// The use that was taken, if every rule allows it, as the code is by then.
fn judge(
    session: &Session,
    striped: Striped,
    uses_left: i32,
    text: &str,
    user: Uuid,
) -> Option<Claim> {
    let args = [striped.code.into(), text.into(), user.into(), clock::now().into()];
    let mut claim = session.write_latest(&JUDGE_STRIPED, &args).first().map(Claim::of_stripe)?;
    let leased = striped.own().refill_early(session, uses_left, claim.limits.free());
    claim.limits.number_of_uses += leased;
    Some(claim)
}

fn done(step: Step<Redeemed>) -> Option<Redeemed> {
    match step {
        Step::Done(redeemed) => Some(redeemed),
        Step::Refused(_) | Step::Stopped => None,
    }
}

/// A claim that took longer has waited for the code's row.
const WAITED_MICROSECONDS: i64 = 1_000;

/// Redeems the code that is stored under exactly this text and has no stripes, unless some rule stands against it. With
/// `auto_stripes` a code that people queue for gets so many.
pub fn redeem_or_spread(
    session: &Session,
    text: &str,
    user: Uuid,
    auto_stripes: i32,
) -> Result<Option<Redeemed>> {
    let asked = (auto_stripes > 0).then(clock::now);
    let Some(claim) = Claim::take(session, text, user) else { return Ok(None) };
    let has_waited = asked.is_some_and(|asked| clock::now().0 - asked.0 > WAITED_MICROSECONDS);
    let mut redeemed = claim.record(session, user).map(done)?;
    if has_waited
        && backend::is_waited_for()
        && let Some(Redeemed { claim, .. }) = &mut redeemed
    {
        let leased = striping::spread_hot(session, claim.code_uuid, auto_stripes);
        claim.limits.number_of_uses += leased;
    }
    Ok(redeemed)
}
