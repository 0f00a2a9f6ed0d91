//! One redemption of every kind of code, under every setting, by every kind of user: what comes of it is
//! what section 3 of the contract says, as it is written down here a second time.

use postgres::{Client, Transaction};
use uuid::Uuid;

use crate::support::{Database, bypass_triggers, person, sqlstate};

#[derive(Clone, Copy, Debug, PartialEq)]
enum Expires {
    Never,
    Later,
    Ago,
}

#[derive(Clone, Copy, Debug, PartialEq)]
enum Beneficiary {
    Nobody,
    Somebody,
    User,
}

/// The code's program, and what it has to say.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Program {
    /// The code is assigned to none; with a beneficiary it is in the default one, which refuses none of
    /// those, although the user has used several.
    Unassigned,
    Paused,
    /// The user has redeemed another of its codes.
    Referred,
    UsedUp,
    /// It has a cap, and uses left.
    Capped,
}

/// What is held of the code, and counted.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Hold {
    Nothing,
    /// A use for the user, whom nothing that is full keeps from it.
    Own,
    /// One for somebody who has come too late: it is free for whoever needs it.
    Lapsed,
}

#[derive(Debug)]
struct Case {
    status: bool,
    expires: Expires,
    number_of_uses: i32,
    max_uses: i32,
    beneficiary: Beneficiary,
    program: Program,
    already_used: bool,
    hold: Hold,
    stored: String,
    typed: String,
    code_uuid: Uuid,
    usage_uuid: Uuid,
    hold_uuid: Uuid,
}

impl Case {
    /// Uses that nobody can have any more.
    fn taken(&self) -> i32 {
        self.number_of_uses - i32::from(self.hold == Hold::Lapsed)
    }
}

/// The values of the two settings; None: no such row.
type Settings = (Option<&'static str>, Option<&'static str>);

const FLAGS: [Option<&str>; 3] = [None, Some("true"), Some("TRUE")];
const USER: usize = 1;

fn programs_and_uses() -> impl Iterator<Item = (Program, bool, Hold)> {
    let programs =
        [Program::Unassigned, Program::Paused, Program::Referred, Program::UsedUp, Program::Capped];
    let all = programs.into_iter().flat_map(|program| {
        [
            (program, false, Hold::Nothing),
            (program, true, Hold::Nothing),
            (program, false, Hold::Own),
            (program, false, Hold::Lapsed),
        ]
    });
    // It would not be used up, for any of its codes.
    all.filter(|case| !matches!(case, (Program::UsedUp, _, Hold::Lapsed)))
}

fn cases() -> Vec<Case> {
    let mut cases = Vec::new();
    for stored_in_mixed_case in [false, true] {
        for status in [false, true] {
            for expires in [Expires::Never, Expires::Later, Expires::Ago] {
                // Unused, one left, full, over the cap.
                for (number_of_uses, max_uses) in [(0, 2), (1, 2), (2, 2), (3, 2)] {
                    for beneficiary in
                        [Beneficiary::Nobody, Beneficiary::Somebody, Beneficiary::User]
                    {
                        for (program, already_used, hold) in programs_and_uses() {
                            // Those that are held are counted.
                            if hold != Hold::Nothing
                                && (number_of_uses == 0 || stored_in_mixed_case)
                            {
                                continue;
                            }
                            let number = cases.len();
                            let name = if stored_in_mixed_case { "Case" } else { "CASE" };
                            cases.push(Case {
                                status,
                                expires,
                                number_of_uses,
                                max_uses,
                                beneficiary,
                                program,
                                already_used,
                                hold,
                                stored: format!("{name}{number}"),
                                typed: format!(" cAse{number}\t"),
                                code_uuid: person(1_000 + number),
                                usage_uuid: person(100_000 + number),
                                hold_uuid: person(200_000 + number),
                            });
                        }
                    }
                }
            }
        }
    }
    cases
}

/// The oracle: SQLSTATE and reason of the first rule that is broken.
fn expected(case: &Case, (enabled, allow_self): Settings) -> Option<(&'static str, &'static str)> {
    let own = case.beneficiary == Beneficiary::User;
    let is_held = case.hold == Hold::Own;
    let rules = [
        (enabled != Some("true"), "RF007", "system_disabled"),
        (case.already_used, "RF005", "already_used"),
        (!case.status, "RF002", "code_inactive"),
        (case.expires == Expires::Ago, "RF003", "code_expired"),
        (case.program == Program::Paused, "RF013", "program_not_active"),
        (own && allow_self != Some("true"), "RF006", "self_referral"),
        (case.program == Program::Referred, "RF015", "already_referred"),
        (case.taken() >= case.max_uses && !is_held, "RF004", "usage_limit_reached"),
        (case.program == Program::UsedUp && !is_held, "RF004", "usage_limit_reached"),
    ];
    let broken = rules.into_iter().find(|rule| rule.0);
    broken.map(|(_, sqlstate, reason)| (sqlstate, reason))
}

