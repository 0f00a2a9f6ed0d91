//! Guards: triggers that hold the limits for whoever writes the tables without the functions, and refuse nothing
//! else. A setting has them hold every rule.

use std::rc::Rc;

use pgrx::datum::Uuid;
use pgrx::prelude::*;

use crate::codes::row::Code;
use crate::codes::stripes::{self, OF_CODES};
use crate::codes::{membership, new, told, user_limit};
use crate::events::tell::Events;
use crate::pg::changes;
use crate::pg::clock;
use crate::pg::encoding;
use crate::pg::error::{Error, Result, answer, first, required};
use crate::pg::session::{Session, View};
use crate::pg::statement::statements;
use crate::pg::tables::{SETTINGS, Tables, USAGE};
use crate::pg::transaction::{
    OwnWrite, RowKey, is_update_of, note_update, with_claims, with_excesses, with_moved,
};
use crate::pg::trigger::{Firing, TriggerRow};
use crate::redemption::written::{self, WrittenUse, redeem_written};
use crate::rules::by_functions;
use crate::rules::code;
use crate::rules::draft::Draft;
use crate::rules::event::EventType;
use crate::rules::judge::Judge;
use crate::rules::settings::{GUARD_USER_LIMIT, GUARDS_JUDGE_ALL};
use crate::rules::state::{Limits, Reserves};
use crate::rules::time::Timestamp;
use crate::rules::written::Counts;
use crate::settings::{self, Settings};
use crate::usage;

statements! {
    SPELLING = "guards/spelling.sql";
}

fn tables_of(firing: &Firing) -> Result<Rc<Tables>> {
    Tables::around(firing.table(), || firing.schema())
}

/// A session over the tables that the fired table belongs to, whatever the setting says.
fn session_of(firing: &Firing) -> Result<Session> {
    Ok(Session::over(tables_of(firing)?))
}

/// The values that the field rules are about. Bytes that are no text are left alone, as a NULL is: a host that stores
/// them is no worse off than without guards.
fn draft(row: TriggerRow) -> Result<Draft> {
    Ok(Draft {
        code: row.readable("code")?,
        description: row.readable("description")?,
        max_uses: row.get("max_uses")?,
        expiration_date: Some(row.get("expiration_date")?),
    })
}

fn counts(row: TriggerRow) -> Result<Counts> {
    Ok(Counts {
        number_of_uses: required(row.get("number_of_uses")?, "number_of_uses")?,
        max_uses: required(row.get("max_uses")?, "max_uses")?,
    })
}

/// The creator whom an INSERT or UPDATE gives one code more.
fn new_creator(firing: &Firing) -> Result<Option<Uuid>> {
    let creator: Option<Uuid> = firing.new_row().get("created_by_uuid")?;
    let former = firing.old_row().map_or(Ok(None), |old| old.get("created_by_uuid"))?;
    Ok(creator.filter(|creator| Some(*creator) != former))
}

/// How a text is to be stored: as the row has it that holds it already, so that the unique index and the host's
/// ON CONFLICT meet that row; otherwise in its normal form. `except`: the row that is being updated.
fn spelling(session: &Session, text: &str, except: Option<Uuid>) -> String {
    let normal = code::normalize(text);
    // What the database cannot hold in capitals stays as it is.
    if !encoding::can_hold(&normal) {
        return text.to_owned();
    }
    let spellings = new::spellings(&normal, text);
    let args = [text.into(), normal.as_str().into(), except.into(), spellings.into()];
    let held = session.write(&SPELLING, &args).first().map(|row| row.need(1));
    held.unwrap_or(normal)
}

/// Before INSERT and UPDATE of codes: settles how the code is spelt and, where the limit of codes for each user
/// is held, locks the creator, as a creation by function does before it writes. Judges nothing: what ON CONFLICT
/// leaves out is never written.
fn guard_code<'c>(firing: &Firing<'c>) -> Result<TriggerRow<'c>> {
    let session = session_of(firing)?;
    if let Some(creator) = new_creator(firing)?
        && Settings::read(&session, &[GUARD_USER_LIMIT.key], View::Now).flag(GUARD_USER_LIMIT)
    {
        user_limit::lock(&session, creator);
    }
    let (new, old) = (firing.new_row(), firing.old_row());
    let former: Option<String> = old.map_or(Ok(None), |old| old.readable("code"))?;
    let wanted: Option<String> = new.readable("code")?;
    let Some(text) = wanted.filter(|text| Some(text) != former.as_ref()) else { return Ok(new) };
    let except = old.map_or(Ok(None), |old| old.get("uuid"))?;
    new.with_text("code", &spelling(&session, &text, except))
}

