//! How a sale is told, in the model: by the webhook or with a code, again, or as what was missing of it.

use uuid::Uuid;

use super::model::{
    Conversion, Model, Redemption, Sale, Status, Told, Units, is_open, qualifies, share,
};
use super::programs::PROGRAMS;

impl Model {
    /// The code that has led the buyer here, and when they redeemed it.
    fn leading(&self, told: &Told) -> Option<(usize, i64)> {
        let brings = |redemption: &&Redemption| {
            redemption.who == told.referee
                && redemption.at <= told.at
                && self.codes[redemption.code].owner != told.referee
        };
        let counts = |redemption: &Redemption| {
            let program = redemption.code / 2;
            !self.paused[program] && is_open(program, redemption.at, told.at)
        };
        let found = self.redemptions.iter().filter(brings);
        found.min_by_key(|r| (!counts(r), r.at)).map(|r| (r.code, r.at))
    }

    fn must_repeat(&self, told: &Told) -> Result<(), &'static str> {
        let sale = self.sale(&told.source).unwrap();
        let differs = (sale.referee != told.referee && !sale.is_forgotten)
            || sale.amount.zip(told.amount).is_some_and(|(one, other)| one != other)
            || sale.currency.zip(told.currency).is_some_and(|(one, other)| one != other);
        if differs { Err("RF014") } else { Ok(()) }
    }

    /// Whether it was told before.
    pub fn purchase(&mut self, told: &Told) -> Result<bool, &'static str> {
        if let Some(sale) = self.sale(&told.source) {
            self.must_repeat(told)?;
            let completes = sale.amount.is_none() && sale.conversion.is_some();
            if completes {
                self.complete(told);
            }
            return Ok(!completes);
        }
        let leading = self.leading(told);
        let judged = leading.map_or(("not_referred", [0, 0]), |(code, at)| {
            self.judge(code / 2, self.codes[code].owner, Some(at), told)
        });
        self.record(told, leading.map(|(code, _)| code), false, judged);
        Ok(false)
    }

    /// Whether the sale comes to a conversion.
    pub fn attribute(&mut self, code: usize, told: &Told) -> Result<bool, &'static str> {
        if let Some(sale) = self.sale(&told.source) {
            self.must_repeat(told)?;
            let Some(conversion) = &sale.conversion else { return Ok(false) };
            if sale.code.is_some() && conversion.code != code {
                return Err("RF014");
            }
            if sale.amount.is_none() {
                self.complete(told);
            }
            return Ok(true);
        }
        if !self.codes[code].is_on {
            return Ok(false);
        }
        let judged = self.judge(code / 2, self.codes[code].owner, None, told);
        self.record(told, Some(code), true, judged);
        Ok(true)
    }

    fn record(
        &mut self,
        told: &Told,
        code: Option<usize>,
        carries: bool,
        judged: (&'static str, [Units; 2]),
    ) {
        let (verdict, rewards) = judged;
        let referrer = code.map(|code| self.codes[code].owner);
        let currency = |code: usize| PROGRAMS[code / 2].currency;
        let grants = ["rewarded", "referrer_limit"].contains(&verdict);
        let conversion = code.filter(|_| carries || qualifies(verdict)).map(|code| Conversion {
            uuid: Uuid::nil(),
            program: code / 2,
            code,
            referrer: self.codes[code].owner,
            status: Status::Converted,
            reason: verdict,
            rewards,
            granted: grants.then_some(rewards),
            taken_back: [0, 0],
        });
        let source = self.sources.entry(told.source.clone()).or_default();
        let refunded = source.refunded_of(told.amount);
        source.is_refunded = source.is_wholly_refunded(told.amount);
        source.refunded = refunded;
        source.sale = Some(Sale {
            referee: told.referee,
            amount: told.amount,
            currency: told.currency.or(code.filter(|_| told.amount.is_some()).map(currency)),
            at: told.at,
            code: code.filter(|_| carries),
            verdict,
            rewards,
            referrer,
            refunded_before: refunded,
            is_forgotten: false,
            conversion,
        });
    }

    /// A sale of which something was missing is judged once its amount is told, as of its own time.
    fn complete(&mut self, told: &Told) {
        let sale = self.sale(&told.source).unwrap().clone();
        let v = sale.conversion.unwrap();
        let currency = told.currency.or(sale.currency);
        let (referee, at) = (sale.referee, sale.at);
        let whole = Told { referee, at, currency, ..told.clone() };
        let judged = self.judge(v.program, v.referrer, None, &whole);
        let source = self.sources.get_mut(&told.source).unwrap();
        let sale = source.sale.as_mut().unwrap();
        sale.currency = currency;
        let Some(amount) = told.amount else { return };
        let conversion = sale.conversion.as_mut().unwrap();
        sale.amount = Some(amount);
        sale.currency = currency.or(Some(PROGRAMS[v.program].currency));
        if v.status.stands() && v.granted.is_none() {
            let (verdict, rewards) = match judged {
                // Who has approved it before it was known what it comes to has approved it.
                ("pending_review", rewards) if v.status == Status::Approved => {
                    ("rewarded", rewards)
                }
                judged => judged,
            };
            (sale.verdict, sale.rewards) = (verdict, rewards);
            (conversion.reason, conversion.rewards) = (verdict, rewards);
            if ["rewarded", "referrer_limit"].contains(&verdict) {
                conversion.granted = Some(rewards);
            }
            let refunded = source.refunded_of(Some(amount));
            source.is_refunded = source.is_wholly_refunded(Some(amount));
            source.refunded = refunded;
            source.sale.as_mut().unwrap().refunded_before = refunded;
            return;
        }
        // It was rewarded without its amount: what was refunded meanwhile has its share now.
        let (judged, scale) = (sale.refunded_before, PROGRAMS[v.program].scale);
        let refunded = source.refunded_of(Some(amount));
        source.is_refunded = source.is_wholly_refunded(Some(amount));
        source.refunded = refunded;
        let conversion = source.sale.as_mut().unwrap().conversion.as_mut().unwrap();
        if amount > judged {
            let most = conversion
                .rewards
                .map(|reward| share(reward, refunded - judged, amount - judged, scale));
            conversion.take_back(most);
        }
        if refunded > 0 && refunded == amount && conversion.status.stands() {
            conversion.status = Status::Reversed;
        }
    }
}
