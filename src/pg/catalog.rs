//! What the catalogs say of tables and of the extension.

use pgrx::pg_sys;

use super::session::{Session, View};
use super::statement::statements;

statements! {
    COLUMNS = "pg/columns.sql";
    EXTENSION_SCHEMA = "pg/extension_schema.sql";
    EXTENSION_VERSION = "pg/extension_version.sql";
    HIDES_ROWS = "pg/hides_rows.sql";
    TRIGGERS_OF_TABLE = "pg/triggers_of_table.sql";
}

/// A column of a table.
pub struct Column {
    pub name: String,
    /// Its type's own name, as `varchar`.
    pub kind: String,
}

pub fn columns(session: &Session, table: pg_sys::Oid, view: View) -> Vec<Column> {
    let rows = view.run(session, &COLUMNS, &[table.into()]);
    rows.iter().map(|row| Column { name: row.need(1), kind: row.need(2) }).collect()
}

/// Whether row-level security may keep rows of a table from the caller.
pub fn hides_rows(session: &Session, table: &str) -> bool {
    let Some(oid) = session.tables.relation(table) else { return false };
    session.read(&HIDES_ROWS, &[oid.into()]).first().is_some_and(|row| row.need(1))
}

/// Whether a table itself has a trigger of that name; one that it has as a partition does not count.
pub fn has_trigger(session: &Session, table: pg_sys::Oid, name: &str, view: View) -> bool {
    let triggers = view.run(session, &TRIGGERS_OF_TABLE, &[table.into()]);
    triggers.iter().any(|row| row.need::<String>(1) == name)
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
