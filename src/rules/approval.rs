//! A chain of approvals: steps in sequence, each with its approvers and its quorum.

use serde::{Deserialize, Serialize};
use uuid::Uuid;

/// The most steps of a chain, and approvers of a step: a chain is read and written whole.
const MOST_STEPS: usize = 100;
const MOST_APPROVERS: usize = 1_000;

/// One step, and what was decided in it so far.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Step {
    pub id: String,
    /// For people: the application's own.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    pub approvers: Vec<Uuid>,
    #[serde(default = "one")]
    pub quorum: usize,
    #[serde(default)]
    pub decisions: Vec<Decision>,
}

/// The quorum of a step that says nothing of one.
fn one() -> usize {
    1
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Decision {
    pub approver: Uuid,
    pub approve: bool,
    pub reason: Option<String>,
    pub decided_at: String,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Chain(pub Vec<Step>);

/// What a decision has led to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// More approvals are wanted.
    Open,
    Approved,
    Rejected,
}

/// Why somebody decides nothing in a chain.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Undecided {
    /// Not among the approvers of the step whose turn it is.
    NotAnApprover { step: String },
    /// Who has decided in a step does not decide there again, whatever they say.
    AlreadyDecided,
    /// There is nothing left to decide.
    Over,
}

impl Step {
    fn is_approved(&self) -> bool {
        self.decisions.iter().filter(|decision| decision.approve).count() >= self.quorum
    }

    fn is_rejected(&self) -> bool {
        self.decisions.iter().any(|decision| !decision.approve)
    }

    fn has_decided(&self, approver: Uuid) -> bool {
        self.decisions.iter().any(|decision| decision.approver == approver)
    }

    /// What is wrong with the step; completes a sentence that begins with the step's place.
    fn fault(&self) -> Option<&'static str> {
        let mut approvers = self.approvers.clone();
        approvers.sort_unstable();
        approvers.dedup();
        if self.id.trim().is_empty() {
            Some("has a blank id")
        } else if self.approvers.is_empty() {
            Some("has no approvers")
        } else if self.approvers.len() > MOST_APPROVERS {
            Some("has more than 1000 approvers")
        } else if approvers.len() < self.approvers.len() {
            Some("names an approver twice")
        } else if !(1..=self.approvers.len()).contains(&self.quorum) {
            Some("has a quorum that is not from 1 to the number of its approvers")
        } else if !self.decisions.is_empty() {
            Some("comes with decisions")
        } else {
            None
        }
    }
}

impl Chain {
    /// What is wrong with a chain that somebody asks for, of whose approvers some may not decide; completes a sentence
    /// that begins with its name.
    pub fn fault(&self, barred: &[Uuid]) -> Option<String> {
        if self.0.is_empty() {
            return Some("must have at least one step".into());
        }
        if self.0.len() > MOST_STEPS {
            return Some(format!("must have at most {MOST_STEPS} steps"));
        }
        for (index, step) in self.0.iter().enumerate() {
            let may = step.approvers.iter().filter(|approver| !barred.contains(approver)).count();
            let fault = if let Some(fault) = step.fault() {
                fault
            } else if self.0[..index].iter().any(|earlier| earlier.id == step.id) {
                "has the id of an earlier one"
            } else if may < step.quorum {
                "has a quorum that is not reached without the conversion's referrer or referee, who may not decide"
            } else {
                continue;
            };
            return Some(format!("is invalid: step {} {fault}", index + 1));
        }
        None
    }

    pub fn is_begun(&self) -> bool {
        self.0.iter().any(|step| !step.decisions.is_empty())
    }

    /// The step whose turn it is: the first that has not reached its quorum, where nobody has rejected.
    fn turn(&self) -> Option<usize> {
        if self.0.iter().any(Step::is_rejected) {
            return None;
        }
        self.0.iter().position(|step| !step.is_approved())
    }

    /// Whether it is this approver's turn.
    pub fn awaits(&self, approver: Uuid) -> bool {
        self.turn().is_some_and(|turn| {
            let step = &self.0[turn];
            step.approvers.contains(&approver) && !step.has_decided(approver)
        })
    }

