//! Whether a code can be used has one answer: what its state says, every list and check says, and redemption does, over
//! random situations of codes and programs. And as many as remain can be had.

use postgres::{Client, Transaction};
use rand::rngs::StdRng;
use rand::{RngExt, SeedableRng};
use uuid::Uuid;

use crate::support::Database;

const SITUATIONS: u64 = 250;

/// What redemption says where a code is in a state.
const REASONS: [(&str, Option<&str>); 5] = [
    ("active", None),
    ("inactive", Some("code_inactive")),
    ("expired", Some("code_expired")),
    ("program_not_active", Some("program_not_active")),
    ("limit_reached", Some("usage_limit_reached")),
];

/// Makes two codes, of the same program or of the default one or none, with uses, holds and stripes; then lets the first,
/// and the program, be as they may be. Gives the first.
fn build(client: &mut Transaction, rng: &mut StdRng) -> Uuid {
    let one_of = |rng: &mut StdRng, choices: &[&str]| -> String {
        choices[rng.random_range(0..choices.len())].to_owned()
    };
    let program = one_of(rng, &["", "default", "spring", "spring"]);
    let cap = rng.random_range(1..9);
    if rng.random_bool(0.6) && !program.is_empty() {
        let set = format!(
            r#"SELECT FROM referral_update_program('{program}', '{{"max_uses_total": {cap}}}')"#
        );
        client.batch_execute(&set).unwrap();
    }
    let mut codes = Vec::new();
    for name in ["FIRST", "OTHER"] {
        // In the default program by its beneficiary alone, or assigned.
        let beneficiary =
            if rng.random_bool(0.5) || program == "default" { "gen_random_uuid()" } else { "NULL" };
        let create = format!(
            "SELECT uuid FROM referral_create_code(gen_random_uuid(), '{name}', max_uses => {}, beneficiary_uuid => {beneficiary})",
            rng.random_range(1..6)
        );
        let code: Uuid = client.query_one(&create, &[]).unwrap().get(0);
        if !program.is_empty() && (program != "default" || rng.random_bool(0.5)) {
            client.query("SELECT referral_assign_program($1, $2)", &[&code, &program]).unwrap();
        }
        codes.push(code);
    }
    for (name, code) in ["FIRST", "OTHER"].into_iter().zip(&codes) {
        for _ in 0..rng.random_range(0..5) {
            let call = one_of(
                rng,
                &[
                    "referral_try_use_code($1, gen_random_uuid())",
                    "referral_try_hold_use($1, gen_random_uuid())",
                    "referral_try_hold_use($1, gen_random_uuid(), '1 microsecond')",
                ],
            );
            client.query(&format!("SELECT {call}"), &[&name]).unwrap();
        }
        if rng.random_bool(0.3) {
            client.query("SELECT referral_stripe_code($1, 2)", &[code]).unwrap();
        }
    }
    let first = codes[0];
    if rng.random_bool(0.15) {
        client.query("SELECT referral_deactivate_code('FIRST')", &[]).unwrap();
    }
    let expires =
        one_of(rng, &["NULL", "NULL", "now() + interval '1 hour'", "now() - interval '1 s'"]);
    let expire = format!(
        "UPDATE phoenix_kit_referral_codes SET expiration_date = {expires} WHERE uuid = $1"
    );
    client.execute(&expire, &[&first]).unwrap();
    if !program.is_empty() {
        let change = one_of(
            rng,
            &[
                "{}",
                "{}",
                r#"{"status": "paused"}"#,
                r#"{"status": "ended"}"#,
                r#"{"starts_at": "2999-01-01"}"#,
                r#"{"starts_at": "2001-01-01", "ends_at": "2999-01-01"}"#,
                r#"{"ends_at": "2001-01-01"}"#,
            ],
        );
        let update = format!("SELECT FROM referral_update_program('{program}', '{change}')");
        client.batch_execute(&update).unwrap();
    }
    first
}

/// What a code is like, as one function after another tells it.
#[derive(Debug, PartialEq)]
struct Told {
    state: String,
    remaining: i32,
}

