//! Admission: whether a program lets one of its codes be redeemed, asked or done.
//!
//! Both go by the one rule, `Terms::admission`.

use pgrx::datum::Uuid;

use crate::pg::clock;
use crate::pg::error::Result;
use crate::pg::savepoint::attempt;
use crate::pg::session::{Session, View};
use crate::pg::transaction::{MOST_LOOKS, has_one_snapshot};
use crate::programs::stripes::{self, OF_PROGRAMS};
use crate::programs::{cap, referees, terms};
use crate::rules::admission::Admission;
use crate::rules::judge::{Counted, Judge};
use crate::rules::membership::Membership;
use crate::rules::refusal::Refusal;
use crate::rules::time::Timestamp;
use crate::stripes::Own;

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
    let terms = terms::read(session, membership, view)?;
    let terms = terms::less_reserves(session, program, terms, 1, now, view);
    Some(terms.admission(judge, now, *assigned, || user.is_some_and(has_other_use)))
}

/// What comes of asking a program for a use.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Entry {
    Granted,
    /// Of a use that this stripe of the program had leased, which is locked: the program's row must not be waited for.
    GrantedByStripe(i32),
    Refused(Refusal),
}

impl Entry {
    /// Whether nothing but the number of uses speaks against it.
    pub fn is_used_up(self) -> bool {
        self == Entry::Refused(Refusal::UsageLimitReached)
    }
}

/// Gives the use back that was granted.
pub fn give_back(session: &Session, program: &str, entry: Entry) {
    match entry {
        Entry::Granted => cap::give_back(session, program, 1),
        Entry::GrantedByStripe(stripe) => OF_PROGRAMS.put(session, program, stripe, 1),
        Entry::Refused(_) => {}
    }
}

/// Takes a use of the code's program, whose rules hold, unless it is counted. The code's row is locked, or a stripe of
/// it. `may_be_of_stripe`: the caller writes to the program's row no more.
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
    may_be_of_stripe: bool,
) -> Result<Entry> {
    let Membership { program, assigned } = membership;
    // With one snapshot the program's row is written to, which fails where it has changed since.
    let may_be_of_stripe = may_be_of_stripe && !counted.in_program() && !has_one_snapshot();
    let own = if may_be_of_stripe { stripes::own(session, program) } else { None };
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
        let used_up = takes_use
            && look > 0
            && admission.used_up
            && !(admission.is_open() && cap::make_room(session, program));
        if !takes_use || used_up || !admission.is_open() {
            let admission = Admission { used_up, ..admission };
            return Ok(Refusal::of_program(admission).map_or(Entry::Granted, Entry::Refused));
        }
        if look == 0
            && let Some(own) = own
            && let Some(entry) = take_from_stripe(session, own, membership, judge)?
        {
            return Ok(entry);
        }
        if let Some(left) = cap::take_use(session, program, judge) {
            if let Some(own) = own {
                own.refill(session, left);
            }
            return Ok(Entry::Granted);
        }
    }
    Err(cap::keeps_changing())
}

/// Takes a use of the program from this backend's stripe of it, where that has one and the program, which may have
/// changed while the stripe was waited for, still admits; else no stripe stays locked.
fn take_from_stripe(
    session: &Session,
    own: Own<&str>,
    membership: &Membership,
    judge: Judge,
) -> Result<Option<Entry>> {
    attempt(|| {
        let Some(uses_left) = stripes::take(session, &membership.program, own.stripe) else {
            return Ok(None);
        };
        let Some(terms) = terms::read_newest(session, membership) else { return Ok(None) };
        // The referee is locked, and was asked for: nothing but the program itself has changed.
        let admission = terms.admission(judge, clock::now(), membership.assigned, || false);
        if !terms.is_capped() || !admission.is_open() {
            return Ok(None);
        }
        own.refill_early(session, uses_left, terms.left());
        Ok(Some(Entry::GrantedByStripe(own.stripe)))
    })
}
