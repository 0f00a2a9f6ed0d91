//! Redemption by hand: a usage row that somebody has inserted without the functions.

use std::cell::RefCell;

use pgrx::datum::Uuid;

use crate::codes::row::Code;
use crate::codes::stripes::{self, OF_CODES};
use crate::codes::{membership, read, reserves};
use crate::events::tell::Events;
use crate::pg::error::Result;
use crate::pg::session::{Session, View};
use crate::pg::tables::{CODES, Tables};
use crate::pg::transaction::{RowKey, ends, is_nested, with_claims, with_excesses};
use crate::pg::{changes, clock};
use crate::programs::admission::Entry;
use crate::programs::cap;
use crate::redemption::claim::{self, Claim, UseEvent};
use crate::redemption::held;
use crate::redemption::refuse::{Free, Trial};
use crate::rules::event::EventType;
use crate::rules::judge::{Counted, Judge};
use crate::rules::refusal::Refusal;
use crate::rules::time::Timestamp;
use crate::settings::Switches;
use crate::usage;

/// A usage row that somebody has inserted by hand.
#[derive(Clone, Copy)]
pub struct WrittenUse {
    pub uuid: Uuid,
    pub code_uuid: Uuid,
    pub user: Uuid,
    pub date_used: Timestamp,
}

/// What a transaction keeps of a code's uses stands under this key.
pub fn key_of(tables: &Tables, code_uuid: Uuid) -> RowKey {
    (tables.table(CODES).unwrap_or(pgrx::pg_sys::InvalidOid), *code_uuid.as_bytes())
}

/// A code as this transaction has seen it last, its row locked.
struct Seen {
    key: RowKey,
    /// When no savepoint had ended since.
    ends: u64,
    /// None where triggers write it in their turn: whose row is the newest nobody can tell from their order.
    code: Option<Code>,
}

thread_local! {
    static SEEN: RefCell<Option<Seen>> = const { RefCell::new(None) };
}

/// Keeps how a code is whose row this transaction has locked, until it is written to again.
pub fn note(key: RowKey, code: Code) {
    SEEN.with_borrow_mut(|seen| {
        let is_told = |seen: &Seen| seen.code.is_none() && (seen.key, seen.ends) == (key, ends());
        let is_sure = !is_nested() && !seen.as_ref().is_some_and(is_told);
        *seen = Some(Seen { key, ends: ends(), code: is_sure.then_some(code) });
    });
}

/// A code was written to.
pub fn forget() {
    SEEN.with_borrow_mut(|seen| seen.take_if(|seen| seen.code.is_some()));
}

/// The code as it is by now, whose row is locked: mostly it was seen a moment ago, when it was.
fn locked(session: &Session, key: RowKey, code_uuid: Uuid) -> Option<Code> {
    let is_it = |seen: &&Seen| seen.key == key && seen.ends == ends();
    let seen =
        SEEN.with(|seen| seen.borrow().as_ref().filter(is_it).and_then(|seen| seen.code.clone()));
    match seen {
        Some(code) => Some(reserves::complete(session, code, View::Now)),
        None => read::by_uuid(session, code_uuid, View::Now),
    }
}