/// The programs, and the user's earlier use of another code of one.
fn prepare(client: &mut Client) {
    let prepare = format!(
        r#"SELECT referral_create_program('paused', '{{"one_code_per_referee": false, "status": "paused"}}');
           SELECT referral_create_program('referred');
           SELECT referral_create_program('used up', '{{"one_code_per_referee": false, "max_uses_total": 1}}');
           SELECT referral_create_program('capped', '{{"one_code_per_referee": false, "max_uses_total": 2}}');
           SELECT referral_create_code('{owner}', 'OTHER' || number) FROM generate_series(1, 2) AS number;
           SELECT referral_assign_program(uuid, 'referred') FROM referral_get_code_by_string('OTHER1');
           SELECT referral_assign_program(uuid, 'used up') FROM referral_get_code_by_string('OTHER2');
           SELECT referral_use_code('OTHER1', '{user}');
           SELECT referral_use_code('OTHER2', '{owner}')"#,
        owner = person(2),
        user = person(USER),
    );
    client.batch_execute(&prepare).unwrap();
}

fn store(client: &mut Client, case: &Case) {
    let expires = match case.expires {
        Expires::Never => "NULL",
        Expires::Later => "now() + interval '1 hour'",
        Expires::Ago => "now() - interval '1 second'",
    };
    let beneficiary = match case.beneficiary {
        Beneficiary::Nobody => None,
        Beneficiary::Somebody => Some(person(2)),
        Beneficiary::User => Some(person(USER)),
    };
    let insert = format!(
        "INSERT INTO phoenix_kit_referral_codes
         (uuid, code, description, status, number_of_uses, max_uses, created_by_uuid, beneficiary_uuid, expiration_date)
         VALUES ($1, $2, '', $3, $4, $5, gen_random_uuid(), $6, {expires})"
    );
    let Case { code_uuid, stored, status, number_of_uses, max_uses, .. } = case;
    client
        .execute(&insert, &[code_uuid, stored, status, number_of_uses, max_uses, &beneficiary])
        .unwrap();
    let program = match case.program {
        Program::Unassigned => None,
        Program::Paused => Some("paused"),
        Program::Referred => Some("referred"),
        Program::UsedUp => Some("used up"),
        Program::Capped => Some("capped"),
    };
    if program.is_some() {
        let assign = "
            INSERT INTO referral_code_programs (code_uuid, program, owner_type)
            VALUES ($1, $2, 'user')";
        client.execute(assign, &[code_uuid, &program]).unwrap();
    }
    let holder = match case.hold {
        Hold::Nothing => None,
        Hold::Own => Some((USER, "1 hour")),
        Hold::Lapsed => Some((3, "-1 hour")),
    };
    if let Some((holder, expires)) = holder {
        let insert = format!(
            "INSERT INTO referral_holds (hold_uuid, code_uuid, user_uuid, created_at, expires_at, is_counted)
             VALUES ($1, $2, $3, now(), now() + interval '{expires}', true)"
        );
        client.execute(&insert, &[&case.hold_uuid, code_uuid, &person(holder)]).unwrap();
    }
    if case.already_used {
        let insert = "
            INSERT INTO phoenix_kit_referral_code_usage (uuid, code_uuid, used_by_uuid)
            VALUES ($1, $2, $3)";
        client.execute(insert, &[&case.usage_uuid, code_uuid, &person(USER)]).unwrap();
    }
}

fn set(transaction: &mut Transaction, (enabled, allow_self): Settings) {
    let keys = [("referral_codes_enabled", enabled), ("referral_allow_self_referral", allow_self)];
    for (key, value) in keys {
        let delete = "DELETE FROM phoenix_kit_settings WHERE key = $1";
        transaction.execute(delete, &[&key]).unwrap();
        if let Some(value) = value {
            let insert = "INSERT INTO phoenix_kit_settings (key, value) VALUES ($1, $2)";
            transaction.execute(insert, &[&key, &value]).unwrap();
        }
    }
}

/// number_of_uses of the case's code, and how many usages of it the user has.
fn counts(transaction: &mut Transaction, case: &Case) -> (i32, i64) {
    let count = "
        SELECT number_of_uses,
               (SELECT count(*) FROM phoenix_kit_referral_code_usage WHERE code_uuid = c.uuid AND used_by_uuid = $2)
        FROM phoenix_kit_referral_codes AS c
        WHERE uuid = $1";
    let row = transaction.query_one(count, &[&case.code_uuid, &person(USER)]).unwrap();
    (row.get(0), row.get(1))
}

