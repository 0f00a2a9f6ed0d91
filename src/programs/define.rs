//! Programs defined, changed and shown.

use pgrx::prelude::*;
use serde_json::{Map, Value};

use crate::pg::args::{self, object};
use crate::pg::clock;
use crate::pg::encoding;
use crate::pg::error::{Error, Result, answer, first};
use crate::pg::json::Json;
use crate::pg::returns::{Record, RowSet};
use crate::pg::session::{Session, View};
use crate::pg::statement::{Parameter, statements};
use crate::pg::tables::PROGRAMS;
use crate::pg::texts::Text;
use crate::pg::values::{read_span, read_time};
use crate::programs::row::{COLUMNS, ProgramColumns, StoredProgram, by_key, unknown};
use crate::programs::stripes::{self, OF_PROGRAMS};
use crate::programs::{budget, cap};
use crate::rules::fields::FieldError;
use crate::rules::money::Money;
use crate::rules::program::{DEFAULT_KEY, Program, Readers};
use crate::rules::settings::MAX_USES_PER_CODE;
use crate::settings::Settings;

statements! {
    p.* = COLUMNS;
    BY_KEY_LOCKED = "programs/by_key_locked.sql";
    LIST = "programs/list.sql";
    INSERT = "programs/insert.sql";
    UPDATE = "programs/update.sql";
}

/// The values of a program's row, in the order of its columns without created_at.
fn values<'a>(
    program: Program,
    number_of_uses: i32,
    rewards_granted: Money,
) -> [Parameter<'a>; 36] {
    let (rewards, limits) = (program.rewards, program.limits);
    [
        program.key.into(),
        program.name.into(),
        program.status.name().into(),
        program.starts_at.into(),
        program.ends_at.into(),
        program.code_length.into(),
        program.code_alphabet.into(),
        program.code_prefix.into(),
        program.max_uses_per_code.into(),
        program.max_uses_total.into(),
        number_of_uses.into(),
        program.codes_expire_after.into(),
        rewards.referrer.fixed.into(),
        rewards.referee.fixed.into(),
        program.currency.into(),
        program.min_purchase.into(),
        program.first_purchase_only.into(),
        program.one_code_per_referee.into(),
        program.attribution_window.into(),
        program.hold_period.into(),
        limits.requires_approval.into(),
        program.metadata.into(),
        clock::now().into(),
        rewards.referrer.percent.into(),
        rewards.referee.percent.into(),
        rewards.referrer.most.into(),
        rewards.referee.most.into(),
        rewards.scale.into(),
        limits.per_referee.into(),
        limits.per_referrer.into(),
        limits.period.into(),
        limits.budget.into(),
        rewards_granted.into(),
        limits.review_above.into(),
        limits.review_after_per_day.into(),
        rewards.tiers.to_json().into(),
    ]
}

/// Writes a new program; None where the key is taken.
fn insert(session: &Session, program: Program) -> Option<StoredProgram> {
    session.write(&INSERT, &values(program, 0, Money::ZERO)).first().map(StoredProgram::read)
}

/// What setup does: makes the default program where there is none; true where it did.
pub fn create_default(session: &Session) -> bool {
    insert(session, Program { name: "Default".into(), ..Program::new(DEFAULT_KEY) }).is_some()
}

/// Sets what JSON names, and holds every rule.
fn set(session: &Session, program: &mut Program, json: &Map<String, Value>) -> Result<()> {
    let readers = Readers { time: &read_time, span: &read_span };
    first(program.set(json, &readers))?;
    if !encoding::can_hold(&program.code_prefix) {
        return Err(FieldError::not_in_encoding("code_prefix", encoding::name()).into());
    }
    let limit = Settings::read(session, &[MAX_USES_PER_CODE.key], View::Now);
    first(program.faults(limit.limit(MAX_USES_PER_CODE)))
}

#[pg_extern(sql = false)]
fn referral_create_program_with_limits(
    key: Option<Text>,
    attributes: Option<Json>,
) -> Record<ProgramColumns> {
    answer(|| {
        let mut program = Program::new(&args::text(key, "key")?);
        let attributes = object(attributes, "attributes")?;
        let session = Session::open();
        set(&session, &mut program, &attributes)?;
        let created = insert(&session, program).ok_or_else(|| {
            Error::new("23505", "program_taken", "key has already been taken")
                .with_hint("referral_update_program() changes a program that exists.")
        })?;
        // Those of a program that was deleted by hand.
        OF_PROGRAMS.remove(&session, created.key(), 0);
        Ok(Record(created.into_columns()))
    })
}

