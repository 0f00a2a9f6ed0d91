//! The tables: the host's, made or checked and adopted, and the extension's own beside them.

use super::grants;
use super::report::{Action, Line, object};
use super::sql;
use crate::pg::catalog;
use crate::pg::error::{Error, Result};
use crate::pg::session::{Session, View};
use crate::pg::statement::statements;
use crate::pg::tables::{
    CHECK_ATTEMPTS, CODE_PROGRAMS, CODES, CONVERSIONS, CREATORS, EVENT_CONSUMERS, EVENT_DELIVERIES,
    EVENTS, PROGRAMS, REFEREES, REWARDS, SETTINGS, USAGE,
};
use crate::rules::settings::ENABLED;
use crate::settings::Settings;

statements! {
    KIND = "setup/host_tables/kind.sql";
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
        create: sql!("host_tables/codes.sql"),
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
        create: sql!("host_tables/usage.sql"),
        columns: &[
            ("uuid", UUID),
            ("code_uuid", UUID),
            ("used_by_uuid", UUID),
            ("date_used", TIME),
        ],
    },
    HostTable {
        name: SETTINGS,
        create: sql!("host_tables/settings.sql"),
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
    pub grants: &'static [(&'static str, &'static str)],
}

const READ: &str = "SELECT";
const APPEND: &str = "SELECT, INSERT";
const WRITE: &str = "SELECT, INSERT, UPDATE";
const CHANGE: &str = "SELECT, INSERT, UPDATE, DELETE";

/// In the order in which setup makes them: a table after those that it refers to.
pub const OWN_TABLES: [OwnTable; 10] = [
    OwnTable {
        name: CREATORS,
        create: sql!("tables/referral_code_creators.sql"),
        grants: &[(WRITE, CODES)],
    },
    OwnTable {
        name: CHECK_ATTEMPTS,
        create: sql!("tables/referral_check_attempts.sql"),
        grants: &[(CHANGE, USAGE)],
    },
    OwnTable {
        name: PROGRAMS,
        create: sql!("tables/referral_programs.sql"),
        grants: &[("SELECT, UPDATE (number_of_uses)", USAGE), (WRITE, CODES)],
    },
    OwnTable {
        name: CODE_PROGRAMS,
        create: sql!("tables/referral_code_programs.sql"),
        grants: &[(READ, USAGE), (CHANGE, CODES)],
    },
    OwnTable {
        name: REFEREES,
        create: sql!("tables/referral_referees.sql"),
        grants: &[(WRITE, USAGE)],
    },
    OwnTable {
        name: CONVERSIONS,
        create: sql!("tables/referral_conversions.sql"),
        grants: &[(WRITE, USAGE)],
    },
    OwnTable {
        name: REWARDS,
        create: sql!("tables/referral_rewards.sql"),
        grants: &[(APPEND, USAGE)],
    },
    OwnTable {
        name: EVENTS,
        create: sql!("tables/referral_events.sql"),
        grants: &[(CHANGE, USAGE), (APPEND, CODES)],
    },
    OwnTable {
        name: EVENT_CONSUMERS,
        create: sql!("tables/referral_event_consumers.sql"),
        grants: &[(APPEND, USAGE), (READ, CODES)],
    },
    OwnTable {
        name: EVENT_DELIVERIES,
        create: sql!("tables/referral_event_deliveries.sql"),
        grants: &[(CHANGE, USAGE), (APPEND, CODES)],
    },
];

/// Makes or adopts the host's tables.
pub fn see_to_host(session: &Session) -> Vec<Line> {
    let seen_before = session.tables.relation(CREATORS).is_some();
    let see_to = |table: &HostTable| {
        let action = match session.tables.relation(table.name) {
            Some(_) if seen_before => Action::Kept,
            Some(_) => Action::Adopted,
            None => {
                session.define(table.create, &[]);
                Action::Created
            }
        };
        let note = (table.name == SETTINGS).then(|| note_on_settings(session)).flatten();
        Line { object: object(session, "table", table.name), action, note }
    };
    HOST_TABLES.iter().map(see_to).collect()
}

/// Makes the extension's own.
pub fn see_to_own(session: &Session) -> Result<Vec<Line>> {
    let see_to = |table: &OwnTable| {
        let object = object(session, "table", table.name);
        if session.tables.relation(table.name).is_some() {
            return Ok(Line { object, action: Action::Kept, note: None });
        }
        session.define(table.create, &[]);
        let note = grants::give(session, table)?;
        Ok(Line { object, action: Action::Created, note })
    };
    OWN_TABLES.iter().map(see_to).collect()
}

/// An adopted settings table is never written to: setup only says what it says.
fn note_on_settings(session: &Session) -> Option<String> {
    let enabled = Settings::read(session, &[ENABLED.key], View::Now).flag(ENABLED);
    let note = "referral codes are switched off: SELECT referral_enable_system() switches them on";
    (!enabled).then(|| note.into())
}

/// Refuses, before anything is changed, tables that the statements could not work on.
pub fn refuse_unfit(session: &Session) -> Result<()> {
    let mut unfit = Vec::new();
    let mut integers = false;
    for table in &HOST_TABLES {
        let Some(oid) = session.tables.relation(table.name) else {
            continue;
        };
        let kind = session.write(&KIND, &[oid.into()]);
        if !kind.first().is_some_and(|row| matches!(row.need::<String>(1).as_str(), "r" | "p")) {
            unfit.push(format!("{} is not a table", table.name));
            continue;
        }
        let found = catalog::columns(session, oid, View::Now);
        let mut missing = Vec::new();
        for (column, types) in table.columns {
            match found.iter().find(|found| found.name == *column) {
                None => missing.push(*column),
                Some(found) if !types.contains(&found.kind.as_str()) => unfit.push(format!(
                    "{}.{column} has type {}, not {}",
                    table.name,
                    found.kind,
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
