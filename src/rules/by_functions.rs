//! Tables that the functions alone write: what is said to whoever tries by hand.

pub struct Rows {
    table: &'static str,
    name: &'static str,
    pub reason: &'static str,
    /// What to call instead.
    pub hint: &'static str,
}

const TABLES: [Rows; 3] = [
    Rows {
        table: "referral_rewards",
        name: "the ledger of rewards",
        reason: "ledger_append_only",
        hint: "referral_record_purchase() and referral_attribute_sale() grant; referral_reverse() takes back, by a row of its own.",
    },
    Rows {
        table: "referral_decisions",
        name: "the history of decisions",
        reason: "history_append_only",
        hint: "referral_approve(), referral_reject(), referral_decide(), referral_reverse() add to it.",
    },
    Rows {
        table: "referral_payouts",
        name: "payouts",
        reason: "payouts_by_functions",
        hint: "referral_create_payout() and referral_create_payouts() create; referral_settle_payout() says how a payout has ended.",
    },
];

pub fn rows_of(table: &str) -> Option<&'static Rows> {
    TABLES.iter().find(|rows| rows.table == table)
}

impl Rows {
    pub fn rule(&self) -> String {
        format!("rows of {} are written by the functions alone", self.name)
    }
}