/// After INSERT and UPDATE of codes: judges what the statement has changed. A new code that counts uses from the
/// start has claimed them for usage rows to come. One that gets its first beneficiary comes into the default
/// program.
fn guard_code_written(firing: &Firing) -> Result<()> {
    let session = session_of(firing)?;
    let settings = Settings::of_written_codes(&session);
    judge_code(firing, &session, &settings)?;
    let written = WrittenCode::read(firing.new_row())?;
    let Some(old) = firing.old_row() else {
        if written.uses > 0 {
            let key = written::key_of(&session.tables, written.uuid);
            with_claims(|claims| claims.add(key, written.uses.into()));
        }
        Events::of(&settings).tell(&session, EventType::CodeCreated, || written.created());
        return Ok(());
    };
    let former = WrittenCode::read(old)?;
    let leased = stripes::wait_for_redemptions(&session, written.uuid);
    if former.code != written.code {
        stripes::follow_text(&session);
    }
    let (from, to) = (former.beneficiary, written.beneficiary);
    membership::follow_beneficiary(
        &session,
        written.uuid,
        written.uses.saturating_sub(leased),
        from,
        to,
    )?;
    let events = Events::of(&settings);
    if events.are_on() {
        told::tell_changes(&session, events, &as_told(old)?, &as_told(firing.new_row())?);
    }
    Ok(())
}

fn judge_code(firing: &Firing, session: &Session, settings: &Settings) -> Result<()> {
    let (new, old) = (firing.new_row(), firing.old_row());
    let created: Timestamp = required(new.get("date_created")?, "date_created")?;
    let history = Judge::of_history(created, clock::now()).filter(|_| old.is_none());
    let judge = history.unwrap_or(Judge::of_writer(settings.flag(GUARDS_JUDGE_ALL)));
    let limits = settings.system_limits();
    let former = old.map(draft).transpose()?.unwrap_or_default();
    let mut changed = draft(new)?.changes(&former);
    let code = changed.code.clone();
    if judge.knows_every_rule() {
        first(changed.check(limits.max_uses, clock::now()))?;
    }
    let (counts, former) = (counts(new)?, old.map(counts).transpose()?);
    counts.hold_cap(former, judge, limits.max_uses)?;
    if former.is_none() {
        counts.hold_uses(None, judge)?;
    }
    // Where the unique index has let it pass, as there is none or the text is another's in another case.
    if let Some(code) = code {
        new::must_be_free(session, &code, new.get("uuid")?)?;
    }
    if let Some(creator) = new_creator(firing)?
        && !judge.is_history()
        && settings.flag(GUARD_USER_LIMIT)
    {
        user_limit::keep_limit(session, creator, limits.codes_per_user)?;
    }
    Ok(())
}

/// A code that somebody has written by hand.
struct WrittenCode {
    uuid: Uuid,
    code: String,
    uses: i32,
    max_uses: i32,
    creator: Uuid,
    beneficiary: Option<Uuid>,
}

impl WrittenCode {
    fn read(row: TriggerRow) -> Result<Self> {
        Ok(WrittenCode {
            uuid: required(row.get("uuid")?, "uuid")?,
            // Told in events alone.
            code: row.readable("code")?.unwrap_or_default(),
            uses: required(row.get("number_of_uses")?, "number_of_uses")?,
            max_uses: required(row.get("max_uses")?, "max_uses")?,
            creator: required(row.get("created_by_uuid")?, "created_by_uuid")?,
            beneficiary: row.get("beneficiary_uuid")?,
        })
    }

    fn created(&self) -> serde_json::Value {
        told::created_with(self.uuid, &self.code, self.creator, self.beneficiary, self.max_uses)
    }
}