    /// Adds a decision to the step whose turn it is; gives the step's id and what it has led to.
    pub fn decide(&mut self, decision: Decision) -> Result<(String, Outcome), Undecided> {
        let turn = self.turn().ok_or(Undecided::Over)?;
        let step = &mut self.0[turn];
        if !step.approvers.contains(&decision.approver) {
            return Err(Undecided::NotAnApprover { step: step.id.clone() });
        }
        if step.has_decided(decision.approver) {
            return Err(Undecided::AlreadyDecided);
        }
        let (id, approve) = (step.id.clone(), decision.approve);
        step.decisions.push(decision);
        let outcome = match approve {
            false => Outcome::Rejected,
            true if self.turn().is_none() => Outcome::Approved,
            true => Outcome::Open,
        };
        Ok((id, outcome))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use serde_json::json;

    fn chain(steps: serde_json::Value) -> Chain {
        serde_json::from_value(steps).unwrap()
    }

    fn person(number: u128) -> Uuid {
        Uuid::from_u128(number)
    }

    fn says(approver: u128, approve: bool) -> Decision {
        Decision { approver: person(approver), approve, reason: None, decided_at: "now".into() }
    }

    fn two_steps() -> Chain {
        chain(json!([
            { "id": "support", "approvers": [person(1), person(2)] },
            { "id": "finance", "name": "Finance", "approvers": [person(2), person(3), person(4)], "quorum": 2 },
        ]))
    }

    fn led_to(step: &str, outcome: Outcome) -> Result<(String, Outcome), Undecided> {
        Ok((step.into(), outcome))
    }

    #[test]
    fn the_last_quorum_approves() {
        let mut chain = two_steps();
        assert_eq!(chain.decide(says(2, true)), led_to("support", Outcome::Open));
        // An approver of both steps speaks once in each.
        assert_eq!(chain.decide(says(2, true)), led_to("finance", Outcome::Open));
        assert_eq!(chain.decide(says(2, true)), Err(Undecided::AlreadyDecided));
        assert_eq!(chain.decide(says(2, false)), Err(Undecided::AlreadyDecided));
        assert_eq!(chain.decide(says(4, true)), led_to("finance", Outcome::Approved));
        assert_eq!(chain.decide(says(3, true)), Err(Undecided::Over));
    }

    #[test]
    fn one_rejection_rejects() {
        let mut chain = two_steps();
        assert_eq!(chain.decide(says(1, true)), led_to("support", Outcome::Open));
        assert_eq!(chain.decide(says(3, true)), led_to("finance", Outcome::Open));
        assert_eq!(chain.decide(says(4, false)), led_to("finance", Outcome::Rejected));
        assert_eq!(chain.decide(says(2, true)), Err(Undecided::Over));
    }

    #[test]
    fn who_is_not_listed_in_the_current_step_is_refused() {
        let mut chain = two_steps();
        let refused = Err(Undecided::NotAnApprover { step: "support".into() });
        assert_eq!(chain.decide(says(3, true)), refused);
        assert_eq!(chain.decide(says(9, false)), refused);
        assert_eq!(chain, two_steps());
    }

    #[test]
    fn a_quorum_left_out_is_one_and_a_name_is_kept() {
        let written = serde_json::to_value(two_steps()).unwrap();
        assert_eq!(written[0]["quorum"], 1);
        assert_eq!(written[0].get("name"), None);
        assert_eq!(written[1]["name"], "Finance");
    }

    #[test]
    fn faults_are_named() {
        let one = |step: serde_json::Value| chain(json!([step])).fault(&[]).unwrap_or_default();
        let a = person(1);
        assert_eq!(chain(json!([])).fault(&[]).unwrap(), "must have at least one step");
        assert!(one(json!({ "id": "x", "approvers": [], "quorum": 1 })).contains("no approvers"));
        assert!(one(json!({ "id": " ", "approvers": [a], "quorum": 1 })).contains("blank id"));
        assert!(one(json!({ "id": "x", "approvers": [a], "quorum": 2 })).contains("quorum"));
        assert!(one(json!({ "id": "x", "approvers": [a], "quorum": 0 })).contains("quorum"));
        assert!(one(json!({ "id": "x", "approvers": [a, a], "quorum": 1 })).contains("twice"));
        let twice = json!({ "id": "x", "approvers": [a], "quorum": 1 });
        assert!(chain(json!([twice, twice])).fault(&[]).unwrap().contains("step 2"));
        assert_eq!(two_steps().fault(&[]), None);
    }

    #[test]
    fn a_chain_that_could_never_approve_is_a_fault() {
        assert_eq!(two_steps().fault(&[person(1)]), None);
        assert_eq!(two_steps().fault(&[person(9), person(3)]), None);
        assert!(two_steps().fault(&[person(1), person(2)]).unwrap().contains("step 1"));
        assert!(two_steps().fault(&[person(3), person(4)]).unwrap().contains("step 2"));
    }

    /// A step's approvers and quorum.
    type Wanted = (Vec<u128>, usize);

    fn wanted() -> impl Strategy<Value = Vec<Wanted>> {
        let approvers = prop::collection::btree_set(1..6u128, 1..5);
        let step = approvers.prop_flat_map(|approvers| {
            let most = approvers.len();
            (Just(approvers.into_iter().collect()), 1..=most)
        });
        prop::collection::vec(step, 1..4)
    }

    fn chain_of(wanted: &[Wanted]) -> Chain {
        let step = |(id, (approvers, quorum)): (usize, &Wanted)| Step {
            id: id.to_string(),
            name: None,
            approvers: approvers.iter().copied().map(person).collect(),
            quorum: *quorum,
            decisions: Vec::new(),
        };
        Chain(wanted.iter().enumerate().map(step).collect())
    }

    /// The same told a second time, from a plain list of who has said what in which step.
    fn told_slowly(
        wanted: &[Wanted],
        said: &[(usize, u128, bool)],
        who: u128,
        approve: bool,
    ) -> Result<(usize, Outcome), Undecided> {
        let approvals = |step: usize| said.iter().filter(|one| one.0 == step && one.2).count();
        if said.iter().any(|one| !one.2) {
            return Err(Undecided::Over);
        }
        let mut open = Vec::new();
        for (step, (_, quorum)) in wanted.iter().enumerate() {
            if approvals(step) < *quorum {
                open.push(step);
            }
        }
        let Some(&turn) = open.first() else { return Err(Undecided::Over) };
        if wanted[turn].0.iter().all(|approver| *approver != who) {
            return Err(Undecided::NotAnApprover { step: turn.to_string() });
        }
        if said.iter().any(|one| one.0 == turn && one.1 == who) {
            return Err(Undecided::AlreadyDecided);
        }
        if !approve {
            return Ok((turn, Outcome::Rejected));
        }
        let is_last = open.len() == 1 && approvals(turn) + 1 == wanted[turn].1;
        Ok((turn, if is_last { Outcome::Approved } else { Outcome::Open }))
    }

    proptest! {
        /// Whoever speaks in whatever order of whatever chain.
        #[test]
        fn a_chain_is_decided_as_it_is_told_a_second_time(
            wanted in wanted(),
            votes in prop::collection::vec((1..7u128, prop::bool::weighted(0.9)), 0..30),
        ) {
            let mut chain = chain_of(&wanted);
            prop_assert_eq!(chain.fault(&[]), None);
            let mut said = Vec::new();
            for (who, approve) in votes {
                let slow = told_slowly(&wanted, &said, who, approve);
                prop_assert_eq!(chain.awaits(person(who)), slow.is_ok());
                let before = chain.clone();
                let fast = chain.decide(says(who, approve));
                match slow {
                    Ok((step, outcome)) => {
                        prop_assert_eq!(fast, Ok((step.to_string(), outcome)));
                        said.push((step, who, approve));
                    }
                    Err(why) => {
                        prop_assert_eq!(fast, Err(why));
                        prop_assert_eq!(&chain, &before);
                    }
                }
            }
        }

        /// Approved means that every step has its quorum of its own approvers, and nobody has said no.
        #[test]
        fn approved_means_every_quorum(
            wanted in wanted(),
            votes in prop::collection::vec(1..6u128, 0..60),
        ) {
            let mut chain = chain_of(&wanted);
            let outcomes: Vec<_> =
                votes.into_iter().filter_map(|who| chain.decide(says(who, true)).ok()).collect();
            let is_approved = outcomes.iter().any(|(_, outcome)| *outcome == Outcome::Approved);
            let has_every_quorum = chain.0.iter().all(|step| {
                let mut who: Vec<_> = step.decisions.iter().map(|one| one.approver).collect();
                who.sort_unstable();
                who.dedup();
                who.len() == step.quorum && who.iter().all(|one| step.approvers.contains(one))
            });
            prop_assert_eq!(is_approved, has_every_quorum);
        }

        /// Where none of those who may not decide does, a chain without a fault can still be approved.
        #[test]
        fn a_chain_without_a_fault_can_be_approved(wanted in wanted(), barred in prop::collection::vec(1..6u128, 0..3)) {
            let mut chain = chain_of(&wanted);
            let barred: Vec<Uuid> = barred.into_iter().map(person).collect();
            let is_sound = chain.fault(&barred).is_none();
            let mut approved = false;
            for who in (1..6).cycle().take(5 * wanted.len()).filter(|who| !barred.contains(&person(*who))) {
                approved |= matches!(chain.decide(says(who, true)), Ok((_, Outcome::Approved)));
            }
            prop_assert_eq!(approved, is_sound);
        }
    }
}
