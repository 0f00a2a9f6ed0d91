//! Tables that Citus keeps on other nodes: what setup refuses over them. Citus is no part of what the extension needs:
//! its catalogs are asked for by name, and only where they are.

use pgrx::spi::quote_literal;

use crate::pg::error::{Error, Result};
use crate::pg::session::{Session, View};
use crate::pg::statement::{Statement, statements};
use crate::pg::tables::{HOST_TABLES, Tables, own_tables};

statements! {
    SCHEMA = "setup/distributed/schema.sql";
    TABLES = "setup/distributed/tables.sql";
}

/// The names that one of Citus's catalogs has of the schema; none where there is no Citus.
fn names(
    session: &Session,
    catalog: &str,
    statement: &'static Statement,
    view: View,
) -> Vec<String> {
    if Tables::unchecked("pg_catalog").relation(catalog).is_none() {
        return Vec::new();
    }
    let schema = session.tables.schema();
    view.run(session, statement, &[schema.into()]).iter().map(|row| row.need(1)).collect()
}

/// Those of the schema's referral tables that are distributed, in the order in which setup reports them.
pub fn tables(session: &Session, view: View) -> Vec<&'static str> {
    let distributed = names(session, "pg_dist_partition", &TABLES, view);
    let all = HOST_TABLES.into_iter().chain(own_tables().iter().map(|own| own.name));
    all.filter(|name| distributed.iter().any(|found| found == name)).collect()
}

/// Refuses a schema that Citus has distributed as a whole: a table that setup made in it would be a local one, beside
/// those on the schema's node.
pub fn refuse_schema(session: &Session) -> Result<()> {
    if names(session, "pg_dist_schema", &SCHEMA, View::Now).is_empty() {
        return Ok(());
    }
    let schema = session.tables.schema();
    let message =
        format!("schema \"{schema}\" is distributed: setup would make local tables in it");
    let schema = quote_literal(schema);
    let hint = format!(
        "Set up first, then distribute: SELECT referral_setup({schema}, guards => false); SELECT \
         citus_schema_distribute({schema}); the functions hold every limit without guards. A schema that is \
         distributed already is a plain one again after pg_dump, DROP SCHEMA and restore. Nothing was changed."
    );
    Err(Error::new("0A000", "distributed_schema", message).with_hint(hint))
}

/// Refuses guards over distributed tables. A guard knows the functions' own writes by the memory of the backend that
/// makes them, and fires in another one there.
pub fn refuse_guards(session: &Session) -> Result<()> {
    let tables = tables(session, View::Now);
    if tables.is_empty() {
        return Ok(());
    }
    let schema = session.tables.schema();
    let message = format!(
        "tables of schema \"{schema}\" are distributed and take no guards: {}",
        tables.join(", ")
    );
    let hint = format!(
        "The functions hold every limit without guards: SELECT * FROM referral_setup({}, guards => false) does \
         all that else is to be done. Nothing was changed.",
        quote_literal(schema)
    );
    Err(Error::new("0A000", "distributed_tables", message).with_hint(hint))
}
