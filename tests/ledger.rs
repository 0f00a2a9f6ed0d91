//! Random lives of conversions, against a model that knows nothing of the tables: every answer, and every
//! balance after it, is what the model says, to the last decimal.

use std::collections::{BTreeMap, HashMap};

use postgres::{Client, Transaction};
use rand::rngs::StdRng;
use rand::{RngExt, SeedableRng};
use uuid::Uuid;

use crate::support::{Database, person, sqlstate};

const SEEDS: u64 = 6;
const STEPS: usize = 400;
const REFEREES: usize = 12;

/// An amount, in ten-thousandths.
type Units = i128;

const ONE: Units = 10_000;

fn decimal(units: Units) -> String {
    let sign = if units < 0 { "-" } else { "" };
    format!("{sign}{}.{:04}", units.abs() / ONE, units.abs() % ONE)
}

fn units(decimal: &str) -> Units {
    let (whole, fraction) = decimal.split_once('.').unwrap_or((decimal, ""));
    format!("{whole}{fraction:0<4}").parse().unwrap()
}

struct Program {
    key: &'static str,
    currency: &'static str,
    /// Of the referrer, of the referee.
    rewards: [Units; 2],
    min_purchase: Units,
    first_only: bool,
    held: bool,
    reviewed: bool,
}

/// Two share a referrer, so that balances have several sources.
const PROGRAMS: [Program; 5] = [
    Program {
        key: "NOW",
        currency: "USD",
        rewards: [10 * ONE + 1, 5 * ONE],
        min_purchase: 0,
        first_only: false,
        held: false,
        reviewed: false,
    },
    Program {
        key: "HELD",
        currency: "USD",
        rewards: [3_333, 6_667],
        min_purchase: 5 * ONE,
        first_only: false,
        held: true,
        reviewed: false,
    },
    Program {
        key: "CHECKED",
        currency: "EUR",
        rewards: [7 * ONE, 7 * ONE],
        min_purchase: 0,
        first_only: false,
        held: true,
        reviewed: true,
    },
    Program {
        key: "FIRST",
        currency: "USD",
        rewards: [2 * ONE, 99_999],
        min_purchase: 10 * ONE,
        first_only: true,
        held: false,
        reviewed: false,
    },
    Program {
        key: "ONESIDED",
        currency: "EUR",
        rewards: [0, 12 * ONE],
        min_purchase: 0,
        first_only: false,
        held: false,
        reviewed: true,
    },
];

fn referrer(program: usize) -> Uuid {
    person(1_000 + program % 3)
}

/// The program whose code the referee has redeemed.
fn program_of(referee: usize) -> usize {
    referee % PROGRAMS.len()
}

#[derive(Clone, PartialEq)]
enum Status {
    Converted,
    Approved,
    Rejected,
    Reversed,
}

#[derive(Clone)]
struct Conversion {
    uuid: Uuid,
    program: usize,
    referee: usize,
    amount: Units,
    currency: &'static str,
    status: Status,
    /// It is rewarded, or waits for its review.
    qualifies: bool,
    granted: [Units; 2],
    taken_back: [Units; 2],
}

impl Conversion {
    fn left(&self) -> Units {
        let left = |side| self.granted[side] - self.taken_back[side];
        left(0) + left(1)
    }

    fn take_back(&mut self, most: Units) {
        for side in 0..2 {
            self.taken_back[side] += most.min(self.granted[side] - self.taken_back[side]);
        }
    }
}

/// What a user has in a currency.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
struct Balance {
    available: Units,
    held: Units,
    reversed: Units,
}

#[derive(Clone, Default)]
struct Model {
    conversions: BTreeMap<String, Conversion>,
}

