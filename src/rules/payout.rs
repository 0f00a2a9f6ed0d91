//! Payouts: what a person has, what a payout may take of it, and how a payout ends.

use serde_json::{Map, Value};
use uuid::Uuid;

use super::money::Money;
use super::program::{CURRENCY_RULE, is_currency};

/// Where a payout stands. Whatever has not failed is out of the balance.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Status {
    Pending,
    Paid,
    Failed,
}

pub const STATUSES: [Status; 3] = [Status::Pending, Status::Paid, Status::Failed];

/// How a payout has ended, as whoever sends the money tells it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Outcome {
    Paid,
    Failed,
}

/// A payout has ended the other way.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Settled(pub Outcome);

impl Status {
    /// The word that the table holds.
    pub fn name(self) -> &'static str {
        match self {
            Status::Pending => "pending",
            Status::Paid => "paid",
            Status::Failed => "failed",
        }
    }

    pub fn parse(name: &str) -> Option<Self> {
        STATUSES.into_iter().find(|status| status.name() == name)
    }

    /// The status once an outcome is told; None where it was told before.
    pub fn after(self, outcome: Outcome) -> Result<Option<Status>, Settled> {
        match (self, outcome) {
            (Status::Pending, Outcome::Paid) => Ok(Some(Status::Paid)),
            (Status::Pending, Outcome::Failed) => Ok(Some(Status::Failed)),
            (Status::Paid, Outcome::Paid) | (Status::Failed, Outcome::Failed) => Ok(None),
            (Status::Paid, Outcome::Failed) => Err(Settled(Outcome::Paid)),
            (Status::Failed, Outcome::Paid) => Err(Settled(Outcome::Failed)),
        }
    }
}

/// What a person has in one currency.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Balance {
    /// Rewards whose hold period is over, less what was taken back of them.
    pub released: Money,
    /// The same of those whose hold period is not over.
    pub held: Money,
    /// What was taken back of either.
    pub reversed: Money,
    /// In payouts that are under way.
    pub pending: Money,
    /// In payouts that have arrived.
    pub paid: Money,
}

/// A payout would take more than this.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct InsufficientBalance {
    pub available: Money,
}

impl Balance {
    /// Granted less reversed, wherever it is by now.
    pub fn earned(self) -> Money {
        self.released + self.held
    }

    /// Below zero where more was taken back than was still there: the next rewards make up for it first.
    pub fn available(self) -> Money {
        self.released - self.pending - self.paid
    }

    /// What a payout takes: so much, or all that is available.
    pub fn payable(self, amount: Option<Money>) -> Result<Money, InsufficientBalance> {
        let available = self.available();
        let amount = amount.unwrap_or(available);
        if amount.is_positive() && amount <= available {
            Ok(amount)
        } else {
            Err(InsufficientBalance { available })
        }
    }
}

/// Which payouts a list is of.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Filter {
    pub user_uuid: Option<Uuid>,
    pub status: Option<Status>,
    pub currency: Option<String>,
    pub batch_ref: Option<String>,
    pub payout_ref: Option<String>,
}

impl Filter {
    /// Reads the known keys; the error completes a sentence that begins with the filter's name.
    pub fn read(json: &Map<String, Value>) -> Result<Self, String> {
        let mut filter = Filter::default();
        for (key, value) in json {
            filter.set(key, value)?;
        }
        Ok(filter)
    }

