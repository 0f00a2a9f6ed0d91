//! What the doctor says of indexes: those that are missing, and those that others make superfluous.

use pgrx::pg_sys;

use crate::pg::catalog::{self, Kind};
use crate::pg::session::{Session, View};
use crate::pg::statement::text;
use crate::pg::tables::{CODES, SETTINGS, USAGE};
use crate::rules::declaration::one_line;
use crate::setup::finding::{Finding, Severity, setup_call, subject};
use crate::setup::indexes::{self, Index, Wanted};

/// Indexes of the host's that others make superfluous. PhoenixKit's own check wants them: it would make again
/// what was dropped.
const OF_THE_HOST: [&str; 5] = [
    "phoenix_kit_referral_codes_uuid_idx",
    "phoenix_kit_referral_code_usage_uuid_idx",
    "phoenix_kit_referral_code_usage_code_uuid_idx",
    "phoenix_kit_referral_code_usage_used_by_uuid_idx",
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
    kind: Kind,
    superfluous: &Index,
    other: &Index,
) -> Finding {
    let name = superfluous.qualified(session);
    let finding = format!("the index {name} is superfluous beside {}", other.qualified(session));
    let (whose, remedy) = if OF_THE_HOST.contains(&&*superfluous.name) {
        (", but PhoenixKit's own", "-- none: PhoenixKit makes it again where it is missing".into())
    } else {
        let drop = match kind {
            Kind::PartitionedTable => text!("setup/doctor/drop_partitioned_index.sql"),
            _ => text!("setup/doctor/drop_index.sql"),
        };
        let drop = session.tables.fill(drop, &[("superfluous_index", &name)]);
        ("", one_line(&drop))
    };
    Finding {
        severity: Severity::Info,
        subject: subject(session, table),
        finding: format!("{finding}{whose}: {}", cost(table)),
        remedy,
    }
}

/// A wanted index that none of the table's serves as, where it could be there. `kept_away`: those that cannot be made
/// over the rows there are, of which there is a finding already.
fn examine_missing(
    session: &Session,
    wanted: &Wanted,
    oid: pg_sys::Oid,
    found: &[Index],
    kept_away: &[&str],
) -> Vec<Finding> {
    if found.iter().any(wanted.serves) {
        return Vec::new();
    }
    let is_foreign =
        |unique| indexes::foreign_partitioning(session, unique, oid, View::Query).is_some();
    let impossible = wanted.unique.as_ref().is_some_and(is_foreign);
    let is_kept_away = kept_away.contains(&wanted.name);
    let (severity, why, remedy) = if is_kept_away {
        let why =
            ": the pairs that occur more than once keep it away; repeats are refused all the same";
        (Severity::Info, why, "makes it once they are gone")
    } else {
        (Severity::Warning, "", "makes it, or says why it cannot")
    };
    let missing = Finding {
        severity,
        subject: subject(session, wanted.table),
        finding: format!("the index {} is missing{why}", wanted.name),
        remedy: format!("{}; -- {remedy}", setup_call(session)),
    };
    let mut findings: Vec<Finding> = (!impossible).then_some(missing).into_iter().collect();
    if (impossible || is_kept_away)
        && let Some(stand_in) = wanted.unique.as_ref().and_then(|unique| unique.stand_in)
    {
        findings.extend(examine_missing(session, stand_in, oid, found, kept_away));
    }
    findings
}

pub fn examine(session: &Session, kept_away: &[&str]) -> Vec<Finding> {
    let mut findings = Vec::new();
    for table in [CODES, USAGE, SETTINGS] {
        let Some(oid) = session.tables.relation(table) else {
            continue;
        };
        let found = indexes::of_table(session, oid, View::Query);
        for wanted in indexes::WANTED.iter().filter(|wanted| wanted.table == table) {
            findings.extend(examine_missing(session, wanted, oid, &found, kept_away));
        }
        let kind = catalog::kind(oid);
        for (superfluous, other) in indexes::redundant(&found) {
            findings.push(examine_superfluous(session, table, kind, superfluous, other));
        }
    }
    findings
}