fn told(client: &mut Transaction, from: &str, code: Uuid) -> Option<Told> {
    let ask = format!("SELECT state, remaining_uses FROM {from} AS c WHERE c.uuid = $1");
    let row = client.query_opt(&ask, &[&code]).unwrap();
    row.map(|row| Told { state: row.get(0), remaining: row.get(1) })
}

/// How many redeem the code until somebody is refused, and why.
fn redeem_all(client: &mut Transaction) -> (i32, String) {
    for redeemed in 0.. {
        let redeem = "SELECT ok, reason FROM referral_try_use_code('first', gen_random_uuid())";
        let row = client.query_one(redeem, &[]).unwrap();
        if !row.get::<_, bool>(0) {
            return (redeemed, row.get(1));
        }
    }
    unreachable!("a code without end")
}

fn check(client: &mut Transaction, code: Uuid, about: &str) {
    let known = told(client, "referral_get_code($1)", code).unwrap();
    let (_, reason) = REASONS.into_iter().find(|(state, _)| *state == known.state).unwrap();
    let by_state = format!(r#"referral_find_codes('{{"state": "{}"}}')"#, known.state);
    for from in [
        "referral_get_code_strict($1)",
        "referral_get_code_by_string('first')",
        "referral_list_codes()",
        "referral_find_codes()",
        by_state.as_str(),
        "referral_update_code($1, '{}')",
    ] {
        // A change gives leases back, and nothing else.
        let mut savepoint = client.transaction().unwrap();
        assert_eq!(told(&mut savepoint, from, code).as_ref(), Some(&known), "{from}: {about}");
    }
    if let Some(top) = told(client, "referral_top_codes()", code) {
        assert_eq!(top, known, "{about}");
    }
    let is_active = reason.is_none();
    let listed = told(client, "referral_list_valid_codes()", code);
    assert_eq!(listed.is_some(), is_active, "{about}");
    let ask = "
        SELECT referral_valid_for_use($1), referral_usage_limit_reached($1), s.ok, d.valid, d.reason, d.remaining_uses, p.reason
        FROM referral_check_signup('first') AS s, referral_validate_code('first') AS d,
             referral_validate_code('first', gen_random_uuid()) AS p";
    let row = client.query_one(ask, &[&code]).unwrap();
    assert_eq!(row.get::<_, bool>(0), is_active, "{about}");
    assert_eq!(row.get::<_, bool>(1), known.remaining == 0, "{about}");
    assert_eq!(row.get::<_, bool>(2), is_active, "{about}");
    assert_eq!(row.get::<_, bool>(3), is_active, "{about}");
    assert_eq!(row.get::<_, Option<&str>>(4), reason, "{about}");
    assert_eq!(row.get::<_, i32>(5), known.remaining, "{about}");
    assert_eq!(row.get::<_, Option<&str>>(6), reason, "{about}");

    let (redeemed, refused) = redeem_all(client);
    let (most, last) = match reason {
        None => (known.remaining, "usage_limit_reached"),
        Some(reason) => (0, reason),
    };
    assert_eq!((redeemed, refused.as_str()), (most, last), "{about}");
    assert!(!is_active || redeemed > 0, "{about}");
}

#[test]
fn a_code_can_be_used_as_its_state_says_and_as_often_as_remains() {
    let database = Database::with_setup();
    let mut client: Client = database.connect();
    let prepare = r#"SELECT FROM referral_create_program('spring');
                     SELECT referral_set_max_codes_per_user(100)"#;
    client.batch_execute(prepare).unwrap();
    let mut states = std::collections::BTreeSet::new();
    for seed in 0..SITUATIONS {
        let mut rng = StdRng::seed_from_u64(seed);
        let mut transaction = client.transaction().unwrap();
        let code = build(&mut transaction, &mut rng);
        let state = told(&mut transaction, "referral_get_code($1)", code).unwrap().state;
        check(&mut transaction, code, &format!("seed {seed}, {state}"));
        states.insert(state);
        transaction.rollback().unwrap();
    }
    assert_eq!(states.len(), REASONS.len(), "{states:?}");
}
