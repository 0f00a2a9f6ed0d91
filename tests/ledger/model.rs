//! The rules of rewards a second time, over plain lists: what a sale comes to, and what is left of it.

use std::collections::{BTreeMap, HashMap};

use uuid::Uuid;

use super::programs::{CODES, DAY, PROGRAMS, owner};

/// An amount, in ten-thousandths.
pub type Units = i128;

pub const ONE: Units = 10_000;

pub fn decimal(units: Units) -> String {
    let sign = if units < 0 { "-" } else { "" };
    format!("{sign}{}.{:04}", units.abs() / ONE, units.abs() % ONE)
}

pub fn units(decimal: &str) -> Units {
    let (whole, fraction) = decimal.split_once('.').unwrap_or((decimal, ""));
    format!("{whole}{fraction:0<4}").parse().unwrap()
}

/// Halves go to the even neighbour; nothing is negative.
fn divide(dividend: Units, divisor: Units) -> Units {
    let (quotient, rest) = (dividend / divisor, dividend % divisor);
    let is_up = 2 * rest > divisor || (2 * rest == divisor && quotient % 2 == 1);
    quotient + Units::from(is_up)
}

fn step(scale: u32) -> Units {
    (10 as Units).pow(4 - scale)
}

/// A fixed part, and so many percents of an amount.
pub fn reward(fixed: Units, percent: Units, amount: Units, scale: u32) -> Units {
    let hundred = 100 * ONE;
    divide(fixed * hundred + amount * percent, hundred * step(scale)) * step(scale)
}

/// What refunds of so much of a sale take of its reward.
pub fn share(reward: Units, refunded: Units, amount: Units, scale: u32) -> Units {
    if refunded >= amount {
        return reward;
    }
    divide(reward * refunded, amount * step(scale)) * step(scale)
}

#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Status {
    Converted,
    Approved,
    Rejected,
    Reversed,
}

impl Status {
    pub fn name(self) -> &'static str {
        match self {
            Status::Converted => "converted",
            Status::Approved => "approved",
            Status::Rejected => "rejected",
            Status::Reversed => "reversed",
        }
    }

    pub fn stands(self) -> bool {
        matches!(self, Status::Converted | Status::Approved)
    }
}

pub fn qualifies(reason: &str) -> bool {
    ["rewarded", "pending_review", "referrer_limit"].contains(&reason)
}

#[derive(Clone)]
pub struct Conversion {
    pub uuid: Uuid,
    pub program: usize,
    pub code: usize,
    pub referrer: Uuid,
    pub status: Status,
    pub reason: &'static str,
    pub rewards: [Units; 2],
    pub granted: Option<[Units; 2]>,
    pub taken_back: [Units; 2],
}

impl Conversion {
    pub fn left(&self, side: usize) -> Units {
        self.granted.unwrap_or_default()[side] - self.taken_back[side]
    }

    /// At most so much from each side.
    pub fn take_back(&mut self, most: [Units; 2]) -> [Units; 2] {
        let taken = [0, 1].map(|side| most[side].min(self.left(side)));
        self.taken_back = [0, 1].map(|side| self.taken_back[side] + taken[side]);
        taken
    }
}

#[derive(Clone)]
pub struct Sale {
    pub referee: Uuid,
    pub amount: Option<Units>,
    pub currency: Option<&'static str>,
    pub at: i64,
    pub code: Option<usize>,
    pub verdict: &'static str,
    pub rewards: [Units; 2],
    pub referrer: Option<Uuid>,
    pub refunded_before: Units,
    pub is_forgotten: bool,
    pub conversion: Option<Conversion>,
}

/// What is known of a source.
#[derive(Clone, Default)]
pub struct Source {
    pub refunded: Units,
    pub is_refunded: bool,
    /// By their names: the amount, and the answer.
    pub refunds: BTreeMap<String, (Option<Units>, Answer)>,
    pub sale: Option<Sale>,
}

