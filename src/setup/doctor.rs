//! The doctor: says what is wrong with a schema's tables and what to do about it. Reads only.

use std::ffi::CStr;

use pgrx::prelude::*;
use pgrx::spi::quote_literal;

use crate::pg::error::answer;
use crate::pg::result::Row;
use crate::pg::returns::RowSet;
use crate::pg::session::{Session, View};
use crate::pg::statement::{statements, text};
use crate::pg::tables::{
    CODE_METADATA, CODE_PROGRAMS, CODES, EVENT_CONSUMERS, EVENT_DELIVERIES, EVENTS, HOLDS,
    PROGRAM_STRIPES, PROGRAMS, STRIPES, USAGE, own_tables,
};
use crate::rules::declaration::Declaration;
use crate::setup::access_findings;
use crate::setup::changes::{self, Changes};
use crate::setup::examination::{Examination, may_read};
use crate::setup::finding::{Finding, Severity, remedy, setup_call, subject};
use crate::setup::guard_findings;
use crate::setup::index_findings;
use crate::setup::ledger_findings;
use crate::setup::page_findings;
use crate::setup::setting_findings;
use crate::setup::spelling;
use crate::setup::tables;
use crate::setup::target::session_over;

statements! {
    COUNTER_DRIFT = "setup/doctor/counter_drift.sql";
    DUPLICATE_USAGES = "setup/doctor/duplicate_usages.sql";
    COLLIDING_CODES = "setup/doctor/colliding_codes.sql";
    OVER_CAP = "setup/doctor/over_cap.sql";
    PROGRAM_DRIFT = "setup/doctor/program_drift.sql";
    STRIPED = "setup/doctor/striped.sql";
    STRIPED_PROGRAMS = "setup/doctor/striped_programs.sql";
    STRAY_STRIPES = "setup/doctor/stray_stripes.sql";
    STRAY_METADATA = "setup/doctor/stray_metadata.sql";
    QUEUES = "setup/doctor/queues.sql";
    WAITING_DELIVERIES = "setup/doctor/waiting_deliveries.sql";
    HELD = "setup/doctor/holds.sql";
}

