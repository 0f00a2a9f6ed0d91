//! Usage: the rows that say who used which code when.

use std::collections::HashMap;

use pgrx::datum::Uuid;
use pgrx::prelude::*;

use crate::pg::args;
use crate::pg::error::{Error, Result, answer, required};
use crate::pg::result::Row;
use crate::pg::returns::{Record, RowSet};
use crate::pg::session::{Session, View};
use crate::pg::statement::{Statement, columns, for_any_values, reports, statements};
use crate::pg::tables::USAGE;
use crate::rules::time::Timestamp;

columns! {
    u: uuid, code_uuid, used_by_uuid, date_used
}

statements! {
    u.* = COLUMNS;
    OF_USER = "usage/of_user.sql";
    OF_USER_AFTER = "usage/of_user_after.sql";
    RECENT = "usage/recent.sql";
    BY_UUID = "usage/by_uuid.sql";
}

for_any_values! {
    u.* = COLUMNS;
    OF_CODE = "usage/of_code.sql";
    OF_CODE_AFTER = "usage/of_code_after.sql";
}

statements! {
    INSERT = "usage/insert.sql";
    INSERT_OR_FAIL = "usage/insert_or_fail.sql";
    INSERT_MANY = "usage/insert_many.sql";
    INSERT_MANY_OR_FAIL = "usage/insert_many_or_fail.sql";
    OF_USERS_AND_CODE = "usage/of_users_and_code.sql";
    DELETE = "usage/delete.sql";
    CODE_OF = "usage/code_of.sql";
    OF_USER_AND_CODE = "usage/of_user_and_code.sql";
    IS_UNIQUE = "usage/is_unique.sql";
    EXPECTED = "usage/expected.sql";
    COUNT_OF_CODE = "usage/count_of_code.sql";
    COUNT_ALL_OF_CODE = "usage/count_all_of_code.sql";
    NEWEST = "usage/newest.sql";
    EXISTS_OF_USER = "usage/exists_of_user.sql";
    EXISTS_OF_USER_AND_CODE = "usage/exists_of_user_and_code.sql";
}

reports! {
    COUNT_MANY_OF_CODE = "usage/count_of_code.sql";
    TOTALS_WITH_REPEATS = "usage/totals_with_repeats.sql";
}

/// From so many usages on it pays to plan a count for its code.
const MANY_USES: i32 = 100_000;

/// How many users `referral_stats` names.
const RECENT_USERS: usize = 5;

/// A row of the usage table.
#[derive(Clone, Copy)]
pub struct Use {
    pub uuid: Uuid,
    pub date_used: Timestamp,
}

/// The user's earliest use of the code, other than the row `except`.
pub fn earliest(
    session: &Session,
    code: Uuid,
    user: Uuid,
    except: Option<Uuid>,
    view: View,
) -> Option<Use> {
    let args = [code.into(), user.into(), except.into()];
    let found = view.run(session, &OF_USER_AND_CODE, &args);
    let uses = found.iter().map(|row| Use { uuid: row.need(1), date_used: row.need(2) });
    uses.min_by_key(|usage| (usage.date_used, usage.uuid))
}

/// The earliest use of the code by each of the users who has one.
pub fn earliest_of_each(session: &Session, code: Uuid, users: Vec<Uuid>) -> HashMap<Uuid, Uuid> {
    let found = session.write(&OF_USERS_AND_CODE, &[code.into(), users.into()]);
    let mut earliest = HashMap::new();
    for row in found.iter() {
        earliest.entry(row.need(1)).or_insert_with(|| row.need(2));
    }
    earliest
}

/// Writes the uses of a code, whose row is locked, by users who have none; how many were written. `uses` has an id
/// for each user.
pub fn insert_many(
    session: &Session,
    code: Uuid,
    users: Vec<Uuid>,
    uses: Vec<Uuid>,
    date_used: Timestamp,
) -> usize {
    let args = [code.into(), users.into(), uses.into(), date_used.into()];
    session.lock_for_writing(USAGE);
    let unique = session.tables.usage_is_unique();
    let insert = if unique { &INSERT_MANY } else { &INSERT_MANY_OR_FAIL };
    session.write(insert, &args).count()
}

/// Writes a usage row; false where the user has one for this code.
///
/// The caller holds the code's row lock, so that nobody else can be writing one for the same code.
pub fn insert_once(session: &Session, code: Uuid, user: Uuid, usage: Use) -> Result<bool> {
    let args = [usage.uuid.into(), code.into(), user.into(), usage.date_used.into()];
    session.lock_for_writing(USAGE);
    if session.tables.usage_is_unique() && session.write(&INSERT, &args).count() == 1 {
        return Ok(true);
    }
    if earliest(session, code, user, None, View::Now).is_some() {
        return Ok(false);
    }
    // No unique index, or some rule of the host's own stood in the way: let it speak for itself.
    if session.write(&INSERT_OR_FAIL, &args).count() == 0 {
        return Err(Error::new("09000", "usage_not_written", "the usage row was not written")
            .with_hint("A trigger or rule on phoenix_kit_referral_code_usage suppressed it."));
    }
    Ok(true)
}

/// Whether there was such a row.
pub fn delete(session: &Session, usage: Uuid) -> Option<Uuid> {
    session.write(&DELETE, &[usage.into()]).first().map(|row| row.need(1))
}

/// The code that a usage row belongs to.
pub fn code_of(session: &Session, usage: Uuid) -> Option<Uuid> {
    session.write(&CODE_OF, &[usage.into()]).first().map(|row| row.need(1))
}

