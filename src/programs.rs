//! Programs: defined, changed and shown; and the uses that all codes of one may have together.

use std::str::FromStr;

use pgrx::JsonB;
use pgrx::datum::DatumWithOid;
use pgrx::prelude::*;

use crate::code_changes::{SystemLimits, first, object};
use crate::pg::clock;
use crate::pg::error::{Error, Result, answer, required};
use crate::pg::rows::{Record, RowSet};
use crate::pg::session::{Row, Session, View, statements};
use crate::pg::transaction::has_one_snapshot;
use crate::pg::values::read_span;
use crate::rules::fields::FieldError;
use crate::rules::money::Money;
use crate::rules::program::{DEFAULT_KEY, Program, Readers, Run, Status};
use crate::rules::refusal::Refusal;
use crate::rules::time::{Span, Timestamp};

statements! {
    BY_KEY = "programs/by_key.sql";
    BY_KEY_LOCKED = "programs/by_key_locked.sql";
    LIST = "programs/list.sql";
    INSERT = "programs/insert.sql";
    UPDATE = "programs/update.sql";
    TERMS = "programs/terms.sql";
    TERMS_LOCKED = "programs/terms_locked.sql";
    TAKE_USE = "programs/take_use.sql";
    GIVE_BACK = "programs/give_back.sql";
    ADD_USES = "programs/add_uses.sql";
    COUNT_USES = "programs/count_uses.sql";
    LOCK_CODES = "programs/lock_codes.sql";
}

/// A row of referral_programs.
pub struct StoredProgram {
    pub program: Program,
    number_of_uses: i32,
    created_at: Timestamp,
    updated_at: Timestamp,
}

/// The columns of referral_programs.
type ProgramColumns = (
    String,
    String,
    &'static str,
    Option<Timestamp>,
    Option<Timestamp>,
    i32,
    String,
    String,
    i32,
    Option<i32>,
    i32,
    Option<Span>,
    Money,
    Money,
    String,
    Money,
    bool,
    bool,
    Option<Span>,
    Span,
    bool,
    JsonB,
    Timestamp,
    Timestamp,
);

impl StoredProgram {
    fn read(row: Row) -> Self {
        let status: String = row.need(3);
        let metadata: JsonB = row.need(22);
        StoredProgram {
            program: Program {
                key: row.need(1),
                name: row.need(2),
                // The table's constraint allows no other word; an ended program does nothing.
                status: Status::parse(&status).unwrap_or(Status::Ended),
                starts_at: row.get(4),
                ends_at: row.get(5),
                code_length: row.need(6),
                code_alphabet: row.need(7),
                code_prefix: row.need(8),
                max_uses_per_code: row.need(9),
                max_uses_total: row.get(10),
                codes_expire_after: row.get(12),
                referrer_reward: row.need(13),
                referee_reward: row.need(14),
                currency: row.need(15),
                min_purchase: row.need(16),
                first_purchase_only: row.need(17),
                one_code_per_referee: row.need(18),
                attribution_window: row.get(19),
                hold_period: row.need(20),
                requires_approval: row.need(21),
                metadata: metadata.0,
            },
            number_of_uses: row.need(11),
            created_at: row.need(23),
            updated_at: row.need(24),
        }
    }

    fn into_columns(self) -> ProgramColumns {
        let program = self.program;
        (
            program.key,
            program.name,
            program.status.name(),
            program.starts_at,
            program.ends_at,
            program.code_length,
            program.code_alphabet,
            program.code_prefix,
            program.max_uses_per_code,
            program.max_uses_total,
            self.number_of_uses,
            program.codes_expire_after,
            program.referrer_reward,
            program.referee_reward,
            program.currency,
            program.min_purchase,
            program.first_purchase_only,
            program.one_code_per_referee,
            program.attribution_window,
            program.hold_period,
            program.requires_approval,
            JsonB(program.metadata),
            self.created_at,
            self.updated_at,
        )
    }
}

pub fn by_key(session: &Session, key: &str, view: View) -> Option<StoredProgram> {
    view.run(session, &BY_KEY, &[key.into()]).first().map(StoredProgram::read)
}

