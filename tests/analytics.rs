//! Every figure is what a plain recount of the rows gives, whatever has been done to them; and the tree is what a
//! recursive query makes of it, also where people have referred each other in circles.

use postgres::{Client, GenericClient};
use rand::rngs::StdRng;
use rand::{RngExt, SeedableRng};
use uuid::Uuid;

use crate::support::{Database, bypass_triggers, person, sqlstate};

const PEOPLE: usize = 12;
const PROGRAMS: [&str; 3] = ["default", "reviewed", "mixed"];
const STEPS: usize = 400;

/// What the recounts share, each written without a look at the extension's own statements.
const VIEWS: &str = "
    CREATE VIEW membership AS
    SELECT uuid AS code_uuid, code, beneficiary_uuid, date_created,
           CASE WHEN uuid IN (SELECT code_uuid FROM referral_code_programs)
                THEN (SELECT program FROM referral_code_programs WHERE code_uuid = uuid)
                WHEN beneficiary_uuid IS NOT NULL THEN 'default' END AS program
    FROM phoenix_kit_referral_codes;

    CREATE VIEW redemption AS
    SELECT u.uuid, used_by_uuid, date_used, m.*
    FROM phoenix_kit_referral_code_usage AS u
    JOIN membership AS m USING (code_uuid);

    CREATE VIEW standing AS
    SELECT * FROM referral_conversions
    WHERE status NOT IN ('rejected', 'reversed') AND reason IN ('rewarded', 'pending_review', 'referrer_limit');

    CREATE VIEW referrer_of AS
    SELECT DISTINCT ON (used_by_uuid)
           used_by_uuid AS user_uuid, beneficiary_uuid AS referrer_uuid, code::text, date_used AS referred_at
    FROM redemption
    WHERE beneficiary_uuid <> used_by_uuid
    ORDER BY used_by_uuid, date_used, uuid;";

const REPORT_RECOUNTED: &str = "
    SELECT key,
           (SELECT count(*) FROM redemption WHERE program = key),
           (SELECT count(*) FROM standing WHERE program = key),
           coalesce(round(
               (SELECT count(DISTINCT used_by_uuid) FROM redemption AS r WHERE program = key
                AND EXISTS (SELECT FROM standing AS v
                            WHERE v.program = key AND referee_uuid = used_by_uuid))::numeric
               / nullif((SELECT count(DISTINCT used_by_uuid) FROM redemption WHERE program = key), 0), 4), 0),
           coalesce((SELECT sum(amount) FROM referral_rewards AS w
                     WHERE w.program = key AND w.currency = p.currency), 0),
           (SELECT avg(bought - came)
            FROM (SELECT used_by_uuid, min(date_used) AS came,
                         (SELECT min(converted_at) FROM standing AS v
                          WHERE v.program = key AND referee_uuid = used_by_uuid) AS bought
                  FROM redemption WHERE program = key GROUP BY used_by_uuid) AS first
            WHERE bought >= came)
    FROM referral_programs AS p";

const TOP_RECOUNTED: &str = "
    SELECT row_number() OVER (ORDER BY earned DESC, n DESC, referrer_uuid, currency), of.key, top.*
    FROM (SELECT NULL AS key UNION ALL SELECT key FROM referral_programs) AS of,
         LATERAL (SELECT referrer_uuid, count(*) AS n,
                         sum((SELECT coalesce(sum(amount), 0) FROM referral_rewards
                              WHERE conversion_uuid = v.uuid AND side = 'referrer')) AS earned,
                         reward_currency AS currency
                  FROM standing AS v WHERE granted_at IS NOT NULL AND (of.key IS NULL OR program = of.key)
                  GROUP BY referrer_uuid, reward_currency) AS top
    WHERE of.key IS NOT DISTINCT FROM $program";

const BALANCES_RECOUNTED: &str = "
    SELECT user_uuid, currency, sum(amount),
           sum(CASE WHEN available_at <= statement_timestamp() THEN amount ELSE 0 END),
           sum(CASE WHEN available_at > statement_timestamp() THEN amount ELSE 0 END),
           0.0000, 0.0000,
           sum(CASE WHEN amount < 0 THEN -amount ELSE 0 END)
    FROM referral_rewards GROUP BY user_uuid, currency";

