//! The doctor looks at rights: who may write the tables, or call functions with effect, that perhaps should not.

use crate::pg::result::Row;
use crate::pg::session::Session;
use crate::pg::statement::{statements, text};
use crate::pg::tables::{HOST_TABLES, own_tables};
use crate::rules::declaration::{Right, one_line};
use crate::setup::finding::{Finding, Severity, subject};
use crate::setup::tasks::{MANAGED, TASKS, Task};

statements! {
    WRITERS = "setup/doctor/writers.sql";
    MAY = "setup/doctor/may.sql";
    DEFINERS = "setup/doctor/definers.sql";
}

/// Roles behind which anybody may be, where they exist: those of PostgREST and of what is built on it.
const VISITORS: [&str; 3] = ["anon", "authenticated", "web_anon"];

/// Somebody who may write a table.
struct Writer {
    role: String,
    /// As REVOKE takes it.
    name: String,
    /// Whether anybody may be behind it.
    is_visitor: bool,
    /// The table, or the sequence that numbers its rows, as REVOKE takes it.
    relation: String,
    rights: String,
}

impl Writer {
    fn read(row: Row) -> Self {
        Writer {
            role: row.need(1),
            name: row.need(2),
            is_visitor: row.need(3),
            relation: row.need(4),
            rights: row.need(5),
        }
    }

    fn finding(&self, session: &Session) -> Finding {
        let table = subject(session, &self.relation);
        let values = [
            ("these_rights", self.rights.as_str()),
            ("this_relation", table.as_str()),
            ("this_role", self.name.as_str()),
        ];
        let remedy = one_line(&session.tables.fill(text!("setup/doctor/take_rights.sql"), &values));
        let (severity, remedy) = match self.is_visitor {
            true => (Severity::Warning, remedy),
            false => (Severity::Info, format!("-- where that is not meant: {remedy}")),
        };
        let why = match &*self.role {
            "public" => "everybody",
            _ if self.is_visitor => "a role of whoever comes by",
            _ => "a role that ALTER DEFAULT PRIVILEGES gives rights to",
        };
        let finding = format!("{}, {why}, has {} here", self.name, self.rights);
        Finding { severity, subject: table, finding, remedy }
    }
}

/// Whether a role has all that a task takes.
fn may(session: &Session, role: &str, task: &Task) -> bool {
    let has = |(table, right): (&str, Right)| {
        let Some(oid) = session.tables.relation(table) else { return false };
        let columns = (!right.columns.is_empty()).then_some(&*right.columns);
        let args = [role.into(), oid.into(), right.privilege.into(), columns.into()];
        session.read(&MAY, &args).first().is_some_and(|row| row.get(1) == Some(true))
    };
    task.rights().all(has)
}

/// What a role of whoever comes by can do with effect.
fn tasks_of(session: &Session, writer: &Writer) -> Option<Finding> {
    let tasks: Vec<&str> = TASKS
        .iter()
        .chain(&MANAGED)
        .filter(|task| task.writes() && may(session, &writer.role, task))
        .map(|task| task.name)
        .collect();
    (!tasks.is_empty()).then(|| Finding {
        severity: Severity::Warning,
        subject: format!("role {}", writer.name),
        finding: format!("calls with effect the functions of the tasks {}", tasks.join(", ")),
        remedy: "-- its rights on the tables, named above, are what lets it".into(),
    })
}

pub fn examine(session: &Session) -> Vec<Finding> {
    let own = own_tables().iter().map(|table| table.name);
    let mut writers: Vec<Writer> = Vec::new();
    for oid in HOST_TABLES.into_iter().chain(own).filter_map(|name| session.tables.relation(name)) {
        writers.extend(
            session.read(&WRITERS, &[oid.into(), (&VISITORS[..]).into()]).iter().map(Writer::read),
        );
    }
    let mut findings: Vec<Finding> = writers.iter().map(|writer| writer.finding(session)).collect();
    // A column that an older release's table lacks cannot be asked for.
    if session.tables.check().is_ok() {
        let mut seen: Vec<&str> = Vec::new();
        for writer in writers.iter().filter(|writer| writer.is_visitor) {
            if !seen.contains(&writer.role.as_str()) {
                seen.push(&writer.role);
                findings.extend(tasks_of(session, writer));
            }
        }
    }
    let lends = |row: Row| {
        let (function, owner): (String, String) = (row.need(1), row.need(2));
        let values = [("this_function", function.as_str())];
        Finding {
            severity: Severity::Warning,
            finding: format!("lends the rights of {owner} to everybody: it is SECURITY DEFINER"),
            remedy: one_line(&session.tables.fill(text!("setup/doctor/no_definer.sql"), &values)),
            subject: format!("function {function}"),
        }
    };
    findings.extend(session.read(&DEFINERS, &[]).iter().map(lends));
    findings
}
