//! What setup reports: one line for each object that it made, found, changed or took away.

use crate::pg::returns::RowSet;
use crate::pg::session::Session;

/// What was done about one object.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Action {
    Created,
    Adopted,
    Kept,
    Changed,
    Skipped,
    Removed,
}

impl Action {
    fn name(self) -> &'static str {
        match self {
            Action::Created => "created",
            Action::Adopted => "adopted",
            Action::Kept => "kept",
            Action::Changed => "changed",
            Action::Skipped => "skipped",
            Action::Removed => "removed",
        }
    }
}

/// A line of the report.
pub struct Line {
    pub object: String,
    pub action: Action,
    pub note: Option<String>,
}

/// object, action, note
pub type LineColumns = (String, &'static str, Option<String>);

pub fn rows(lines: Vec<Line>) -> RowSet<'static, LineColumns> {
    RowSet::new(lines.into_iter().map(|line| (line.object, line.action.name(), line.note)))
}

/// What an object of the session's schema is called in a line.
pub fn object(session: &Session, kind: &str, name: &str) -> String {
    format!("{kind} {}", session.tables.qualify(&format!("host.{name}")))
}
