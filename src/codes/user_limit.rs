//! The user limit: how many codes one person may make, held against everybody who makes one at the same moment.

use pgrx::datum::Uuid;
use pgrx::prelude::*;

use crate::pg::clock;
use crate::pg::error::{Error, Result, answer, required};
use crate::pg::session::{Session, View};
use crate::pg::statement::statements;
use crate::pg::tables::CREATORS;
use crate::pg::transaction::first_lock;
use crate::rules::refusal::Refusal;
use crate::rules::settings::MAX_CODES_PER_USER;
use crate::settings::Settings;

statements! {
    COUNT = "codes/count_all_of_creator.sql";
    COUNT_TO_LIMIT = "codes/count_of_creator.sql";
    LOCK = "codes/lock_creator.sql";
    ADD = "codes/add_creator.sql";
}

/// Refuses where the creator cannot have so many more codes.
fn check_limit(session: &Session, creator: Uuid, more: i32, limit: i32, view: View) -> Result<()> {
    // One more than the limit is enough to know that it is passed.
    let args = [creator.into(), (i64::from(limit) + 1).into()];
    let counted = view.run(session, &COUNT_TO_LIMIT, &args);
    let held = counted.first().map_or(0, |row| row.need::<i64>(1));
    if held + i64::from(more) > i64::from(limit) {
        return Err(Refusal::UserCodeLimitReached { limit }.into());
    }
    Ok(())
}

/// Whether the creator may have one more, for a dry run: nothing is locked.
pub fn foresee_limit(session: &Session, creator: Uuid, limit: i32) -> Result<()> {
    check_limit(session, creator, 1, limit, View::Query)
}

/// Refuses where the creator cannot have so many more codes, and keeps other sessions from making
/// codes for the same creator until this transaction ends.
pub fn hold_limit(session: &Session, creator: Uuid, more: i32, limit: i32) -> Result<()> {
    lock(session, creator);
    check_limit(session, creator, more, limit, View::Now)
}

/// Refuses where the creator, who is locked, has more codes by now than allowed.
pub fn keep_limit(session: &Session, creator: Uuid, limit: i32) -> Result<()> {
    check_limit(session, creator, 0, limit, View::Now)
}

/// Keeps other sessions from making codes for the same creator until this transaction ends.
pub fn lock(session: &Session, creator: Uuid) {
    let table = session.tables.relation(CREATORS).unwrap_or(pg_sys::InvalidOid);
    if !first_lock((table, *creator.as_bytes())) {
        return;
    }
    let args = || [creator.into(), clock::now().into()];
    if session.write(&LOCK, &args()).count() == 0 && session.write(&ADD, &args()).count() == 0 {
        // Somebody else was first to add the row and has committed: now it can be locked.
        session.write(&LOCK, &args());
    }
}

fn count(session: &Session, user: Uuid) -> i64 {
    session.read(&COUNT, &[user.into()]).first().map_or(0, |row| row.need(1))
}

#[pg_extern(sql = false)]
fn referral_count_user_codes(user_uuid: Option<Uuid>) -> i64 {
    answer(|| Ok(count(&Session::open(), required(user_uuid, "user_uuid")?)))
}

#[pg_extern(sql = false)]
fn referral_validate_user_code_limit(user_uuid: Option<Uuid>) -> bool {
    answer(|| {
        let user = required(user_uuid, "user_uuid")?;
        let session = Session::open();
        let limit = Settings::read(&session, &[MAX_CODES_PER_USER.key], View::Query)
            .limit(MAX_CODES_PER_USER);
        Ok::<bool, Error>(foresee_limit(&session, user, limit).is_ok())
    })
}
