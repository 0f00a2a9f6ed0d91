//! Usage: the rows that say who used which code when.

use pgrx::datum::Uuid;
use pgrx::prelude::*;

use crate::pg::error::{Error, Result};
use crate::pg::rows::Record;
use crate::pg::session::{Session, statements};
use crate::rules::time::Timestamp;

statements! {
    INSERT = "usage/insert.sql";
    INSERT_OR_FAIL = "usage/insert_or_fail.sql";
    DELETE = "usage/delete.sql";
    CODE_OF = "usage/code_of.sql";
    OF_USER_AND_CODE = "usage/of_user_and_code.sql";
    TOTALS = "usage/totals.sql";
    NEWEST = "usage/newest.sql";
}

/// How many users `referral_stats` names.
const RECENT_USERS: usize = 5;

/// A row of the usage table.
#[derive(Clone, Copy)]
pub struct Use {
    pub uuid: Uuid,
    pub date_used: Timestamp,
}

/// The user's earliest use of the code, other than the row `except`.
pub fn earliest(session: &Session, code: Uuid, user: Uuid, except: Option<Uuid>) -> Option<Use> {
    let args = [code.into(), user.into(), except.into()];
    let found = session.write(&OF_USER_AND_CODE, &args);
    found.first().map(|row| Use {
        uuid: row.need(1),
        date_used: row.need(2),
    })
}

/// Writes a usage row unless the user has one for this code, which is what false says.
///
/// The caller holds the code's row lock, so that nobody else can be writing one for the same code.
pub fn insert_once(session: &Session, code: Uuid, user: Uuid, usage: Use) -> Result<bool> {
    let args = || {
        [
            usage.uuid.into(),
            code.into(),
            user.into(),
            usage.date_used.into(),
        ]
    };
    let inserted = session.write(&INSERT, &args()).count() == 1;
    if inserted && session.tables.usage_is_unique() {
        return Ok(true);
    }
    let repeat = earliest(session, code, user, Some(usage.uuid)).is_some();
    match (inserted, repeat) {
        (true, false) => Ok(true),
        (true, true) => {
            delete(session, usage.uuid);
            Ok(false)
        }
        (false, true) => Ok(false),
        (false, false) => {
            // Some rule of the host's own stood in the way: let it speak for itself.
            session.write(&INSERT_OR_FAIL, &args());
            let message = "the usage row was not written";
            Err(Error::new("09000", "usage_not_written", message)
                .with_hint("A trigger or rule on phoenix_kit_referral_code_usage suppressed it."))
        }
    }
}

/// Whether there was such a row.
pub fn delete(session: &Session, usage: Uuid) -> bool {
    session.write(&DELETE, &[usage.into()]).count() == 1
}

/// The code that a usage row belongs to.
pub fn code_of(session: &Session, usage: Uuid) -> Option<Uuid> {
    session
        .write(&CODE_OF, &[usage.into()])
        .first()
        .map(|row| row.need(1))
}

/// The users of a code's newest uses, newest first, each named once.
fn recent_users(session: &Session, code: Uuid) -> Vec<Uuid> {
    let mut rows = RECENT_USERS;
    loop {
        let newest = session.read(&NEWEST, &[code.into(), (rows as i64).into()]);
        let mut users: Vec<Uuid> = Vec::with_capacity(RECENT_USERS);
        for user in newest.iter().map(|row| row.need(1)) {
            if !users.contains(&user) {
                users.push(user);
            }
        }
        users.truncate(RECENT_USERS);
        // Old data may hold several uses by one user: only then is a longer look needed.
        if users.len() == RECENT_USERS || newest.count() < rows {
            return users;
        }
        rows *= 8;
    }
}

#[pg_extern(sql = false)]
fn referral_stats(code_uuid: Option<Uuid>) -> Record<(i64, i64, Option<Timestamp>, Vec<Uuid>)> {
    let Some(code) = code_uuid else {
        return Record((0, 0, None, Vec::new()));
    };
    let session = Session::open();
    let totals = session.read(&TOTALS, &[code.into()]);
    let (total_uses, unique_users, last_used) = totals
        .first()
        .map_or((0, 0, None), |row| (row.need(1), row.need(2), row.get(3)));
    Record((
        total_uses,
        unique_users,
        last_used,
        recent_users(&session, code),
    ))
}
