//! Setup: makes or adopts the tables of a schema.

use std::ffi::CStr;
use std::rc::Rc;

use pgrx::prelude::*;

use crate::guards;
use crate::indexes::{self, Wanted, sql};
use crate::pg::error::{Error, Result, answer, required};
use crate::pg::guc;
use crate::pg::returns::RowSet;
use crate::pg::session::{Session, View};
use crate::pg::statement::statements;
use crate::pg::tables::{
    CHECK_ATTEMPTS, CODE_PROGRAMS, CODES, CONVERSIONS, CREATORS, EVENT_CONSUMERS, EVENT_DELIVERIES,
    EVENTS, PROGRAMS, REFEREES, REWARDS, SETTINGS, Tables, USAGE,
};
use crate::programs;
use crate::rules::program::DEFAULT_KEY;
use crate::rules::settings::ENABLED;
use crate::settings::Settings;
use crate::step::{self, Action, Step, StepColumns, object};

statements! {
    COLUMNS = "setup/columns.sql";
    RELATION_KIND = "setup/relation_kind.sql";
    ONE_AT_A_TIME = "setup/one_at_a_time.sql";
    GRANTEES = "setup/grantees.sql";
}

/// A table of the host's: made where it is missing, checked where it exists.
struct HostTable {
    name: &'static str,
    create: &'static str,
    /// The columns that the statements use, each with the types that serve.
    columns: &'static [(&'static str, &'static [&'static str])],
}

const UUID: &[&str] = &["uuid"];
const TEXT: &[&str] = &["varchar", "text"];
const TIME: &[&str] = &["timestamptz"];

/// In the order in which they can be made: usage refers to codes.
const HOST_TABLES: [HostTable; 3] = [
    HostTable {
        name: CODES,
        create: sql!("codes.sql"),
        columns: &[
            ("uuid", UUID),
            ("code", TEXT),
            ("description", TEXT),
            ("status", &["bool"]),
            ("number_of_uses", &["int4"]),
            ("max_uses", &["int4"]),
            ("created_by_uuid", UUID),
            ("beneficiary_uuid", UUID),
            ("date_created", TIME),
            ("expiration_date", TIME),
        ],
    },
    HostTable {
        name: USAGE,
        create: sql!("usage.sql"),
        columns: &[
            ("uuid", UUID),
            ("code_uuid", UUID),
            ("used_by_uuid", UUID),
            ("date_used", TIME),
        ],
    },
    HostTable {
        name: SETTINGS,
        create: sql!("settings.sql"),
        columns: &[
            ("uuid", UUID),
            ("key", TEXT),
            ("value", TEXT),
            ("module", TEXT),
            ("date_added", TIME),
            ("date_updated", TIME),
        ],
    },
];

/// A table of the extension's own, beside the host's.
pub struct OwnTable {
    pub name: &'static str,
    create: &'static str,
    /// What its users need: rights, and the host's table whose inserters are those users.
    grants: &'static [(&'static str, &'static str)],
}

const READ: &str = "SELECT";
const APPEND: &str = "SELECT, INSERT";
const WRITE: &str = "SELECT, INSERT, UPDATE";
const CHANGE: &str = "SELECT, INSERT, UPDATE, DELETE";

