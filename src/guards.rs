//! Guards: triggers that hold every limit for whoever writes the tables without the functions.

use pgrx::datum::Uuid;
use pgrx::prelude::*;

use crate::codes::{membership, new, read, user_limit};
use crate::events::Events;
use crate::pg::clock;
use crate::pg::encoding;
use crate::pg::error::{Error, Result, answer, first, raise, required};
use crate::pg::session::{Session, View};
use crate::pg::statement::statements;
use crate::pg::tables::{CODES, Tables};
use crate::pg::transaction::{OwnWrite, RowKey, with_claims};
use crate::pg::trigger::{Firing, TriggerRow};
use crate::redemption::written::{WrittenUse, redeem_written};
use crate::rules::draft::Draft;
use crate::rules::event::EventType;
use crate::rules::fields::FieldError;
use crate::rules::refusal::Refusal;
use crate::settings::Settings;

statements! {
    OTHER_SPELLING = "guards/other_spelling.sql";
}

/// A session over the tables that the fired table belongs to, whatever the setting says.
fn session_of(firing: &Firing) -> Result<Session> {
    Ok(Session::over(Tables::of(&firing.schema()?)))
}

/// The uses that the host's own UPDATE has taken in this transaction are kept by this key.
fn claim_key(session: &Session, code_uuid: Uuid) -> RowKey {
    let table = session.tables.relation(CODES).unwrap_or(pg_sys::InvalidOid);
    (table, *code_uuid.as_bytes())
}

/// The values that the field rules are about. A NULL is left to the table's own constraint, and so are bytes that are
/// no text: a host that stores them is no worse off than without guards.
fn draft(row: TriggerRow) -> Result<Draft> {
    Ok(Draft {
        code: row.readable("code")?,
        description: row.readable("description")?,
        max_uses: row.get("max_uses")?,
        expiration_date: Some(row.get("expiration_date")?),
    })
}

/// The creator whom an INSERT or UPDATE gives one code more.
fn new_creator(firing: &Firing) -> Result<Option<Uuid>> {
    let creator: Option<Uuid> = firing.new_row().get("created_by_uuid")?;
    let former = firing.old_row().map_or(Ok(None), |old| old.get("created_by_uuid"))?;
    Ok(creator.filter(|creator| Some(*creator) != former))
}

/// Before INSERT and UPDATE of codes: normalises the code, holds the field rules for values that change,
/// and locks the creator, as a creation by function does before it writes.
fn guard_code<'c>(firing: &Firing<'c>) -> Result<TriggerRow<'c>> {
    let session = session_of(firing)?;
    let (new, old) = (firing.new_row(), firing.old_row());
    let mut wanted = draft(new)?;
    if let Some(old) = old {
        wanted = wanted.changes(&draft(old)?);
    }
    let limits = Settings::of_codes(&session, View::Now).system_limits();
    first(wanted.check(limits.max_uses, clock::now()))?;
    if old.is_none() && new.get::<i32>("number_of_uses")? > new.get("max_uses")? {
        return Err(Refusal::UsageLimitReached.into());
    }
    if let Some(creator) = new_creator(firing)? {
        user_limit::lock(&session, creator);
    }
    // What the database cannot hold in capitals stays as it is.
    let Some(code) = wanted.code.filter(|code| encoding::can_hold(code)) else { return Ok(new) };
    let typed: String = new.readable("code")?.unwrap_or_default();
    let uuid: Uuid = required(new.get("uuid")?, "uuid")?;
    let args = [code.as_str().into(), uuid.into(), new::spellings(&code, &typed).into()];
    if session.write(&OTHER_SPELLING, &args).count() > 0 {
        return Err(FieldError::taken().into());
    }
    new.with("code", code)
}