    fn set(&mut self, key: &str, value: &Value) -> Result<(), String> {
        let text = |rule: &str| value.as_str().ok_or_else(|| format!("has a {key} that {rule}"));
        match key {
            "user_uuid" => {
                let rule = "is no uuid";
                let uuid = text(rule)?.parse();
                self.user_uuid = Some(uuid.map_err(|_| format!("has a {key} that {rule}"))?);
            }
            "status" => {
                let rule = "is none of pending, paid, failed";
                let status = Status::parse(text(rule)?);
                self.status = Some(status.ok_or_else(|| format!("has a {key} that {rule}"))?);
            }
            "currency" => {
                let currency = text(CURRENCY_RULE)?.trim().to_uppercase();
                if !is_currency(&currency) {
                    return Err(format!("has a {key} that {CURRENCY_RULE}"));
                }
                self.currency = Some(currency);
            }
            "batch_ref" => self.batch_ref = Some(text("is no text")?.into()),
            "payout_ref" => self.payout_ref = Some(text("is no text")?.into()),
            unknown => {
                return Err(format!(
                    "has the key \"{unknown}\", which is none of user_uuid, status, currency, \
                     batch_ref, payout_ref"
                ));
            }
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use serde_json::json;

    /// The contract's (DESIGN, section 5), written down a second time.
    #[test]
    fn a_payout_ends_once_and_says_so_again() {
        use Outcome as O;
        use Status as S;
        for (from, outcome, expected) in [
            (S::Pending, O::Paid, Ok(Some(S::Paid))),
            (S::Pending, O::Failed, Ok(Some(S::Failed))),
            (S::Paid, O::Paid, Ok(None)),
            (S::Failed, O::Failed, Ok(None)),
            (S::Paid, O::Failed, Err(Settled(O::Paid))),
            (S::Failed, O::Paid, Err(Settled(O::Failed))),
        ] {
            assert_eq!(from.after(outcome), expected, "{from:?} {outcome:?}");
        }
    }

    #[test]
    fn a_status_is_read_as_it_is_written() {
        for status in STATUSES {
            assert_eq!(Status::parse(status.name()), Some(status));
        }
        assert_eq!(Status::parse("Paid"), None);
    }

    #[test]
    fn a_filter_names_what_it_does_not_know() {
        let read = |json: Value| Filter::read(json.as_object().unwrap());
        assert_eq!(read(json!({})), Ok(Filter::default()));
        let all = json!({
            "user_uuid": "00000000-0000-0000-0000-00000000000a", "status": "paid",
            "currency": " eur", "batch_ref": "b", "payout_ref": "p",
        });
        let wanted = Filter {
            user_uuid: Some(Uuid::from_u128(10)),
            status: Some(Status::Paid),
            currency: Some("EUR".into()),
            batch_ref: Some("b".into()),
            payout_ref: Some("p".into()),
        };
        assert_eq!(read(all), Ok(wanted));
        for (key, value) in [
            ("user_uuid", json!("me")),
            ("user_uuid", json!(null)),
            ("status", json!("PAID")),
            ("currency", json!("EURO")),
            ("batch_ref", json!(5)),
            ("payout_ref", json!(null)),
            ("users", json!("x")),
        ] {
            let error = read(json!({ key: value })).unwrap_err();
            assert!(error.contains(key), "{error}");
        }
    }

    /// What may happen to a balance, in ten-thousandths.
    #[derive(Clone, Debug)]
    enum Step {
        Grant { amount: i64, is_held: bool },
        Release,
        TakeBack { grant: usize, amount: i64 },
        PayOut { amount: Option<i64> },
        Settle { payout: usize, outcome: Outcome },
    }

    fn step() -> impl Strategy<Value = Step> {
        prop_oneof![
            (1..1_000_000i64, any::<bool>())
                .prop_map(|(amount, is_held)| Step::Grant { amount, is_held }),
            Just(Step::Release),
            (any::<usize>(), 1..1_500_000i64)
                .prop_map(|(grant, amount)| Step::TakeBack { grant, amount }),
            prop::option::of(1..1_500_000i64).prop_map(|amount| Step::PayOut { amount }),
            (any::<usize>(), any::<bool>()).prop_map(|(payout, paid)| Step::Settle {
                payout,
                outcome: if paid { Outcome::Paid } else { Outcome::Failed },
            }),
        ]
    }

    fn money(units: i64) -> Money {
        Money::parse_sum(&format!("{}.{:04}", units / 10_000, units % 10_000)).unwrap()
    }

    /// A person's books told row by row: the slower telling, which knows coins and no sums.
    #[derive(Default)]
    struct Books {
        /// Amount, what was taken back of it, whether it is held.
        grants: Vec<(i64, i64, bool)>,
        payouts: Vec<(i64, Status)>,
    }

    impl Books {
        fn balance(&self) -> Balance {
            let left = |held: bool| {
                let of = self.grants.iter().filter(|grant| grant.2 == held);
                of.map(|grant| money(grant.0) - money(grant.1)).sum()
            };
            let out = |status: Status| {
                let of = self.payouts.iter().filter(|payout| payout.1 == status);
                of.map(|payout| money(payout.0)).sum()
            };
            Balance {
                released: left(false),
                held: left(true),
                reversed: self.grants.iter().map(|grant| money(grant.1)).sum(),
                pending: out(Status::Pending),
                paid: out(Status::Paid),
            }
        }

        /// Counted in one number, up and down.
        fn spendable(&self) -> i64 {
            let free = self.grants.iter().filter(|grant| !grant.2).map(|grant| grant.0 - grant.1);
            let out = self.payouts.iter().filter(|payout| payout.1 != Status::Failed);
            free.sum::<i64>() - out.map(|payout| payout.0).sum::<i64>()
        }
    }

    proptest! {
        #[test]
        fn whatever_happens_the_books_balance_and_no_payout_takes_what_is_not_there(
            steps in prop::collection::vec(step(), 0..60)
        ) {
            let mut books = Books::default();
            for step in steps {
                let before = books.spendable();
                match step {
                    Step::Grant { amount, is_held } => books.grants.push((amount, 0, is_held)),
                    Step::Release => books.grants.iter_mut().for_each(|grant| grant.2 = false),
                    Step::TakeBack { grant, amount } => {
                        let count = books.grants.len().max(1);
                        if let Some(grant) = books.grants.get_mut(grant % count) {
                            grant.1 += amount.min(grant.0 - grant.1);
                        }
                    }
                    Step::PayOut { amount } => {
                        let wanted = amount.unwrap_or(before);
                        let given = books.balance().payable(amount.map(money));
                        if wanted > 0 && wanted <= before {
                            prop_assert_eq!(given, Ok(money(wanted)));
                            books.payouts.push((wanted, Status::Pending));
                            prop_assert!(!books.balance().available().is_negative());
                        } else {
                            let available = books.balance().available();
                            prop_assert_eq!(given, Err(InsufficientBalance { available }));
                        }
                    }
                    Step::Settle { payout, outcome } => {
                        let count = books.payouts.len().max(1);
                        if let Some(payout) = books.payouts.get_mut(payout % count)
                            && let Ok(Some(status)) = payout.1.after(outcome)
                        {
                            payout.1 = status;
                            let amount = payout.0;
                            let back = if outcome == Outcome::Failed { amount } else { 0 };
                            prop_assert_eq!(books.spendable(), before + back);
                        }
                    }
                }
                let balance = books.balance();
                let told = money(books.spendable().abs());
                let told = if books.spendable() < 0 { -told } else { told };
                prop_assert_eq!(balance.available(), told);
                prop_assert_eq!(
                    balance.earned(),
                    balance.available() + balance.held + balance.pending + balance.paid
                );
            }
        }
    }
}
