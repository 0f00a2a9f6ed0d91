//! Random lives of conversions, against a model that knows nothing of the tables: every answer, and every balance,
//! verdict and limit after it, is what the model says, to the last decimal.

use postgres::Transaction;
use rand::rngs::StdRng;
use rand::seq::{IndexedRandom, IteratorRandom};
use rand::{RngExt, SeedableRng};
use uuid::Uuid;

use crate::support::{Database, person, sqlstate};

mod deeds;
pub mod model;
mod programs;
mod sales;
mod verify;

use model::{Answer, Model, ONE, Redemption, Sale, Told, Units, decimal};
use programs::{CODES, DAY, PROGRAMS, REFERRERS, name, prepare, referrer};

/// Each has its favourite program.
const LIVES: usize = PROGRAMS.len();
const STEPS: usize = 400;
/// So many steps from one look of the doctor's to the next.
const DOCTOR_EACH: usize = 20;
const SOURCES: usize = 160;
const REFEREES: usize = 12;
/// Days of redemptions and of what is told late.
const DAYS: i64 = 400;
/// Later than any of them.
const NOW: i64 = 10_000 * DAY;

/// One transaction, in both worlds.
struct Life<'a, 'c> {
    client: &'a mut Transaction<'c>,
    model: &'a mut Model,
    rng: &'a mut StdRng,
    /// How many steps were before.
    number: usize,
    favourite: usize,
}

fn text(value: Option<impl ToString>) -> Option<String> {
    value.map(|value| value.to_string())
}

fn sql(value: Option<String>) -> String {
    value.map_or("NULL".into(), |value| format!("'{value}'"))
}

fn moment(minutes: i64) -> String {
    format!("timestamptz '2020-01-01 00:00+00' + interval '{minutes} minutes'")
}

/// What record_purchase tells of a sale that is known.
fn purchase_answer(sale: &Sale, is_repeated: bool) -> Answer {
    let qualifies = model::qualifies(sale.verdict);
    let is_rewarded = match sale.verdict {
        "rewarded" => true,
        "referrer_limit" => sale.rewards[1] > 0,
        _ => false,
    };
    let promised = |side: usize| qualifies.then(|| decimal(sale.rewards[side]));
    vec![
        text(Some(is_rewarded)),
        text(Some(sale.verdict)),
        text(sale.conversion.as_ref().map(|v| v.uuid)),
        text(sale.referrer),
        promised(0),
        promised(1),
        text(Some(is_repeated)),
    ]
}

/// The conversion's row.
fn conversion_answer(sale: &Sale) -> Answer {
    let v = sale.conversion.as_ref().unwrap();
    vec![
        text(Some(v.uuid)),
        text(Some(PROGRAMS[v.program].key)),
        text(Some(v.referrer)),
        text(Some(sale.referee)),
        sale.amount.map(decimal),
        text(sale.currency),
        text(Some(v.status.name())),
        text(Some(v.reason)),
        Some(decimal(v.rewards[0])),
        Some(decimal(v.rewards[1])),
    ]
}

const PURCHASE: &str = "rewarded::text, reason, conversion_uuid::text, referrer_uuid::text, referrer_reward::text, referee_reward::text, repeated::text";
const CONVERSION: &str = "uuid::text, program, referrer_uuid::text, referee_uuid::text, amount::text, currency, status, reason, referrer_reward::text, referee_reward::text";

impl Life<'_, '_> {
    /// The columns of the only row, if there is one, or the SQLSTATE; an error undoes no more than the call.
    fn ask(&mut self, columns: &str, call: &str) -> Result<Option<Answer>, String> {
        let mut savepoint = self.client.transaction().unwrap();
        match savepoint.query_opt(&format!("SELECT ARRAY[{columns}] FROM {call}"), &[]) {
            Ok(row) => {
                savepoint.commit().unwrap();
                Ok(row.map(|row| row.get(0)))
            }
            Err(error) => Err(sqlstate(&error)),
        }
    }

    fn amount(&mut self) -> Units {
        match self.rng.random_range(0..20) {
            0 => 0,
            1..=9 => ONE * self.rng.random_range(1..=80),
            _ => self.rng.random_range(1..=80 * ONE),
        }
    }

