//! What is held of a code: the rows of its holds, which are written under the lock of the code's row alone.
//!
//! A hold's use is counted by its code, and by the code's program, from the start. One that has expired stays counted
//! until somebody needs its use.

use std::collections::HashMap;

use pgrx::datum::Uuid;

use crate::codes::row::Code;
use crate::pg::clock;
use crate::pg::result::Row;
use crate::pg::session::{Session, View};
use crate::pg::statement::statements;
use crate::pg::tables::{CODES, HOLDS};
use crate::programs::cap;
use crate::rules::program::DEFAULT_KEY;
use crate::rules::time::Timestamp;

statements! {
    OF_USER = "redemption/hold_of_user.sql";
    OF_USERS = "redemption/holds_of_users.sql";
    BY_UUID = "redemption/hold_by_uuid.sql";
    ADD = "redemption/add_hold.sql";
    RENEW = "redemption/renew_hold.sql";
    REMOVE = "redemption/remove_holds.sql";
    REMOVE_OLD = "redemption/remove_old_holds.sql";
    LAPSE = "redemption/lapse_holds.sql";
    LAPSED_CODES = "redemption/lapsed_codes.sql";
    LOCK_IDLE_CODES = "redemption/lock_idle_codes.sql";
    RELEASE = "redemption/release.sql";
}

/// A hold that expired longer ago than this may be gone.
const KEPT_SECONDS: i64 = 24 * 60 * 60;

/// A user's hold of a code.
#[derive(Clone, Copy)]
pub struct Hold {
    pub uuid: Uuid,
    /// Whether the code counts its use; false: it had expired, and somebody needed it.
    pub is_counted: bool,
}

/// Gives uses of the code back, whose row is locked.
pub fn release(session: &Session, code_uuid: Uuid, uses: i32) {
    if uses > 0 {
        session.write(&RELEASE, &[code_uuid.into(), uses.into()]);
    }
}

/// The user's hold of the code. Where nobody has ever held anything, none is asked for.
pub fn of(session: &Session, code: Uuid, user: Uuid, view: View) -> Option<Hold> {
    if !session.may_have_rows(HOLDS) {
        return None;
    }
    let found = view.run(session, &OF_USER, &[code.into(), user.into()]);
    found.first().map(|row| Hold { uuid: row.need(1), is_counted: row.need(2) })
}

/// The same of each of the users who has one.
pub fn of_each(session: &Session, code: Uuid, users: Vec<Uuid>) -> HashMap<Uuid, Hold> {
    if !session.may_have_rows(HOLDS) {
        return HashMap::new();
    }
    let found = session.write(&OF_USERS, &[code.into(), users.into()]);
    let hold = |row: Row| (row.need(1), Hold { uuid: row.need(2), is_counted: row.need(3) });
    found.iter().map(hold).collect()
}

/// The code and the user of a hold.
pub fn of_whom(session: &Session, hold: Uuid) -> Option<(Uuid, Uuid)> {
    let found = session.write(&BY_UUID, &[hold.into()]);
    found.first().map(|row| (row.need(1), row.need(2)))
}

pub fn add(
    session: &Session,
    hold: Uuid,
    code: Uuid,
    user: Uuid,
    now: Timestamp,
    expires_at: Timestamp,
) {
    let args = [hold.into(), code.into(), user.into(), now.into(), expires_at.into()];
    session.write(&ADD, &args);
}

/// Lets a hold, whose use is counted now, expire later.
pub fn renew(session: &Session, hold: Uuid, expires_at: Timestamp) {
    session.write(&RENEW, &[hold.into(), expires_at.into()]);
}

/// The holds are made, or given back; of each that there was, whether its use was counted.
pub fn remove(session: &Session, holds: Vec<Uuid>) -> Vec<bool> {
    session.write(&REMOVE, &[holds.into()]).iter().map(|row| row.need(1)).collect()
}

/// Forgets other people's holds of the code that nobody comes back for; how many uses become free in the code. Its
/// program counts them still.
pub fn remove_old(session: &Session, code: Uuid, user: Uuid) -> i32 {
    if !session.may_have_rows(HOLDS) {
        return 0;
    }
    let before = clock::now().after_seconds(-KEPT_SECONDS);
    let removed = session.write(&REMOVE_OLD, &[code.into(), user.into(), before.into()]);
    let freed = removed.iter().filter(|row| row.need(1)).count() as i32;
    release(session, code, freed);
    freed
}

/// Makes room in a code that is too full for so many uses, where holds of it have expired; how many uses become free
/// in the code. Its program counts them still: the caller gives them back, behind the referee's lock.
pub fn make_room(session: &Session, code: &Code, uses: i32) -> i32 {
    let is_full = code.limits.max_uses.saturating_sub(code.limits.number_of_uses) < uses;
    if !is_full || code.limits.reserves.lapsed == 0 {
        return 0;
    }
    let args = [vec![code.uuid].into(), clock::now().into()];
    let freed = session.write(&LAPSE, &args).count() as i32;
    release(session, code.uuid, freed);
    freed
}

/// Makes room in a program that is full, where holds of its codes have expired; whether there is some. Of a code
/// that somebody else has locked nothing is given up: whoever waited for it, with the program's row locked or a code
/// of the program, could be waited for.
pub fn make_room_in_program(session: &Session, program: &str) -> bool {
    if !session.may_have_rows(HOLDS) {
        return false;
    }
    let now = clock::now();
    let lapsed = || {
        let args = [program.into(), now.into(), (program == DEFAULT_KEY).into()];
        let codes = session.write(&LAPSED_CODES, &args);
        codes.iter().map(|row| row.need(1)).collect::<Vec<Uuid>>()
    };
    let found = lapsed();
    if found.is_empty() {
        return false;
    }
    let idle = session.lock_rows(CODES, &LOCK_IDLE_CODES, &[found.into()]);
    let idle: Vec<Uuid> = idle.iter().map(|row| row.need(1)).collect();
    // Under their locks they stay where they are.
    let codes: Vec<Uuid> = lapsed().into_iter().filter(|code| idle.contains(code)).collect();
    let given_up = session.write(&LAPSE, &[codes.clone().into(), now.into()]);
    let given_up: Vec<Uuid> = given_up.iter().map(|row| row.need(1)).collect();
    for code in codes {
        let freed = given_up.iter().filter(|of| **of == code).count() as i32;
        release(session, code, freed);
    }
    cap::give_back(session, program, given_up.len() as i32);
    !given_up.is_empty()
}