const STATS_RECOUNTED: &str = "
    SELECT person, key, given.code::text,
           (SELECT count(*) FROM phoenix_kit_referral_code_usage WHERE code_uuid = given.uuid),
           coalesce(greatest(given.max_uses - given.number_of_uses, 0), 0), coalesce(given.max_uses, 0),
           (SELECT coalesce(sum(amount), 0) FROM referral_rewards AS w
            WHERE user_uuid = person AND program = key AND w.currency = p.currency),
           (SELECT coalesce(sum(amount), 0) FROM referral_rewards AS w
            WHERE user_uuid = person AND w.currency = p.currency AND available_at <= statement_timestamp()),
           (SELECT code::text FROM redemption
            WHERE used_by_uuid = person AND program = key AND beneficiary_uuid IS NOT NULL
            ORDER BY date_used, uuid LIMIT 1),
           (SELECT coalesce(jsonb_agg(jsonb_build_object(
                       'user_uuid', used_by_uuid,
                       'status', coalesce(latest.status, 'pending'),
                       'bonus_earned', (SELECT coalesce(sum(w.amount), 0.0000)::text
                                        FROM referral_rewards AS w JOIN referral_conversions AS v
                                        ON v.uuid = conversion_uuid
                                        WHERE referee_uuid = used_by_uuid AND referrer_uuid = person
                                        AND v.program = key AND side = 'referrer' AND w.currency = p.currency),
                       'completed_at', latest.converted_at)
                   ORDER BY came DESC, used_by_uuid DESC), '[]')
            FROM (SELECT used_by_uuid, min(date_used) AS came FROM redemption
                  WHERE beneficiary_uuid = person AND program = key GROUP BY 1) AS referral
            LEFT JOIN LATERAL (SELECT status, converted_at FROM referral_conversions
                               WHERE referee_uuid = used_by_uuid AND referrer_uuid = person AND program = key
                               AND reason IN ('rewarded', 'pending_review', 'referrer_limit')
                               ORDER BY status IN ('converted', 'approved') DESC, granted_at IS NOT NULL DESC,
                                        converted_at DESC, uuid DESC LIMIT 1) AS latest ON true)
    FROM person
    CROSS JOIN referral_programs AS p
    LEFT JOIN LATERAL (
        SELECT c.* FROM phoenix_kit_referral_codes AS c
        JOIN membership AS m ON m.code_uuid = c.uuid
        LEFT JOIN referral_code_programs AS o
        ON o.code_uuid = c.uuid AND owner_uuid = person AND owner_type = 'user'
        WHERE m.program = key AND (o.code_uuid IS NOT NULL OR c.beneficiary_uuid = person)
        ORDER BY o.code_uuid IS NULL, c.date_created, c.uuid LIMIT 1) AS given ON true";

/// The rows that only one of two queries gives, or one of them more often.
fn assert_same(client: &mut Client, what: &str, ours: &str, recount: &str) {
    let differing = format!(
        "WITH ours AS ({ours}), recount AS ({recount})
         SELECT 'ours ' || o::text FROM (SELECT * FROM ours EXCEPT ALL SELECT * FROM recount) AS o
         UNION ALL
         SELECT 'recount ' || r::text FROM (SELECT * FROM recount EXCEPT ALL SELECT * FROM ours) AS r"
    );
    let rows = client.query(&differing, &[]);
    let rows = rows.unwrap_or_else(|error| panic!("{what}: {error}: {differing}"));
    let rows: Vec<String> = rows.iter().map(|row| row.get(0)).collect();
    assert!(rows.is_empty(), "{what}: {rows:#?}");
}

fn assert_reports_are_recounts(client: &mut Client, seed: u64) {
    let report = "SELECT key, r.* FROM referral_programs, referral_program_report(key) AS r";
    assert_same(client, &format!("{seed}: reports"), report, REPORT_RECOUNTED);
    let balances = "SELECT person, b.* FROM person, referral_balance(person) AS b";
    assert_same(client, &format!("{seed}: balances"), balances, BALANCES_RECOUNTED);
    let stats = "SELECT person, key, s.* FROM person, referral_programs, referral_user_stats(person, key) AS s";
    assert_same(client, &format!("{seed}: stats"), stats, STATS_RECOUNTED);
    for program in ["NULL::text", "'default'", "'reviewed'", "'mixed'"] {
        let top = format!(
            "SELECT ordinality, {program}, referrer_uuid, conversions, total_earned, currency
             FROM referral_top_referrers(NULL, {program}) WITH ORDINALITY"
        );
        let recount = TOP_RECOUNTED.replace("$program", program);
        assert_same(client, &format!("{seed}: top referrers of {program}"), &top, &recount);
    }
}