impl Model {
    /// The word for a sale, in the order of the rules.
    fn verdict(
        &self,
        program: usize,
        referee: usize,
        amount: Units,
        currency: &str,
    ) -> &'static str {
        let rules = &PROGRAMS[program];
        let before = |v: &Conversion| v.qualifies && (v.program, v.referee) == (program, referee);
        if currency != rules.currency {
            "currency_mismatch"
        } else if amount < rules.min_purchase {
            "below_minimum"
        } else if rules.first_only && self.conversions.values().any(before) {
            "not_first_purchase"
        } else if rules.reviewed {
            "pending_review"
        } else {
            "rewarded"
        }
    }

    fn balances(&self) -> HashMap<(Uuid, &'static str), Balance> {
        let mut balances: HashMap<_, Balance> = HashMap::new();
        for v in self.conversions.values() {
            let program = &PROGRAMS[v.program];
            let users = [referrer(v.program), person(v.referee)];
            for (side, user) in
                users.into_iter().enumerate().filter(|(side, _)| v.granted[*side] > 0)
            {
                let balance = balances.entry((user, program.currency)).or_default();
                let left = v.granted[side] - v.taken_back[side];
                *(if program.held { &mut balance.held } else { &mut balance.available }) += left;
                balance.reversed += v.taken_back[side];
            }
        }
        balances
    }
}

/// The first column of the only row, or the SQLSTATE; an error undoes no more than the call.
fn ask(transaction: &mut Transaction, call: &str) -> Result<String, String> {
    let mut savepoint = transaction.transaction().unwrap();
    match savepoint.query_one(call, &[]) {
        Ok(row) => {
            savepoint.commit().unwrap();
            Ok(row.get(0))
        }
        Err(error) => Err(sqlstate(&error)),
    }
}

/// Tells of a sale: a new one or one that was told of before, by the webhook or with a code.
fn sell(client: &mut Transaction, model: &mut Model, rng: &mut StdRng) {
    let source = format!("order {}", rng.random_range(0..STEPS / 3));
    let by_code = rng.random_bool(0.5);
    let mut referee = rng.random_range(0..REFEREES);
    let mut program =
        if by_code { rng.random_range(0..PROGRAMS.len()) } else { program_of(referee) };
    let mut amount = rng.random_range(0..=30 * ONE);
    let mut currency = if rng.random_bool(0.9) { PROGRAMS[program].currency } else { "GBP" };
    let known = model.conversions.get(&source).cloned();
    if let Some(known) = known.as_ref().filter(|_| rng.random_bool(0.7)) {
        (referee, program, amount, currency) =
            (known.referee, known.program, known.amount, known.currency);
    }
    let (buyer, paid, code) = (person(referee), decimal(amount), PROGRAMS[program].key);
    let call = if by_code {
        format!(
            "SELECT reason FROM referral_attribute_sale('{code}', '{buyer}', '{source}', amount => {paid}, currency => '{currency}')"
        )
    } else {
        format!(
            "SELECT reason FROM referral_record_purchase('{buyer}', '{source}', {paid}, '{currency}')"
        )
    };
    let told = ask(client, &call);
    if let Some(known) = known {
        let same = (known.referee, known.amount, known.currency) == (referee, amount, currency)
            && (!by_code || known.program == program);
        let word = format!("SELECT reason FROM referral_conversions WHERE source_ref = '{source}'");
        let expected = match (same, by_code) {
            (false, _) => Err("RF014".to_owned()),
            (true, false) => Ok("duplicate".to_owned()),
            (true, true) => ask(client, &word),
        };
        assert_eq!(told, expected, "again: {call}");
        return;
    }
    let program = if by_code { program } else { program_of(referee) };
    let verdict = model.verdict(program, referee, amount, currency);
    assert_eq!(told.as_deref(), Ok(verdict), "{call}");
    let qualifies = ["rewarded", "pending_review"].contains(&verdict);
    if qualifies || by_code {
        let find = "SELECT uuid FROM referral_conversions WHERE source_ref = $1";
        let granted = if verdict == "rewarded" { PROGRAMS[program].rewards } else { [0; 2] };
        let conversion = Conversion {
            uuid: client.query_one(find, &[&source]).unwrap().get(0),
            program,
            referee,
            amount,
            currency,
            status: Status::Converted,
            qualifies,
            granted,
            taken_back: [0; 2],
        };
        model.conversions.insert(source, conversion);
    }
}

