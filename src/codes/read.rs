//! Codes: found, listed and asked about.

use pgrx::datum::Uuid;
use pgrx::prelude::*;

use crate::codes::placed::{self, Placed};
use crate::codes::row::{COLUMNS, Code, CodeColumns};
use crate::codes::{reserves, stripes};
use crate::pg::args;
use crate::pg::clock;
use crate::pg::encoding;
use crate::pg::error::{Error, Result, answer, required};
use crate::pg::returns::{Record, RowSet, Scalar};
use crate::pg::session::{Session, View};
use crate::pg::statement::{Parameter, Statement, lists, reports, statements};
use crate::pg::tables::CODES;
use crate::pg::texts::Text;
use crate::pg::transaction::MOST_LOOKS;
use crate::rules::code::Lookup;
use crate::rules::refusal::Refusal;
use crate::rules::state::{Reserves, State};
use crate::rules::time::Timestamp;

statements! {
    c.* = COLUMNS;
    BY_UUID = "codes/by_uuid.sql";
    BY_UUID_LOCKED = "codes/by_uuid_locked.sql";
    BY_CODE = "codes/by_code.sql";
    BY_CODE_IGNORING_CASE = "codes/by_code_ignoring_case.sql";
}

lists! {
    c.* = COLUMNS;
    LIST = "codes/list.sql";
    LIST_AFTER = "codes/list_after.sql";
}

reports! {
    c.* = COLUMNS;
    TOP = "codes/top.sql";
}

reports! {
    SYSTEM_STATS = "codes/system_stats.sql";
}

/// What a person typed, ready for looking up a code in this database.
pub fn lookup(typed: &str) -> Option<Lookup<'_>> {
    Lookup::new(typed).map(|lookup| lookup.within(encoding::can_hold))
}

/// The code that a person means who types that text: the one stored exactly so since normalisation or,
/// failing that, the oldest that differs by case alone.
pub fn by_text(session: &Session, lookup: &Lookup, view: View) -> Option<Code> {
    let exact = find(session, &BY_CODE, &[lookup.normal.as_str().into()], view);
    exact.or_else(|| oldest_by_text(session, lookup, view))
}

/// Of all codes that differ from the text by case alone, the oldest: PhoenixKit's own way of looking.
fn oldest_by_text(session: &Session, lookup: &Lookup, view: View) -> Option<Code> {
    let args = [lookup.normal.as_str().into(), lookup.typed.into()];
    find(session, &BY_CODE_IGNORING_CASE, &args, view)
}

pub fn by_uuid(session: &Session, uuid: Uuid, view: View) -> Option<Code> {
    find(session, &BY_UUID, &[uuid.into()], view)
}

/// A code in its program, as the calling query sees them.
fn placed(session: &Session, uuid: Uuid) -> Option<Placed> {
    by_uuid(session, uuid, View::Query).map(|code| placed::place(session, code, View::Query))
}

fn find(
    session: &Session,
    statement: &'static Statement,
    args: &[Parameter],
    view: View,
) -> Option<Code> {
    let code = view.run(session, statement, args).first().map(Code::read)?;
    Some(reserves::complete(session, code, view))
}

/// The code as it is by now, its row locked until the transaction ends; None where it is gone.
pub fn lock(session: &Session, uuid: Uuid) -> Option<Code> {
    let locked = session.lock_rows(CODES, &BY_UUID_LOCKED, &[uuid.into()]).first().map(Code::read);
    locked.map(|code| reserves::complete(session, code, View::Now))
}

/// A code that is to be changed: its row is locked, no redemption of it is under way, and its counter holds no leases.
pub fn lock_for_change(session: &Session, uuid: Uuid) -> Option<Code> {
    let mut code = lock(session, uuid)?;
    stripes::give_back_leases(session, &mut code);
    Some(code)
}

/// Codes as they are fetched, each with its reserves.
pub fn stream(
    session: Session,
    statement: &'static Statement,
    args: &[Parameter],
) -> impl Iterator<Item = Code> + use<> {
    let complete = completion(&session);
    session.stream(statement, args, Code::read).map(complete)
}

/// What gives a code that was read its reserves, where any code may have some.
fn completion(session: &Session) -> impl Fn(Code) -> Code + use<> {
    let may_be = reserves::may_be(session);
    move |code| {
        if may_be { reserves::complete(&Session::open(), code, View::Query) } else { code }
    }
}

/// The code that a person means who types that text, its row locked; None where there is none.
pub fn lock_by_text(session: &Session, lookup: &Lookup) -> Result<Option<Code>> {
    let (mut locked, mut unlockable) = (None, None);
    for _ in 0..MOST_LOOKS {
        let Some(code) = by_text(session, lookup, View::Now) else { return Ok(None) };
        // What the text means under the lock is final.
        if locked == Some(code.uuid) {
            return Ok(Some(code));
        }
        if lock(session, code.uuid).is_some() {
            locked = Some(code.uuid);
        } else if unlockable.replace(code.uuid) == Some(code.uuid) {
            return Err(not_updatable());
        }
    }
    Err(keeps_changing())
}

/// The row is there, nothing speaks against its use, and yet it does not let itself be written to.
pub fn not_updatable() -> Error {
    let message = "the code may be used, but its row could not be updated";
    Error::new("42501", "row_not_updated", message)
        .with_hint("Row-level security lets the caller see the code and not update it.")
}

pub fn keeps_changing() -> Error {
    let message = "the code keeps changing while it is redeemed";
    Error::keeps_changing("code_keeps_changing", message)
}

