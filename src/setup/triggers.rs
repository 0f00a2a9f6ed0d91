//! The guards' triggers: the list of them, and how they are attached.

use std::ffi::CStr;

use pgrx::prelude::*;
use pgrx::spi::quote_identifier;

use crate::pg::catalog::{self, Trigger};
use crate::pg::error::answer;
use crate::pg::returns::RowSet;
use crate::pg::session::{Session, View};
use crate::pg::statement::text;
use crate::pg::tables::{CODES, HOST_TABLES, REWARDS, USAGE, own_tables};
use crate::rules::declaration::one_line;
use crate::rules::template::without_comments;
use crate::setup::report::{self, Action, Line, LineColumns, object};
use crate::setup::signup_trigger;
use crate::setup::target::{alone, session_over};

/// A trigger that setup attaches.
pub struct Guard {
    pub name: &'static str,
    pub table: &'static str,
    create: &'static str,
}

macro_rules! guard {
    ($name:literal, $table:expr, $file:literal) => {
        Guard { name: $name, table: $table, create: text!($file) }
    };
}

pub const GUARDS: [Guard; 6] = [
    guard!("referral_guard_code", CODES, "setup/triggers/code.sql"),
    guard!("referral_guard_code_written", CODES, "setup/triggers/code_written.sql"),
    guard!("referral_guard_claim", CODES, "setup/triggers/claim.sql"),
    guard!("referral_guard_usage_lock", USAGE, "setup/triggers/usage_lock.sql"),
    guard!("referral_guard_usage", USAGE, "setup/triggers/usage.sql"),
    guard!("referral_guard_ledger", REWARDS, "setup/triggers/ledger.sql"),
];

/// What stands under a guard's name.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum State {
    Missing,
    AsDeclared,
    /// An older release's, or one that somebody has made otherwise.
    Outdated,
    /// As declared, but switched off.
    Disabled,
    /// As declared, but it fires in replicas too.
    Always,
    /// A trigger with a function that is not the extension's.
    Foreign,
}

impl Guard {
    /// The trigger that stands under the guard's name.
    fn found(&self, session: &Session, view: View) -> Option<Trigger> {
        let table = session.tables.relation(self.table)?;
        let triggers = catalog::triggers(session, table, view);
        triggers.into_iter().find(|trigger| trigger.name == self.name)
    }

    pub fn state(&self, session: &Session, view: View) -> State {
        let Some(found) = self.found(session, view) else {
            return State::Missing;
        };
        let names = [("extension.", &*catalog::extension_schema(session))];
        let wanted = session.tables.fill(&without_comments(self.create), &names);
        match &*found.fires {
            _ if !found.is_ours => State::Foreign,
            _ if found.definition != one_line(&wanted) => State::Outdated,
            "O" => State::AsDeclared,
            "A" => State::Always,
            _ => State::Disabled,
        }
    }

    fn line(&self, session: &Session, action: Action, note: Option<&str>) -> Line {
        let table = object(session, "on", self.table);
        let object = format!("trigger {} {table}", self.name);
        Line { object, action, note: note.map(str::to_owned) }
    }

    fn create(&self, session: &Session) {
        session.define(self.create, &[("extension.", &catalog::extension_schema(session))]);
    }

    /// Runs one of the statements that name the guard and its table.
    fn alter(&self, session: &Session, sql: &str) {
        session.define(sql, &[("guard_name", self.name), ("guarded_table", self.table)]);
    }

    fn attach(&self, session: &Session) -> Line {
        match self.state(session, View::Now) {
            State::AsDeclared => self.line(session, Action::Kept, None),
            State::Missing => {
                self.create(session);
                self.line(session, Action::Created, None)
            }
            State::Outdated => {
                self.alter(session, text!("setup/triggers/drop.sql"));
                self.create(session);
                self.line(session, Action::Changed, Some("replaced: it had another definition"))
            }
            State::Disabled => {
                self.alter(session, text!("setup/triggers/enable.sql"));
                self.line(session, Action::Changed, Some("enabled again: it was disabled"))
            }
            State::Always => {
                self.alter(session, text!("setup/triggers/enable.sql"));
                self.line(session, Action::Changed, Some("no longer fires in replicas"))
            }
            State::Foreign => self.line(session, Action::Skipped, Some(FOREIGN)),
        }
    }

    /// What setup says where it was asked for no guards.
    fn leave(&self, session: &Session) -> Line {
        let note = match self.state(session, View::Now) {
            State::AsDeclared => return self.line(session, Action::Kept, None),
            State::Missing => {
                "guards => false: who writes the tables without the functions is not held"
            }
            State::Outdated => "guards => false: it has another definition, and is left so",
            State::Disabled => "guards => false: it is disabled, and is left so",
            State::Always => "guards => false: it fires in replicas too, and is left so",
            State::Foreign => FOREIGN,
        };
        self.line(session, Action::Skipped, Some(note))
    }
}

const FOREIGN: &str = "a trigger of this name calls a function that is not the extension's: rename it or drop \
                       it, and run referral_setup() again; until then writers by hand are not held";

/// Attaches the guards, and takes off what an older release attached under a name that is no guard's now.
pub fn attach(session: &Session) -> Vec<Line> {
    let mut lines: Vec<Line> = GUARDS.iter().map(|guard| guard.attach(session)).collect();
    lines.extend(remove(session, retired(session, View::Now)));
    lines
}

/// Attaches none, and says how the guards stand.
pub fn leave(session: &Session) -> Vec<Line> {
    GUARDS.iter().map(|guard| guard.leave(session)).collect()
}

/// Takes the guards off, whatever release attached them; nothing of the host's.
pub fn detach(session: &Session) -> Vec<Line> {
    remove(session, ours(session, View::Now))
}

/// A table and the name of a trigger on it.
type TableTrigger = (&'static str, String);

/// The triggers on the referral tables that call a function of the extension's.
fn ours(session: &Session, view: View) -> Vec<TableTrigger> {
    let own = own_tables().iter().map(|table| table.name);
    let tables = HOST_TABLES.into_iter().chain(own);
    let of_table = |table: &'static str| {
        let oid = session.tables.relation(table);
        let triggers = oid.map(|oid| catalog::triggers(session, oid, view)).unwrap_or_default();
        let is_guard =
            |trigger: &Trigger| trigger.is_ours && trigger.name != signup_trigger::TRIGGER;
        triggers.into_iter().filter(is_guard).map(move |trigger| (table, trigger.name))
    };
    tables.flat_map(of_table).collect()
}

/// Those that no longer are among the guards.
pub fn retired(session: &Session, view: View) -> Vec<TableTrigger> {
    let is_guard = |(table, name): &TableTrigger| {
        GUARDS.iter().any(|guard| guard.table == *table && guard.name == *name)
    };
    ours(session, view).into_iter().filter(|trigger| !is_guard(trigger)).collect()
}

fn remove(session: &Session, triggers: Vec<TableTrigger>) -> Vec<Line> {
    let remove = |(table, name): TableTrigger| {
        let name = quote_identifier(name);
        let names = [("guard_name", name.as_str()), ("guarded_table", table)];
        session.define(text!("setup/triggers/drop.sql"), &names);
        let object = format!("trigger {name} {}", object(session, "on", table));
        Line { object, action: Action::Removed, note: None }
    };
    triggers.into_iter().map(remove).collect()
}

#[pg_extern(sql = false)]
fn referral_attach_guards(target_schema: Option<&CStr>) -> RowSet<'static, LineColumns> {
    answer(|| {
        let session = session_over(target_schema)?;
        session.tables.check()?;
        alone(&session);
        Ok(report::rows(attach(&session)))
    })
}
