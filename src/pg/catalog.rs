//! What the catalogs say of tables and of the extension.

use std::ffi::CStr;

use pgrx::{PgRelation, pg_sys};

use super::growth;
use super::result::Row;
use super::session::{Session, View};
use super::statement::statements;

statements! {
    COLUMNS = "pg/columns.sql";
    COMMENT = "pg/comment.sql";
    CONSTRAINTS = "pg/constraints.sql";
    EXTENSION_SCHEMA = "pg/extension_schema.sql";
    EXTENSION_VERSION = "pg/extension_version.sql";
    HIDES_ROWS = "pg/hides_rows.sql";
    INDEX = "pg/index.sql";
    SIZE = "pg/size.sql";
    TRIGGERS_OF_TABLE = "pg/triggers_of_table.sql";
}

/// What a relation is.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    Table,
    PartitionedTable,
    /// A view, an index, a foreign table, …
    Other,
}

pub fn kind(relation: pg_sys::Oid) -> Kind {
    // SAFETY: looks the oid up in the catalog cache, which gives 0 where it is unknown.
    let kind = unsafe { pg_sys::get_rel_relkind(relation) } as u8;
    match kind {
        pg_sys::RELKIND_RELATION => Kind::Table,
        pg_sys::RELKIND_PARTITIONED_TABLE => Kind::PartitionedTable,
        _ => Kind::Other,
    }
}

/// A column of a table.
pub struct Column {
    pub name: String,
    /// Its type's own name, as `varchar`; with the schema before it where the type is not built in.
    pub type_name: String,
    /// Its type in full, as `character varying(255)`.
    pub kind: String,
    pub not_null: bool,
    pub default: Option<String>,
    /// GENERATED ALWAYS AS IDENTITY.
    pub identity: bool,
    pub comment: Option<String>,
}

pub fn columns(session: &Session, table: pg_sys::Oid, view: View) -> Vec<Column> {
    let column = |row: Row| Column {
        name: row.need(1),
        type_name: row.need(2),
        kind: row.need(3),
        not_null: row.need(4),
        default: row.get(5),
        identity: row.need(6),
        comment: row.get(7),
    };
    view.run(session, &COLUMNS, &[table.into()]).iter().map(column).collect()
}

/// Whether row-level security may keep rows of a table from the caller.
pub fn hides_rows(session: &Session, table: &str) -> bool {
    let Some(oid) = session.tables.relation(table) else { return false };
    session.read(&HIDES_ROWS, &[oid.into()]).first().is_some_and(|row| row.need(1))
}

/// Our triggers that announce changes of a table's rows: for each row, and for TRUNCATE.
pub const ANNOUNCERS: [&CStr; 2] = [c"referral_fact_changed", c"referral_facts_truncated"];

/// Whether every change of the table's rows is announced to this backend, and its rows are the same for everybody.
pub fn announces_changes(table: pg_sys::Oid) -> bool {
    // SAFETY: asked of a table that is there; no error for a caller who may not read past a policy.
    let hides_rows = unsafe { pg_sys::check_enable_rls(table, pg_sys::InvalidOid, true) }
        == pg_sys::CheckEnableRlsResult::RLS_ENABLED as i32;
    if hides_rows {
        return false;
    }
    // SAFETY: the oid was just found; the lock is the one any reader takes.
    let table = unsafe { PgRelation::with_lock(table, pg_sys::AccessShareLock as i32) };
    // SAFETY: an open relation has its triggers at hand, if any, and a trigger's name is a C string. What is kept of
    // them is copied: the look at the extension below may take in a change, and then they are made anew.
    let functions: Vec<Option<pg_sys::Oid>> = unsafe {
        let Some(found) = table.trigdesc.as_ref() else { return false };
        let triggers = std::slice::from_raw_parts(found.triggers, found.numtriggers as usize);
        let always =
            |trigger: &&pg_sys::Trigger| trigger.tgenabled as u8 == pg_sys::TRIGGER_FIRES_ALWAYS;
        let function = |name: &CStr| {
            let is_named = |trigger: &&pg_sys::Trigger| CStr::from_ptr(trigger.tgname) == name;
            triggers.iter().filter(always).find(is_named).map(|trigger| trigger.tgfoid)
        };
        ANNOUNCERS.into_iter().map(function).collect()
    };
    functions.into_iter().all(|function| {
        // SAFETY: looks names up in the catalogs; a trigger's function is there, as the trigger depends on it.
        function.is_some_and(|function| unsafe {
            let extension = pg_sys::get_extension_oid(c"referrals".as_ptr(), true);
            pg_sys::getExtensionOfObject(pg_sys::ProcedureRelationId, function) == extension
        })
    })
}

