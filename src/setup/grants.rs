//! Rights that setup gives along with the tables that it makes, and those that it takes away.

use pgrx::pg_sys;

use crate::pg::error::{Error, Result, required};
use crate::pg::result::Row;
use crate::pg::session::Session;
use crate::pg::statement::{statements, text};
use crate::pg::tables::{
    CHECK_ATTEMPTS, CODE_PROGRAMS, CODES, CONVERSIONS, CREATORS, EVENT_CONSUMERS, EVENT_DELIVERIES,
    EVENTS, PROGRAMS, REFEREES, REWARDS, USAGE,
};
use crate::rules::declaration::{Declaration, Grant, Right, rights_of};

statements! {
    GRANTEES = "setup/grants/grantees.sql";
    GIVEN = "setup/grants/given.sql";
}

/// A right on a table, or on a column of it, that a role has been given by name.
pub struct Given {
    pub grantee: pg_sys::Oid,
    /// As GRANT takes it.
    pub name: String,
    pub privilege: String,
    pub column: Option<String>,
}

pub fn given(session: &Session, table: pg_sys::Oid) -> Vec<Given> {
    let read = |row: Row| Given {
        grantee: row.need(1),
        name: row.need(2),
        privilege: row.need(3),
        column: row.get(4),
    };
    session.write(&GIVEN, &[table.into()]).iter().map(read).collect()
}

/// Whether a role has been given a right by name, not merely by being a member of another.
fn has(given: &[Given], grantee: pg_sys::Oid, right: &Right) -> bool {
    let is_given = |column: Option<&str>| {
        given.iter().any(|one| {
            let reaches = one.column.is_none() || one.column.as_deref() == column;
            one.grantee == grantee && one.privilege == right.privilege && reaches
        })
    };
    match right.columns.as_slice() {
        [] => is_given(None),
        columns => columns.iter().all(|column| is_given(Some(column))),
    }
}

/// Whether rows of the table are the role's to write.
fn is_writer(given: &[Given], grantee: pg_sys::Oid) -> bool {
    let writes = ["INSERT", "UPDATE", "DELETE"];
    given.iter().any(|one| one.grantee == grantee && writes.contains(&one.privilege.as_str()))
}

/// What 0.1.0 gave, of which table, and to whom: PUBLIC, or who may insert into the whole of a host's table.
const FIRST_RELEASE: [(&str, &str, &str); 17] = [
    (CREATORS, "SELECT, INSERT, UPDATE", CODES),
    (CHECK_ATTEMPTS, "SELECT, INSERT, UPDATE, DELETE", USAGE),
    (
        PROGRAMS,
        "SELECT (key, status, starts_at, ends_at, one_code_per_referee, max_uses_total, number_of_uses)",
        PUBLIC,
    ),
    (PROGRAMS, "SELECT, UPDATE (number_of_uses)", USAGE),
    (PROGRAMS, "SELECT, INSERT, UPDATE", CODES),
    (CODE_PROGRAMS, "SELECT (code_uuid, program)", PUBLIC),
    (CODE_PROGRAMS, "SELECT", USAGE),
    (CODE_PROGRAMS, "SELECT, INSERT, UPDATE, DELETE", CODES),
    (REFEREES, "SELECT, INSERT, UPDATE", USAGE),
    (CONVERSIONS, "SELECT, INSERT, UPDATE", USAGE),
    (REWARDS, "SELECT, INSERT", USAGE),
    (EVENTS, "SELECT, INSERT, UPDATE, DELETE", USAGE),
    (EVENTS, "SELECT, INSERT", CODES),
    (EVENT_CONSUMERS, "SELECT, INSERT", USAGE),
    (EVENT_CONSUMERS, "SELECT", CODES),
    (EVENT_DELIVERIES, "SELECT, INSERT, UPDATE, DELETE", USAGE),
    (EVENT_DELIVERIES, "SELECT, INSERT", CODES),
];

const PUBLIC: &str = "PUBLIC";

/// A role that may insert into the whole of a host's table, and so had rights of 0.1.0.
struct Former {
    oid: pg_sys::Oid,
    name: String,
    host: &'static str,
}

/// Whose rights of 0.1.0 are to be taken away.
pub struct FirstRelease {
    writers: Vec<Former>,
}

