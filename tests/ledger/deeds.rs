//! What becomes of a sale once it is told, in the model: refunds, reviews, payouts; and a person who is forgotten.

use std::collections::HashMap;

use uuid::Uuid;

use super::model::{Answer, Balance, Model, Payout, Status, Units, decimal, share};
use super::programs::PROGRAMS;

const MOST: [Units; 2] = [Units::MAX; 2];

impl Model {
    /// The answer, and whether it was told before.
    pub fn refund(
        &mut self,
        name: &str,
        refund: &str,
        amount: Option<Units>,
    ) -> Result<(Answer, bool), &'static str> {
        let source = self.sources.entry(name.to_owned()).or_default();
        if let Some((known, answer)) = source.refunds.get(refund) {
            let differs = known.zip(amount).is_some_and(|(one, other)| one != other);
            return if differs { Err("RF014") } else { Ok((answer.clone(), true)) };
        }
        let told = source.sale.as_ref().and_then(|sale| sale.amount);
        let before = source.refunded;
        let amount = match told {
            Some(told) if amount > Some(told - before) => return Err("22023"),
            Some(told) => Some(amount.unwrap_or(told - before)),
            None => {
                source.is_refunded |= amount.is_none();
                amount
            }
        };
        source.refunded += amount.unwrap_or(0);
        if let Some(told) = told {
            source.is_refunded = source.refunded >= told;
        }
        let (refunded, is_all) = (source.refunded, source.is_refunded);
        let conversion = source
            .sale
            .as_mut()
            .and_then(|sale| Some((sale.amount, sale.refunded_before, sale.conversion.as_mut()?)));
        let mut answer = vec![None, None, Some(decimal(0)), Some(decimal(0))];
        if let Some((whole, judged, v)) = conversion {
            let scale = PROGRAMS[v.program].scale;
            let judged_amount = whole.map_or(0, |whole| whole - judged);
            let most = if is_all {
                MOST
            } else if judged_amount > 0 {
                v.rewards.map(|reward| {
                    let taken =
                        |all: Units| share(reward, (all - judged).max(0), judged_amount, scale);
                    taken(refunded) - taken(before)
                })
            } else {
                [0, 0]
            };
            let taken = v.take_back(most);
            if is_all && v.status.stands() {
                v.status = Status::Reversed;
            }
            answer = vec![
                Some(v.uuid.to_string()),
                Some(v.status.name().to_owned()),
                Some(decimal(taken[0])),
                Some(decimal(taken[1])),
            ];
        }
        source.refunds.insert(refund.to_owned(), (amount, answer.clone()));
        Ok((answer, false))
    }

    pub fn approve(&mut self, name: &str) -> Result<(), &'static str> {
        let source = self.sources.get_mut(name).unwrap();
        let refunded = source.refunded;
        let sale = source.sale.as_mut().unwrap();
        let v = sale.conversion.as_mut().unwrap();
        if v.status != Status::Converted {
            return Err("RF012");
        }
        v.status = Status::Approved;
        if v.reason != "pending_review" {
            return Ok(());
        }
        let rules = &PROGRAMS[v.program];
        // Without an amount a refund is no share of it yet.
        if let Some(amount) = sale.amount.filter(|_| refunded > sale.refunded_before) {
            let amount = amount - sale.refunded_before;
            let since = refunded - sale.refunded_before;
            v.rewards = v.rewards.map(|reward| reward - share(reward, since, amount, rules.scale));
            sale.refunded_before = refunded;
        }
        let (program, rewards) = (v.program, v.rewards);
        let total = self.granted(program) + rewards[0] + rewards[1];
        let v = self.conversion_mut(name);
        if rules.budget.is_some_and(|budget| total > budget) {
            v.reason = "budget_spent";
        } else {
            v.reason = "rewarded";
            v.granted = Some(rewards);
        }
        Ok(())
    }

    pub fn reject(&mut self, name: &str) -> Result<(), &'static str> {
        let v = self.conversion_mut(name);
        if v.status != Status::Converted {
            return Err("RF012");
        }
        v.status = Status::Rejected;
        v.take_back(MOST);
        Ok(())
    }

    pub fn reverse(
        &mut self,
        name: &str,
        amount: Option<Units>,
        reference: Option<&str>,
    ) -> Result<(), &'static str> {
        let source = self.sources.get_mut(name).unwrap();
        if reference.is_some_and(|reference| source.refunds.contains_key(reference)) {
            return Ok(());
        }
        let v = source.sale.as_mut().unwrap().conversion.as_mut().unwrap();
        if !v.status.stands() {
            return Err("RF012");
        }
        if amount.is_some() && v.granted.is_none() {
            return Err("22023");
        }
        let taken = v.take_back(amount.map_or(MOST, |amount| [amount; 2]));
        if amount.is_none() || v.left(0) + v.left(1) == 0 {
            v.status = Status::Reversed;
        }
        if let Some(reference) = reference {
            let (uuid, status) = (v.uuid.to_string(), v.status.name().to_owned());
            let [referrer, referee] = taken.map(|taken| Some(decimal(taken)));
            let answer = vec![Some(uuid), Some(status), referrer, referee];
            source.refunds.insert(reference.to_owned(), (None, answer));
        }
        Ok(())
    }

    pub fn balances(&self) -> HashMap<(Uuid, &'static str), Balance> {
        let mut balances: HashMap<_, Balance> = HashMap::new();
        for (_, sale, v) in self.conversions() {
            let program = &PROGRAMS[v.program];
            for (side, user) in [v.referrer, sale.referee].into_iter().enumerate() {
                if v.granted.unwrap_or_default()[side] == 0 {
                    continue;
                }
                let balance = balances.entry((user, program.currency)).or_default();
                balance.earned += v.left(side);
                let place = if program.held { &mut balance.held } else { &mut balance.available };
                *place += v.left(side);
                balance.reversed += v.taken_back[side];
            }
        }
        for payout in self.payouts.iter().filter(|payout| payout.status != "failed") {
            let balance = balances.entry((payout.user, payout.currency)).or_default();
            balance.available -= payout.amount;
            let is_paid = payout.status == "paid";
            *(if is_paid { &mut balance.paid } else { &mut balance.pending }) += payout.amount;
        }
        balances
    }

    /// The payout as it is by now, and whether it was known.
    pub fn pay(
        &mut self,
        name: &str,
        user: Uuid,
        currency: &'static str,
        amount: Option<Units>,
    ) -> Result<(Payout, bool), &'static str> {
        if let Some(known) = self.payouts.iter().find(|payout| payout.name == name) {
            let differs = (known.user, known.currency) != (user, currency)
                || amount.is_some_and(|amount| amount != known.amount);
            return if differs { Err("RF014") } else { Ok((known.clone(), true)) };
        }
        let available = self.balances().get(&(user, currency)).map_or(0, |has| has.available);
        let amount = amount.unwrap_or(available);
        if amount <= 0 || amount > available {
            return Err("RF016");
        }
        let (name, status) = (name.to_owned(), "pending");
        let payout = Payout { name, user, currency, amount, status };
        self.payouts.push(payout.clone());
        Ok((payout, false))
    }

    /// Whether it was settled so before.
    pub fn settle(&mut self, name: &str, is_paid: bool) -> Result<bool, &'static str> {
        let payout = self.payouts.iter_mut().find(|payout| payout.name == name).ok_or("22023")?;
        let status = if is_paid { "paid" } else { "failed" };
        match payout.status {
            "pending" => {
                payout.status = status;
                Ok(false)
            }
            known if known == status => Ok(true),
            _ => Err("RF012"),
        }
    }

    /// Under another id from now on, and their codes are switched off.
    pub fn forget(&mut self, user: Uuid, pseudonym: Uuid) {
        let rename = |id: &mut Uuid| {
            let is_theirs = *id == user;
            if is_theirs {
                *id = pseudonym;
            }
            is_theirs
        };
        for code in &mut self.codes {
            code.is_on &= !rename(&mut code.owner);
        }
        self.redemptions.iter_mut().for_each(|redemption| {
            rename(&mut redemption.who);
        });
        self.payouts.iter_mut().for_each(|payout| {
            rename(&mut payout.user);
        });
        let terms = std::mem::take(&mut self.terms);
        self.terms = terms
            .into_iter()
            .map(|((mut owner, program), terms)| {
                rename(&mut owner);
                ((owner, program), terms)
            })
            .collect();
        for sale in self.sources.values_mut().filter_map(|source| source.sale.as_mut()) {
            sale.is_forgotten |= rename(&mut sale.referee);
            if let Some(referrer) = &mut sale.referrer {
                rename(referrer);
            }
            if let Some(v) = &mut sale.conversion {
                rename(&mut v.referrer);
            }
        }
    }
}