    fn code(&mut self) -> usize {
        if self.rng.random() {
            2 * self.favourite + self.rng.random_range(0..2)
        } else {
            self.rng.random_range(0..CODES)
        }
    }

    fn source(&mut self) -> String {
        format!("order {}", self.rng.random_range(0..SOURCES))
    }

    fn step(&mut self) {
        match self.rng.random_range(0..100) {
            0..42 => self.sell(),
            42..60 => self.refund(),
            60..77 => self.review(),
            77..87 => self.pay(),
            87..94 => self.redeem(),
            94..99 => self.edit(),
            _ => self.forget(),
        }
    }

    /// Tells of a sale, by the webhook or with a code: a new one, or again one that was told, perhaps otherwise.
    fn sell(&mut self) {
        let source = self.source();
        let known = self.model.sale(&source).cloned();
        let mut code = self.rng.random_bool(0.4).then(|| self.code());
        let referee = person(self.rng.random_range(1..=REFEREES));
        let is_late = self.rng.random_bool(0.7);
        let late = self.rng.random_range(0..DAYS * DAY);
        let at = if is_late { late } else { NOW + self.number as i64 };
        let currency = match self.rng.random_range(0..10) {
            0 => Some("GBP"),
            1..=5 => Some(PROGRAMS[code.map_or(self.favourite, |code| code / 2)].currency),
            _ => None,
        };
        let has_amount = code.is_none() || self.rng.random_bool(0.8);
        let amount = has_amount.then(|| self.amount());
        let first = (code.is_none() && self.rng.random_bool(0.2)).then(|| self.rng.random());
        let mut told = Told { source, referee, amount, currency, at, first };
        if let Some(known) = known.as_ref().filter(|_| self.rng.random_bool(0.8)) {
            told.referee = known.referee;
            told.amount = known.amount.filter(|_| has_amount).or(told.amount);
            told.currency = known.currency.filter(|_| self.rng.random());
            let own = known.code.or(known.conversion.as_ref().map(|v| v.code));
            code = code.map(|code| own.unwrap_or(code));
        }
        self.tell(&told, code, is_late);
        if self.rng.random_bool(0.3) {
            self.tell(&told, code, is_late);
        }
    }

    fn tell(&mut self, told: &Told, code: Option<usize>, is_late: bool) {
        let Told { source, referee, amount, currency, at, first } = told;
        let at = match is_late {
            true => moment(*at),
            // Ahead of the clock counts as now.
            false if self.rng.random() => "'2100-01-01'".into(),
            false => "NULL".into(),
        };
        let (amount, currency) = (sql(amount.map(decimal)), sql(text(*currency)));
        let kind = ["order", " Order"].choose(self.rng).unwrap();
        let rest = format!(
            "'{referee}', '{source}', source_type => '{kind}', amount => {amount}, currency => {currency}, occurred_at => {at}"
        );
        let (call, answer, expected) = if let Some(code) = code {
            let call = format!("referral_attribute_sale('{}', {rest})", name(code));
            let answer = self.ask(CONVERSION, &call);
            let expected = self.model.attribute(code, told);
            self.name_conversion(source);
            let row = || conversion_answer(self.model.sale(source).unwrap());
            (call, answer, expected.map(|is_one| is_one.then(row)))
        } else {
            let first = sql(text(*first));
            let call = format!("referral_record_purchase({rest}, first_purchase => {first})");
            let answer = self.ask(PURCHASE, &call);
            let expected = self.model.purchase(told);
            self.name_conversion(source);
            let row = |repeated| purchase_answer(self.model.sale(source).unwrap(), repeated);
            (call, answer, expected.map(|repeated| Some(row(repeated))))
        };
        assert_eq!(answer, expected.map_err(str::to_owned), "{call}");
    }

    /// The one name that the model cannot know.
    fn name_conversion(&mut self, source: &str) {
        let sale = self.model.sources.get_mut(source).and_then(|source| source.sale.as_mut());
        if let Some(v) = sale.and_then(|sale| sale.conversion.as_mut()).filter(|v| v.uuid.is_nil())
        {
            let find = "SELECT uuid FROM referral_conversions WHERE source_ref = $1";
            let row = self.client.query_opt(find, &[&source]).unwrap();
            v.uuid = row.map_or(Uuid::nil(), |row| row.get(0));
        }
    }