/// In the order in which the remedies are to be applied.
const EXAMINATIONS: [Examination; 10] = [
    Examination {
        statement: &DUPLICATE_USAGES,
        severity: Severity::Warning,
        table: USAGE,
        finding: "pairs of code and user that occur more than once, so that no unique index can be made",
        remedy: text!("setup/doctor/remove_duplicates.sql"),
        keeps_away: Some("referral_usage_code_user_uidx"),
        own: &[],
    },
    Examination {
        statement: &COUNTER_DRIFT,
        severity: Severity::Error,
        table: CODES,
        finding: "codes whose number_of_uses is not the count of their usages",
        remedy: text!("setup/doctor/recount.sql"),
        keeps_away: None,
        own: &[STRIPES, HOLDS],
    },
    Examination {
        statement: &OVER_CAP,
        severity: Severity::Error,
        table: CODES,
        finding: "codes used more often than max_uses allows",
        remedy: "SET referrals.schema = examined_schema; -- then referral_update_code() can raise max_uses of such \
                 a code, which gives no more uses before",
        keeps_away: None,
        own: &[],
    },
    Examination {
        statement: &COLLIDING_CODES,
        severity: Severity::Warning,
        table: CODES,
        finding: "groups of codes that differ by case alone",
        remedy: "SET referrals.schema = examined_schema; -- then rename or delete all but one of each group: \
                 referral_update_code(), referral_delete_code()",
        keeps_away: None,
        own: &[],
    },
    Examination {
        statement: &PROGRAM_DRIFT,
        severity: Severity::Warning,
        table: PROGRAMS,
        finding: "programs whose number_of_uses is not what their codes have had, as after codes were deleted by hand",
        remedy: "SET referrals.schema = examined_schema; -- then referral_update_program() counts anew when \
                 max_uses_total is set to null and then to its value",
        keeps_away: None,
        own: &[PROGRAMS, CODE_PROGRAMS, STRIPES, PROGRAM_STRIPES],
    },
    Examination {
        statement: &STRAY_STRIPES,
        severity: Severity::Warning,
        table: STRIPES,
        finding: "stripes of codes that are gone, as after codes were deleted by hand",
        remedy: text!("setup/doctor/remove_stray_stripes.sql"),
        keeps_away: None,
        own: &[STRIPES],
    },
    Examination {
        statement: &STRAY_METADATA,
        severity: Severity::Warning,
        table: CODE_METADATA,
        finding: "metadata of codes that are gone, as after codes were deleted by hand",
        remedy: text!("setup/doctor/remove_stray_metadata.sql"),
        keeps_away: None,
        own: &[CODE_METADATA],
    },
    Examination {
        statement: &QUEUES,
        severity: Severity::Warning,
        table: CODES,
        finding: "codes that people queue for at this moment",
        remedy: "SET referrals.schema = examined_schema; -- then referral_stripe_code() spreads such a code, and the \
                 setting referral_auto_stripes does so by itself",
        keeps_away: None,
        own: &[STRIPES],
    },
    Examination {
        statement: &STRIPED,
        severity: Severity::Info,
        table: STRIPES,
        finding: "codes with stripes, which have leased uses that number_of_uses counts",
        remedy: "SET referrals.schema = examined_schema; -- then referral_unstripe_code() gives them back, once nobody \
                 queues for the code",
        keeps_away: None,
        own: &[STRIPES],
    },
    Examination {
        statement: &STRIPED_PROGRAMS,
        severity: Severity::Info,
        table: PROGRAM_STRIPES,
        finding: "programs with stripes, which have leased uses that number_of_uses counts",
        remedy: "-- none is needed: they go with the stripes of the program's codes",
        keeps_away: None,
        own: &[PROGRAM_STRIPES],
    },
];

fn examine(session: &Session) -> Vec<Finding> {
    if !session.tables.has_host_tables() {
        return vec![Finding {
            severity: Severity::Error,
            subject: format!("schema {}", session.tables.schema()),
            finding: "the referral tables are missing".into(),
            remedy: format!("{}; -- makes them", setup_call(session)),
        }];
    }
    // Before anything is read: a view's functions would run with the rights of whoever asks.
    if let Some(unfit) = tables::unfit(session, View::Query) {
        return vec![Finding {
            severity: Severity::Error,
            subject: format!("schema {}", session.tables.schema()),
            finding: format!(
                "the referral tables cannot be worked on, and are not read: {}",
                unfit.faults
            ),
            remedy: format!("-- {}", unfit.remedy),
        }];
    }
    let mut findings = Vec::new();
    let mut kept_away = Vec::new();
    for examination in &EXAMINATIONS {
        if let Some(finding) = examination.make(session) {
            findings.push(finding);
            kept_away.extend(examination.keeps_away);
        }
    }
    findings.extend(ledger_findings::examine(session));
    findings.extend(examine_spelling(session));
    findings.extend(index_findings::examine(session, &kept_away));
    findings.extend(page_findings::examine(session));
    findings.extend(examine_setup(session));
    findings.extend(access_findings::examine(session));
    findings
}

fn examine_spelling(session: &Session) -> Option<Finding> {
    let (count, examples) = spelling::told_apart(Session::over(session.tables.clone()))?;
    Some(Finding {
        severity: Severity::Warning,
        subject: subject(session, CODES),
        finding: format!("{}: {count} ({examples})", spelling::FINDING),
        remedy: remedy(session, spelling::REMEDY),
    })
}

