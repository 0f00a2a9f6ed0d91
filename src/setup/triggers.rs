//! The guards' triggers: the list of them, and how they are attached.

use std::ffi::CStr;

use pgrx::prelude::*;

use super::report::{self, Action, Line, LineColumns, object};
use super::{session_over, sql};
use crate::pg::catalog;
use crate::pg::error::answer;
use crate::pg::returns::RowSet;
use crate::pg::session::{Session, View};
use crate::pg::tables::{CODES, REWARDS, USAGE};

/// A trigger that setup attaches.
pub struct Guard {
    pub name: &'static str,
    pub table: &'static str,
    create: &'static str,
}

macro_rules! guard {
    ($name:literal, $table:expr, $file:literal) => {
        Guard { name: $name, table: $table, create: sql!($file) }
    };
}

pub const GUARDS: [Guard; 6] = [
    guard!("referral_guard_code", CODES, "triggers/code.sql"),
    guard!("referral_guard_code_written", CODES, "triggers/code_written.sql"),
    guard!("referral_guard_claim", CODES, "triggers/claim.sql"),
    guard!("referral_guard_usage_lock", USAGE, "triggers/usage_lock.sql"),
    guard!("referral_guard_usage", USAGE, "triggers/usage.sql"),
    guard!("referral_guard_ledger", REWARDS, "triggers/ledger.sql"),
];

impl Guard {
    pub fn is_attached(&self, session: &Session, view: View) -> bool {
        let Some(table) = session.tables.relation(self.table) else {
            return false;
        };
        catalog::has_trigger(session, table, self.name, view)
    }

    fn line(&self, session: &Session, action: Action, note: Option<&str>) -> Line {
        let table = object(session, "on", self.table);
        let object = format!("trigger {} {table}", self.name);
        Line { object, action, note: note.map(str::to_owned) }
    }
}

pub fn attach(session: &Session) -> Vec<Line> {
    let schema = catalog::extension_schema(session);
    let see_to = |guard: &Guard| {
        if guard.is_attached(session, View::Now) {
            return guard.line(session, Action::Kept, None);
        }
        session.define(guard.create, &[("extension.", &schema)]);
        guard.line(session, Action::Created, None)
    };
    GUARDS.iter().map(see_to).collect()
}

/// What setup says of the triggers where it was asked for none.
pub fn leave(session: &Session) -> Vec<Line> {
    let note = "guards => false: who writes the tables without the functions is not held";
    let see = |guard: &Guard| match guard.is_attached(session, View::Now) {
        true => guard.line(session, Action::Kept, None),
        false => guard.line(session, Action::Skipped, Some(note)),
    };
    GUARDS.iter().map(see).collect()
}

/// Takes the guards off.
pub fn detach(session: &Session) -> Vec<Line> {
    let remove = |guard: &Guard| {
        let names = [("guard_name", guard.name), ("guarded_table", guard.table)];
        session.define(sql!("triggers/drop.sql"), &names);
        guard.line(session, Action::Removed, None)
    };
    GUARDS.iter().filter(|guard| guard.is_attached(session, View::Now)).map(remove).collect()
}

#[pg_extern(sql = false)]
fn referral_attach_guards(target_schema: Option<&CStr>) -> RowSet<'static, LineColumns> {
    answer(|| {
        let session = session_over(target_schema)?;
        session.tables.must_exist();
        Ok(report::rows(attach(&session)))
    })
}