    fn refund(&mut self) {
        // Mostly of what was rewarded.
        let granted = self.model.conversions().filter(|(_, _, v)| v.granted.is_some());
        let granted = granted.choose(self.rng).map(|(source, _, _)| source.to_owned());
        let is_of_granted = self.rng.random_bool(0.7);
        let source = granted.filter(|_| is_of_granted).unwrap_or_else(|| self.source());
        let refund = format!("refund {}", self.rng.random_range(0..4));
        let amount = self.rng.random_bool(0.8).then(|| self.amount() / 6).filter(|some| *some > 0);
        for _ in 0..self.rng.random_range(1..=2) {
            let call = format!(
                "referral_record_refund('{source}', '{refund}', {})",
                sql(amount.map(decimal))
            );
            let columns = "conversion_uuid::text, status, referrer_taken::text, referee_taken::text, repeated::text";
            let answer = self.ask(columns, &call);
            let expected = self.model.refund(&source, &refund, amount);
            let expected = expected.map(|(mut row, repeated)| {
                row.push(text(Some(repeated)));
                Some(row)
            });
            assert_eq!(answer, expected.map_err(str::to_owned), "{call}");
        }
    }

    /// Approves, rejects or reverses some conversion, also one that cannot be.
    fn review(&mut self) {
        let Some((source, _, v)) = self.model.conversions().choose(self.rng) else { return };
        let (source, uuid, reviewer) = (source.to_owned(), v.uuid, person(9_999));
        let (call, expected) = match self.rng.random_range(0..7) {
            0..3 => {
                (format!("referral_approve('{uuid}', '{reviewer}')"), self.model.approve(&source))
            }
            3 => (format!("referral_reject('{uuid}', '{reviewer}')"), self.model.reject(&source)),
            way => {
                let amount = (way > 4).then(|| self.rng.random_range(1..=8 * ONE));
                let named = self.rng.random_range(0..4);
                let reference = (named > 1).then(|| format!("refund {named}"));
                let call = format!(
                    "referral_reverse('{uuid}', 'a test', {}, {})",
                    sql(amount.map(decimal)),
                    sql(reference.clone())
                );
                (call, self.model.reverse(&source, amount, reference.as_deref()))
            }
        };
        let answer = self.ask(CONVERSION, &call);
        let row = || Some(conversion_answer(self.model.sale(&source).unwrap()));
        assert_eq!(answer, expected.map(|()| row()).map_err(str::to_owned), "{call}");
    }

    fn pay(&mut self) {
        let payout = format!("payout {}", self.rng.random_range(0..STEPS / 10));
        if self.rng.random() {
            let is_paid = self.rng.random_bool(0.6);
            let call = format!("referral_settle_payout('{payout}', {is_paid})");
            let answer = self.ask("status, repeated::text", &call);
            let status = text(Some(if is_paid { "paid" } else { "failed" }));
            let expected = self.model.settle(&payout, is_paid);
            let expected = expected.map(|repeated| Some(vec![status, text(Some(repeated))]));
            assert_eq!(answer, expected.map_err(str::to_owned), "{call}");
            return;
        }
        let known = self.model.payouts.iter().find(|known| known.name == payout);
        let known = known.map(|known| (known.user, known.currency));
        let fresh = (referrer(self.rng.random_range(0..REFERRERS)), "USD");
        let (user, currency) = known.filter(|_| self.rng.random_bool(0.8)).unwrap_or(fresh);
        let amount = self.rng.random_bool(0.4).then(|| self.rng.random_range(1..=20 * ONE));
        let call = format!(
            "referral_create_payout('{user}', '{payout}', '{currency}', {})",
            sql(amount.map(decimal))
        );
        let answer = self.ask("user_uuid::text, amount::text, status, repeated::text", &call);
        let expected = self.model.pay(&payout, user, currency, amount).map(|(paid, repeated)| {
            let status = text(Some(paid.status));
            Some(vec![text(Some(user)), Some(decimal(paid.amount)), status, text(Some(repeated))])
        });
        assert_eq!(answer, expected.map_err(str::to_owned), "{call}");
    }

