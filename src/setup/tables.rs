//! The tables: the host's, made or checked and adopted, and the extension's own beside them.

use pgrx::pg_sys;
use pgrx::spi::quote_literal;

use crate::pg::catalog::{self, Kind};
use crate::pg::error::{Error, Result, required};
use crate::pg::guc;
use crate::pg::session::{Session, View};
use crate::pg::statement::text;
use crate::pg::tables::{CODES, SETTINGS, USAGE, own_tables};
use crate::rules::declaration::Declaration;
use crate::rules::settings::ENABLED;
use crate::settings::Settings;
use crate::setup::changes::{self, Changes};
use crate::setup::defaults;
use crate::setup::grants::{self, FirstRelease};
use crate::setup::indexes;
use crate::setup::report::{Action, Line, object};

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
        create: text!("setup/host_tables/codes.sql"),
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
        create: text!("setup/host_tables/usage.sql"),
        columns: &[
            ("uuid", UUID),
            ("code_uuid", UUID),
            ("used_by_uuid", UUID),
            ("date_used", TIME),
        ],
    },
    HostTable {
        name: SETTINGS,
        create: text!("setup/host_tables/settings.sql"),
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

/// Makes or adopts the host's tables.
pub fn see_to_host(session: &Session) -> Result<Vec<Line>> {
    let is_there = |own: &Declaration| session.tables.relation(own.name).is_some();
    let seen_before = own_tables().iter().any(is_there);
    let see_to = |table: &HostTable| {
        let mut notes = Vec::new();
        let action = match session.tables.relation(table.name) {
            Some(_) if seen_before => Action::Kept,
            Some(_) => Action::Adopted,
            None => {
                session.define(table.create, &[]);
                let oid = required(session.tables.relation(table.name), table.name)?;
                notes = defaults::take(session, table.name, oid);
                Action::Created
            }
        };
        notes.extend((table.name == SETTINGS).then(|| note_on_settings(session)).flatten());
        let note = (!notes.is_empty()).then(|| notes.join("; "));
        Ok(Line { object: object(session, "table", table.name), action, note })
    };
    HOST_TABLES.iter().map(see_to).collect()
}

/// Makes the extension's own, and brings those that an older release made to what is declared.
pub fn see_to_own(session: &Session) -> Result<Vec<Line>> {
    let first_release = FirstRelease::found(session);
    let see_to = |table: &'static Declaration| {
        let made = session.tables.relation(table.name).is_none();
        if made {
            session.define(table.create, &[]);
        }
        let oid = required(session.tables.relation(table.name), table.name)?;
        let changes = Changes::make(session, table, oid);
        let mut notes = if made { defaults::take(session, table.name, oid) } else { changes.notes };
        if let Some(first_release) = first_release.as_ref().filter(|_| !made) {
            notes.extend(first_release.take(session, table, oid)?);
        }
        if !made {
            notes.extend(grants::close(session, table, oid));
        }
        notes.extend(grants::give(session, table, oid, made)?);
        let action = match (made, notes.is_empty(), changes.obstacles.is_empty()) {
            (true, _, _) => Action::Created,
            (false, false, _) => Action::Changed,
            (false, true, false) => Action::Skipped,
            (false, true, true) => Action::Kept,
        };
        notes.extend(changes.obstacles);
        let note = (!notes.is_empty()).then(|| notes.join("; "));
        Ok(Line { object: object(session, "table", table.name), action, note })
    };
    own_tables().iter().map(see_to).collect()
}

/// An adopted settings table is never written to: setup only says what it says.
fn note_on_settings(session: &Session) -> Option<String> {
    let enabled = Settings::read(session, &[ENABLED.key], View::Now).flag(ENABLED);
    let schema = session.tables.schema();
    let over = match schema == guc::schema() {
        true => String::new(),
        false => format!("SET referrals.schema = {}; ", quote_literal(schema)),
    };
    (!enabled).then(|| {
        format!("referral codes are switched off: {over}SELECT referral_enable_system() switches them on")
    })
}

/// What is wrong with the host's tables, if the statements could not work on them, and what to do about it.
pub struct Unfit {
    pub faults: String,
    pub remedy: &'static str,
}

/// Looks at the catalogs alone: what a table that is none would run is not run.
pub fn unfit(session: &Session, view: View) -> Option<Unfit> {
    let mut unfit = Vec::new();
    let mut integers = false;
    for table in &HOST_TABLES {
        let Some(oid) = session.tables.relation(table.name) else {
            continue;
        };
        if catalog::kind(oid) == Kind::Other {
            unfit.push(format!("{} is not a table", table.name));
            continue;
        }
        let found = catalog::columns(session, oid, view);
        let mut missing = Vec::new();
        for (column, types) in table.columns {
            match found.iter().find(|found| found.name == *column) {
                None => missing.push(*column),
                Some(found) if !types.contains(&found.type_name.as_str()) => unfit.push(format!(
                    "{}.{column} has type {}, not {}",
                    table.name,
                    found.type_name,
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
        if table.name == SETTINGS
            && !missing.contains(&"key")
            && !has_unique_key(session, oid, view)
        {
            unfit.push(format!("{} has no unique index on key alone", table.name));
        }
    }
    let remedy = if integers {
        "The tables are older than PhoenixKit's move to UUIDs: run its migrations (mix \
         phoenix_kit.update), then referral_setup() again."
    } else {
        "Bring the tables to what PhoenixKit's migrations make, then run referral_setup() again."
    };
    (!unfit.is_empty()).then(|| Unfit { faults: unfit.join("; "), remedy })
}

/// Whether a key has one value. Without it two sessions could both store one, and readers take either.
fn has_unique_key(session: &Session, settings: pg_sys::Oid, view: View) -> bool {
    let indexes = indexes::of_table(session, settings, view);
    indexes.iter().any(|index| index.unique && index.keys == ["key"])
}

/// Refuses, before anything is changed, tables that the statements could not work on.
pub fn refuse_unfit(session: &Session) -> Result<()> {
    let Some(Unfit { faults, remedy }) = unfit(session, View::Now) else { return Ok(()) };
    let schema = session.tables.schema();
    let message = format!("the referral tables of schema \"{schema}\" cannot be adopted: {faults}");
    let hint = format!("{remedy} Nothing was changed.");
    Err(Error::new("42P16", "unfit_tables", message).with_hint(hint))
}

/// Refuses, before anything is changed, tables that bear the name of one of the extension's own and are
/// something else, or cannot be made what is declared.
pub fn refuse_foreign(session: &Session) -> Result<()> {
    let refuse = |faults: Vec<String>, reason, what: &str, hint: &'static str| {
        if faults.is_empty() {
            return Ok(());
        }
        let schema = session.tables.schema();
        let message = format!("{what} in schema \"{schema}\": {}", faults.join("; "));
        Err(Error::new("42P16", reason, message).with_hint(hint))
    };
    let own = || own_tables().iter();
    refuse(
        own().filter_map(|table| changes::foreign(session, table, View::Now)).collect(),
        "foreign_table",
        "a table that is not the extension's bears the name of one of its own",
        "Rename it or move it to another schema, then run referral_setup() again. Nothing was changed.",
    )?;
    refuse(
        own().filter_map(|table| changes::unmakeable(session, table)).collect(),
        "column_lost",
        "a table of the extension's has lost a column",
        "Bring the column back with its values, then run referral_setup() again. Nothing was changed.",
    )
}