/// The code of a row; None where its texts cannot be read.
fn as_written(row: TriggerRow) -> Result<Option<Code>> {
    let (code, description) = (row.readable("code")?, row.readable("description")?);
    let (Some(code), Some(description)) = (code, description) else { return Ok(None) };
    with_texts(row, code, description).map(Some)
}

/// The code of a row, without texts that cannot be read.
fn as_told(row: TriggerRow) -> Result<Code> {
    let (code, description) = (row.readable("code")?, row.readable("description")?);
    with_texts(row, code.unwrap_or_default(), description.unwrap_or_default())
}

fn with_texts(row: TriggerRow, code: String, description: String) -> Result<Code> {
    Ok(Code {
        uuid: required(row.get("uuid")?, "uuid")?,
        code,
        description,
        limits: Limits {
            status: required(row.get("status")?, "status")?,
            number_of_uses: required(row.get("number_of_uses")?, "number_of_uses")?,
            max_uses: required(row.get("max_uses")?, "max_uses")?,
            expiration_date: row.get("expiration_date")?,
            reserves: Reserves::default(),
        },
        created_by_uuid: required(row.get("created_by_uuid")?, "created_by_uuid")?,
        beneficiary_uuid: row.get("beneficiary_uuid")?,
        date_created: required(row.get("date_created")?, "date_created")?,
    })
}

/// After UPDATE of number_of_uses: never past max_uses, never below nothing; a raise is a claim that an INSERT
/// into usage may spend in the same transaction.
fn guard_claim(firing: &Firing) -> Result<()> {
    let (new, Some(old)) = (firing.new_row(), firing.old_row()) else {
        return Ok(());
    };
    let (mut counts, former) = (counts(new)?, counts(old)?);
    let change = i64::from(counts.number_of_uses) - i64::from(former.number_of_uses);
    let code_uuid = required(new.get("uuid")?, "uuid")?;
    let key = written::key_of(&*tables_of(firing)?, code_uuid);
    if let Some(code) = as_written(new)? {
        written::note(key, code);
    }
    if change == 0 {
        return Ok(());
    }
    if change > 0 && counts.number_of_uses > counts.max_uses {
        let leased = OF_CODES.settle(&session_of(firing)?, code_uuid);
        counts.number_of_uses = counts.number_of_uses.saturating_sub(leased);
    }
    counts.hold_uses(Some(former), Judge::Limits)?;
    with_claims(|claims| {
        // A use given back was claimed in this transaction, or was somebody's long before it.
        claims.add(key, change.max(-claims.get(&key)));
    });
    if change < 0 {
        // What no row explains may be fewer by now.
        with_excesses(|excesses| excesses.add(key, -excesses.get(&key)));
    }
    Ok(())
}

fn usage_key(session: &Session, usage: Uuid) -> RowKey {
    (session.tables.table(USAGE).unwrap_or(pg_sys::InvalidOid), *usage.as_bytes())
}

/// Before INSERT into usage: locks the code's row. Before UPDATE, which may turn into a DELETE and an INSERT
/// where the row moves to another partition: sees to it that it is known for the same row.
fn guard_usage_lock(firing: &Firing) -> Result<()> {
    let is_update = firing.old_row().is_some();
    if is_update && !firing.is_partition() {
        return Ok(());
    }
    let (session, row) = (session_of(firing)?, firing.new_row());
    if let Some(usage) = row.get("uuid")?
        && firing.is_partition()
    {
        let key = usage_key(&session, usage);
        if is_update {
            note_update(key);
            return Ok(());
        }
        if is_update_of(key) && !usage::exists(&session, usage) {
            with_moved(|moved| moved.add(key, 1));
            return Ok(());
        }
    }
    if let (Some(code_uuid), Some(date_used)) = (row.get("code_uuid")?, row.get("date_used")?) {
        written::prepare(&session, code_uuid, date_used);
    }
    Ok(())
}

