//! The guards' triggers: the list of them, and how they are attached.

use std::ffi::CStr;

use pgrx::prelude::*;
use pgrx::spi::quote_identifier;

use crate::pg::catalog::{self, Trigger};
use crate::pg::error::answer;
use crate::pg::returns::RowSet;
use crate::pg::session::{Session, View};
use crate::pg::statement::text;
use crate::pg::tables::{
    CODES, DECISIONS, HOST_TABLES, PAYOUTS, PROGRAM_STRIPES, PROGRAMS, REWARDS, SETTINGS, STRIPES,
    USAGE, own_tables,
};
use crate::rules::declaration::one_line;
use crate::rules::template::without_comments;
use crate::setup::distributed;
use crate::setup::report::{self, Action, Line, LineColumns, object};
use crate::setup::signup_trigger;
use crate::setup::target::{alone, session_over};

/// A trigger that setup attaches.
pub struct Guard {
    pub name: &'static str,
    pub table: &'static str,
    purpose: Purpose,
    create: &'static str,
}

/// What a trigger is there for.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Purpose {
    /// It holds the limits for writers by hand; not in replicas, where they were held at the source.
    Holds,
    /// It tells backends of changed facts, whoever changes them.
    Announces,
}

macro_rules! guard {
    ($purpose:ident $name:literal, $table:expr, $file:literal) => {
        Guard { name: $name, table: $table, purpose: Purpose::$purpose, create: text!($file) }
    };
}

pub const GUARDS: [Guard; 16] = [
    guard!(Holds "referral_guard_code", CODES, "setup/triggers/code.sql"),
    guard!(Holds "referral_guard_code_written", CODES, "setup/triggers/code_written.sql"),
    guard!(Holds "referral_guard_claim", CODES, "setup/triggers/claim.sql"),
    guard!(Holds "referral_guard_usage_lock", USAGE, "setup/triggers/usage_lock.sql"),
    guard!(Holds "referral_guard_usage", USAGE, "setup/triggers/usage.sql"),
    guard!(Holds "referral_guard_ledger", REWARDS, "setup/triggers/ledger.sql"),
    guard!(Holds "referral_guard_decisions", DECISIONS, "setup/triggers/decisions.sql"),
    guard!(Holds "referral_guard_ledger", PAYOUTS, "setup/triggers/payouts.sql"),
    guard!(Announces "referral_fact_changed", SETTINGS, "setup/triggers/settings_changed.sql"),
    guard!(Announces "referral_facts_truncated", SETTINGS, "setup/triggers/settings_truncated.sql"),
    guard!(Announces "referral_fact_changed", PROGRAMS, "setup/triggers/programs_changed.sql"),
    guard!(Announces "referral_facts_truncated", PROGRAMS, "setup/triggers/programs_truncated.sql"),
    guard!(Announces "referral_fact_changed", STRIPES, "setup/triggers/stripes_changed.sql"),
    guard!(Announces "referral_facts_truncated", STRIPES, "setup/triggers/stripes_truncated.sql"),
    guard!(Announces "referral_fact_changed", PROGRAM_STRIPES, "setup/triggers/program_stripes_changed.sql"),
    guard!(Announces "referral_facts_truncated", PROGRAM_STRIPES, "setup/triggers/program_stripes_truncated.sql"),
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
    /// As declared, but it fires in replicas too, or not in them, against its purpose.
    Elsewhere,
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
        match (&*found.fires, self.purpose) {
            _ if !found.is_ours => State::Foreign,
            _ if found.definition != one_line(&wanted) => State::Outdated,
            ("O", Purpose::Holds) | ("A", Purpose::Announces) => State::AsDeclared,
            ("O" | "A", _) => State::Elsewhere,
            _ => State::Disabled,
        }
    }

    /// What is not so without it.
    pub fn lack(&self) -> &'static str {
        match self.purpose {
            Purpose::Holds => "writers by hand are not held",
            Purpose::Announces => "each redemption looks up what it could keep",
        }
    }

    /// What goes wrong where it stands on a distributed table, and so fires in another backend than the one that writes.
    pub fn harm(&self) -> &'static str {
        match self.purpose {
            Purpose::Holds => {
                "takes the functions' own writes for somebody's by hand: caps and counters go wrong"
            }
            Purpose::Announces => {
                "tells no other node of a change: settings and caps go by what was"
            }
        }
    }

    /// What is wrong with one that is `Elsewhere`.
    pub fn misplaced(&self) -> &'static str {
        match self.purpose {
            Purpose::Holds => "fires in replicas too, which it should not",
            Purpose::Announces => "does not fire in replicas, which it should",
        }
    }

    fn line(&self, session: &Session, action: Action, note: Option<&str>) -> Line {
        let table = object(session, "on", self.table);
        let object = format!("trigger {} {table}", self.name);
        Line { object, action, note: note.map(str::to_owned) }
    }

    fn create(&self, session: &Session) {
        session.define(self.create, &[("extension.", &catalog::extension_schema(session))]);
        if self.purpose == Purpose::Announces {
            self.enable(session);
        }
    }

    fn enable(&self, session: &Session) {
        let enable = match self.purpose {
            Purpose::Holds => text!("setup/triggers/enable.sql"),
            Purpose::Announces => text!("setup/triggers/enable_always.sql"),
        };
        self.alter(session, enable);
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
                self.enable(session);
                self.line(session, Action::Changed, Some("enabled again: it was disabled"))
            }
            State::Elsewhere => {
                self.enable(session);
                let note = format!("put right: it {}", self.misplaced());
                self.line(session, Action::Changed, Some(&note))
            }
            State::Foreign => self.line(session, Action::Skipped, Some(FOREIGN)),
        }
    }

    /// What setup says where it was asked for no guards.
    fn leave(&self, session: &Session) -> Line {
        let note = match self.state(session, View::Now) {
            State::AsDeclared => return self.line(session, Action::Kept, None),
            State::Missing => format!("guards => false: {}", self.lack()),
            State::Outdated => "guards => false: it has another definition, and is left so".into(),
            State::Disabled => "guards => false: it is disabled, and is left so".into(),
            State::Elsewhere => format!("guards => false: it {}; it is left so", self.misplaced()),
            State::Foreign => FOREIGN.into(),
        };
        self.line(session, Action::Skipped, Some(&note))
    }
}

const FOREIGN: &str = "a trigger of this name calls a function that is not the extension's: rename it or drop \
                       it, and run referral_setup() again";

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
        distributed::refuse_guards(&session)?;
        Ok(report::rows(attach(&session)))
    })
}