impl FirstRelease {
    /// The database that 0.1.0 has made is known by what everybody may read there, once: setup takes that away.
    /// Rights that are given later are an operator's, whatever they are.
    pub fn found(session: &Session) -> Option<Self> {
        let programs = session.tables.relation(CODE_PROGRAMS)?;
        let given = given(session, programs);
        let all_read = |right: &Right| has_columns(&given, right);
        if !of_everybody(CODE_PROGRAMS).iter().all(all_read) {
            return None;
        }
        let mut writers = Vec::new();
        for host in [CODES, USAGE] {
            let Some(oid) = session.tables.relation(host) else { continue };
            let rows = session.write(&GRANTEES, &[oid.into(), "INSERT".into(), programs.into()]);
            for row in rows.iter().filter(|row| row.need(3)) {
                writers.push(Former { oid: row.need(1), name: row.need(2), host });
            }
        }
        Some(FirstRelease { writers })
    }

    /// What it gave a role on a table, as single rights.
    fn rights_of(
        &self,
        table: &str,
        role: pg_sys::Oid,
    ) -> Vec<(&'static str, Option<&'static str>)> {
        let of_host =
            |host: &str| self.writers.iter().any(|one| one.oid == role && one.host == host);
        let given = FIRST_RELEASE.iter().filter(|(on, _, to)| *on == table && of_host(to));
        let mut rights: Vec<_> = given.flat_map(|(_, rights, _)| single(rights)).collect();
        rights.sort_unstable();
        rights.dedup();
        rights
    }

    /// Takes away what it gave on a table and is not given any more, where a role has that and nothing else;
    /// says so, and whose rights are other ones and left as they are.
    pub fn take(
        &self,
        session: &Session,
        table: &Declaration,
        oid: pg_sys::Oid,
    ) -> Result<Vec<String>> {
        let mut notes = Vec::new();
        let given = given(session, oid);
        let mut roles: Vec<(pg_sys::Oid, &str)> =
            self.writers.iter().map(|one| (one.oid, one.name.as_str())).collect();
        roles.sort_unstable_by_key(|(_, name)| *name);
        roles.dedup();
        for (role, name) in roles {
            let former = self.rights_of(table.name, role);
            let mut found: Vec<(&str, Option<&str>)> = Vec::new();
            for one in given.iter().filter(|one| one.grantee == role) {
                found.push((&one.privilege, one.column.as_deref()));
            }
            found.sort_unstable();
            if former.is_empty() || found.is_empty() {
                continue;
            }
            let mut due: Vec<(&str, Option<&str>)> = Vec::new();
            let mut grants = Vec::new();
            for grant in &table.grants {
                if grantees(session, grant, oid)?.0.iter().any(|(oid, _)| *oid == role) {
                    due.extend(grant.rights.iter().flat_map(singles_of));
                    grants.push(grant);
                }
            }
            let is_due = |right: &(&str, Option<&str>)| due.contains(right);
            if found.iter().all(is_due) {
                continue;
            }
            if found != former {
                notes.push(format!(
                    "left to {name}, since they are not what 0.1.0 gave: {}",
                    text_of(&found)
                ));
                continue;
            }
            let all = [Right { privilege: "ALL", columns: Vec::new() }];
            change(session, text!("setup/grants/revoke.sql"), table.name, &all, name);
            for grant in grants {
                change(session, text!("setup/grants/grant.sql"), table.name, &grant.rights, name);
            }
            let gone: Vec<_> = found.into_iter().filter(|right| !is_due(right)).collect();
            notes.push(format!("{} taken from {name}", text_of(&gone)));
        }
        Ok(notes)
    }
}

/// What 0.1.0 let everybody read of a table.
fn of_everybody(table: &str) -> Vec<Right> {
    let given = FIRST_RELEASE.iter().filter(|(on, _, to)| *on == table && *to == PUBLIC);
    given.flat_map(|(_, rights, _)| rights_of(rights)).collect()
}

/// Whether everybody has been given a right by its columns.
fn has_columns(given: &[Given], right: &Right) -> bool {
    right.columns.iter().all(|column| {
        given.iter().any(|one| {
            one.grantee == pg_sys::InvalidOid
                && one.privilege == right.privilege
                && one.column.as_deref() == Some(column)
        })
    })
}