/// The uses of every code in random buckets.
fn assert_series_are_recounts(client: &mut Client, rng: &mut StdRng, seed: u64) {
    let buckets = ["1 month", "11 days", "1 day 7 hours", "1 month 1 day", "90 minutes", "2 years"];
    let bucket = buckets[rng.random_range(0..buckets.len())];
    let from =
        format!("'2026-01-31'::timestamptz + interval '1 hour' * {}", rng.random_range(0..500));
    let to = format!("{from} + interval '1 minute' * {}", rng.random_range(1..100_000));
    let series = format!(
        "SELECT uuid, s.* FROM phoenix_kit_referral_codes,
         referral_usage_series(uuid, '{bucket}', {from}, {to}) AS s"
    );
    let recount = format!(
        "SELECT c.uuid, start, (SELECT count(*) FROM phoenix_kit_referral_code_usage
                                WHERE code_uuid = c.uuid AND date_used >= start AND date_used < stop)
         FROM phoenix_kit_referral_codes AS c,
              generate_series(0, 2000) AS n,
              LATERAL (SELECT {from} + n * interval '{bucket}' AS start,
                              least({from} + (n + 1) * interval '{bucket}', {to}) AS stop) AS bucket
         WHERE start < {to}"
    );
    assert_same(client, &format!("{seed}: series"), &series, &recount);
}

/// One thing that may happen; a refusal is one of them.
fn step(client: &mut Client, rng: &mut StdRng, number: usize) {
    let user = person(rng.random_range(1..=PEOPLE));
    let other = person(rng.random_range(1..=PEOPLE));
    let program = PROGRAMS[rng.random_range(0..PROGRAMS.len())];
    let place = rng.random_range(0..1_000);
    let amount = rng.random_range(0..4_000_000) as f64 / 10_000.0;
    let nth = |table: &str, column: &str| {
        format!(
            "(SELECT {column} FROM {table} ORDER BY uuid
              OFFSET {place} % greatest(1, (SELECT count(*) FROM {table})) LIMIT 1)"
        )
    };
    let code = nth("phoenix_kit_referral_codes", "code");
    let conversion = nth("referral_conversions", "uuid");
    let statement = match rng.random_range(0..20) {
        0 => format!("referral_code_for('{user}', '{program}')"),
        1 => format!("referral_code_for('{user}', '{program}', 'team')"),
        2 => format!("referral_create_code('{other}', beneficiary_uuid => '{user}')"),
        3 => format!("referral_create_code('{user}')"),
        4 => {
            let code = nth("phoenix_kit_referral_codes", "uuid");
            format!("referral_assign_program({code}, '{program}')")
        }
        5..=9 => format!("referral_try_use_code({code}, '{user}')"),
        10..=12 => format!(
            "referral_record_purchase('{user}', 'order {number}', {amount}, '{}')",
            if rng.random_range(0..5) == 0 { "EUR" } else { "USD" }
        ),
        13..=15 => format!(
            "referral_attribute_sale({code}, '{user}', 'sale {number}', amount => {amount})"
        ),
        16 => format!("referral_approve({conversion}, '{other}')"),
        17 => format!("referral_reject({conversion}, '{other}')"),
        18 => format!("referral_reverse({conversion}, 'returned')"),
        _ => {
            format!("referral_reverse({conversion}, 'returned in part', {})", amount / 100.0 + 0.01)
        }
    };
    if let Err(error) = client.batch_execute(&format!("SELECT {statement}")) {
        let state = sqlstate(&error);
        // Nobody decides on their own conversion.
        let refused = state.starts_with("RF") || ["22004", "22023", "42501"].contains(&&*state);
        assert!(refused, "{statement}: {error}");
    }
}