/// Approves, rejects or reverses some conversion, also one that cannot be.
fn review(client: &mut Transaction, model: &mut Model, rng: &mut StdRng) {
    if model.conversions.is_empty() {
        return;
    }
    let place = rng.random_range(0..model.conversions.len());
    let v = model.conversions.values_mut().nth(place).unwrap();
    let uuid = v.uuid;
    let open = v.status == Status::Converted;
    let running = open || v.status == Status::Approved;
    let refused = || Err("RF012".to_owned());
    let (call, expected) = match rng.random_range(0..5) {
        0 if !open => {
            (format!("SELECT status FROM referral_approve('{uuid}', '{uuid}')"), refused())
        }
        0 => {
            v.status = Status::Approved;
            if v.qualifies && PROGRAMS[v.program].reviewed {
                v.granted = PROGRAMS[v.program].rewards;
            }
            (
                format!("SELECT status FROM referral_approve('{uuid}', '{uuid}')"),
                Ok("approved".into()),
            )
        }
        1 if !open => {
            (format!("SELECT status FROM referral_reject('{uuid}', '{uuid}')"), refused())
        }
        1 => {
            v.status = Status::Rejected;
            v.take_back(Units::MAX);
            (
                format!("SELECT status FROM referral_reject('{uuid}', '{uuid}')"),
                Ok("rejected".into()),
            )
        }
        2 if !running => {
            (format!("SELECT status FROM referral_reverse('{uuid}', 'all')"), refused())
        }
        2 => {
            v.status = Status::Reversed;
            v.take_back(Units::MAX);
            (format!("SELECT status FROM referral_reverse('{uuid}', 'all')"), Ok("reversed".into()))
        }
        _ => {
            let part = rng.random_range(1..=8 * ONE);
            let call =
                format!("SELECT status FROM referral_reverse('{uuid}', 'part', {})", decimal(part));
            let expected = if !running {
                refused()
            } else if v.granted == [0; 2] {
                Err("22023".into())
            } else {
                v.take_back(part);
                if v.left() == 0 {
                    v.status = Status::Reversed;
                }
                Ok(match v.status {
                    Status::Reversed => "reversed".into(),
                    Status::Approved => "approved".into(),
                    _ => "converted".into(),
                })
            };
            (call, expected)
        }
    };
    assert_eq!(ask(client, &call), expected, "{call}");
}

/// Every balance, and the ledger of every conversion, as the model has them.
fn check(client: &mut Client, model: &Model) {
    let expected = model.balances();
    let users = (0..REFEREES).map(person).chain((0..3).map(|number| person(1_000 + number)));
    for user in users {
        let balance = "
            SELECT currency, earned::text, available::text, held::text, reversed::text
            FROM referral_balance($1)";
        let rows = client.query(balance, &[&user]).unwrap();
        let of_user = expected.keys().filter(|(owner, _)| *owner == user);
        assert_eq!(rows.len(), of_user.count(), "currencies of {user}");
        for row in rows {
            let currency: &str = row.get(0);
            let [earned, available, held, reversed] =
                [1, 2, 3, 4].map(|column| units(row.get::<_, &str>(column)));
            let found = Balance { available, held, reversed };
            let (_, expected) =
                expected.iter().find(|((owner, of), _)| *owner == user && *of == currency).unwrap();
            assert_eq!(found, *expected, "{user} {currency}");
            assert_eq!(earned, available + held, "{user} {currency}");
            assert!(available >= 0 && held >= 0 && reversed >= 0, "{user} {currency} {found:?}");
        }
    }
    let sums = "
        SELECT source_ref,
               coalesce(sum(r.amount) FILTER (WHERE reverses_uuid IS NULL AND side = 'referrer'), 0)::text,
               coalesce(sum(r.amount) FILTER (WHERE reverses_uuid IS NULL AND side = 'referee'), 0)::text,
               coalesce(-sum(r.amount) FILTER (WHERE reverses_uuid IS NOT NULL AND side = 'referrer'), 0)::text,
               coalesce(-sum(r.amount) FILTER (WHERE reverses_uuid IS NOT NULL AND side = 'referee'), 0)::text,
               count(r.uuid) FILTER (WHERE reverses_uuid IS NULL)
        FROM referral_conversions AS v
        LEFT JOIN referral_rewards AS r ON r.conversion_uuid = v.uuid
        GROUP BY v.uuid";
    let rows = client.query(sums, &[]).unwrap();
    assert_eq!(rows.len(), model.conversions.len(), "conversions");
    for row in rows {
        let v = &model.conversions[row.get::<_, &str>(0)];
        let found = [1, 2, 3, 4].map(|column| units(row.get::<_, &str>(column)));
        let [granted, taken_back] = [v.granted, v.taken_back];
        assert_eq!(found, [granted[0], granted[1], taken_back[0], taken_back[1]], "{}", v.uuid);
        let grants = granted.iter().filter(|amount| **amount > 0).count();
        assert_eq!(row.get::<_, i64>(5), grants as i64, "grants of {}", v.uuid);
    }
    // Each reversal is of its own conversion and side, and of no more than that grant.
    let strays = "
        SELECT count(*)
        FROM referral_rewards AS g
        JOIN referral_rewards AS r ON r.reverses_uuid = g.uuid
        GROUP BY g.uuid
        HAVING sum(r.amount) + g.amount < 0
            OR bool_or((r.conversion_uuid, r.side, r.user_uuid, r.currency, r.available_at)
                       IS DISTINCT FROM (g.conversion_uuid, g.side, g.user_uuid, g.currency, g.available_at))";
    assert!(client.query(strays, &[]).unwrap().is_empty(), "strays");
}