/// After INSERT and UPDATE of codes: the per-user limit. Not before: a row that ON CONFLICT leaves out
/// is no code more. A new code that counts uses from the start has claimed them for usage rows to come.
/// One that gets its first beneficiary comes into the default program.
fn guard_code_written(firing: &Firing) -> Result<()> {
    let session = session_of(firing)?;
    let settings = Settings::of_codes(&session, View::Now);
    if let Some(creator) = new_creator(firing)? {
        user_limit::keep_limit(&session, creator, settings.system_limits().codes_per_user)?;
    }
    let new = firing.new_row();
    let written = WrittenCode::read(new)?;
    let Some(old) = firing.old_row() else {
        if written.uses > 0 {
            let key = claim_key(&session, written.uuid);
            with_claims(|claims| claims.add(key, written.uses.into()));
        }
        Events::of(&settings).tell(&session, EventType::CodeCreated, || written.created());
        return Ok(());
    };
    let former = WrittenCode::read(old)?;
    let (from, to) = (former.beneficiary, written.beneficiary);
    membership::follow_beneficiary(&session, written.uuid, written.uses, from, to)?;
    if former.status && !written.status {
        Events::of(&settings).tell(&session, EventType::CodeDeactivated, || {
            new::deactivated(written.uuid, &written.code)
        });
    }
    Ok(())
}

/// A code that somebody has written by hand.
struct WrittenCode {
    uuid: Uuid,
    code: String,
    status: bool,
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
            status: required(row.get("status")?, "status")?,
            uses: required(row.get("number_of_uses")?, "number_of_uses")?,
            max_uses: required(row.get("max_uses")?, "max_uses")?,
            creator: required(row.get("created_by_uuid")?, "created_by_uuid")?,
            beneficiary: row.get("beneficiary_uuid")?,
        })
    }

    fn created(&self) -> serde_json::Value {
        new::created_with(self.uuid, &self.code, self.creator, self.beneficiary, self.max_uses)
    }
}

/// UPDATE of number_of_uses: never past max_uses; a raise is a claim that an INSERT into usage may
/// spend in the same transaction.
fn guard_claim(firing: &Firing) -> Result<()> {
    let (new, Some(old)) = (firing.new_row(), firing.old_row()) else {
        return Ok(());
    };
    let uses: i32 = required(new.get("number_of_uses")?, "number_of_uses")?;
    let before: i32 = required(old.get("number_of_uses")?, "number_of_uses")?;
    if uses > before && Some(uses) > new.get("max_uses")? {
        return Err(Refusal::UsageLimitReached.into());
    }
    let session = session_of(firing)?;
    let key = claim_key(&session, required(new.get("uuid")?, "uuid")?);
    with_claims(|claims| {
        // A use given back was claimed in this transaction, or was somebody's long before it.
        let change = i64::from(uses) - i64::from(before);
        claims.add(key, change.max(-claims.get(&key)));
    });
    Ok(())
}

/// Before an INSERT into usage: locks the code's row, unless the transaction has it by its own claim.
/// Redemption takes its locks in this order too, so that the two never wait for each other in a ring.
fn guard_usage_lock(firing: &Firing) -> Result<()> {
    let session = session_of(firing)?;
    if let Some(code_uuid) = firing.new_row().get("code_uuid")?
        && with_claims(|claims| claims.get(&claim_key(&session, code_uuid))) == 0
    {
        read::lock(&session, code_uuid);
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
    };
    let key = claim_key(&session, written.code_uuid);
    let claimed = with_claims(|claims| claims.get(&key)) > 0;
    redeem_written(&session, &written, claimed)?;
    if claimed {
        with_claims(|claims| claims.add(key, -1));
    }
    Ok(())
}

/// Runs a guard for the row that its trigger was fired for.
fn guarded<'c>(
    call: pg_sys::FunctionCallInfo,
    guard: impl FnOnce(&Firing<'c>) -> Result<TriggerRow<'c>>,
) -> TriggerRow<'c> {
    answer(|| guard(&Firing::of(call)?))
}

/// Asked by the WHEN of each guard, so that the functions' own writes, which have kept the rules, do not
/// even fire it.
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

/// The ledger of rewards only ever grows. Raises for whole statements, also those that meet no row.
#[pg_extern(sql = false)]
fn referral_guard_ledger(_call: pg_sys::FunctionCallInfo) -> TriggerRow<'static> {
    raise(
        Error::new(
            "42501",
            "ledger_append_only",
            "rows of the ledger of rewards cannot be changed or removed",
        )
        .with_hint("referral_reverse() takes a reward back, by a row of its own."),
    )
}