#[test]
fn every_figure_is_a_recount() {
    let (mut conversions, mut reversals, mut held) = (0, 0, 0);
    for seed in 1..=3 {
        let mut rng = StdRng::seed_from_u64(seed);
        let database = Database::with_setup();
        let mut client = database.connect();
        client.batch_execute(VIEWS).unwrap();
        let people = format!(
            "CREATE VIEW person AS
             SELECT lpad(to_hex(n), 32, '0')::uuid AS person FROM generate_series(1, {PEOPLE}) AS n;
             INSERT INTO phoenix_kit_settings (key, value) VALUES ('referral_allow_self_referral', 'true');
             SELECT referral_set_max_codes_per_user(1000);
             SELECT referral_update_program('default', '{{\"hold_period\": \"1 day\"}}');
             SELECT referral_create_program('reviewed', '{{\"requires_approval\": true, \"max_uses_per_code\": 5}}');
             SELECT referral_create_program('mixed', '{{\"min_purchase\": 0, \"first_purchase_only\": false,
                 \"one_code_per_referee\": false, \"referrer_reward\": \"0.0001\", \"max_uses_per_code\": 5}}');"
        );
        client.batch_execute(&people).unwrap();
        for number in 0..STEPS {
            step(&mut client, &mut rng, number);
            if number == STEPS / 2 {
                let change = "SELECT referral_update_program('mixed', '{\"currency\": \"EUR\"}')";
                client.batch_execute(change).unwrap();
            }
            if number % 100 == 99 {
                assert_reports_are_recounts(&mut client, seed);
            }
        }
        // The same with dates apart, some of them equal, and with what an old host may hold.
        let mut host = database.connect();
        bypass_triggers(&mut host);
        let scatter = format!(
            "SELECT setseed({});
             UPDATE phoenix_kit_referral_code_usage
             SET date_used = '2026-02-01'::timestamptz + interval '1 hour' * floor(random() * 1000);
             UPDATE referral_conversions
             SET converted_at = '2026-02-01'::timestamptz + interval '1 hour' * floor(random() * 2000);
             INSERT INTO phoenix_kit_referral_code_usage (code_uuid, used_by_uuid)
             SELECT code_uuid, person FROM membership, person WHERE random() < 0.05
             ON CONFLICT DO NOTHING",
            1.0 / seed as f64
        );
        host.batch_execute(&scatter).unwrap();
        assert_reports_are_recounts(&mut client, seed);
        for _ in 0..10 {
            assert_series_are_recounts(&mut client, &mut rng, seed);
        }
        let had = "SELECT count(*), (SELECT count(*) FROM referral_rewards WHERE amount < 0),
                   (SELECT count(*) FROM referral_rewards WHERE available_at > now()) FROM standing";
        let had = client.query_one(had, &[]).unwrap();
        conversions += had.get::<_, i64>(0);
        reversals += had.get::<_, i64>(1);
        held += had.get::<_, i64>(2);
    }
    assert!(conversions > 20 && reversals > 10 && held > 10, "{conversions} {reversals} {held}");
}

const TREE_RECOUNTED: &str = "
    WITH RECURSIVE tree AS (
        SELECT 1 AS depth, r.* FROM referrer_of AS r WHERE referrer_uuid = '$start'
        UNION ALL
        SELECT depth + 1, r.* FROM tree JOIN referrer_of AS r ON r.referrer_uuid = tree.user_uuid
        WHERE depth < $depth AND r.user_uuid <> '$start')
    SELECT * FROM tree";

const UPLINE_RECOUNTED: &str = "
    WITH RECURSIVE upline AS (
        SELECT 1 AS depth, referrer_uuid, code, referred_at, ARRAY['$start', referrer_uuid] AS path
        FROM referrer_of WHERE user_uuid = '$start'
        UNION ALL
        SELECT depth + 1, r.referrer_uuid, r.code, r.referred_at, path || r.referrer_uuid
        FROM upline JOIN referrer_of AS r ON r.user_uuid = upline.referrer_uuid
        WHERE depth < $depth AND r.referrer_uuid <> ALL (path))
    SELECT depth, referrer_uuid, code, referred_at FROM upline";

/// Codes and redemptions at random, with moments and ids drawn so that ties are met.
fn random_graph(client: &mut Client, rng: &mut StdRng, people: usize, codes: usize, uses: usize) {
    let mut graph = String::from("TRUNCATE phoenix_kit_referral_codes CASCADE;");
    for code in 1..=codes {
        let uuid = Uuid::from_u128(code as u128);
        let beneficiary = match rng.random_range(0..6) {
            0 => "NULL".into(),
            _ => format!("'{}'", person(rng.random_range(1..=people))),
        };
        graph += &format!(
            "INSERT INTO phoenix_kit_referral_codes
                 (uuid, code, description, max_uses, created_by_uuid, beneficiary_uuid)
             VALUES ('{uuid}', 'CODE{code}', '-', 100, '{uuid}', {beneficiary});"
        );
    }
    for _ in 0..uses {
        let code = Uuid::from_u128(rng.random_range(1..=codes) as u128);
        let user = person(rng.random_range(1..=people));
        let (uuid, hour) = (Uuid::from_u128(rng.random()), rng.random_range(0..10));
        graph += &format!(
            "INSERT INTO phoenix_kit_referral_code_usage (uuid, code_uuid, used_by_uuid, date_used)
             VALUES ('{uuid}', '{code}', '{user}', '2026-01-01'::timestamptz + interval '{hour} hours')
             ON CONFLICT DO NOTHING;"
        );
    }
    client.batch_execute(&graph).unwrap();
}

#[test]
fn the_tree_is_what_a_recursive_query_finds_and_upline_its_inverse() {
    let database = Database::with_setup();
    let mut client = database.connect();
    bypass_triggers(&mut client);
    client.batch_execute(VIEWS).unwrap();
    let mut circles = 0;
    for seed in 1..=12 {
        let mut rng = StdRng::seed_from_u64(seed);
        let people = rng.random_range(2..=16);
        let (codes, uses) = (rng.random_range(1..=20), rng.random_range(1..=40));
        random_graph(&mut client, &mut rng, people, codes, uses);
        for start in (1..=people).map(person) {
            for depth in [1, 2, 3, 100] {
                let fill = |recount: &str| {
                    let recount = recount.replace("$start", &start.to_string());
                    recount.replace("$depth", &depth.to_string())
                };
                let tree = format!("SELECT * FROM referral_tree('{start}', {depth})");
                assert_same(&mut client, &format!("{seed}: {tree}"), &tree, &fill(TREE_RECOUNTED));
                let upline = format!("SELECT * FROM referral_upline('{start}', {depth})");
                assert_same(
                    &mut client,
                    &format!("{seed}: {upline}"),
                    &upline,
                    &fill(UPLINE_RECOUNTED),
                );
            }
        }
        let people = "(SELECT user_uuid AS person FROM referrer_of UNION SELECT referrer_uuid FROM referrer_of)";
        let down = format!(
            "SELECT person, user_uuid, depth FROM {people} AS p, referral_tree(person, 100)"
        );
        let up = format!(
            "SELECT referrer_uuid, person, depth FROM {people} AS p, referral_upline(person, 100)"
        );
        assert_same(&mut client, &format!("{seed}: down and up"), &down, &up);
        let circling =
            "SELECT count(*) FROM referrer_of AS r, referral_upline(r.user_uuid, 100) AS u,
                        referrer_of AS back WHERE back.user_uuid = u.referrer_uuid
                        AND back.referrer_uuid = r.user_uuid";
        circles += client.query_one(circling, &[]).unwrap().get::<_, i64>(0);
    }
    assert!(circles > 10, "{circles} circles are too few to show anything");
}

/// Twenty thousand people, each with a code and referred by the one a hundred before, half of whom have bought.
const CROWD: &str = "
    INSERT INTO phoenix_kit_referral_codes
        (uuid, code, description, max_uses, created_by_uuid, beneficiary_uuid)
    SELECT md5('code' || n)::uuid, 'U' || n, '-', 100, md5('user' || n)::uuid, md5('user' || n)::uuid
    FROM generate_series(1, 20000) AS n;
    INSERT INTO referral_code_programs
    SELECT md5('code' || n)::uuid, 'default', md5('user' || n)::uuid, 'user'
    FROM generate_series(1, 20000, 2) AS n;
    INSERT INTO phoenix_kit_referral_code_usage (code_uuid, used_by_uuid, date_used)
    SELECT md5('code' || n - 100)::uuid, md5('user' || n)::uuid, '2026-01-01'::timestamptz + n * interval '1 minute'
    FROM generate_series(101, 20000) AS n;
    INSERT INTO referral_conversions
        (uuid, program, code_uuid, code, referrer_uuid, owner_type, referee_uuid, source_type, source_ref, status,
         reason, referrer_reward, referee_reward, reward_currency, converted_at, granted_at)
    SELECT md5('conversion' || n)::uuid, 'default', md5('code' || n - 100)::uuid, 'U' || n - 100,
           md5('user' || n - 100)::uuid, 'user', md5('user' || n)::uuid, 'order', n, 'converted', 'rewarded', 10, 10,
           'USD', '2026-02-01'::timestamptz + n * interval '1 minute', '2026-02-01'
    FROM generate_series(101, 20000, 2) AS n;
    UPDATE referral_conversions
    SET reason = 'pending_review', granted_at = NULL,
        approvals = '[{\"id\": \"one\", \"approvers\": [\"00000000-0000-0000-0000-000000000001\"], \"quorum\": 1}]'
    WHERE source_ref LIKE '%01';
    SET session_replication_role = replica;
    INSERT INTO referral_rewards
        (uuid, conversion_uuid, program, side, user_uuid, amount, currency, created_at, available_at)
    SELECT gen_random_uuid(), uuid, program, 'referrer', referrer_uuid, 10, 'USD', converted_at, converted_at
    FROM referral_conversions;
    RESET session_replication_role;
    ANALYZE";

/// How often this backend has read each of the tables as a whole, since its statistics were last sent off.
const WHOLE_READS: &str = "
    SELECT relname::text, pg_stat_get_xact_numscans(oid) FROM pg_class
    WHERE relname IN ('phoenix_kit_referral_codes', 'phoenix_kit_referral_code_usage', 'referral_code_programs',
                      'referral_conversions', 'referral_rewards')
    ORDER BY 1";

fn whole_reads(client: &mut impl GenericClient) -> Vec<(String, i64)> {
    let counted = client.query(WHOLE_READS, &[]).unwrap();
    counted.iter().map(|row| (row.get(0), row.get(1))).collect()
}

/// Runs a read that has to find something. It may read each table as a whole so often.
fn assert_whole_reads_at_most(client: &mut Client, read: &str, most: i64) {
    let mut transaction = client.transaction().unwrap();
    let before = whole_reads(&mut transaction);
    let found = transaction.query(&format!("SELECT FROM {read}"), &[]).unwrap();
    assert!(!found.is_empty(), "{read} finds nothing");
    for ((table, after), (_, before)) in whole_reads(&mut transaction).iter().zip(&before) {
        assert!(after - before <= most, "{read} reads {table} {} times", after - before);
    }
}

#[test]
fn what_is_asked_of_one_person_or_code_is_answered_from_indexes_and_reports_read_a_table_once() {
    let database = Database::with_setup();
    let mut client = database.connect();
    bypass_triggers(&mut client);
    client.batch_execute(CROWD).unwrap();
    // A worker's reads would be counted elsewhere.
    client.batch_execute("SET max_parallel_workers_per_gather = 0").unwrap();
    let from_indexes = [
        "referral_user_stats(md5('user1')::uuid)",
        "referral_user_stats(md5('user2')::uuid)",
        "referral_balance(md5('user1')::uuid)",
        "referral_list_for_referrer(md5('user1')::uuid)",
        "referral_list_conversions()",
        "referral_list_conversions('{\"program\": \"default\"}')",
        "referral_list_conversions('{\"waiting\": true}')",
        "referral_list_conversions('{\"waiting\": true, \"status\": \"converted\"}')",
        "referral_list_conversions('{\"approver_uuid\": \"00000000-0000-0000-0000-000000000001\"}')",
        "referral_list_conversions(jsonb_build_object('referee_uuid', md5('user101')::uuid))",
        "referral_usage_series(md5('code1')::uuid, '1 day', '2026-01-01', '2026-03-01')",
        "referral_tree(md5('user1')::uuid, 100)",
        "referral_upline(md5('user19901')::uuid, 100)",
        "referral_recent_conversions()",
    ];
    // Often enough that a plan that serves for all is tried as well.
    for read in from_indexes.into_iter().cycle().take(8 * from_indexes.len()) {
        assert_whole_reads_at_most(&mut client, read, 0);
    }
    for report in ["referral_program_report()", "referral_top_referrers()"] {
        assert_whole_reads_at_most(&mut client, report, 1);
    }
}