fn check_try(transaction: &mut Transaction, case: &Case, settings: Settings) {
    let expected = expected(case, settings);
    let won = expected.is_none();
    let ask = "
        SELECT ok, reason, usage_uuid, code_uuid, date_used, beneficiary_uuid, remaining_uses
        FROM (SELECT ($1)::text AS typed, ($2)::uuid AS asking) AS asked, referral_try_use_code(typed, asking) AS t";
    let ask = ask.replace("date_used,", "date_used IS NOT NULL,");
    let row = transaction.query_one(&ask, &[&case.typed, &person(USER)]).unwrap();
    let about = format!("{settings:?} {case:?}");

    let (ok, reason): (bool, Option<String>) = (row.get(0), row.get(1));
    assert_eq!((ok, reason.as_deref()), (won, expected.map(|(_, reason)| reason)), "{about}");

    let disabled = reason.as_deref() == Some("system_disabled");
    let already_used = reason.as_deref() == Some("already_used");
    let (usage, code): (Option<Uuid>, Option<Uuid>) = (row.get(2), row.get(3));
    assert_eq!(code, (!disabled).then_some(case.code_uuid), "{about}");
    assert_eq!(usage.is_some(), won || already_used, "{about}");
    assert_eq!(usage == Some(case.usage_uuid), already_used, "{about}");
    assert_eq!(usage == Some(case.hold_uuid), won && case.hold == Hold::Own, "{about}");
    assert_eq!(row.get::<_, bool>(4), usage.is_some(), "{about}");
    let beneficiary: Option<Uuid> = row.get(5);
    assert_eq!(
        beneficiary.is_some(),
        !disabled && case.beneficiary != Beneficiary::Nobody,
        "{about}"
    );
    let taken = i32::from(won && case.hold != Hold::Own);
    let left = (case.max_uses - case.taken()).max(0) - taken;
    assert_eq!(row.get::<_, Option<i32>>(6), (!disabled).then_some(left), "{about}");

    let is_full = case.number_of_uses >= case.max_uses;
    let given_up = i32::from(won && case.hold == Hold::Lapsed && is_full);
    let counts = counts(transaction, case);
    let uses = case.number_of_uses + taken - given_up;
    assert_eq!(counts, (uses, i64::from(won || case.already_used)), "{about}");
}

fn check_use(transaction: &mut Transaction, case: &Case, settings: Settings) {
    let ask = "SELECT code, number_of_uses FROM referral_use_code($1, $2)";
    let answer = transaction.query_one(ask, &[&case.typed, &person(USER)]);
    let about = format!("{settings:?} {case:?}");
    match (answer, expected(case, settings)) {
        (Ok(row), None) => {
            let (code, uses): (String, i32) = (row.get(0), row.get(1));
            let before = case.number_of_uses - i32::from(case.hold != Hold::Nothing);
            assert_eq!((code, uses), (case.stored.clone(), before + 1), "{about}");
        }
        (Err(error), Some((state, reason))) => {
            assert_eq!(sqlstate(&error), state, "{about}");
            let detail = error.as_db_error().and_then(|error| error.detail());
            assert_eq!(detail, Some(format!("reason={reason}").as_str()), "{about}");
        }
        (answer, expected) => panic!("{about}: {answer:?}, not {expected:?}"),
    }
}

#[test]
fn claim_agrees_with_the_rules() {
    let database = Database::with_setup();
    let cases = cases();
    let mut host = database.connect();
    prepare(&mut host);
    bypass_triggers(&mut host);
    for case in &cases {
        store(&mut host, case);
    }
    let mut client = database.connect();
    for settings in FLAGS.iter().flat_map(|a| FLAGS.iter().map(move |b| (*a, *b))) {
        let mut transaction = client.transaction().unwrap();
        set(&mut transaction, settings);
        for case in &cases {
            // Each in a savepoint, which is rolled back as the value is dropped.
            check_try(&mut transaction.transaction().unwrap(), case, settings);
            check_use(&mut transaction.transaction().unwrap(), case, settings);
        }
        transaction.rollback().unwrap();
    }
}

#[test]
fn an_unknown_code_is_not_found_unless_the_system_is_switched_off() {
    let database = Database::with_setup();
    let mut client = database.connect();
    for enabled in FLAGS {
        let mut transaction = client.transaction().unwrap();
        set(&mut transaction, (enabled, None));
        let ask = "SELECT reason FROM referral_try_use_code('NOWHERE', gen_random_uuid())";
        let reason: String = transaction.query_one(ask, &[]).unwrap().get(0);
        let known = if enabled == Some("true") { "code_not_found" } else { "system_disabled" };
        assert_eq!(reason, known, "{enabled:?}");
    }
}
