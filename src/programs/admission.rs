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
use crate::rules::judge::{Counted, Judge};
use crate::rules::membership::Membership;
use crate::rules::time::Timestamp;

/// What the code's program has to say about a redemption; None where there is no such program. Without a user
/// only what is true for all users is judged.
pub fn examine(
    session: &Session,
    membership: &Membership,
    judge: Judge,
    code: Uuid,
    user: Option<Uuid>,
    now: Timestamp,
    view: View,
) -> Option<Admission> {
    let Membership { program, assigned } = membership;
    let has_other_use = |user| referees::has_other_use(session, program, user, code, view);
    let terms =
        terms::less_lapsed(session, program, terms::read(session, membership, view)?, now, view);
    Some(terms.admission(judge, now, *assigned, || user.is_some_and(has_other_use)))
}

/// What comes of asking a program for a use.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Entry {
    Granted,
    /// Nothing speaks against it but the number of uses.
    UsedUp,
    Refused,
}

/// Takes a use of the code's program, whose rules hold, unless it is counted. The code's row is locked.
///
/// Every redemption locks the code, then the referee, then the program: no two wait for each other in a
/// ring. A program's row that was waited for may have changed meanwhile: then it is asked anew.
pub fn admit(
    session: &Session,
    membership: &Membership,
    judge: Judge,
    counted: Counted,
    code: Uuid,
    user: Uuid,
) -> Result<Entry> {
    let Membership { program, assigned } = membership;
    for look in 0..MOST_LOOKS {
        let read = if look == 0 { terms::read_kept } else { terms::read_newest };
        let Some(terms) = read(session, membership) else {
            return Ok(Entry::Granted);
        };
        let admission = terms.admission(judge, clock::now(), *assigned, || {
            referees::lock(session, program, user);
            referees::has_other_use(session, program, user, code, View::Now)
        });
        // What is kept does not tell how many uses are left: the program's row does, as one is taken.
        let takes_use = terms.is_capped() && !counted.in_program();
        let used_up = takes_use && look > 0 && admission.used_up;
        if !takes_use || used_up || !admission.is_open() {
            let admission = Admission { used_up, ..admission };
            return Ok(if admission.is_granted() {
                Entry::Granted
            } else if admission.is_open() {
                Entry::UsedUp
            } else {
                Entry::Refused
            });
        }
        if cap::take_use(session, program, judge) {
            return Ok(Entry::Granted);
        }
    }
    Err(cap::keeps_changing())
}