impl Source {
    /// What of a sale that is so large was refunded.
    pub fn refunded_of(&self, amount: Option<Units>) -> Units {
        match amount {
            Some(amount) if self.is_refunded => amount,
            Some(amount) => amount.min(self.refunded),
            None => self.refunded,
        }
    }

    pub fn is_wholly_refunded(&self, amount: Option<Units>) -> bool {
        self.is_refunded || amount.is_some_and(|amount| amount > 0 && self.refunded >= amount)
    }
}

/// The columns of the one row, as text.
pub type Answer = Vec<Option<String>>;

/// A sale as it is told.
#[derive(Clone)]
pub struct Told {
    pub source: String,
    pub referee: Uuid,
    pub amount: Option<Units>,
    pub currency: Option<&'static str>,
    /// In minutes, as all times here.
    pub at: i64,
    pub first: Option<bool>,
}

#[derive(Clone)]
pub struct Code {
    pub owner: Uuid,
    pub is_on: bool,
}

#[derive(Clone)]
pub struct Redemption {
    pub who: Uuid,
    pub code: usize,
    pub at: i64,
}

#[derive(Clone)]
pub struct Payout {
    pub name: String,
    pub user: Uuid,
    pub currency: &'static str,
    pub amount: Units,
    pub status: &'static str,
}

/// What a user has in a currency.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Balance {
    pub earned: Units,
    pub available: Units,
    pub held: Units,
    pub pending: Units,
    pub paid: Units,
    pub reversed: Units,
}

#[derive(Clone)]
pub struct Model {
    pub codes: Vec<Code>,
    pub redemptions: Vec<Redemption>,
    pub sources: BTreeMap<String, Source>,
    pub paused: [bool; PROGRAMS.len()],
    /// The referrer's fixed part instead of the program's, and the most that the referee gets.
    pub terms: HashMap<(Uuid, usize), (Option<Units>, Option<Units>)>,
    pub payouts: Vec<Payout>,
}

impl Model {
    pub fn new() -> Self {
        Model {
            codes: (0..CODES).map(|code| Code { owner: owner(code), is_on: true }).collect(),
            redemptions: Vec::new(),
            sources: BTreeMap::new(),
            paused: [false; PROGRAMS.len()],
            terms: HashMap::new(),
            payouts: Vec::new(),
        }
    }

    pub fn sale(&self, source: &str) -> Option<&Sale> {
        self.sources.get(source)?.sale.as_ref()
    }

    pub fn conversions(&self) -> impl Iterator<Item = (&str, &Sale, &Conversion)> {
        self.sources.iter().filter_map(|(name, source)| {
            let sale = source.sale.as_ref()?;
            Some((name.as_str(), sale, sale.conversion.as_ref()?))
        })
    }

    pub fn conversion_mut(&mut self, source: &str) -> &mut Conversion {
        let sale = self.sources.get_mut(source).unwrap().sale.as_mut().unwrap();
        sale.conversion.as_mut().unwrap()
    }

    pub fn granted(&self, program: usize) -> Units {
        let of_program = self.conversions().filter(|(_, _, v)| v.program == program);
        of_program.map(|(_, _, v)| v.left(0) + v.left(1)).sum()
    }