/// The programs, a code in each, and referees who have redeemed one.
fn prepare(client: &mut Client) {
    client.batch_execute("SELECT referral_set_max_codes_per_user(100)").unwrap();
    for (number, program) in PROGRAMS.iter().enumerate() {
        let Program { key, currency, rewards, min_purchase, first_only, held, reviewed } = program;
        let hold = if *held { "14 days" } else { "0" };
        let [referrer_reward, referee_reward] = rewards.map(decimal);
        let (least, owner) = (decimal(*min_purchase), referrer(number));
        let make = format!(
            r#"SELECT referral_create_program('{key}', '{{"currency": "{currency}", "referrer_reward": {referrer_reward},
               "referee_reward": {referee_reward}, "min_purchase": {least}, "first_purchase_only": {first_only},
               "hold_period": "{hold}", "requires_approval": {reviewed}}}');
               SELECT referral_create_code('{owner}', '{key}', max_uses => 100, beneficiary_uuid => '{owner}');
               SELECT referral_assign_program(uuid, '{key}') FROM referral_get_code_by_string('{key}')"#
        );
        client.batch_execute(&make).unwrap();
    }
    for referee in 0..REFEREES {
        let redeem = "SELECT usage_uuid FROM referral_use_code($1, $2)";
        let code = PROGRAMS[program_of(referee)].key;
        client.query_one(redeem, &[&code, &person(referee)]).unwrap();
    }
}

#[test]
fn the_ledger_is_what_the_model_says() {
    for seed in 0..SEEDS {
        let database = Database::with_setup();
        let mut client = database.connect();
        prepare(&mut client);
        let mut rng = StdRng::seed_from_u64(seed);
        let mut model = Model::default();
        for _ in 0..STEPS {
            let kept = rng.random_bool(0.9);
            let mut after = model.clone();
            let mut transaction = client.transaction().unwrap();
            if rng.random_bool(0.5) {
                sell(&mut transaction, &mut after, &mut rng);
            } else {
                review(&mut transaction, &mut after, &mut rng);
            }
            if kept {
                transaction.commit().unwrap();
                model = after;
            } else {
                transaction.rollback().unwrap();
            }
            if rng.random_bool(0.1) {
                check(&mut client, &model);
            }
        }
        check(&mut client, &model);
        let reversed =
            model.conversions.values().filter(|v| v.left() < v.granted.iter().sum()).count();
        assert!(model.conversions.len() > 60 && reversed > 20, "seed {seed} tests too little");
    }
}
