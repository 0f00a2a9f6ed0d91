//! What the doctor says of settings: those that are not read as they are written, and a system switched off.

use pgrx::spi::quote_literal;

use crate::pg::session::{Session, View};
use crate::pg::statement::text;
use crate::pg::tables::SETTINGS;
use crate::rules::declaration::one_line;
use crate::rules::settings::{ENABLED, FLAGS, LIMITS};
use crate::settings::Settings;
use crate::setup::finding::{Finding, Severity, remedy, subject};

pub fn examine(session: &Session) -> Vec<Finding> {
    let keys: Vec<&str> =
        FLAGS.iter().map(|flag| flag.key).chain(LIMITS.iter().map(|limit| limit.key)).collect();
    let settings = Settings::read(session, &keys, View::Query);
    let flags = FLAGS.into_iter().filter_map(|flag| {
        let stored = settings.stored(flag.key)?;
        let misread = flag.parse(stored).is_none();
        misread.then(|| (flag.key, stored, "is neither true nor false", flag.default.to_string()))
    });
    let limits = LIMITS.into_iter().filter_map(|limit| {
        let stored = settings.stored(limit.key)?;
        let misread = !limit.is_plain(stored);
        let taken = settings.limit(limit).to_string();
        let what = if limit.least > 0 {
            "is not a plain positive number"
        } else {
            "is not a plain number"
        };
        misread.then_some((limit.key, stored, what, taken))
    });
    let misread = |(key, stored, what, taken): (&str, &str, &str, String)| {
        let shown: String = stored.chars().take(40).collect();
        let more = if shown.len() < stored.len() { "..." } else { "" };
        let names =
            [("misread_key", &*quote_literal(key)), ("taken_value", &*quote_literal(&taken))];
        Finding {
            severity: Severity::Warning,
            subject: subject(session, SETTINGS),
            finding: format!("the setting {key} {what}: \"{shown}\"{more} is taken for {taken}"),
            remedy: one_line(&session.tables.fill(text!("setup/doctor/set_setting.sql"), &names)),
        }
    };
    let mut findings: Vec<Finding> = flags.chain(limits).map(misread).collect();
    if !settings.flag(ENABLED) {
        findings.push(Finding {
            severity: Severity::Info,
            subject: subject(session, SETTINGS),
            finding: "referral codes are switched off: every redemption is refused".into(),
            remedy: remedy(session, text!("setup/doctor/enable.sql")),
        });
    }
    findings
}
