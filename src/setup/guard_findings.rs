//! What the doctor says of guards: those that are missing or not as they should be, and those that stand where they do
//! harm.

use crate::pg::session::{Session, View};
use crate::setup::distributed;
use crate::setup::finding::{Finding, Severity, remedy, setup_call, subject};
use crate::setup::triggers::{self, GUARDS, Guard, State};

pub fn examine(session: &Session) -> Vec<Finding> {
    let retired =
        triggers::retired(session, View::Query).into_iter().map(|(table, trigger)| Finding {
            severity: Severity::Warning,
            subject: subject(session, table),
            finding: format!("the trigger {trigger} is no guard of this release's"),
            remedy: format!("{}; -- removes it", setup_call(session)),
        });
    let distributed = distributed::tables(session, View::Query);
    let examine = |guard: &Guard| match distributed.is_empty() {
        true => examine_one(session, guard),
        // Setup attaches none there.
        false => examine_distributed(session, guard, &distributed),
    };
    retired.chain(GUARDS.iter().filter_map(examine)).collect()
}

fn examine_one(session: &Session, guard: &Guard) -> Option<Finding> {
    let lack = guard.lack();
    let (severity, finding, remedy) = match guard.state(session, View::Query) {
        State::AsDeclared => return None,
        State::Missing => (Severity::Warning, format!("is missing: {lack}"), "attaches it"),
        State::Outdated => {
            let finding = "has another definition than this release's".into();
            (Severity::Warning, finding, "replaces it")
        }
        State::Disabled => (Severity::Warning, format!("is disabled: {lack}"), "enables it"),
        State::Elsewhere => (Severity::Warning, guard.misplaced().into(), "puts it right"),
        State::Foreign => (
            Severity::Error,
            format!("calls a function that is not the extension's: {lack}"),
            "attaches the guard, once that trigger has another name or is gone",
        ),
    };
    Some(Finding {
        severity,
        subject: subject(session, guard.table),
        finding: format!("the trigger {} {finding}", guard.name),
        remedy: format!("{}; -- {remedy}", setup_call(session)),
    })
}

fn examine_distributed(session: &Session, guard: &Guard, distributed: &[&str]) -> Option<Finding> {
    let stands = !matches!(guard.state(session, View::Query), State::Missing | State::Foreign);
    (stands && distributed.contains(&guard.table)).then(|| Finding {
        severity: Severity::Error,
        subject: subject(session, guard.table),
        finding: format!(
            "the trigger {} stands on a distributed table, where it {}",
            guard.name,
            guard.harm()
        ),
        remedy: remedy(
            session,
            "SELECT * FROM referral_detach(examined_schema); -- the functions hold every limit without guards",
        ),
    })
}
