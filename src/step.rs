//! What setup says: one step for each object that it made, found or took away.

use crate::pg::returns::RowSet;
use crate::pg::session::Session;

/// What was done about one object.
pub enum Action {
    Created,
    Adopted,
    Kept,
    Skipped,
    Removed,
}

impl Action {
    fn name(&self) -> &'static str {
        match self {
            Action::Created => "created",
            Action::Adopted => "adopted",
            Action::Kept => "kept",
            Action::Skipped => "skipped",
            Action::Removed => "removed",
        }
    }
}

pub struct Step {
    pub object: String,
    pub action: Action,
    pub note: Option<String>,
}

/// object, action, note
pub type StepColumns = (String, &'static str, Option<String>);

pub fn rows(steps: Vec<Step>) -> RowSet<'static, StepColumns> {
    RowSet::new(steps.into_iter().map(|step| (step.object, step.action.name(), step.note)))
}

/// What an object of the session's schema is called in a step.
pub fn object(session: &Session, kind: &str, name: &str) -> String {
    format!("{kind} {}", session.tables.qualify(&format!("host.{name}")))
}
