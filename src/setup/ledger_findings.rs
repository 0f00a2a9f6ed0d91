//! What the doctor says of money: of rows of the ledger and of payouts that nothing explains, as they are written where
//! the guards were off.

use crate::pg::session::Session;
use crate::pg::statement::{statements, text};
use crate::pg::tables::{
    CONVERSIONS, DECISIONS, PAYOUT_BATCHES, PAYOUTS, PROGRAMS, PURCHASES, REFUNDS, REWARDS,
};
use crate::setup::examination::Examination;
use crate::setup::finding::{Finding, Severity};

statements! {
    STRAY_REWARDS = "setup/doctor/stray_rewards.sql";
    VERDICTS = "setup/doctor/verdicts.sql";
    LEDGER = "setup/doctor/ledger.sql";
    REVERSALS = "setup/doctor/reversals.sql";
    BUDGETS = "setup/doctor/budgets.sql";
    PAYOUTS_UNEARNED = "setup/doctor/payouts.sql";
    BATCHES = "setup/doctor/batches.sql";
}

/// In the order in which the remedies are to be applied.
const EXAMINATIONS: [Examination; 7] = [
    Examination {
        statement: &STRAY_REWARDS,
        severity: Severity::Error,
        table: REWARDS,
        finding: "rows of the ledger that no conversion knows, or that take back what was not granted for theirs",
        remedy: text!("setup/doctor/remove_stray_rewards.sql"),
        keeps_away: None,
        own: &[CONVERSIONS, REWARDS],
    },
    Examination {
        statement: &VERDICTS,
        severity: Severity::Error,
        table: CONVERSIONS,
        finding: "conversions that were granted what no purchase was judged to earn",
        remedy: "SET referrals.schema = examined_schema; -- then referral_reverse() takes back what such a conversion \
                 has granted, and referral_history() says who has decided on it",
        keeps_away: None,
        own: &[CONVERSIONS, PURCHASES, DECISIONS],
    },
    Examination {
        statement: &LEDGER,
        severity: Severity::Error,
        table: REWARDS,
        finding: "sides of conversions that the ledger grants otherwise than they promise",
        remedy: "SET referrals.schema = examined_schema; -- then referral_reverse() takes back what is too much; a \
                 row that was written by hand can go by hand, while session_replication_role is replica",
        keeps_away: None,
        own: &[CONVERSIONS, REWARDS],
    },
    Examination {
        statement: &REVERSALS,
        severity: Severity::Error,
        table: REWARDS,
        finding: "sides of conversions from which more is taken back, or less, than refunds and decisions explain",
        remedy: "SET referrals.schema = examined_schema; -- then referral_history() says what was done: a row of the \
                 ledger that it does not know was written by hand, and can go by hand, while \
                 session_replication_role is replica",
        keeps_away: None,
        own: &[CONVERSIONS, REWARDS, PURCHASES, REFUNDS, DECISIONS],
    },
    Examination {
        statement: &BUDGETS,
        severity: Severity::Warning,
        table: PROGRAMS,
        finding: "programs whose rewards_granted is not what the ledger has, as after rows of it were written by hand",
        remedy: "SET referrals.schema = examined_schema; -- then referral_update_program() counts anew when \
                 reward_budget is set to null and then to its value",
        keeps_away: None,
        own: &[PROGRAMS, REWARDS],
    },
    Examination {
        statement: &PAYOUTS_UNEARNED,
        severity: Severity::Error,
        table: PAYOUTS,
        finding: "payouts of more than their people had been granted by then",
        remedy: "SET referrals.schema = examined_schema; -- then referral_settle_payout() with paid => false takes a \
                 pending one out of the balance; one that is paid is owed back, and the next rewards pay it off",
        keeps_away: None,
        own: &[PAYOUTS, REWARDS],
    },
    Examination {
        statement: &BATCHES,
        severity: Severity::Error,
        table: PAYOUT_BATCHES,
        finding: "batches whose payouts are not those of one call of referral_create_payouts()",
        remedy: "SET referrals.schema = examined_schema; -- then referral_list_payouts() with batch_ref lists them, and \
                 referral_settle_payout() with paid => false takes a pending one out of the balance",
        keeps_away: None,
        own: &[PAYOUTS, PAYOUT_BATCHES],
    },
];

pub fn examine(session: &Session) -> impl Iterator<Item = Finding> {
    EXAMINATIONS.iter().filter_map(|examination| examination.make(session))
}