/// Where a code stands in a list from the newest on: the next page begins behind it.
pub fn place_in_list(session: &Session, after_uuid: Uuid) -> Result<(Timestamp, Uuid)> {
    let after = by_uuid(session, after_uuid, View::Query)
        .ok_or_else(|| Error::out_of_range("after_uuid", "names no code"))?;
    Ok((after.date_created, after_uuid))
}

/// Codes from the newest on or, for the next page, from the one after the last of this page.
fn list(after_uuid: Option<Uuid>) -> Result<impl Iterator<Item = Code>> {
    let session = Session::open();
    let Some(uuid) = after_uuid else {
        return Ok(stream(session, &LIST, &[]));
    };
    let (date_created, uuid) = place_in_list(&session, uuid)?;
    let args = [date_created.into(), uuid.into()];
    Ok(stream(session, &LIST_AFTER, &args))
}

#[pg_extern(sql = false)]
fn referral_normalize_code(code: Text) -> Scalar<String> {
    answer(|| {
        let typed = code.read("code")?;
        // What can name no code is anybody's.
        let normal = lookup(&typed).map_or_else(|| typed.trim().to_owned(), |lookup| lookup.normal);
        Ok(Scalar(normal))
    })
}

#[pg_extern(sql = false)]
fn referral_get_code(code_uuid: Option<Uuid>) -> RowSet<'static, CodeColumns> {
    let found = code_uuid.and_then(|uuid| placed(&Session::open(), uuid));
    RowSet::new(found.map(|code| code.into_columns(clock::statement_start())))
}

#[pg_extern(sql = false)]
fn referral_get_code_strict(code_uuid: Option<Uuid>) -> Record<CodeColumns> {
    answer(|| {
        let uuid = required(code_uuid, "code_uuid")?;
        let code = placed(&Session::open(), uuid).ok_or(Refusal::CodeNotFound)?;
        Ok(Record(code.into_columns(clock::statement_start())))
    })
}

#[pg_extern(sql = false)]
fn referral_get_code_by_string(code: Option<Text>) -> RowSet<'static, CodeColumns> {
    answer(|| {
        let code = args::optional_text(code, "code")?;
        let find = |lookup: Lookup| {
            let session = Session::open();
            let code = oldest_by_text(&session, &lookup, View::Query)?;
            Some(placed::place(&session, code, View::Query))
        };
        let found = code.as_deref().and_then(lookup).and_then(find);
        Ok(RowSet::new(found.map(|code| code.into_columns(clock::statement_start()))))
    })
}

#[pg_extern(sql = false)]
fn referral_list_codes(
    max_rows: Option<i32>,
    after_uuid: Option<Uuid>,
) -> RowSet<'static, CodeColumns> {
    answer(|| {
        let rows = args::max_rows(max_rows)?;
        let now = clock::statement_start();
        let codes = placed::each(list(after_uuid)?.take(rows));
        Ok(RowSet::new(codes.map(move |code| code.into_columns(now))))
    })
}

#[pg_extern(sql = false)]
fn referral_list_valid_codes(
    max_rows: Option<i32>,
    after_uuid: Option<Uuid>,
) -> RowSet<'static, CodeColumns> {
    answer(|| {
        let rows = args::max_rows(max_rows)?;
        let now = clock::statement_start();
        let codes = placed::each(list(after_uuid)?);
        let valid = codes.filter(move |code| code.state(now) == State::Active);
        Ok(RowSet::new(valid.take(rows).map(move |code| code.into_columns(now))))
    })
}

#[pg_extern(sql = false)]
fn referral_top_codes(max_rows: Option<i32>) -> RowSet<'static, CodeColumns> {
    answer(|| {
        let now = clock::statement_start();
        let limit = args::limit(max_rows)?;
        let session = Session::open();
        let complete = completion(&session);
        let top = session.report(&TOP, &[limit.into()], limit, Code::read);
        let codes = placed::each(top.map(complete));
        Ok(RowSet::new(codes.map(move |code| code.into_columns(now))))
    })
}

#[pg_extern(sql = false)]
fn referral_system_stats() -> Record<(i64, i64, i64, i64)> {
    let session = Session::open();
    let rows = session.read(&SYSTEM_STATS, &[]);
    let stats = rows.first().map(|row| (row.need(1), row.need(2), row.need(3), row.need(4)));
    Record(stats.unwrap_or_default())
}

#[pg_extern(sql = false)]
fn referral_valid_for_use(code_uuid: Option<Uuid>) -> Option<bool> {
    ask(code_uuid, |code, now| code.state(now) == State::Active)
}

#[pg_extern(sql = false)]
fn referral_expired(code_uuid: Option<Uuid>) -> Option<bool> {
    let code = by_uuid(&Session::open(), code_uuid?, View::Query)?;
    Some(code.limits.expired(clock::statement_start()))
}

#[pg_extern(sql = false)]
fn referral_usage_limit_reached(code_uuid: Option<Uuid>) -> Option<bool> {
    ask(code_uuid, |code, _| code.remaining_uses() == 0)
}

/// A question about a code; None where there is no such code.
fn ask(code_uuid: Option<Uuid>, question: impl Fn(&Placed, Timestamp) -> bool) -> Option<bool> {
    let code = placed(&Session::open(), code_uuid?)?;
    Some(question(&code, clock::statement_start()))
}

#[pg_extern(sql = false)]
fn referral_code_uses(code_uuid: Option<Uuid>) -> RowSet<'static, (i32, i32, i32, i32)> {
    let found = code_uuid.and_then(|uuid| by_uuid(&Session::open(), uuid, View::Query));
    RowSet::new(found.map(|Code { limits, .. }| {
        let Reserves { leased, held, .. } = limits.reserves;
        (limits.uses_made(), held, leased, limits.remaining_uses())
    }))
}