/// After an INSERT into usage, which is a redemption. Not before it: a row that ON CONFLICT leaves out
/// must take no use.
fn guard_usage(firing: &Firing) -> Result<()> {
    let session = session_of(firing)?;
    let row = firing.new_row();
    let written = WrittenUse {
        uuid: required(row.get("uuid")?, "uuid")?,
        code_uuid: required(row.get("code_uuid")?, "code_uuid")?,
        user: required(row.get("used_by_uuid")?, "used_by_uuid")?,
        date_used: required(row.get("date_used")?, "date_used")?,
    };
    let key = usage_key(&session, written.uuid);
    if firing.is_partition() && with_moved(|moved| moved.take(key, 0)) {
        return Ok(());
    }
    redeem_written(&session, &written)
}

/// Runs a guard for the row that its trigger was fired for, unless the functions, which have kept the rules,
/// have written it themselves.
fn guarded<'c>(
    call: pg_sys::FunctionCallInfo,
    guard: impl FnOnce(&Firing<'c>) -> Result<TriggerRow<'c>>,
) -> TriggerRow<'c> {
    answer(|| {
        let firing = Firing::of(call)?;
        if OwnWrite::has_fired() { Ok(firing.new_row()) } else { guard(&firing) }
    })
}

/// Asked by the WHEN of a guard that fires for statements, and by those of older releases.
#[pg_extern(sql = false)]
fn referral_written_by_hand() -> bool {
    !OwnWrite::is_running()
}

#[pg_extern(sql = false)]
fn referral_guard_code(call: pg_sys::FunctionCallInfo) -> TriggerRow<'static> {
    guarded(call, guard_code)
}

#[pg_extern(sql = false)]
fn referral_guard_code_written(call: pg_sys::FunctionCallInfo) -> TriggerRow<'static> {
    guarded(call, |firing| guard_code_written(firing).map(|()| firing.new_row()))
}

#[pg_extern(sql = false)]
fn referral_guard_claim(call: pg_sys::FunctionCallInfo) -> TriggerRow<'static> {
    // Also where the functions have written it.
    written::forget();
    guarded(call, |firing| guard_claim(firing).map(|()| firing.new_row()))
}

#[pg_extern(sql = false)]
fn referral_guard_usage_lock(call: pg_sys::FunctionCallInfo) -> TriggerRow<'static> {
    guarded(call, |firing| guard_usage_lock(firing).map(|()| firing.new_row()))
}

#[pg_extern(sql = false)]
fn referral_guard_usage(call: pg_sys::FunctionCallInfo) -> TriggerRow<'static> {
    guarded(call, |firing| guard_usage(firing).map(|()| firing.new_row()))
}

/// A row by hand would be money, or a decision, that nothing explains. Raises for whole statements, also those that meet
/// no row.
#[pg_extern(sql = false)]
fn referral_guard_ledger(call: pg_sys::FunctionCallInfo) -> TriggerRow<'static> {
    answer(|| {
        let firing = Firing::of_statement(call)?;
        let table = firing.table_name().to_string_lossy();
        let rows = required(by_functions::rows_of(&table), "table")?;
        Err(Error::new("42501", rows.reason, rows.rule()).with_hint(rows.hint))
    })
}

/// Tells every backend that a fact has changed: of settings only those that are kept, of other tables every row.
#[pg_extern(sql = false)]
fn referral_fact_changed(call: pg_sys::FunctionCallInfo) -> TriggerRow<'static> {
    answer(|| {
        let firing = Firing::of(call)?;
        let is_kept = |row: TriggerRow| -> Result<bool> {
            let key: Option<String> = row.readable("key")?;
            Ok(key.is_some_and(|key| settings::is_kept(&key)))
        };
        let rows = [Some(firing.new_row()), firing.old_row()];
        let told = if firing.table_name().to_bytes() == SETTINGS.as_bytes() {
            rows.into_iter().flatten().map(is_kept).collect::<Result<Vec<_>>>()?.contains(&true)
        } else {
            true
        };
        if told {
            changes::announce(firing.table());
        }
        Ok(firing.new_row())
    })
}

#[pg_extern(sql = false)]
fn referral_facts_truncated(call: pg_sys::FunctionCallInfo) -> TriggerRow<'static> {
    answer(|| {
        let firing = Firing::of_statement(call)?;
        changes::announce(firing.table());
        Ok(firing.new_row())
    })
}