/// The program that an argument names.
pub fn named(session: &Session, key: &str, argument: &str, view: View) -> Result<Program> {
    let found = by_key(session, key, view).map(|stored| stored.program);
    found.ok_or_else(|| unknown(argument))
}

fn unknown(argument: &str) -> Error {
    Error::out_of_range(argument, "names no program")
        .with_hint("SELECT key FROM referral_list_programs() shows the programs there are.")
}

/// What a redemption has to know of a program.
pub struct Terms {
    pub run: Run,
    pub one_code_per_referee: bool,
    max_uses_total: Option<i32>,
    number_of_uses: i32,
}

impl Terms {
    pub fn read(session: &Session, key: &str, view: View) -> Option<Self> {
        view.run(session, &TERMS, &[key.into()]).first().map(Terms::of)
    }

    /// As they are now; with one snapshot for the transaction a serialization failure where that is not
    /// what the transaction sees. A program that has a cap is not locked: its row is written to next,
    /// which fails as well, and of two that share a lock neither could write.
    pub fn read_newest(session: &Session, key: &str) -> Option<Self> {
        let read = |statement| session.write(statement, &[key.into()]).first().map(Terms::of);
        let terms = read(&TERMS)?;
        if terms.is_capped() || !has_one_snapshot() { Some(terms) } else { read(&TERMS_LOCKED) }
    }

    fn of(row: Row) -> Self {
        let status: String = row.need(1);
        Terms {
            run: Run {
                status: Status::parse(&status).unwrap_or(Status::Ended),
                starts_at: row.get(2),
                ends_at: row.get(3),
            },
            one_code_per_referee: row.need(4),
            max_uses_total: row.get(5),
            number_of_uses: row.need(6),
        }
    }

    pub fn is_capped(&self) -> bool {
        self.max_uses_total.is_some()
    }

    pub fn used_up(&self) -> bool {
        self.max_uses_total.is_some_and(|most| self.number_of_uses >= most)
    }
}

/// Counts one use of a program that has a cap; false where it has none left.
pub fn take_use(session: &Session, key: &str) -> bool {
    session.write(&TAKE_USE, &[key.into()]).count() == 1
}

/// Uncounts uses; nothing where the program has no cap.
pub fn give_back(session: &Session, key: &str, uses: i32) {
    if uses > 0 && Terms::read_newest(session, key).is_some_and(|terms| terms.is_capped()) {
        session.write(&GIVE_BACK, &[key.into(), uses.into()]);
    }
}

/// Moves the uses of a code, whose row is locked, from one program's count to another's: in the order of
/// their keys, so that two codes that change places do not wait for each other.
pub fn move_uses(session: &Session, uses: i32, from: Option<&str>, to: Option<&str>) -> Result<()> {
    if uses == 0 || from == to {
        return Ok(());
    }
    if from < to {
        from.iter().for_each(|key| give_back(session, key, uses));
    }
    if let Some(to) = to
        && Terms::read_newest(session, to).is_some_and(|terms| terms.is_capped())
        && session.write(&ADD_USES, &[to.into(), uses.into()]).count() == 0
    {
        return Err(Refusal::UsageLimitReached.into());
    }
    if from > to {
        from.iter().for_each(|key| give_back(session, key, uses));
    }
    Ok(())
}

/// The values of a program's row, in the order of its columns without created_at.
fn values<'a>(program: Program, number_of_uses: i32) -> [DatumWithOid<'a>; 23] {
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
        program.referrer_reward.into(),
        program.referee_reward.into(),
        program.currency.into(),
        program.min_purchase.into(),
        program.first_purchase_only.into(),
        program.one_code_per_referee.into(),
        program.attribution_window.into(),
        program.hold_period.into(),
        program.requires_approval.into(),
        JsonB(program.metadata).into(),
        clock::now().into(),
    ]
}

/// Writes a new program; None where the key is taken.
fn insert(session: &Session, program: Program) -> Option<StoredProgram> {
    session.write(&INSERT, &values(program, 0)).first().map(StoredProgram::read)
}

/// What setup does: makes the default program where there is none; true where it did.
pub fn create_default(session: &Session) -> bool {
    insert(session, Program { name: "Default".into(), ..Program::new(DEFAULT_KEY) }).is_some()
}

