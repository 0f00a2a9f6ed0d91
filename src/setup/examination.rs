//! What the doctor counts: rows that should not be there, a statement for each kind.

use crate::pg::session::{Session, View};
use crate::pg::statement::{Statement, statements};
use crate::pg::tables::own_tables;
use crate::setup::changes;
use crate::setup::finding::{Finding, Severity, remedy, subject};

statements! {
    MAY_READ = "setup/doctor/may_read.sql";
}

/// A statement that counts bad rows and shows a few, and what is said where there are any.
pub struct Examination {
    pub statement: &'static Statement,
    pub severity: Severity,
    pub table: &'static str,
    pub finding: &'static str,
    /// `examined_schema` stands for the schema's name, as a literal.
    pub remedy: &'static str,
    /// The index that cannot be made because of such rows.
    pub keeps_away: Option<&'static str>,
    /// Those of the extension's own tables that it reads.
    pub own: &'static [&'static str],
}

impl Examination {
    pub fn make(&self, session: &Session) -> Option<Finding> {
        if !may_read(session, self.own) {
            return None;
        }
        let rows = session.read(self.statement, &[]);
        let row = rows.first()?;
        let count: i64 = row.need(1);
        let examples: String = row.get(2).unwrap_or_default();
        // In ASCII: any encoding has it.
        let more = if count > 3 { ", ..." } else { "" };
        (count > 0).then(|| Finding {
            severity: self.severity,
            subject: subject(session, self.table),
            finding: format!("{}: {count} ({examples}{more})", self.finding),
            remedy: remedy(session, self.remedy),
        })
    }
}

/// Whether an examination that reads these tables can be made. The extension's own are not for everybody who may
/// read the host's, and an older release's may lack what is read; those have findings of their own.
pub fn may_read(session: &Session, own: &[&str]) -> bool {
    let lacks = |name: &str| match own_tables().iter().find(|own| own.name == name) {
        Some(own) => !session.tables.lacking_columns(own).is_empty(),
        None => false,
    };
    let is_foreign = |name: &str| {
        let own = own_tables().iter().find(|own| own.name == name);
        own.is_some_and(|own| changes::foreign(session, own, View::Query).is_some())
    };
    let readable = |name: &str| {
        let Some(oid) = session.tables.relation(name) else { return false };
        !lacks(name)
            && !is_foreign(name)
            && session.read(&MAY_READ, &[oid.into()]).first().is_some_and(|row| row.need(1))
    };
    own.iter().all(|name| readable(name))
}