    /// The verdict, and both rewards. `redeemed_at` where a redemption has led to the code.
    pub fn judge(
        &self,
        program: usize,
        referrer: Uuid,
        redeemed_at: Option<i64>,
        told: &Told,
    ) -> (&'static str, [Units; 2]) {
        let rules = &PROGRAMS[program];
        let none = Source::default();
        let source = self.sources.get(&told.source).unwrap_or(&none);
        let rest = told.amount.map(|amount| (amount - source.refunded).max(0));
        let others = || {
            let other = |(name, _, v): &(&str, &Sale, &Conversion)| {
                *name != told.source && v.program == program && qualifies(v.reason)
            };
            self.conversions().filter(other)
        };
        let of_referrer =
            || others().filter(|(_, _, v)| v.referrer == referrer && v.rewards[0] > 0);

        let standing =
            of_referrer().filter(|(_, _, v)| v.status.stands() && v.granted.is_some()).count();
        let (mut fixed, mut percent, mut most) = (rules.fixed, rules.percent, rules.most);
        if let Some(tier) = rules.tiers.iter().rfind(|tier| tier.0 <= standing + 1) {
            (fixed[0], percent[0]) = (tier.1, tier.2);
        }
        if let Some((own_fixed, own_most)) = self.terms.get(&(referrer, program)) {
            fixed[0] = own_fixed.unwrap_or(fixed[0]);
            most[1] = own_most.or(most[1]);
        }
        let mut rewards = [0, 1].map(|side| {
            let reward = match rest {
                Some(rest) if percent[side] > 0 => {
                    reward(fixed[side], percent[side], rest, rules.scale)
                }
                _ => fixed[side],
            };
            reward.min(most[side].unwrap_or(reward))
        });

        let amount_matters = percent != [0, 0] || rules.review_above.is_some();
        let is_enough = match rest {
            Some(rest) => rest >= rules.min_purchase,
            None => rules.min_purchase == 0 && !amount_matters,
        };
        let refuse = |verdict| (verdict, [0, 0]);
        if self.paused[program] {
            return refuse("program_not_active");
        }
        if redeemed_at.is_some_and(|at| !is_open(program, at, told.at)) {
            return refuse("outside_window");
        }
        if told.currency.is_some_and(|currency| currency != rules.currency) {
            return refuse("currency_mismatch");
        }
        if source.is_wholly_refunded(told.amount) || !is_enough {
            return refuse("below_minimum");
        }
        let is_referees = |(_, sale, _): &(&str, &Sale, &Conversion)| sale.referee == told.referee;
        let bought =
            || told.first.map_or_else(|| self.bought_before(program, told), |first| !first);
        if rules.first_only && (others().any(|other| is_referees(&other)) || bought()) {
            return refuse("not_first_purchase");
        }
        let of_referee = others().filter(is_referees).filter(|(_, _, v)| v.status.stands()).count();
        if rules.per_referee.is_some_and(|most| of_referee >= most) {
            return refuse("referee_limit");
        }
        let since = |minutes: i64| of_referrer().filter(move |(_, s, _)| s.at > told.at - minutes);
        let counted = since(rules.period.unwrap_or(i64::MAX / 2));
        let counted = counted.filter(|(_, _, v)| v.status.stands()).count();
        let is_limited = rules.per_referrer.is_some_and(|most| counted >= most);
        if is_limited {
            rewards[0] = 0;
        }
        let total = self.granted(program) + rewards[0] + rewards[1];
        if rules.budget.is_some_and(|budget| total > budget) {
            return refuse("budget_spent");
        }
        let needs_review = rules.reviewed
            || rules.review_above.is_some_and(|above| rest.is_some_and(|rest| rest > above))
            || rules.per_day.is_some_and(|most| since(DAY).count() >= most);
        if needs_review {
            ("pending_review", rewards)
        } else if is_limited {
            ("referrer_limit", rewards)
        } else {
            ("rewarded", rewards)
        }
    }

    fn bought_before(&self, program: usize, told: &Told) -> bool {
        self.sources.iter().any(|(name, source)| {
            let Some(sale) = source.sale.as_ref().filter(|_| *name != told.source) else {
                return false;
            };
            let of_person = sale.referee == told.referee && sale.at < told.at;
            let currency = sale.currency.is_none_or(|of| of == PROGRAMS[program].currency);
            let is_enough = sale
                .amount
                .is_some_and(|amount| amount - source.refunded >= PROGRAMS[program].min_purchase);
            of_person && currency && is_enough && !source.is_wholly_refunded(sale.amount)
        })
    }
}

pub fn is_open(program: usize, redeemed_at: i64, at: i64) -> bool {
    PROGRAMS[program].window.is_none_or(|window| redeemed_at + window > at)
}