/// Sets what JSON names, and holds every rule.
fn set(
    session: &Session,
    program: &mut Program,
    json: Option<JsonB>,
    argument: &str,
) -> Result<()> {
    let json = object(json, argument)?;
    let time = |text: &str| TimestampWithTimeZone::from_str(text).ok().map(Timestamp::from);
    let readers = Readers { time: &time, span: &read_span };
    first(program.set(&json, &readers))?;
    first(program.faults(SystemLimits::read(session, View::Now).max_uses))
}

#[pg_extern(sql = false)]
fn referral_create_program(key: Option<&str>, attributes: Option<JsonB>) -> Record<ProgramColumns> {
    answer(|| {
        let mut program = Program::new(required(key, "key")?);
        let session = Session::open();
        set(&session, &mut program, attributes, "attributes")?;
        let created = insert(&session, program).ok_or_else(|| {
            Error::new("23505", "program_taken", "key has already been taken")
                .with_hint("referral_update_program() changes a program that exists.")
        })?;
        Ok(Record(created.into_columns()))
    })
}

/// The uses that a program's codes have had when it is given a cap. None goes uncounted: redemptions under
/// way are waited for, and new ones wait until the transaction ends.
fn count_uses(session: &Session, key: &str) -> i64 {
    session.write(&LOCK_CODES, &[]);
    let args = [key.into(), (key == DEFAULT_KEY).into()];
    session.write_latest(&COUNT_USES, &args).first().and_then(|row| row.get(1)).unwrap_or(0)
}

#[pg_extern(sql = false)]
fn referral_update_program(key: Option<&str>, changes: Option<JsonB>) -> Record<ProgramColumns> {
    answer(|| {
        let key = required(key, "key")?;
        let session = Session::open();
        // Codes before programs, as in redemption: two orders would deadlock.
        let unlocked = by_key(&session, key, View::Now).ok_or_else(|| unknown("key"))?;
        let mut wanted = unlocked.program.clone();
        set(&session, &mut wanted, changes.as_ref().map(|json| JsonB(json.0.clone())), "changes")?;
        let capped_anew =
            wanted.max_uses_total.is_some() && unlocked.program.max_uses_total.is_none();
        let counted = capped_anew.then(|| count_uses(&session, key));
        let stored = session.write(&BY_KEY_LOCKED, &[key.into()]);
        let stored = stored.first().map(StoredProgram::read).ok_or_else(|| unknown("key"))?;
        let mut program = stored.program;
        let was_capped = program.max_uses_total.is_some();
        set(&session, &mut program, changes, "changes")?;
        if program.max_uses_total.is_some() && !was_capped && counted.is_none() {
            // Its uses were not counted meanwhile, and codes cannot be held once the program is.
            let message = "the program's cap was taken away while it was changed";
            return Err(
                Error::new("40001", "program_keeps_changing", message).with_hint("Try again.")
            );
        }
        let uses = counted.unwrap_or(i64::from(stored.number_of_uses));
        if program.max_uses_total.is_some_and(|most| i64::from(most) < uses) {
            let message = format!("cannot be less than the {uses} uses that its codes have had");
            return Err(FieldError::invalid("max_uses_total", message).into());
        }
        let uses = i32::try_from(uses).unwrap_or(i32::MAX);
        let uses = if program.max_uses_total.is_some() { uses } else { 0 };
        let updated = session.write(&UPDATE, &values(program, uses));
        let updated = updated.first().map(StoredProgram::read).ok_or_else(|| {
            Error::new("42501", "row_not_updated", "the program's row could not be updated")
                .with_hint("Row-level security or a trigger stands in the way.")
        })?;
        Ok(Record(updated.into_columns()))
    })
}

#[pg_extern(sql = false)]
fn referral_get_program(key: Option<&str>) -> RowSet<'static, ProgramColumns> {
    let found = key.and_then(|key| by_key(&Session::open(), key, View::Query));
    RowSet::new(found.map(StoredProgram::into_columns))
}

#[pg_extern(sql = false)]
fn referral_list_programs() -> RowSet<'static, ProgramColumns> {
    let programs = Session::open().stream(&LIST, &[], StoredProgram::read);
    RowSet::new(programs.map(StoredProgram::into_columns))
}