#[pg_extern(sql = false)]
fn referral_update_program_with_limits(
    key: Option<Text>,
    changes: Option<Json>,
) -> Record<ProgramColumns> {
    answer(|| {
        let key = &*args::text(key, "key")?;
        let changes = object(changes, "changes")?;
        let session = Session::open();
        // Codes before programs, as in redemption: two orders would deadlock.
        let unlocked = by_key(&session, key, View::Now).ok_or_else(|| unknown("key"))?;
        let mut wanted = unlocked.program.clone();
        set(&session, &mut wanted, &changes)?;
        let capped_anew =
            wanted.max_uses_total.is_some() && unlocked.program.max_uses_total.is_none();
        let counted = capped_anew.then(|| cap::count_uses(&session, key));
        let is_anew = |was: &Program, is: &Program| {
            is.limits.budget.is_some()
                && (was.limits.budget.is_none() || was.currency != is.currency)
        };
        let granted = is_anew(&unlocked.program, &wanted)
            .then(|| budget::count_granted(&session, key, &wanted.currency));
        let stored = session.lock_rows(PROGRAMS, &BY_KEY_LOCKED, &[key.into()]);
        let stored = stored.first().map(StoredProgram::read).ok_or_else(|| unknown("key"))?;
        // Nobody redeems by a stripe after the change who was admitted before it.
        let stored = stored.less(OF_PROGRAMS.settle(&session, key));
        let mut program = stored.program;
        let was_capped = program.max_uses_total.is_some();
        let before = program.clone();
        set(&session, &mut program, &changes)?;
        if is_anew(&before, &program) && granted.is_none() {
            let message = "the program's budget was taken away while it was changed";
            return Err(Error::keeps_changing("program_keeps_changing", message));
        }
        let granted = match program.limits.budget {
            None => Money::ZERO,
            Some(budget) => {
                let granted = granted.unwrap_or(stored.rewards_granted);
                if granted > budget {
                    let message = format!("cannot be less than the {granted} that it has granted");
                    return Err(FieldError::invalid("reward_budget", message).into());
                }
                granted
            }
        };
        if program.max_uses_total.is_some() && !was_capped && counted.is_none() {
            // Its uses were not counted meanwhile, and codes cannot be held once the program is.
            let message = "the program's cap was taken away while it was changed";
            return Err(Error::keeps_changing("program_keeps_changing", message));
        }
        let uses = counted.unwrap_or(i64::from(stored.number_of_uses));
        if program.max_uses_total.is_some_and(|most| i64::from(most) < uses) {
            let message = format!("cannot be less than the {uses} uses that its codes have had");
            return Err(FieldError::invalid("max_uses_total", message).into());
        }
        let uses = i32::try_from(uses).unwrap_or(i32::MAX);
        let is_capped = program.max_uses_total.is_some();
        let uses = if is_capped { uses } else { 0 };
        let updated = session.write(&UPDATE, &values(program, uses, granted));
        let updated = updated.first().map(StoredProgram::read);
        let updated = updated.ok_or_else(|| Error::row_not_updated("program"))?;
        if !is_capped {
            OF_PROGRAMS.remove(&session, key, 0);
        } else if !was_capped {
            cap::follow_codes(&session, key);
        }
        Ok(Record(updated.into_columns()))
    })
}

#[pg_extern(sql = false)]
fn referral_get_program_with_limits(key: Option<Text>) -> RowSet<'static, ProgramColumns> {
    answer(|| {
        let key = args::optional_text(key, "key")?;
        let find = |key: &str| {
            let session = Session::open();
            let found = by_key(&session, key, View::Query)?;
            Some(found.less(OF_PROGRAMS.leased(&session, key, View::Query)))
        };
        let found = key.as_deref().and_then(find);
        Ok(RowSet::new(found.map(StoredProgram::into_columns)))
    })
}

#[pg_extern(sql = false)]
fn referral_list_programs_with_limits() -> RowSet<'static, ProgramColumns> {
    let session = Session::open();
    let leased = stripes::leased_of_each(&session);
    let programs = session.stream(&LIST, &[], StoredProgram::read);
    RowSet::new(programs.map(move |stored| {
        let leased = leased.get(stored.key()).copied().unwrap_or(0);
        stored.less(leased).into_columns()
    }))
}
