//! Codes: made, found and asked about.

use pgrx::datum::Uuid;
use pgrx::prelude::*;

use crate::pg::clock;
use crate::pg::error::{Error, Result, answer, required};
use crate::pg::ids;
use crate::pg::rows::{Record, RowSet};
use crate::pg::session::{Row, Session, statements};
use crate::rules::code::Lookup;
use crate::rules::fields::{self, FieldError};
use crate::rules::generator::{DEFAULT_ALPHABET, DEFAULT_ATTEMPTS, Generator};
use crate::rules::refusal::Refusal;
use crate::rules::settings::{MAX_CODES_PER_USER, MAX_USES_PER_CODE};
use crate::rules::state::Limits;
use crate::rules::time::Timestamp;
use crate::settings::Settings;

statements! {
    BY_UUID = "codes/by_uuid.sql";
    BY_CODE = "codes/by_code.sql";
    BY_CODE_IGNORING_CASE = "codes/by_code_ignoring_case.sql";
    INSERT = "codes/insert.sql";
    COUNT_OF_CREATOR = "codes/count_of_creator.sql";
    LOCK_CREATOR = "codes/lock_creator.sql";
    ADD_CREATOR = "codes/add_creator.sql";
}

/// A row of phoenix_kit_referral_codes.
pub struct Code {
    pub uuid: Uuid,
    pub code: String,
    pub description: String,
    pub limits: Limits,
    pub created_by_uuid: Uuid,
    pub beneficiary_uuid: Option<Uuid>,
    pub date_created: Timestamp,
}

/// The host's columns, remaining_uses and state.
pub type CodeColumns = (
    Uuid,
    String,
    String,
    bool,
    i32,
    i32,
    Uuid,
    Option<Uuid>,
    Timestamp,
    Option<Timestamp>,
    i32,
    &'static str,
);

impl Code {
    /// Reads a row that holds the host's columns in the table's order.
    pub fn read(row: Row) -> Self {
        Code {
            uuid: row.need(1),
            code: row.need(2),
            description: row.need(3),
            limits: Limits {
                status: row.need(4),
                number_of_uses: row.need(5),
                max_uses: row.need(6),
                expiration_date: row.get(10),
            },
            created_by_uuid: row.need(7),
            beneficiary_uuid: row.get(8),
            date_created: row.need(9),
        }
    }

    /// The row that SQL gets, with its state at `now`.
    pub fn into_columns(self, now: Timestamp) -> CodeColumns {
        let limits = self.limits;
        (
            self.uuid,
            self.code,
            self.description,
            limits.status,
            limits.number_of_uses,
            limits.max_uses,
            self.created_by_uuid,
            self.beneficiary_uuid,
            self.date_created,
            limits.expiration_date,
            limits.remaining_uses(),
            limits.state(now).name(),
        )
    }
}

/// Whether a lookup sees what the calling query sees, or what is committed by now.
#[derive(Clone, Copy)]
pub enum View {
    Query,
    Now,
}

/// The code of that text: as it is stored since normalisation or, failing that, the oldest that
/// differs by case alone.
pub fn by_text(session: &Session, lookup: &Lookup, view: View) -> Option<Code> {
    let run = match view {
        View::Query => Session::read,
        View::Now => Session::write,
    };
    let normal = lookup.normal.as_str();
    let exact = run(session, &BY_CODE, &[normal.into()])
        .first()
        .map(Code::read);
    exact.or_else(|| {
        let args = [normal.into(), lookup.typed.into()];
        run(session, &BY_CODE_IGNORING_CASE, &args)
            .first()
            .map(Code::read)
    })
}

fn by_uuid(session: &Session, uuid: Uuid) -> Option<Code> {
    session
        .read(&BY_UUID, &[uuid.into()])
        .first()
        .map(Code::read)
}

fn is_free(session: &Session, text: &str) -> bool {
    Lookup::new(text).is_none_or(|lookup| by_text(session, &lookup, View::Now).is_none())
}

/// Draws codes until one is free. Another session may still take it first.
fn draw_unused(session: &Session, generator: &Generator, attempts: u32) -> Result<String> {
    let mut rng = rand::rng();
    for _ in 0..attempts {
        check_for_interrupts!();
        let code = generator.draw(&mut rng);
        if is_free(session, &code) {
            return Ok(code);
        }
    }
    Err(Refusal::NoUniqueCode { attempts }.into())
}

/// Holds other creations by the same person until this transaction ends.
fn lock_creator(session: &Session, creator: Uuid) {
    let args = || [creator.into(), clock::now().into()];
    if session.write(&LOCK_CREATOR, &args()).count() == 0
        && session.write(&ADD_CREATOR, &args()).count() == 0
    {
        // Somebody else was first to add the row and has committed: now it can be locked.
        session.write(&LOCK_CREATOR, &args());
    }
}

fn hold_user_limit(session: &Session, creator: Uuid, limit: i32) -> Result<()> {
    lock_creator(session, creator);
    let counted = session.write(
        &COUNT_OF_CREATOR,
        &[creator.into(), i64::from(limit).into()],
    );
    let codes = counted.first().map_or(0, |row| row.need::<i64>(1));
    if codes >= i64::from(limit) {
        return Err(Refusal::UserCodeLimitReached { limit }.into());
    }
    Ok(())
}

/// A code to be written, its fields checked.
struct NewCode<'a> {
    description: &'a str,
    status: bool,
    max_uses: i32,
    created_by_uuid: Uuid,
    beneficiary_uuid: Option<Uuid>,
    expiration_date: Option<Timestamp>,
}

