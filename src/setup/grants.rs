//! Rights that setup gives along with the tables that it makes.

use super::sql;
use super::tables::OwnTable;
use crate::pg::error::{Result, required};
use crate::pg::session::Session;
use crate::pg::statement::statements;

statements! {
    GRANTEES = "setup/grants/grantees.sql";
}

/// Lets whoever may insert into a host's table write the extension's that goes with it: an application
/// that does not own the tables goes on working. Says who that is.
pub fn give(session: &Session, table: &OwnTable) -> Result<Option<String>> {
    let mut notes = Vec::new();
    for (rights, as_on) in table.grants {
        let host = required(session.tables.relation(as_on), as_on)?;
        let rows = session.write(&GRANTEES, &[host.into()]);
        let grantees: Vec<String> = rows.iter().map(|row| row.need(1)).collect();
        if grantees.is_empty() {
            continue;
        }
        let grantees = grantees.join(", ");
        let names =
            [("wanted_rights", *rights), ("own_table", table.name), ("their_users", &*grantees)];
        session.define(sql!("grants/grant.sql"), &names);
        notes.push(format!("granted to {grantees}, who may insert into {as_on}"));
    }
    Ok((!notes.is_empty()).then(|| notes.join("; ")))
}