/// Makes a redemption of a usage row that somebody has inserted by hand: holds the limits or, where a setting
/// wants it, every rule, and takes the use from the counter unless it is counted there.
///
/// The code's row is locked by then, so that one look at it is final.
pub fn redeem_written(session: &Session, written: &WrittenUse) -> Result<()> {
    let WrittenUse { uuid, code_uuid, user, date_used } = *written;
    let switches = Switches::read(session, View::Now);
    let judge = Judge::of_history(date_used, clock::now())
        .unwrap_or_else(|| Judge::of_writer(switches.guards_judge_all));
    let key = key_of(&session.tables, code_uuid);
    let code = locked(session, key, code_uuid);
    let spent = spend(key, judge);
    let trial =
        Trial { judge, counted: spent, user: Some(user), written: Some(uuid), view: View::Now };
    let diagnosis = trial.of(session, switches, code);
    let Free { code: found, hold } = diagnosis.judge().map_err(|refused| refused.refusal)?;
    // The hold becomes the use; what was spent besides is free again.
    let was_held = hold.is_some_and(|hold| held::remove(session, vec![hold.uuid]) == [true]);
    let counted = if was_held { Counted::InCodeAndProgram } else { spent };
    if was_held && spent.in_code() {
        held::release(session, code_uuid, 1);
    }
    let freed = match counted {
        Counted::Nowhere => match Claim::take_locked(session, &found)? {
            Some(claim) => claim.freed(),
            None => return Err(Refusal::UsageLimitReached.into()),
        },
        _ => i32::from(was_held && spent.in_program()),
    };
    let membership = membership::of(session, &found, View::Now);
    if let Some(membership) = &membership
        && let Entry::Refused(refusal) =
            claim::admit(session, membership, judge, counted, code_uuid, user, freed)?
    {
        // Another session was faster: what was free at the first look is not any more.
        return Err(refusal.into());
    }
    if judge.is_history() {
        return Ok(());
    }
    let used = UseEvent {
        usage_uuid: uuid,
        code_uuid,
        code: &found.code,
        user,
        beneficiary_uuid: found.beneficiary_uuid,
        program: membership.as_ref().map(|of| of.program.as_str()),
    };
    used.tell(session, Events::new(switches.events), EventType::CodeUsed);
    Ok(())
}

/// Before a row is inserted by hand: locks the code's row, unless the transaction has it by its own claim, so that
/// one look at it is final. Redemption takes its locks in this order too: the two never wait for each other in a
/// ring.
pub fn prepare(session: &Session, code_uuid: Uuid, date_used: Timestamp) {
    let key = key_of(&session.tables, code_uuid);
    let claims = with_claims(|claims| claims.get(&key));
    let locked = if claims == 0 { read::lock(session, code_uuid) } else { None };
    locked.iter().for_each(|code| note(key, code.clone()));
    // Stripes come before usages: once rows are written nobody may be waited for who has a stripe.
    if let Some(limits) = locked.as_ref().map(|code| code.limits)
        && limits.reserves.leased > 0
        && limits.free() < ROWS_OF_A_STATEMENT
    {
        OF_CODES.settle(session, code_uuid);
    }
    keep_striped_redemptions_away(session, code_uuid);
    if Judge::of_history(date_used, clock::now()).is_none()
        || with_excesses(|excesses| excesses.get(&key)) > 0
    {
        return;
    }
    // Once a transaction, as under the lock nobody else changes it. Here and not after the insert: by then all
    // rows of the statement are there, also those that are still to be judged.
    if let Some(code) = locked.or_else(|| read::by_uuid(session, code_uuid, View::Now)) {
        let uses = i64::from(code.limits.uses_made());
        let rows = usage::count_all_of_code(session, code_uuid);
        let excess = rows.map_or(0, |rows| (uses - rows - claims).max(0));
        with_excesses(|excesses| excesses.add(key, KNOWN + excess));
    }
}

/// Where a program has a cap: it is asked for its use once rows are written, which a redemption that has the program,
/// or a stripe of it, may wait for.
fn keep_striped_redemptions_away(session: &Session, code_uuid: Uuid) {
    // The code's row may have been waited for.
    changes::take_in();
    if stripes::are_of(session, code_uuid)
        && let Some(code) = read::by_uuid(session, code_uuid, View::Now)
        && let Some(program) = membership::program_of(session, &code, View::Now)
        && cap::is_capped(session, &program)
    {
        OF_CODES.lock(session, code_uuid);
    }
}

/// More rows are seldom inserted by one statement, which are redeemed once all are written.
const ROWS_OF_A_STATEMENT: i32 = 1_000;

/// Kept on top of an excess, so that none left is told from none counted.
const KNOWN: i64 = 1;

/// Spends what the code's counter holds for the row: the use that the host's own UPDATE has taken in this
/// transaction or, for a row of history, one that no row explains.
fn spend(key: RowKey, judge: Judge) -> Counted {
    if with_claims(|claims| claims.take(key, 0)) {
        Counted::InCode
    } else if judge.is_history() && with_excesses(|excesses| excesses.take(key, KNOWN)) {
        Counted::InCodeAndProgram
    } else {
        Counted::Nowhere
    }
}