/// How many usages of a code there are, as the calling query sees them.
pub fn count_of_code(session: &Session, code: Uuid) -> i64 {
    let expected = session.read(&EXPECTED, &[code.into()]);
    let are_many = expected.first().is_some_and(|row| row.need::<i32>(1) >= MANY_USES);
    let count = if are_many { &COUNT_MANY_OF_CODE } else { &COUNT_OF_CODE };
    session.read(count, &[code.into()]).first().map_or(0, |row| row.need(1))
}

/// How many there are by now, under the lock of the code's row: also those that the transaction's own snapshot is
/// too old to see. None where row-level security may hide some.
pub fn count_all_of_code(session: &Session, code: Uuid) -> Option<i64> {
    let table = session.tables.relation(USAGE)?;
    let counted = session.write_latest(&COUNT_ALL_OF_CODE, &[code.into(), table.into()]);
    counted.first().filter(|row| !row.need::<bool>(2)).map(|row| row.need(1))
}

/// Whether there is a row of that id.
pub fn exists(session: &Session, usage: Uuid) -> bool {
    code_of(session, usage).is_some()
}

/// The usages of a code and the users who made them, counted.
fn totals(session: &Session, code: Uuid) -> (i64, i64) {
    let table = session.tables.relation(USAGE).unwrap_or(pg_sys::InvalidOid);
    if session.read(&IS_UNIQUE, &[table.into()]).count() > 0 {
        let uses = count_of_code(session, code);
        return (uses, uses);
    }
    let totals = session.read(&TOTALS_WITH_REPEATS, &[code.into()]);
    totals.first().map_or((0, 0), |row| (row.need(1), row.need(2)))
}

/// When a code was last used, and the users of its newest uses, newest first, each named once.
fn newest(session: &Session, code: Uuid) -> (Option<Timestamp>, Vec<Uuid>) {
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
            return (newest.first().map(|row| row.need(2)), users);
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
    let (total_uses, unique_users) = totals(&session, code);
    let (last_used, recent_users) = newest(&session, code);
    Record((total_uses, unique_users, last_used, recent_users))
}

/// The columns of the usage table.
pub type UsageColumns = (Uuid, Uuid, Uuid, Timestamp);

fn usage_columns(row: Row) -> UsageColumns {
    (
        row.need(at::uuid),
        row.need(at::code_uuid),
        row.need(at::used_by_uuid),
        row.need(at::date_used),
    )
}

/// The row of that id.
pub fn by_uuid(session: &Session, usage: Uuid, view: View) -> Option<UsageColumns> {
    view.run(session, &BY_UUID, &[usage.into()]).first().map(usage_columns)
}

/// Some of the uses, newest first.
struct List {
    from_newest: &'static Statement,
    after: &'static Statement,
}

const OF_A_CODE: List = List { from_newest: &OF_CODE, after: &OF_CODE_AFTER };
const OF_A_USER: List = List { from_newest: &OF_USER, after: &OF_USER_AFTER };

impl List {
    /// From the newest on or, for the next page, from the one after the last of this page.
    fn page(
        self,
        of: Uuid,
        max_rows: Option<i32>,
        after_uuid: Option<Uuid>,
    ) -> Result<RowSet<'static, UsageColumns>> {
        let limit = args::limit(max_rows)?;
        let session = Session::open();
        let Some(after) = after_uuid else {
            let args = [of.into(), limit.into()];
            return Ok(RowSet::new(session.stream(self.from_newest, &args, usage_columns)));
        };
        let (uuid, _, _, date_used) = by_uuid(&session, after, View::Query)
            .ok_or_else(|| Error::out_of_range("after_uuid", "names no usage"))?;
        let args = [of.into(), limit.into(), date_used.into(), uuid.into()];
        Ok(RowSet::new(session.stream(self.after, &args, usage_columns)))
    }
}

#[pg_extern(sql = false)]
fn referral_page_usage_for_code(
    code_uuid: Option<Uuid>,
    max_rows: Option<i32>,
    after_uuid: Option<Uuid>,
) -> RowSet<'static, UsageColumns> {
    answer(|| OF_A_CODE.page(required(code_uuid, "code_uuid")?, max_rows, after_uuid))
}

#[pg_extern(sql = false)]
fn referral_page_usage_for_user(
    user_uuid: Option<Uuid>,
    max_rows: Option<i32>,
    after_uuid: Option<Uuid>,
) -> RowSet<'static, UsageColumns> {
    answer(|| OF_A_USER.page(required(user_uuid, "user_uuid")?, max_rows, after_uuid))
}

#[pg_extern(sql = false)]
fn referral_recent_usage(max_rows: Option<i32>) -> RowSet<'static, UsageColumns> {
    answer(|| {
        let args = [args::limit(max_rows)?.into()];
        Ok(RowSet::new(Session::open().stream(&RECENT, &args, usage_columns)))
    })
}

/// Whether the user has redeemed any code, as things are now.
pub fn has_redeemed(session: &Session, user: Uuid) -> bool {
    session.write(&EXISTS_OF_USER, &[user.into()]).count() > 0
}

#[pg_extern(sql = false)]
fn referral_user_used_code(user_uuid: Option<Uuid>, code_uuid: Option<Uuid>) -> bool {
    let (Some(user), Some(code)) = (user_uuid, code_uuid) else {
        return false;
    };
    let args = [code.into(), user.into()];
    Session::open().read(&EXISTS_OF_USER_AND_CODE, &args).count() > 0
}

#[pg_extern(sql = false)]
fn referral_signup_use_exists(user_uuid: Option<Uuid>) -> bool {
    let Some(user) = user_uuid else { return false };
    Session::open().read(&EXISTS_OF_USER, &[user.into()]).count() > 0
}