/// What is wrong with one of the extension's own tables.
fn examine_own(session: &Session, table: &'static Declaration) -> Option<(Severity, String)> {
    let Some(oid) = session.tables.relation(table.name) else {
        return Some((
            Severity::Error,
            "the table is missing: the functions refuse to work".into(),
        ));
    };
    if let Some(fault) = changes::foreign(session, table, View::Query) {
        return Some((Severity::Error, format!("the table is not the extension's: {fault}")));
    }
    let needed = Changes::needed(session, table, oid);
    let needed = [needed.notes, needed.obstacles].concat().join("; ");
    if !session.tables.lacking_columns(table).is_empty() {
        let finding = "an older release's, over which the functions refuse to work";
        return Some((Severity::Error, format!("{finding}; setup would report: {needed}")));
    }
    let finding = || format!("not as this release makes it; setup would report: {needed}");
    (!needed.is_empty()).then(|| (Severity::Warning, finding()))
}

fn examine_setup(session: &Session) -> Vec<Finding> {
    let mut findings = Vec::new();
    for (table, severity, finding) in own_tables().iter().filter_map(|own| {
        examine_own(session, own).map(|(severity, finding)| (own.name, severity, finding))
    }) {
        findings.push(Finding {
            severity,
            subject: subject(session, table),
            finding,
            remedy: format!("{}; -- brings it up to date", setup_call(session)),
        });
    }
    findings.extend(guard_findings::examine(session));
    findings.extend(examine_consumers(session));
    findings.extend(examine_holds(session));
    findings.extend(setting_findings::examine(session));
    findings
}

fn examine_consumers(session: &Session) -> Vec<Finding> {
    if !may_read(session, &[EVENTS, EVENT_CONSUMERS, EVENT_DELIVERIES]) {
        return Vec::new();
    }
    let finding = |row: Row| {
        let (consumer, count): (String, i64) = (row.need(1), row.need(2));
        let forget = format!(
            "SET referrals.schema = {}; SELECT referral_drop_consumer({})",
            quote_literal(session.tables.schema()),
            quote_literal(&consumer)
        );
        let last_poll =
            row.get(4).map_or("at a time that an older release did not note".into(), |seconds| {
                format!("{} ago", age(seconds))
            });
        Finding {
            severity: Severity::Info,
            subject: subject(session, EVENT_DELIVERIES),
            finding: format!(
                "events wait for the consumer \"{consumer}\": {count}, the oldest for {}; it polled last {last_poll}",
                age(row.need(3))
            ),
            remedy: format!("-- once it polls no more: {forget}"),
        }
    };
    session.read(&WAITING_DELIVERIES, &[]).iter().map(finding).collect()
}

fn examine_holds(session: &Session) -> Option<Finding> {
    if !may_read(session, &[HOLDS]) {
        return None;
    }
    let rows = session.read(&HELD, &[]);
    let (held, lapsed): (i64, i64) = rows.first().map(|row| (row.need(1), row.need(2)))?;
    (held + lapsed > 0).then(|| Finding {
        severity: Severity::Info,
        subject: subject(session, HOLDS),
        finding: format!(
            "uses are held for people in a checkout: {held}, and {lapsed} are counted for holds that have expired"
        ),
        remedy: "-- none is needed: what has expired is free for whoever needs it".into(),
    })
}

/// In the largest unit of which there are two.
fn age(seconds: i64) -> String {
    let units = [(86_400, "days"), (3_600, "hours"), (60, "minutes")];
    let unit = units.into_iter().find(|(length, _)| seconds >= 2 * length);
    let (length, name) = unit.unwrap_or((1, "seconds"));
    format!("{} {name}", seconds / length)
}

#[pg_extern(sql = false)]
fn referral_doctor(
    target_schema: Option<&CStr>,
) -> RowSet<'static, (&'static str, String, String, String)> {
    answer(|| {
        let session = session_over(target_schema)?;
        let row = |f: Finding| (f.severity.name(), f.subject, f.finding, f.remedy);
        Ok(RowSet::new(examine(&session).into_iter().map(row)))
    })
}
