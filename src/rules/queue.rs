//! Many users who redeem one code, one behind the other: each is judged by the one rule, after those before have had
//! their uses.

use super::admission::Terms;
use super::judge::{Counted, Judge};
use super::redemption::Redemption;
use super::refusal::Refusal;
use super::state::Limits;
use super::time::Timestamp;

/// What is true of one user.
#[derive(Clone, Copy, Debug)]
pub struct Applicant {
    pub already_used: bool,
    pub is_beneficiary: bool,
    /// The user has redeemed another code of the program.
    pub already_referred: bool,
    /// A use is held for the user, and counted.
    pub is_held: bool,
}

/// What is true of all, and how many uses have been had.
#[derive(Clone, Copy, Debug)]
pub struct Queue {
    pub system_enabled: bool,
    pub self_referral_allowed: bool,
    /// None where no such code exists.
    pub code: Option<Limits>,
    /// What the code's program says, and whether its rule of one code for each user holds for this code.
    pub program: Option<(Terms, bool)>,
}

impl Queue {
    /// Why the next user is refused; None where the user has a use.
    pub fn next(&mut self, applicant: Applicant, now: Timestamp) -> Option<Refusal> {
        let Applicant { already_used, is_beneficiary, already_referred, is_held } = applicant;
        let judge = Judge::Everything;
        let counted = if is_held { Counted::InCodeAndProgram } else { Counted::Nowhere };
        let admission = |(terms, one_code): (Terms, bool)| {
            terms.admission(judge, now, one_code, || already_referred)
        };
        let redemption = Redemption {
            judge,
            counted,
            system_enabled: self.system_enabled,
            code: self.code,
            already_used,
            is_beneficiary,
            self_referral_allowed: self.self_referral_allowed,
            program: self.program.map(admission),
        };
        let refusal = redemption.refusal(now);
        if refusal.is_none() && !is_held {
            self.count();
        }
        refusal
    }

    fn count(&mut self) {
        if let Some(limits) = &mut self.code {
            limits.number_of_uses = limits.number_of_uses.saturating_add(1);
        }
        if let Some((terms, _)) = self.program.as_mut().filter(|(terms, _)| terms.is_capped()) {
            terms.number_of_uses = terms.number_of_uses.saturating_add(1);
        }
    }

    /// Whether the answer of one who was refused may be another than for this reason, had all before them been
    /// refused.
    pub fn may_come_up(refusal: Option<Refusal>) -> bool {
        matches!(refusal, None | Some(Refusal::UsageLimitReached))
    }
}

#[cfg(test)]
mod tests {
    use super::super::program::{Run, Status};
    use super::super::state::Reserves;
    use super::*;
    use proptest::prelude::*;

    const NOW: Timestamp = Timestamp(1_000);

    fn queue(max_uses: i32, cap: Option<i32>) -> Queue {
        let run = Run { status: Status::Active, starts_at: None, ends_at: None };
        let terms =
            Terms { run, one_code_per_referee: true, max_uses_total: cap, number_of_uses: 0 };
        let reserves = Reserves::default();
        let code =
            Limits { status: true, number_of_uses: 0, max_uses, expiration_date: None, reserves };
        Queue {
            system_enabled: true,
            self_referral_allowed: false,
            code: Some(code),
            program: Some((terms, true)),
        }
    }

    proptest! {
        #[test]
        fn as_many_have_a_use_as_there_are_and_who_may_not_takes_none(
            users in prop::collection::vec((any::<bool>(), any::<bool>(), any::<bool>(), any::<bool>()), 0..20),
            max_uses in 1..10i32, cap in prop::option::of(1..10i32),
        ) {
            let mut queue = queue(max_uses, cap);
            let applicants = users.iter().map(|&(already_used, is_beneficiary, already_referred, is_held)| {
                Applicant { already_used, is_beneficiary, already_referred, is_held }
            });
            let refusals: Vec<_> = applicants.map(|applicant| queue.next(applicant, NOW)).collect();
            let may = |place: usize| matches!(users[place], (false, false, false, _));
            let is_held = |place: usize| users[place].3;
            let had: Vec<usize> = (0..users.len()).filter(|&place| refusals[place].is_none()).collect();
            let free = usize::try_from(max_uses.min(cap.unwrap_or(max_uses))).unwrap();
            let first = (0..users.len()).filter(|&place| may(place) && !is_held(place)).take(free);
            let held = (0..users.len()).filter(|&place| may(place) && is_held(place));
            let mut expected: Vec<usize> = first.chain(held).collect();
            expected.sort_unstable();
            prop_assert_eq!(&had, &expected);
            for (place, refusal) in refusals.iter().enumerate() {
                prop_assert_eq!(Queue::may_come_up(*refusal), may(place));
            }
            let new = had.iter().filter(|&&place| !is_held(place)).count();
            prop_assert_eq!(queue.code.unwrap().number_of_uses, new as i32);
        }
    }
}
