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
    pub approvers: Vec<Uuid>,
    pub quorum: usize,
    #[serde(default)]
    pub decisions: Vec<Decision>,
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
    /// The approver had said the same in this step before: nothing has changed.
    Repeated,
}

/// The approver is not among those of the step whose turn it is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NotAnApprover {
    pub step: String,
}

impl Step {
    fn is_approved(&self) -> bool {
        self.decisions.iter().filter(|decision| decision.approve).count() >= self.quorum
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
    /// What is wrong with a chain that somebody asks for.
    pub fn fault(&self) -> Option<String> {
        if self.0.is_empty() {
            return Some("must have at least one step".into());
        }
        if self.0.len() > MOST_STEPS {
            return Some(format!("must have at most {MOST_STEPS} steps"));
        }
        for (index, step) in self.0.iter().enumerate() {
            if let Some(fault) = step.fault() {
                return Some(format!("is invalid: step {} {fault}", index + 1));
            }
            if self.0[..index].iter().any(|earlier| earlier.id == step.id) {
                return Some(format!(
                    "is invalid: step {} has the id of an earlier one",
                    index + 1
                ));
            }
        }
        None
    }

    pub fn is_begun(&self) -> bool {
        self.0.iter().any(|step| !step.decisions.is_empty())
    }

    /// Adds a decision to the step whose turn it is: the first that has not reached its quorum.
    pub fn decide(&mut self, decision: Decision) -> Result<Outcome, NotAnApprover> {
        let is_rejected = self.0.iter().flat_map(|step| &step.decisions).any(|past| !past.approve);
        let Some(step) = self.0.iter_mut().find(|step| !step.is_approved()) else {
            return Ok(Outcome::Approved);
        };
        if is_rejected {
            return Ok(Outcome::Rejected);
        }
        if !step.approvers.contains(&decision.approver) {
            return Err(NotAnApprover { step: step.id.clone() });
        }
        if !decision.approve {
            step.decisions.push(decision);
            return Ok(Outcome::Rejected);
        }
        if step.decisions.iter().any(|past| past.approver == decision.approver) {
            return Ok(Outcome::Repeated);
        }
        step.decisions.push(decision);
        let all = self.0.iter().all(Step::is_approved);
        Ok(if all { Outcome::Approved } else { Outcome::Open })
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
            { "id": "support", "approvers": [person(1), person(2)], "quorum": 1 },
            { "id": "finance", "approvers": [person(2), person(3), person(4)], "quorum": 2 },
        ]))
    }

    #[test]
    fn the_last_quorum_approves() {
        let mut chain = two_steps();
        assert_eq!(chain.decide(says(2, true)), Ok(Outcome::Open));
        // An approver of both steps speaks once in each.
        assert_eq!(chain.decide(says(2, true)), Ok(Outcome::Open));
        assert_eq!(chain.decide(says(2, true)), Ok(Outcome::Repeated));
        assert_eq!(chain.decide(says(4, true)), Ok(Outcome::Approved));
    }

    #[test]
    fn one_rejection_rejects() {
        let mut chain = two_steps();
        assert_eq!(chain.decide(says(1, true)), Ok(Outcome::Open));
        assert_eq!(chain.decide(says(3, true)), Ok(Outcome::Open));
        assert_eq!(chain.decide(says(4, false)), Ok(Outcome::Rejected));
        assert_eq!(chain.decide(says(4, true)), Ok(Outcome::Rejected));
    }

    #[test]
    fn who_is_not_listed_in_the_current_step_is_refused() {
        let mut chain = two_steps();
        let refused = Err(NotAnApprover { step: "support".into() });
        assert_eq!(chain.decide(says(3, true)), refused);
        assert_eq!(chain.decide(says(9, false)), refused);
        assert_eq!(chain, two_steps());
    }

    #[test]
    fn faults_are_named() {
        let one = |step: serde_json::Value| chain(json!([step])).fault().unwrap_or_default();
        let a = person(1);
        assert_eq!(chain(json!([])).fault().unwrap(), "must have at least one step");
        assert!(one(json!({ "id": "x", "approvers": [], "quorum": 1 })).contains("no approvers"));
        assert!(one(json!({ "id": " ", "approvers": [a], "quorum": 1 })).contains("blank id"));
        assert!(one(json!({ "id": "x", "approvers": [a], "quorum": 2 })).contains("quorum"));
        assert!(one(json!({ "id": "x", "approvers": [a], "quorum": 0 })).contains("quorum"));
        assert!(one(json!({ "id": "x", "approvers": [a, a], "quorum": 1 })).contains("twice"));
        let twice = json!({ "id": "x", "approvers": [a], "quorum": 1 });
        assert!(chain(json!([twice, twice])).fault().unwrap().contains("step 2"));
        assert_eq!(two_steps().fault(), None);
    }

    proptest! {
        /// Whoever speaks in whatever order: approved means that every step has its quorum of its own
        /// approvers, and nobody has said no.
        #[test]
        fn approved_means_every_quorum(votes in prop::collection::vec((1..6u128, prop::bool::weighted(0.9)), 0..20)) {
            let mut chain = two_steps();
            for (approver, approve) in votes {
                match chain.decide(says(approver, approve)) {
                    Ok(Outcome::Approved) => {
                        for step in &chain.0 {
                            let mut voters: Vec<_> = step.decisions.iter().map(|d| d.approver).collect();
                            voters.dedup();
                            prop_assert!(voters.len() >= step.quorum);
                            prop_assert!(voters.iter().all(|voter| step.approvers.contains(voter)));
                            prop_assert!(step.decisions.iter().all(|decision| decision.approve));
                        }
                        break;
                    }
                    Ok(Outcome::Rejected) => {
                        prop_assert!(!approve);
                        break;
                    }
                    Ok(Outcome::Open | Outcome::Repeated) | Err(_) => {}
                }
            }
        }
    }
}