/// In the order in which setup makes them: a table after those that it refers to.
pub const OWN_TABLES: [OwnTable; 10] = [
    OwnTable { name: CREATORS, create: sql!("creators.sql"), grants: &[(WRITE, CODES)] },
    OwnTable {
        name: CHECK_ATTEMPTS,
        create: sql!("check_attempts.sql"),
        grants: &[(CHANGE, USAGE)],
    },
    OwnTable {
        name: PROGRAMS,
        create: sql!("programs.sql"),
        grants: &[("SELECT, UPDATE (number_of_uses)", USAGE), (WRITE, CODES)],
    },
    OwnTable {
        name: CODE_PROGRAMS,
        create: sql!("code_programs.sql"),
        grants: &[(READ, USAGE), (CHANGE, CODES)],
    },
    OwnTable { name: REFEREES, create: sql!("referees.sql"), grants: &[(WRITE, USAGE)] },
    OwnTable { name: CONVERSIONS, create: sql!("conversions.sql"), grants: &[(WRITE, USAGE)] },
    OwnTable { name: REWARDS, create: sql!("rewards.sql"), grants: &[(APPEND, USAGE)] },
    OwnTable {
        name: EVENTS,
        create: sql!("events.sql"),
        grants: &[(CHANGE, USAGE), (APPEND, CODES)],
    },
    OwnTable {
        name: EVENT_CONSUMERS,
        create: sql!("event_consumers.sql"),
        grants: &[(APPEND, USAGE), (READ, CODES)],
    },
    OwnTable {
        name: EVENT_DELIVERIES,
        create: sql!("event_deliveries.sql"),
        grants: &[(CHANGE, USAGE), (APPEND, CODES)],
    },
];

/// A session over a schema whose tables may still be missing.
pub fn session_over(target_schema: Option<&CStr>) -> Session {
    let schema = match target_schema {
        Some(name) => name.to_string_lossy().into_owned(),
        None => guc::schema(),
    };
    let tables = Tables::unchecked(&schema);
    tables.schema_must_exist();
    Session::over(Rc::new(tables))
}

fn setup(session: &Session) -> Result<Vec<Step>> {
    refuse_unfit_tables(session)?;
    let seen_before = session.tables.relation(CREATORS).is_some();
    let mut steps = Vec::new();
    for table in &HOST_TABLES {
        let action = match session.tables.relation(table.name) {
            Some(_) if seen_before => Action::Kept,
            Some(_) => Action::Adopted,
            None => {
                session.define(table.create, &[]);
                Action::Created
            }
        };
        let note = (table.name == SETTINGS).then(|| note_on_settings(session)).flatten();
        steps.push(Step { object: object(session, "table", table.name), action, note });
    }
    for wanted in &indexes::WANTED {
        steps.push(see_to_index(session, wanted)?);
    }
    let has_programs = session.tables.relation(PROGRAMS).is_some();
    for table in &OWN_TABLES {
        let object = object(session, "table", table.name);
        if session.tables.relation(table.name).is_some() {
            steps.push(Step { object, action: Action::Kept, note: None });
            continue;
        }
        session.define(table.create, &[]);
        let note = grant(session, table)?;
        steps.push(Step { object, action: Action::Created, note });
    }
    steps.push(see_to_default_program(session, has_programs));
    Ok(steps)
}

fn see_to_default_program(session: &Session, is_there: bool) -> Step {
    let object = format!("program {DEFAULT_KEY}");
    let created = !is_there && programs::define::create_default(session);
    let action = if created { Action::Created } else { Action::Kept };
    Step { object, action, note: None }
}

/// Lets whoever may insert into a host's table write the extension's that goes with it: an application
/// that does not own the tables goes on working. Says who that is.
fn grant(session: &Session, table: &OwnTable) -> Result<Option<String>> {
    let mut notes = Vec::new();
    for (rights, as_on) in table.grants {
        let host = required(session.tables.relation(as_on), as_on)?;
        let rows = session.write(&GRANTEES, &[host.into()]);
        let grantees: Vec<String> = rows.iter().map(|row| row.need(1)).collect();
        if grantees.is_empty() {
            continue;
        }
        let grantees = grantees.join(", ");
        let grant = format!("GRANT {rights} ON host.{} TO grantees", table.name);
        session.define(&grant, &[("grantees", &grantees)]);
        notes.push(format!("granted to {grantees}, who may insert into {as_on}"));
    }
    Ok((!notes.is_empty()).then(|| notes.join("; ")))
}

/// An adopted settings table is never written to: setup only says what it says.
fn note_on_settings(session: &Session) -> Option<String> {
    let enabled = Settings::read(session, &[ENABLED.key], View::Now).flag(ENABLED);
    let note = "referral codes are switched off: SELECT referral_enable_system() switches them on";
    (!enabled).then(|| note.into())
}

