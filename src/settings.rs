//! Settings: the switches and limits, kept where PhoenixKit keeps them.

use std::collections::HashMap;

use pgrx::prelude::*;

use crate::pg::clock;
use crate::pg::error::{Error, Result, answer, required};
use crate::pg::ids;
use crate::pg::result::Rows;
use crate::pg::returns::Record;
use crate::pg::session::{Session, View};
use crate::pg::statement::statements;
use crate::pg::tables::SETTINGS;
use crate::rules::settings::{
    ALLOW_SELF_REFERRAL, AUTO_STRIPES, ENABLED, EVENTS_ENABLED, Flag, GRANDFATHER_EXISTING,
    GUARD_USER_LIMIT, GUARDS_JUDGE_ALL, Limit, MAX_CODES_PER_USER, MAX_USES_PER_CODE, NOTIFY,
    REQUIRED, SystemLimits,
};

statements! {
    VALUES = "settings/values.sql";
    UPDATE = "settings/update.sql";
    INSERT = "settings/insert.sql";
}

/// The stored values of some keys, read in one statement.
pub struct Settings(HashMap<String, String>);

impl Settings {
    pub fn read(session: &Session, keys: &[&str], view: View) -> Self {
        Settings::of(&view.run(session, &VALUES, &[keys.into()]))
    }

    fn of(rows: &Rows) -> Self {
        Settings(rows.iter().filter_map(|row| Some((row.need(1), row.get(2)?))).collect())
    }

    /// What whoever writes codes has to know: the system's limits, and whether events are told.
    pub fn of_codes(session: &Session, view: View) -> Self {
        let keys = [MAX_USES_PER_CODE.key, MAX_CODES_PER_USER.key, EVENTS_ENABLED.key];
        Settings::read(session, &keys, view)
    }

    /// The same, and what the guards ask besides.
    pub fn of_written_codes(session: &Session) -> Self {
        let keys = [
            MAX_USES_PER_CODE.key,
            MAX_CODES_PER_USER.key,
            EVENTS_ENABLED.key,
            GUARD_USER_LIMIT.key,
            GUARDS_JUDGE_ALL.key,
        ];
        Settings::read(session, &keys, View::Now)
    }

    pub fn system_limits(&self) -> SystemLimits {
        SystemLimits {
            max_uses: self.limit(MAX_USES_PER_CODE),
            codes_per_user: self.limit(MAX_CODES_PER_USER),
        }
    }

    /// The text that is stored under a key that was asked for.
    pub fn stored(&self, key: &str) -> Option<&str> {
        self.0.get(key).map(String::as_str)
    }

    pub fn flag(&self, flag: Flag) -> bool {
        flag.read(self.0.get(flag.key).map(String::as_str))
    }

    pub fn limit(&self, limit: Limit) -> i32 {
        limit.read(self.0.get(limit.key).map(String::as_str))
    }
}

/// What a redemption asks of the settings. Each backend keeps it until one of `Switches::KEYS` changes.
#[derive(Clone, Copy)]
pub struct Switches {
    pub enabled: bool,
    pub self_referral_allowed: bool,
    pub guards_judge_all: bool,
    pub events: bool,
    /// Whether whoever listens is told of events.
    pub notify: bool,
    /// How many stripes a code gets by itself.
    pub auto_stripes: i32,
}

impl Switches {
    const KEYS: [&str; 6] = [
        ENABLED.key,
        ALLOW_SELF_REFERRAL.key,
        GUARDS_JUDGE_ALL.key,
        EVENTS_ENABLED.key,
        NOTIFY.key,
        AUTO_STRIPES.key,
    ];

    /// As they are by now for `View::Now`, at every isolation level.
    pub fn read(session: &Session, view: View) -> Self {
        match view {
            View::Query => Switches::of(&session.read(&VALUES, &[(&Switches::KEYS[..]).into()])),
            View::Now => {
                let read = || session.write_latest(&VALUES, &[(&Switches::KEYS[..]).into()]);
                *session.keep(SETTINGS, || Switches::of(&read()))
            }
        }
    }