impl NewCode<'_> {
    /// None where another session holds the code by now.
    fn insert(&self, session: &Session, code: &str) -> Option<Code> {
        let args = [
            ids::new_uuid().into(),
            code.into(),
            self.description.into(),
            self.status.into(),
            self.max_uses.into(),
            self.created_by_uuid.into(),
            self.beneficiary_uuid.into(),
            clock::now().into(),
            self.expiration_date.into(),
        ];
        session.write(&INSERT, &args).first().map(Code::read)
    }

    fn insert_generated(&self, session: &Session) -> Result<Code> {
        let generator = Generator::standard();
        for _ in 0..DEFAULT_ATTEMPTS {
            let code = draw_unused(session, &generator, DEFAULT_ATTEMPTS)?;
            if let Some(code) = self.insert(session, &code) {
                return Ok(code);
            }
        }
        Err(Refusal::NoUniqueCode {
            attempts: DEFAULT_ATTEMPTS,
        }
        .into())
    }
}

#[pg_extern(sql = false)]
fn referral_generate_code(
    length: Option<i32>,
    alphabet: Option<&str>,
    prefix: Option<&str>,
) -> String {
    answer(|| {
        let length = required(length, "length")?;
        let alphabet = alphabet.unwrap_or(DEFAULT_ALPHABET);
        let generator = Generator::new(length, alphabet, prefix.unwrap_or_default())?;
        Ok(generator.draw(&mut rand::rng()))
    })
}

#[pg_extern(sql = false)]
fn referral_generate_unique_code(attempts: Option<i32>) -> String {
    answer(|| {
        let attempts = u32::try_from(required(attempts, "attempts")?)
            .ok()
            .filter(|attempts| (1..=1000).contains(attempts))
            .ok_or_else(|| Error::out_of_range("attempts", "must be from 1 to 1000"))?;
        draw_unused(&Session::open(), &Generator::standard(), attempts)
    })
}

#[pg_extern(sql = false)]
fn referral_create_code(
    created_by_uuid: Option<Uuid>,
    code: Option<&str>,
    description: Option<&str>,
    max_uses: Option<i32>,
    beneficiary_uuid: Option<Uuid>,
    expiration_date: Option<TimestampWithTimeZone>,
    status: Option<bool>,
) -> Record<CodeColumns> {
    answer(|| {
        let created_by_uuid = required(created_by_uuid, "created_by_uuid")?;
        let description = required(description, "description")?;
        let status = required(status, "status")?;
        let expiration_date = expiration_date.map(Timestamp::from);
        let session = Session::open();
        let settings =
            Settings::read_now(&session, &[MAX_USES_PER_CODE.key, MAX_CODES_PER_USER.key]);
        let system_limit = settings.limit(MAX_USES_PER_CODE);

        let code = code.map(fields::code).transpose()?;
        fields::description(description)?;
        let max_uses = max_uses.unwrap_or(system_limit.min(MAX_USES_PER_CODE.default));
        fields::max_uses(max_uses, system_limit)?;
        if let Some(expiration) = expiration_date {
            fields::expiration_date(expiration, clock::now())?;
        }
        hold_user_limit(
            &session,
            created_by_uuid,
            settings.limit(MAX_CODES_PER_USER),
        )?;

        let new = NewCode {
            description,
            status,
            max_uses,
            created_by_uuid,
            beneficiary_uuid,
            expiration_date,
        };
        let created = match code {
            None => new.insert_generated(&session)?,
            Some(code) if is_free(&session, &code) => {
                new.insert(&session, &code).ok_or_else(FieldError::taken)?
            }
            Some(_) => return Err(FieldError::taken().into()),
        };
        Ok(Record(created.into_columns(clock::now())))
    })
}

#[pg_extern(sql = false)]
fn referral_get_code(code_uuid: Option<Uuid>) -> RowSet<'static, CodeColumns> {
    let found = code_uuid.and_then(|uuid| by_uuid(&Session::open(), uuid));
    RowSet::new(found.map(|code| code.into_columns(clock::statement_start())))
}

#[pg_extern(sql = false)]
fn referral_get_code_strict(code_uuid: Option<Uuid>) -> Record<CodeColumns> {
    answer(|| {
        let uuid = required(code_uuid, "code_uuid")?;
        let code = by_uuid(&Session::open(), uuid).ok_or(Refusal::CodeNotFound)?;
        Ok(Record(code.into_columns(clock::statement_start())))
    })
}

#[pg_extern(sql = false)]
fn referral_get_code_by_string(code: Option<&str>) -> RowSet<'static, CodeColumns> {
    let found = code
        .and_then(Lookup::new)
        .and_then(|lookup| by_text(&Session::open(), &lookup, View::Query));
    RowSet::new(found.map(|code| code.into_columns(clock::statement_start())))
}

#[pg_extern(sql = false)]
fn referral_valid_for_use(code_uuid: Option<Uuid>) -> Option<bool> {
    use crate::rules::state::State;
    ask(code_uuid, |limits, now| limits.state(now) == State::Active)
}

#[pg_extern(sql = false)]
fn referral_expired(code_uuid: Option<Uuid>) -> Option<bool> {
    ask(code_uuid, Limits::expired)
}

#[pg_extern(sql = false)]
fn referral_usage_limit_reached(code_uuid: Option<Uuid>) -> Option<bool> {
    ask(code_uuid, |limits, _| limits.limit_reached())
}

/// A question about a code; None where there is no such code.
fn ask(code_uuid: Option<Uuid>, question: impl Fn(&Limits, Timestamp) -> bool) -> Option<bool> {
    let code = by_uuid(&Session::open(), code_uuid?)?;
    Some(question(&code.limits, clock::statement_start()))
}
