//! The doctor looks at rights: who may write the tables, or call functions with effect, that perhaps should not.

use crate::pg::result::Row;
use crate::pg::session::Session;
use crate::pg::statement::{statements, text};
use crate::pg::tables::{HOST_TABLES, own_tables};
use crate::rules::declaration::one_line;
use crate::setup::finding::{Finding, Severity, subject};

statements! {
    WRITERS = "setup/doctor/writers.sql";
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

pub fn examine(session: &Session) -> Vec<Finding> {
    let own = own_tables().iter().map(|table| table.name);
    let mut writers: Vec<Writer> = Vec::new();
    for oid in HOST_TABLES.into_iter().chain(own).filter_map(|name| session.tables.relation(name)) {
        writers.extend(
            session.read(&WRITERS, &[oid.into(), (&VISITORS[..]).into()]).iter().map(Writer::read),
        );
    }
    let mut findings: Vec<Finding> = writers.iter().map(|writer| writer.finding(session)).collect();
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