    fn of(rows: &Rows) -> Self {
        let settings = Settings::of(rows);
        Switches {
            enabled: settings.flag(ENABLED),
            self_referral_allowed: settings.flag(ALLOW_SELF_REFERRAL),
            guards_judge_all: settings.flag(GUARDS_JUDGE_ALL),
            events: settings.flag(EVENTS_ENABLED),
            notify: settings.flag(NOTIFY),
            auto_stripes: settings.limit(AUTO_STRIPES),
        }
    }
}

/// Whether backends keep what is stored under a key.
pub fn is_kept(key: &str) -> bool {
    Switches::KEYS.contains(&key)
}

fn flag(flag: Flag) -> bool {
    Settings::read(&Session::open(), &[flag.key], View::Query).flag(flag)
}

fn limit(limit: Limit) -> i32 {
    Settings::read(&Session::open(), &[limit.key], View::Query).limit(limit)
}

fn store(key: &str, value: &str) -> Result<()> {
    let session = Session::open();
    let now = clock::now();
    let update = || session.write(&UPDATE, &[key.into(), value.into(), now.into()]).count();
    let insert = || {
        let uuid = ids::new_uuid();
        session.write(&INSERT, &[key.into(), value.into(), now.into(), uuid.into()]).count()
    };
    // The last update serves whoever lost the race to insert the key.
    if update() == 0 && insert() == 0 && update() == 0 {
        let message = format!("the setting {key} could not be written");
        return Err(Error::new("42501", "setting_not_written", message)
            .with_hint("Row-level security or a trigger on phoenix_kit_settings hides the row."));
    }
    Ok(())
}

fn store_flag(flag: Flag, value: bool) -> Result<bool> {
    store(flag.key, if value { "true" } else { "false" })?;
    Ok(value)
}

fn store_limit(limit: Limit, argument: &str, value: Option<i32>) -> Result<i32> {
    let value = required(value, argument)?;
    if value <= 0 {
        return Err(Error::out_of_range(argument, "must be greater than 0"));
    }
    store(limit.key, &value.to_string())?;
    Ok(value)
}

#[pg_extern(sql = false)]
fn referral_enabled() -> bool {
    flag(ENABLED)
}

#[pg_extern(sql = false)]
fn referral_required() -> bool {
    flag(REQUIRED)
}

#[pg_extern(sql = false)]
fn referral_enable_system() -> bool {
    answer(|| store_flag(ENABLED, true))
}

#[pg_extern(sql = false)]
fn referral_disable_system() -> bool {
    answer(|| store_flag(ENABLED, false))
}

#[pg_extern(sql = false)]
fn referral_set_required(required: Option<bool>) -> bool {
    answer(|| store_flag(REQUIRED, self::required(required, "required")?))
}

#[pg_extern(sql = false)]
fn referral_grandfather_existing() -> bool {
    flag(GRANDFATHER_EXISTING)
}

#[pg_extern(sql = false)]
fn referral_set_grandfather_existing(value: Option<bool>) -> bool {
    answer(|| store_flag(GRANDFATHER_EXISTING, required(value, "value")?))
}

#[pg_extern(sql = false)]
fn referral_max_uses_per_code() -> i32 {
    limit(MAX_USES_PER_CODE)
}

#[pg_extern(sql = false)]
fn referral_set_max_uses_per_code(max_uses: Option<i32>) -> i32 {
    answer(|| store_limit(MAX_USES_PER_CODE, "max_uses", max_uses))
}

#[pg_extern(sql = false)]
fn referral_max_codes_per_user() -> i32 {
    limit(MAX_CODES_PER_USER)
}

#[pg_extern(sql = false)]
fn referral_set_max_codes_per_user(max_codes: Option<i32>) -> i32 {
    answer(|| store_limit(MAX_CODES_PER_USER, "max_codes", max_codes))
}

#[pg_extern(sql = false)]
fn referral_config() -> Record<(bool, bool, i32, i32)> {
    let keys = [ENABLED.key, REQUIRED.key, MAX_USES_PER_CODE.key, MAX_CODES_PER_USER.key];
    let settings = Settings::read(&Session::open(), &keys, View::Query);
    Record((
        settings.flag(ENABLED),
        settings.flag(REQUIRED),
        settings.limit(MAX_USES_PER_CODE),
        settings.limit(MAX_CODES_PER_USER),
    ))
}
