//! Signup: a code checked before a person registers, and the guard that requires one of whoever does.

use pgrx::datum::Uuid;
use pgrx::prelude::*;
use pgrx::spi::quote_identifier;

use crate::codes::{placed, read};
use crate::pg::args;
use crate::pg::clock;
use crate::pg::error::{Error, Result, answer, required};
use crate::pg::returns::Record;
use crate::pg::session::{Session, View};
use crate::pg::statement::{statements, text};
use crate::pg::tables::Tables;
use crate::pg::texts::Text;
use crate::pg::transaction;
use crate::pg::trigger::{Firing, TriggerRow, name_of_table};
use crate::rules::refusal::Refusal;
use crate::rules::settings::{CHECK_LIMIT, ENABLED, REQUIRED};
use crate::rules::signup::Answer;
use crate::rules::time::Timestamp;
use crate::settings::Settings;
use crate::usage;

statements! {
    COUNT_ATTEMPT = "signup/count_attempt.sql";
    FIRST_ATTEMPT = "signup/first_attempt.sql";
    FORGET_ATTEMPTS = "signup/forget_attempts.sql";
}

/// The longest name by which a client's attempts are counted.
const CLIENT_KEY_CHARS: usize = 255;

/// Counts one more check by a client; gives how many it has made in this minute.
fn count_attempt(session: &Session, client: &str) -> i32 {
    let minute = clock::now().minute();
    let count = || {
        let counted = session.write(&COUNT_ATTEMPT, &[minute.into(), client.into()]);
        counted.first().map(|row| row.need(1))
    };
    count().unwrap_or_else(|| {
        if session.write(&FIRST_ATTEMPT, &[minute.into(), client.into()]).count() == 1 {
            forget_attempts(session, minute);
            return 1;
        }
        // Another session was first to add the client's row and has committed: now it can be counted on.
        count().unwrap_or(1)
    })
}

/// Sweeps away a few rows whose minute is over. With a snapshot for the whole transaction a row that
/// was swept or counted meanwhile would be a serialization failure, for no good reason.
fn forget_attempts(session: &Session, minute: Timestamp) {
    if !transaction::has_one_snapshot() {
        session.write(&FORGET_ATTEMPTS, &[minute.into()]);
    }
}

/// The answer, and the code where it may be used.
fn check(session: &Session, code: &str, client: Option<&str>) -> (Answer, Option<Uuid>) {
    let keys = [ENABLED.key, REQUIRED.key, CHECK_LIMIT.key];
    let settings = Settings::read(session, &keys, View::Now);
    if !settings.flag(ENABLED) {
        return (Answer::Welcome, None);
    }
    if code.trim().is_empty() {
        return (Answer::without_code(settings.flag(REQUIRED)), None);
    }
    if let Some(client) = client
        && count_attempt(session, client) > settings.limit(CHECK_LIMIT)
    {
        return (Answer::TooManyAttempts, None);
    }
    let found = read::lookup(code).and_then(|lookup| read::by_text(session, &lookup, View::Now));
    let placed = found.map(|code| placed::place(session, code, View::Now));
    let answer = Answer::to_code(placed.as_ref().map(|placed| placed.state(clock::now())));
    (answer, placed.map(|placed| placed.code.uuid).filter(|_| answer.is_ok()))
}

#[pg_extern(sql = false)]
fn referral_check_signup(
    code: Option<Text>,
    client_key: Option<Text>,
) -> Record<(bool, Option<Uuid>, Option<&'static str>)> {
    answer(|| {
        let code = args::optional_text(code, "code")?;
        let client_key = args::optional_text(client_key, "client_key")?;
        if client_key.as_ref().is_some_and(|key| key.chars().nth(CLIENT_KEY_CHARS).is_some()) {
            let rule = format!("must be at most {CLIENT_KEY_CHARS} characters");
            return Err(Error::out_of_range("client_key", rule));
        }
        let (answer, code) =
            check(&Session::open(), code.as_deref().unwrap_or_default(), client_key.as_deref());
        Ok(Record((answer.is_ok(), code, answer.message())))
    })
}

/// At commit: a user inserted while codes are required must have redeemed one.
fn guard_signup(firing: &Firing) -> Result<()> {
    let schema = firing.argument(1)?.map_or_else(|| firing.schema(), Ok)?;
    let session = Session::over(Tables::of(&schema));
    if !Settings::read(&session, &[REQUIRED.key], View::Now).flag(REQUIRED) {
        return Ok(());
    }
    let key = required(firing.argument(0)?, "user_key")?;
    let user: Option<Uuid> = firing.new_row().get(&key)?;
    if let Some(user) = user
        && (usage::has_redeemed(&session, user) || !exists(&session, firing, &key, user)?)
    {
        return Ok(());
    }
    Err(Refusal::ReferralRequired.into())
}

/// Whether the user is still in the table at commit: one who was taken back is no user.
fn exists(session: &Session, firing: &Firing, key: &str, user: Uuid) -> Result<bool> {
    let Some((table, _)) = name_of_table(firing.table())? else { return Ok(false) };
    let names = [("users_table", table.as_str()), ("user_key", &quote_identifier(key))];
    let sql = text!("signup/user_exists.sql");
    Ok(session.write_once(sql, &names, &[user.into()]).count() > 0)
}

#[pg_extern(sql = false)]
fn referral_guard_signup(call: pg_sys::FunctionCallInfo) -> TriggerRow<'static> {
    answer(|| {
        let firing = Firing::of(call)?;
        guard_signup(&firing)?;
        Ok(firing.new_row())
    })
}
