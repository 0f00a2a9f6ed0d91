//! Rights that setup gives along with the tables that it makes.

use pgrx::pg_sys;

use crate::pg::error::{Result, required};
use crate::pg::result::Row;
use crate::pg::session::Session;
use crate::pg::statement::{statements, text};
use crate::rules::declaration::{Declaration, Grant, Right};

statements! {
    GRANTEES = "setup/grants/grantees.sql";
    HAS_RIGHT = "setup/grants/has_right.sql";
}

/// A parameter of this value is NULL.
const PUBLIC: pg_sys::Oid = pg_sys::InvalidOid;

/// A role that rights may be given to.
struct Grantee {
    oid: pg_sys::Oid,
    /// As GRANT takes it.
    name: String,
    /// Whether it may write rows of the own table already.
    is_writer: bool,
}

/// Whether a role has been given a right by name, not merely by being a member of another.
fn has(session: &Session, grantee: pg_sys::Oid, table: pg_sys::Oid, right: &Right) -> bool {
    let given = |column: Option<&str>| {
        let args = [grantee.into(), table.into(), right.privilege.into(), column.into()];
        session.write(&HAS_RIGHT, &args).first().is_some_and(|row| row.need(1))
    };
    match right.columns.as_slice() {
        [] => given(None),
        columns => columns.iter().all(|column| given(Some(column))),
    }
}

/// Gives the rights that are declared for a table and have not been given yet; says which, to whom.
///
/// Whoever may insert into a host's table writes the extension's that goes with it, so that an application
/// that does not own the tables goes on working. Of a table that is not new, what a newer release needs is
/// added for those who may write it already: nobody is made its writer by an upgrade.
pub fn give(
    session: &Session,
    table: &Declaration,
    oid: pg_sys::Oid,
    is_new: bool,
) -> Result<Vec<String>> {
    let mut notes = Vec::new();
    for grant in &table.grants {
        match grant.to.strip_prefix("writers_of_") {
            None => {
                if !grant.rights.iter().all(|right| has(session, PUBLIC, oid, right)) {
                    let rights = give_to(session, table, grant, "PUBLIC");
                    if !is_new {
                        notes.push(format!("{rights} granted to PUBLIC"));
                    }
                }
            }
            Some(host) => {
                let writers = writers(session, host, oid)?;
                let lacks = |grantee: &Grantee| {
                    grantee.is_writer
                        && !grant.rights.iter().all(|right| has(session, grantee.oid, oid, right))
                };
                let lacking = writers.iter().filter(|grantee| is_new || lacks(grantee));
                let names: Vec<&str> = lacking.map(|grantee| grantee.name.as_str()).collect();
                if !names.is_empty() {
                    let names = names.join(", ");
                    give_to(session, table, grant, &names);
                    notes.push(format!("granted to {names}, who may insert into {host}"));
                }
            }
        }
    }
    Ok(notes)
}

/// Who may insert into a host's table.
fn writers(session: &Session, host: &str, own: pg_sys::Oid) -> Result<Vec<Grantee>> {
    let host = required(session.tables.relation(host), host)?;
    let rows = session.write(&GRANTEES, &[host.into(), own.into()]);
    let grantee =
        |row: Row| Grantee { oid: row.need(1), name: row.need(2), is_writer: row.need(3) };
    Ok(rows.iter().map(grantee).collect())
}

/// Gives the rights of a grant, and names them.
fn give_to(session: &Session, table: &Declaration, grant: &Grant, names: &str) -> String {
    let rights: Vec<String> = grant.rights.iter().map(Right::text).collect();
    let rights = rights.join(", ");
    let names =
        [("wanted_rights", rights.as_str()), ("own_table", table.name), ("their_users", names)];
    session.define(text!("setup/grants/grant.sql"), &names);
    rights
}