    /// Somebody redeems a code, as of some time ago.
    fn redeem(&mut self) {
        let (who, code) = (person(self.rng.random_range(1..=REFEREES)), self.code());
        let is_new = |r: &Redemption| (r.who, r.code / 2) != (who, code / 2);
        let is_on = self.model.codes[code].is_on && !self.model.paused[code / 2];
        if !is_on || !self.model.redemptions.iter().all(is_new) {
            return;
        }
        let at = self.rng.random_range(0..DAYS * DAY);
        let used = "SELECT usage_uuid FROM referral_use_code($1, $2)";
        let usage: Uuid = self.client.query_one(used, &[&name(code), &who]).unwrap().get(0);
        let back = format!(
            "UPDATE phoenix_kit_referral_code_usage SET date_used = {} WHERE uuid = '{usage}'",
            moment(at)
        );
        self.client.batch_execute(&back).unwrap();
        self.model.redemptions.push(Redemption { who, code, at });
    }

    /// Pauses or resumes a program, or gives an owner terms of their own, or takes them.
    fn edit(&mut self) {
        let program = self.rng.random_range(0..PROGRAMS.len());
        let key = PROGRAMS[program].key;
        if self.model.paused[program] || self.rng.random_bool(0.2) {
            let paused = &mut self.model.paused[program];
            *paused = !*paused;
            let status = if *paused { "paused" } else { "active" };
            let call = format!(
                "SELECT FROM referral_update_program('{key}', '{{\"status\": \"{status}\"}}')"
            );
            return self.client.batch_execute(&call).unwrap();
        }
        let owner = referrer(self.rng.random_range(0..REFERRERS));
        let mut some = || self.rng.random::<bool>().then(|| self.rng.random_range(0..=15 * ONE));
        let (fixed, most) = (some(), some());
        let json = |amount: Option<Units>| {
            amount.map_or("null".into(), |amount| format!("\"{}\"", decimal(amount)))
        };
        let call = if (fixed, most) == (None, None) {
            self.model.terms.remove(&(owner, program));
            format!("SELECT referral_clear_terms('{owner}', '{key}')")
        } else {
            self.model.terms.insert((owner, program), (fixed, most));
            format!(
                r#"SELECT FROM referral_set_terms('{owner}', '{key}', '{{"referrer_reward": {}, "max_referee_reward": {}}}')"#,
                json(fixed),
                json(most)
            )
        };
        self.client.batch_execute(&call).unwrap();
    }

    fn forget(&mut self) {
        let user = match self.rng.random_range(0..10) {
            0 => referrer(self.rng.random_range(0..REFERRERS)),
            _ => person(self.rng.random_range(1..=REFEREES)),
        };
        let forgotten = "SELECT referral_forget_user($1)";
        let pseudonym: Option<Uuid> = self.client.query_one(forgotten, &[&user]).unwrap().get(0);
        if let Some(pseudonym) = pseudonym {
            self.model.forget(user, pseudonym);
        }
    }
}

#[test]
fn the_ledger_is_what_the_model_says() {
    let mut lives = Vec::new();
    for favourite in 0..LIVES {
        let database = Database::with_setup();
        let mut client = database.connect();
        prepare(&mut client);
        let mut rng = StdRng::seed_from_u64(favourite as u64);
        let mut model = Model::new();
        for number in 0..STEPS {
            let is_kept = rng.random_bool(0.9);
            let mut after = model.clone();
            let mut transaction = client.transaction().unwrap();
            let mut life = Life {
                client: &mut transaction,
                model: &mut after,
                rng: &mut rng,
                number,
                favourite,
            };
            // Most redeem before anything is told.
            if number < 2 * REFEREES {
                life.redeem()
            } else {
                life.step()
            }
            if is_kept {
                transaction.commit().unwrap();
                model = after;
            } else {
                transaction.rollback().unwrap();
            }
            verify::verify(&mut client, &model);
            if number % DOCTOR_EACH == 0 {
                verify::doctor_is_content(&mut client);
            }
        }
        verify::doctor_is_content(&mut client);
        lives.push(model);
    }
    verify::are_telling(&lives);
}
