//! Admission: whether a program lets one of its codes be redeemed, asked or done.
//!
//! Both go by the one rule, `Terms::admission`.

use pgrx::datum::Uuid;

use crate::pg::clock;
use crate::pg::error::Result;
use crate::pg::session::{Session, View};
use crate::pg::transaction::MOST_LOOKS;
use crate::programs::{cap, referees, terms};
use crate::rules::admission::Admission;
use crate::rules::membership::Membership;
use crate::rules::time::Timestamp;

/// What the code's program has to say about a redemption; None where there is no such program. Without a user
/// only what is true for all users is judged.
pub fn examine(
    session: &Session,
    membership: &Membership,
    code: Uuid,
    user: Option<Uuid>,
    now: Timestamp,
    view: View,
) -> Option<Admission> {
    let Membership { program, assigned } = membership;
    let has_other_use = |user| referees::has_other_use(session, program, user, code, view);
    let terms = terms::read(session, membership, view)?;
    Some(terms.admission(now, *assigned, || user.is_some_and(has_other_use)))
}

/// Takes a use of the code's program, whose rules hold; false where one does not. The code's row is locked.
///
/// Every redemption locks the code, then the referee, then the program: no two wait for each other in a
/// ring. A program's row that was waited for may have changed meanwhile: then it is asked anew.
pub fn admit(session: &Session, membership: &Membership, code: Uuid, user: Uuid) -> Result<bool> {
    let Membership { program, assigned } = membership;
    for _ in 0..MOST_LOOKS {
        let Some(terms) = terms::read_newest(session, membership) else {
            return Ok(true);
        };
        let admission = terms.admission(clock::now(), *assigned, || {
            referees::lock(session, program, user);
            referees::has_other_use(session, program, user, code, View::Now)
        });
        if !admission.is_granted() {
            return Ok(false);
        }
        if !terms.is_capped() || cap::take_use(session, program) {
            return Ok(true);
        }
    }
    Err(cap::keeps_changing())
}
