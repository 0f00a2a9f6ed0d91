//! Rights that ALTER DEFAULT PRIVILEGES gives on every new table: taken off those that setup makes.

use pgrx::pg_sys;

use crate::pg::session::Session;
use crate::pg::statement::{statements, text};
use crate::rules::declaration::Right;
use crate::setup::grants;

statements! {
    SEQUENCES = "setup/grants/sequences.sql";
}

/// What GRANT ALL gives on a table, in every release of Postgres.
const ALL: [&str; 7] =
    ["DELETE", "INSERT", "REFERENCES", "SELECT", "TRIGGER", "TRUNCATE", "UPDATE"];

/// Takes all rights of others than the owner off a table that was just made, and off its columns' sequences;
/// says which, and from whom.
pub fn take(session: &Session, table: &str, oid: pg_sys::Oid) -> Vec<String> {
    let mut notes = take_off(session, table, oid, "");
    let rows = session.write(&SEQUENCES, &[oid.into()]);
    let sequences: Vec<(pg_sys::Oid, String)> =
        rows.iter().map(|row| (row.need(1), row.need(2))).collect();
    for (oid, name) in sequences {
        notes.extend(take_off(session, &name, oid, &format!(" on {name}")));
    }
    notes
}

fn take_off(session: &Session, relation: &str, oid: pg_sys::Oid, on: &str) -> Vec<String> {
    // Roles with the same rights are named together.
    let mut taken: Vec<(Vec<String>, Vec<String>)> = Vec::new();
    let given = grants::given(session, oid);
    for of_role in given.chunk_by(|one, next| one.grantee == next.grantee) {
        let Some(first) = of_role.first() else { continue };
        let rights: Vec<String> = of_role.iter().map(|one| one.privilege.clone()).collect();
        match taken.iter_mut().find(|(known, _)| *known == rights) {
            Some((_, names)) => names.push(first.name.clone()),
            None => taken.push((rights, vec![first.name.clone()])),
        }
    }
    let take = |(rights, names): (Vec<String>, Vec<String>)| {
        let names = names.join(", ");
        let all = [Right { privilege: "ALL", columns: Vec::new() }];
        grants::change(session, text!("setup/grants/revoke.sql"), relation, &all, &names);
        let is_all = ALL.iter().all(|wanted| rights.iter().any(|right| right == wanted));
        let rights = if is_all { "ALL".to_owned() } else { rights.join(", ") };
        format!("{rights}{on} taken from {names}, given by default privileges")
    };
    taken.into_iter().map(take).collect()
}