fn see_to_index(session: &Session, wanted: &Wanted) -> Result<Step> {
    let object = object(session, "index", wanted.name);
    let table = required(session.tables.relation(wanted.table), wanted.table)?;
    let found = indexes::of_table(session, table, View::Now)
        .into_iter()
        .find(|index| (wanted.serves)(index));
    if let Some(index) = found {
        let own = index.name.ends_with(wanted.name);
        let (action, note) = match own {
            true => (Action::Kept, None),
            false => (Action::Adopted, Some(format!("{} serves", index.name))),
        };
        return Ok(Step { object, action, note });
    }
    let skipped = |note| Step { object: object.clone(), action: Action::Skipped, note: Some(note) };
    if session.tables.relation(wanted.name).is_some() {
        let note = "an index of this name is invalid or has another definition: drop it and run \
                    referral_setup() again";
        return Ok(skipped(note.into()));
    }
    session.define(wanted.lock, &[]);
    if let Some(unique) = &wanted.unique
        && let Some(note) = indexes::obstacle(session, unique, table)
    {
        return Ok(skipped(note));
    }
    session.define(wanted.create, &[]);
    Ok(Step { object, action: Action::Created, note: None })
}

/// Refuses, before anything is changed, tables that the statements could not work on.
fn refuse_unfit_tables(session: &Session) -> Result<()> {
    let mut unfit = Vec::new();
    let mut integers = false;
    for table in &HOST_TABLES {
        let Some(oid) = session.tables.relation(table.name) else {
            continue;
        };
        let kind = session.write(&RELATION_KIND, &[oid.into()]);
        if !kind.first().is_some_and(|row| matches!(row.need::<String>(1).as_str(), "r" | "p")) {
            unfit.push(format!("{} is not a table", table.name));
            continue;
        }
        let rows = session.write(&COLUMNS, &[oid.into()]);
        let found: Vec<(String, String)> =
            rows.iter().map(|row| (row.need(1), row.need(2))).collect();
        let mut missing = Vec::new();
        for (column, types) in table.columns {
            match found.iter().find(|(name, _)| name == column) {
                None => missing.push(*column),
                Some((_, found)) if !types.contains(&found.as_str()) => unfit.push(format!(
                    "{}.{column} has type {found}, not {}",
                    table.name,
                    types.join(" or ")
                )),
                Some(_) => {}
            }
        }
        if !missing.is_empty() {
            integers |= missing.iter().any(|column| column.ends_with("uuid"));
            let plural = if missing.len() == 1 { "column" } else { "columns" };
            unfit.push(format!("{} lacks {plural} {}", table.name, missing.join(", ")));
        }
    }
    if unfit.is_empty() {
        return Ok(());
    }
    let schema = session.tables.schema();
    let message = format!(
        "the referral tables of schema \"{schema}\" cannot be adopted: {}",
        unfit.join("; ")
    );
    let hint = if integers {
        "The tables are older than PhoenixKit's move to UUIDs: run its migrations (mix \
         phoenix_kit.update), then referral_setup() again. Nothing was changed."
    } else {
        "Bring the columns to what PhoenixKit's migrations make, then run referral_setup() again. \
         Nothing was changed."
    };
    Err(Error::new("42P16", "unfit_tables", message).with_hint(hint))
}

#[pg_extern(sql = false)]
fn referral_setup(
    target_schema: Option<&CStr>,
    guards: Option<bool>,
) -> RowSet<'static, StepColumns> {
    answer(|| {
        let with_guards = required(guards, "guards")?;
        let session = session_over(target_schema);
        session.write(&ONE_AT_A_TIME, &[session.tables.schema().into()]);
        let mut steps = setup(&session)?;
        steps.extend(if with_guards { guards::attach(&session) } else { guards::leave(&session) });
        Ok(step::rows(steps))
    })
}