/// Takes from everybody what 0.1.0 let everybody read.
pub fn close(session: &Session, table: &Declaration, oid: pg_sys::Oid) -> Option<String> {
    let given = given(session, oid);
    let mut rights = of_everybody(table.name);
    rights.retain(|right| has_columns(&given, right));
    if rights.is_empty() {
        return None;
    }
    change(session, text!("setup/grants/revoke.sql"), table.name, &rights, PUBLIC);
    let rights: Vec<String> = rights.iter().map(Right::text).collect();
    Some(format!("{} taken from PUBLIC", rights.join(", ")))
}

/// A right column by column.
fn singles_of(right: &Right) -> Vec<(&'static str, Option<&'static str>)> {
    match right.columns.as_slice() {
        [] => vec![(right.privilege, None)],
        columns => columns.iter().map(|column| (right.privilege, Some(*column))).collect(),
    }
}

fn single(rights: &'static str) -> Vec<(&'static str, Option<&'static str>)> {
    rights_of(rights).iter().flat_map(singles_of).collect()
}

/// As GRANT takes them.
fn text_of(rights: &[(&str, Option<&str>)]) -> String {
    let text = |(privilege, column): &(&str, Option<&str>)| match column {
        None => (*privilege).to_owned(),
        Some(column) => format!("{privilege} ({column})"),
    };
    rights.iter().map(text).collect::<Vec<_>>().join(", ")
}

/// Gives the rights that are declared for a table and have not been given yet; says which, to whom.
///
/// Whoever may insert into a host's table, or update it, has what the guards and the functions touch of the
/// extension's for that, and no more, so that an application that does not own the tables goes on working. It
/// is what the tasks that insert and update are given. Of a table that is not new, what a newer release needs
/// is added for those who may write it already, and what is only to be read for everybody: nobody is made its
/// writer by an upgrade.
pub fn give(
    session: &Session,
    table: &Declaration,
    oid: pg_sys::Oid,
    is_new: bool,
) -> Result<Vec<String>> {
    let mut notes: Vec<String> = Vec::new();
    for grant in &table.grants {
        let given = given(session, oid);
        let (grantees, why) = grantees(session, grant, oid)?;
        let only_reads = grant.rights.iter().all(|right| right.privilege == "SELECT");
        let is_due = |grantee: &&(pg_sys::Oid, String)| {
            (is_new || only_reads || is_writer(&given, grantee.0))
                && !grant.rights.iter().all(|right| has(&given, grantee.0, right))
        };
        let names: Vec<&str> =
            grantees.iter().filter(is_due).map(|(_, name)| name.as_str()).collect();
        if !names.is_empty() {
            let names = names.join(", ");
            change(session, text!("setup/grants/grant.sql"), table.name, &grant.rights, &names);
            let note = format!("granted to {names}, who may {why}");
            if !notes.contains(&note) {
                notes.push(note);
            }
        }
    }
    Ok(notes)
}

/// Whom a grant is for, and what of the host's they may do.
fn grantees(
    session: &Session,
    grant: &Grant,
    own: pg_sys::Oid,
) -> Result<(Vec<(pg_sys::Oid, String)>, String)> {
    let (privilege, verb, host) = match grant.to.split_once("_of_") {
        Some(("writers", host)) => ("INSERT", "insert into", host),
        Some(("changers", host)) => ("UPDATE", "update", host),
        _ => return Err(Error::internal(format!("no grantees: {}", grant.to))),
    };
    let oid = required(session.tables.relation(host), host)?;
    let rows = session.write(&GRANTEES, &[oid.into(), privilege.into(), own.into()]);
    let grantees = rows.iter().map(|row| (row.need(1), row.need(2)));
    // Everybody is nobody in particular: PUBLIC is given nothing, though it may write the host's tables.
    let grantees = grantees.filter(|(oid, _)| *oid != pg_sys::InvalidOid).collect();
    Ok((grantees, format!("{verb} {host}")))
}

/// Gives or takes rights on a table.
pub fn change(session: &Session, sql: &str, table: &str, rights: &[Right], names: &str) {
    let rights: Vec<String> = rights.iter().map(Right::text).collect();
    let rights = rights.join(", ");
    let names = [("wanted_rights", rights.as_str()), ("own_table", table), ("their_users", names)];
    session.define(sql, &names);
}
