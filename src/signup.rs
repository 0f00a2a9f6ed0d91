//! Signup: a code checked before a person registers, and one required of whoever does.

use std::ffi::CStr;

use pgrx::datum::Uuid;
use pgrx::prelude::*;
use pgrx::spi::{quote_identifier, quote_literal};

use crate::codes::read;
use crate::guards::{extension_schema, has_trigger};
use crate::pg::clock;
use crate::pg::error::{Error, Result, answer, required};
use crate::pg::guc;
use crate::pg::returns::Record;
use crate::pg::session::{Session, View};
use crate::pg::statement::statements;
use crate::pg::tables::Tables;
use crate::pg::transaction;
use crate::pg::trigger::{Firing, TriggerRow, name_of_table};
use crate::rules::code::Lookup;
use crate::rules::refusal::Refusal;
use crate::rules::settings::{CHECK_LIMIT, ENABLED, REQUIRED};
use crate::rules::signup::Answer;
use crate::rules::time::Timestamp;
use crate::settings::Settings;
use crate::step::{Action, Step};
use crate::usage;

statements! {
    COUNT_ATTEMPT = "signup/count_attempt.sql";
    FIRST_ATTEMPT = "signup/first_attempt.sql";
    FORGET_ATTEMPTS = "signup/forget_attempts.sql";
    ATTACHED = "signup/attached.sql";
    COLUMNS = "setup/columns.sql";
}

/// The trigger that `referral_require_at_signup` puts on a table of users.
const TRIGGER: &str = "referral_required_at_signup";
const DROP: &str = "DROP TRIGGER referral_required_at_signup ON users_table";

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
    let found = Lookup::new(code).and_then(|lookup| read::by_text(session, &lookup, View::Now));
    let answer = Answer::to_code(found.as_ref().map(|code| code.limits.state(clock::now())));
    (answer, found.map(|code| code.uuid).filter(|_| answer.is_ok()))
}

#[pg_extern(sql = false)]
fn referral_check_signup(
    code: Option<&str>,
    client_key: Option<&str>,
) -> Record<(bool, Option<Uuid>, Option<&'static str>)> {
    answer(|| {
        if client_key.is_some_and(|key| key.chars().nth(CLIENT_KEY_CHARS).is_some()) {
            let rule = format!("must be at most {CLIENT_KEY_CHARS} characters");
            return Err(Error::out_of_range("client_key", rule));
        }
        let (answer, code) = check(&Session::open(), code.unwrap_or_default(), client_key);
        Ok(Record((answer.is_ok(), code, answer.message())))
    })
}

/// The table of users, quoted, and the schema whose referral tables go with it: its own if it has any.
fn users_table(users: Option<pg_sys::Oid>) -> Result<(pg_sys::Oid, String, String)> {
    let oid = required(users, "users")?;
    let missing = || Error::out_of_range("users", "names no table");
    let (name, schema) = name_of_table(oid).ok_or_else(missing)?;
    Ok((oid, name, schema))
}

#[pg_extern(sql = false)]
fn referral_require_at_signup(users: Option<pg_sys::Oid>, user_key: Option<&CStr>) {
    answer(|| {
        let (oid, table, schema) = users_table(users)?;
        let key = required(user_key, "user_key")?.to_string_lossy();
        let own = Tables::unchecked(&schema).are_there();
        let session = match own {
            true => Session::over(Tables::of(&schema)),
            false => Session::open(),
        };
        let columns = session.read(&COLUMNS, &[oid.into()]);
        let mut columns = columns.iter().map(|row| (row.need::<String>(1), row.need::<String>(2)));
        let found = columns.find(|(name, _)| *name == key).map(|(_, kind)| kind);
        if found.as_deref() != Some("uuid") {
            let rule = format!("must name a column of type uuid of {table}");
            return Err(Error::out_of_range("user_key", rule));
        }
        if has_trigger(&session, oid, TRIGGER, View::Now) {
            session.define(DROP, &[("users_table", &table)]);
        }
        let mut arguments = quote_literal(&*key);
        if !own {
            arguments = format!("{arguments}, {}", quote_literal(guc::schema()));
        }
        let names = [
            ("users_table", table.as_str()),
            ("extension.", &extension_schema(&session)),
            ("trigger_arguments", &arguments),
        ];
        session.define(include_str!("../sql/signup/require.sql"), &names);
        Ok(())
    });
}

#[pg_extern(sql = false)]
fn referral_unrequire_at_signup(users: Option<pg_sys::Oid>) -> bool {
    answer(|| {
        let (oid, table, schema) = users_table(users)?;
        let session = Session::over(Tables::unchecked(&schema).into());
        let attached = has_trigger(&session, oid, TRIGGER, View::Now);
        if attached {
            session.define(DROP, &[("users_table", &table)]);
        }
        Ok(attached)
    })
}

/// Takes the signup triggers off the tables of users that go with the session's schema.
pub fn detach(session: &Session) -> Vec<Step> {
    let schema = session.tables.schema();
    let rows = session.read(&ATTACHED, &[]);
    let tables = rows.iter().filter_map(|row| {
        let own: String = row.need(2);
        let told: String = row.need(4);
        // tgargs holds the arguments one after another, each ended by a NUL, which is written \000.
        let told = told.split("\\000").nth(1).filter(|_| row.need::<i32>(3) > 1);
        (told.unwrap_or(&own) == schema).then(|| row.need::<pg_sys::Oid>(1))
    });
    let remove = |oid| {
        let (table, _) = name_of_table(oid)?;
        session.define(DROP, &[("users_table", &table)]);
        let object = format!("trigger {TRIGGER} on {table}");
        Some(Step { object, action: Action::Removed, note: None })
    };
    tables.collect::<Vec<_>>().into_iter().filter_map(remove).collect()
}

/// At commit: a user inserted while codes are required must have redeemed one.
fn guard_signup(firing: &Firing) -> Result<()> {
    let schema = firing.argument(1).unwrap_or_else(|| firing.schema());
    let session = Session::over(Tables::of(&schema));
    if !Settings::read(&session, &[REQUIRED.key], View::Now).flag(REQUIRED) {
        return Ok(());
    }
    let key = required(firing.argument(0), "user_key")?;
    let user: Option<Uuid> = firing.new_row().get(&key)?;
    if user.is_some_and(|user| {
        usage::has_redeemed(&session, user) || !exists(&session, firing, &key, user)
    }) {
        return Ok(());
    }
    Err(Refusal::ReferralRequired.into())
}

/// Whether the user is still in the table at commit: one who was taken back is no user.
fn exists(session: &Session, firing: &Firing, key: &str, user: Uuid) -> bool {
    let Some((table, _)) = name_of_table(firing.table()) else { return false };
    let names = [("users_table", table.as_str()), ("user_key", &quote_identifier(key))];
    let sql = include_str!("../sql/signup/user_exists.sql");
    session.write_once(sql, &names, &[user.into()]).count() > 0
}

#[pg_extern(sql = false)]
fn referral_guard_signup(call: pg_sys::FunctionCallInfo) -> TriggerRow<'static> {
    answer(|| {
        let firing = Firing::of(call)?;
        guard_signup(&firing)?;
        Ok(firing.new_row())
    })
}
