//! What the doctor says of indexes: those that are missing, and those that others make superfluous.

use crate::pg::session::{Session, View};
use crate::pg::statement::text;
use crate::pg::tables::{CODES, SETTINGS, USAGE};
use crate::rules::declaration::one_line;
use crate::setup::finding::{Finding, Severity, setup_call, subject};
use crate::setup::indexes::{self, Index};

/// Indexes of the host's that others make superfluous. PhoenixKit's own check wants them: it would make again
/// what was dropped.
const OF_THE_HOST: [&str; 4] = [
    "phoenix_kit_referral_codes_uuid_idx",
    "phoenix_kit_referral_code_usage_uuid_idx",
    "phoenix_kit_referral_code_usage_code_uuid_idx",
    "phoenix_kit_settings_uuid_idx",
];

/// What an index more on a table costs.
fn cost(table: &str) -> &'static str {
    match table {
        USAGE => "each redemption writes it too, for some 9,000 instructions",
        CODES => {
            "each new code writes it too, and each redemption whose code finds no room on its page"
        }
        _ => "each new setting writes it too; a redemption does not",
    }
}

fn examine_superfluous(
    session: &Session,
    table: &str,
    superfluous: &Index,
    other: &Index,
) -> Finding {
    let name = superfluous.qualified(session);
    let finding = format!("the index {name} is superfluous beside {}", other.qualified(session));
    let (whose, remedy) = if OF_THE_HOST.contains(&&*superfluous.name) {
        (", but PhoenixKit's own", "-- none: PhoenixKit makes it again where it is missing".into())
    } else {
        (
            "",
            one_line(
                &session
                    .tables
                    .fill(text!("setup/doctor/drop_index.sql"), &[("superfluous_index", &name)]),
            ),
        )
    };
    Finding {
        severity: Severity::Info,
        subject: subject(session, table),
        finding: format!("{finding}{whose}: {}", cost(table)),
        remedy,
    }
}

/// `kept_away`: those that cannot be made over the rows there are, of which there is a finding already.
pub fn examine(session: &Session, kept_away: &[&str]) -> Vec<Finding> {
    let mut findings = Vec::new();
    for table in [CODES, USAGE, SETTINGS] {
        let Some(oid) = session.tables.relation(table) else {
            continue;
        };
        let found = indexes::of_table(session, oid, View::Query);
        let wanted = indexes::WANTED.iter().filter(|wanted| wanted.table == table);
        for wanted in wanted.filter(|wanted| !found.iter().any(wanted.serves)) {
            let (severity, why, remedy) = if kept_away.contains(&wanted.name) {
                let why = ": the pairs that occur more than once keep it away; repeats are refused all the same";
                (Severity::Info, why, "makes it once they are gone")
            } else {
                (Severity::Warning, "", "makes it, or says why it cannot")
            };
            findings.push(Finding {
                severity,
                subject: subject(session, table),
                finding: format!("the index {} is missing{why}", wanted.name),
                remedy: format!("{}; -- {remedy}", setup_call(session)),
            });
        }
        for (superfluous, other) in indexes::redundant(&found) {
            findings.push(examine_superfluous(session, table, superfluous, other));
        }
    }
    findings
}