/// Whether a table of this database may have a row: false only where none has been written since it was made or
/// emptied. Exact also for rows that others have just committed: a file grows before its rows count.
pub fn may_have_rows(table: pg_sys::Oid) -> bool {
    growth::pages(table).is_none_or(|pages| pages > 0)
}

/// The comment on a table.
pub fn comment(session: &Session, table: pg_sys::Oid, view: View) -> Option<String> {
    view.run(session, &COMMENT, &[table.into()]).first()?.get(1)
}

/// Name and definition of each constraint of a table, NOT NULL aside.
pub fn constraints(session: &Session, table: pg_sys::Oid, view: View) -> Vec<(String, String)> {
    let rows = view.run(session, &CONSTRAINTS, &[table.into()]);
    rows.iter().map(|row| (row.need(1), row.need(2))).collect()
}

/// An index, as seen from a table.
pub struct Index {
    pub is_of_table: bool,
    pub definition: String,
    pub is_valid: bool,
}

/// None where the relation is no index.
pub fn index(session: &Session, oid: pg_sys::Oid, table: pg_sys::Oid, view: View) -> Option<Index> {
    let rows = view.run(session, &INDEX, &[oid.into(), table.into()]);
    rows.first().map(|row| Index {
        is_of_table: row.need(1),
        definition: row.need(2),
        is_valid: row.need(3),
    })
}

/// How big a table is, with its partitions.
pub struct Size {
    pub bytes: i64,
    /// The same, fit to read.
    pub bytes_text: String,
    /// By the planner's estimate; 0 where it has none.
    pub rows: i64,
}

pub fn size(session: &Session, table: pg_sys::Oid) -> Option<Size> {
    let rows = session.write(&SIZE, &[table.into()]);
    rows.first().map(|row| Size { bytes: row.need(1), bytes_text: row.need(2), rows: row.need(3) })
}

/// A trigger on a table itself; one that it has as a partition does not count.
pub struct Trigger {
    pub name: String,
    /// As pg_get_triggerdef prints it.
    pub definition: String,
    /// tgenabled.
    pub fires: String,
    /// Whether its function is the extension's.
    pub is_ours: bool,
}

pub fn triggers(session: &Session, table: pg_sys::Oid, view: View) -> Vec<Trigger> {
    let trigger = |row: Row| Trigger {
        name: row.need(1),
        definition: row.need(2),
        fires: row.need(3),
        is_ours: row.need(4),
    };
    view.run(session, &TRIGGERS_OF_TABLE, &[table.into()]).iter().map(trigger).collect()
}

/// The schema that holds the extension's functions, quoted and with its point.
pub fn extension_schema(session: &Session) -> String {
    let found = session.read(&EXTENSION_SCHEMA, &[]);
    let schema: String = found.first().map(|row| row.need(1)).unwrap_or_default();
    format!("{}.", pgrx::spi::quote_identifier(schema))
}

/// The version of the scripts that have made or updated the extension.
pub fn extension_version(session: &Session) -> Option<String> {
    session.read(&EXTENSION_VERSION, &[]).first().map(|row| row.need(1))
}
