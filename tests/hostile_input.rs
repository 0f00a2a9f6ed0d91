//! Every function, called with whatever a caller can think of, in databases of five encodings: what is wrong with an
//! argument is told by an error that names it, and no error is one that nobody has thought of.
//!
//! The functions are those that the extension holds by then, so that none is forgotten. HOSTILE_CALLS says how many
//! calls are made, HOSTILE_SEED which: the same seed makes the same calls.

use std::collections::BTreeMap;
use std::env;
use std::fmt::Write as _;

use postgres::Client;

use crate::support::{Database, sqlstate};

const ENCODINGS: [&str; 5] = ["UTF8", "LATIN1", "EUC_JP", "SQL_ASCII", "WIN1252"];

/// In each encoding, before a database is made anew: what is left behind must not grow with the calls.
const CALLS_OF_A_ROUND: usize = 4_000;
/// In one transaction.
const CALLS_OF_A_BATCH: usize = 100;

/// What may come of a call: the extension's own, and what Postgres says of values that cannot be stored, of rights
/// and of locks.
const KNOWN: [&str; 29] = [
    "42704", "RF001", "RF002", "RF003", "RF004", "RF005", "RF006", "RF007", "RF008", "RF009",
    "RF010", "RF011", "RF012", "RF013", "RF014", "RF015", "RF016", "22004", "22021", "22023",
    "23505", "23514", "3F000", "39P01", "42501", "42P01", "42P16", "42703", "55000",
];

/// Those that are about an argument, and so must name it.
const OF_ARGUMENTS: [&str; 3] = ["22004", "22021", "22023"];

/// An argument of SQL, at least one of them in each type a function takes.
const VALUES: &[(&str, &[&str])] = &[
    (
        "text",
        &[
            "NULL",
            "''",
            "'   '",
            "'WELCOME'",
            "' welcome'",
            "'default'",
            "'spring'",
            "'order'",
            "'user'",
            "'USD'",
            "'eur'",
            "'x'",
            "'ABCDEFGH23'",
            "E'A\\tB'",
            "E'AB\\x01C'",
            "E'AB\\nCD'",
            "'''; DROP TABLE phoenix_kit_settings; --'",
            "'\"quoted\" \\ back'",
            "'%s %n %d'",
            "repeat('x', 51)",
            "repeat('y', 256)",
            "repeat('z', 1048576)",
            "repeat(strange(), 300)",
            "strange()",
            "'AB' || strange()",
            "strange(2)",
            "'ab' || strange(2) || 'cd'",
            "strange(3)",
            "strange(4)",
            "'approved'",
            "'converted'",
            "'Infinity'",
            "'00000000-0000-0000-0000-00000000000a'",
        ],
    ),
    (
        "name",
        &[
            "NULL",
            "'public'",
            "'uuid'",
            "'id'",
            "''",
            "'pg_catalog'",
            "'no \"such\" \\ schema'",
            "'it''s'",
            "strange()::name",
            "repeat('n', 63)::name",
            "repeat(strange(), 40)::name",
            "strange(3)::name",
        ],
    ),
    (
        "uuid",
        &[
            "NULL",
            "'00000000-0000-0000-0000-000000000000'",
            "'ffffffff-ffff-ffff-ffff-ffffffffffff'",
            "'00000000-0000-0000-0000-00000000000a'",
            "'00000000-0000-0000-0000-00000000000b'",
            "'00000000-0000-0000-0000-00000000000c'",
            "gen_random_uuid()",
            "some_code()",
            "some_code()",
            "some_usage()",
            "some_conversion()",
            "some_conversion()",
        ],
    ),
    ("integer", &["NULL", "0", "1", "2", "5", "-1", "100", "101", "2147483647", "-2147483648"]),
    ("bigint", &["NULL", "0", "1", "-1", "100", "9223372036854775807", "-9223372036854775808"]),
    ("boolean", &["NULL", "true", "false"]),
    (
        "numeric",
        &[
            "NULL",
            "0",
            "-1",
            "0.01",
            "10",
            "25.5",
            "0.00001",
            "-0.0",
            "'NaN'",
            "'Infinity'",
            "'-Infinity'",
            "9999999999999999.9999",
            "10000000000000000",
            "1e100",
            "1e-100",
            "('1' || repeat('0', 100000))::numeric",
            "('0.' || repeat('0', 10000) || '1')::numeric",
        ],
    ),
    (
        "timestamp with time zone",
        &[
            "NULL",
            "now()",
            "now() + interval '1 day'",
            "now() - interval '1 year'",
            "'infinity'",
            "'-infinity'",
            "'294276-12-31 23:59:59+00'",
            "'4713-01-01 00:00:00+00 BC'",
            "'2000-01-01'",
        ],
    ),
    (
        "interval",
        &[
            "NULL",
            "'0'",
            "'1 minute'",
            "'1 day'",
            "'1 month'",
            "'-1 day'",
            "'1 month -1 day'",
            "'-1 month 1 day'",
            "'1 day -24:00'",
            "'178000000 years'",
            "'-178000000 years'",
            "'2147483647 days'",
            "'2562047788:00:54.775807'",
            "'1 microsecond'",
            "endless()",
        ],
    ),
    (
        "jsonb",
        &[
            "NULL",
            "'{}'",
            "'[]'",
            "'null'",
            "'1'",
            "'\"text\"'",
            "nested(63)",
            "nested(64)",
            "nested(65)",
            "nested(129)",
            "nested(1000)",
            "jsonb_build_object('metadata', nested(60))",
            "jsonb_build_object('metadata', nested(200))",
            "jsonb_build_object(strange(), 1)",
            "jsonb_build_object(repeat('k', 1048576), 1)",
            "jsonb_build_object('code', strange())",
            "jsonb_build_object('description', repeat(strange(), 300))",
            "jsonb_build_object('name', strange(2), 'code_prefix', strange())",
            "any_member()",
            "any_member()",
            "any_member()",
            "any_member()",
            "any_member() || any_member()",
            "any_member() || any_member() || any_member()",
            "jsonb_build_array(any_step())",
            "jsonb_build_array(any_step(), any_step())",
            "'[{\"id\": \"a\", \"approvers\": [\"00000000-0000-0000-0000-00000000000c\"], \"quorum\": 1}]'",
        ],
    ),
    (
        "text[]",
        &[
            "NULL",
            "'{}'",
            "'{NULL}'",
            "ARRAY[NULL, 'ABC', 'ABC', '', strange(), repeat('x', 300)]",
            "ARRAY[[strange(), 'b'], ['c', NULL]]",
            "'[5:6]={GIFT1,GIFT2}'",
            "array_fill('x'::text, ARRAY[2000])",
        ],
    ),
    (
        "uuid[]",
        &[
            "NULL",
            "'{}'",
            "'{NULL}'",
            "ARRAY[gen_random_uuid(), NULL, some_code()]",
            "ARRAY[[gen_random_uuid()], [NULL]]",
            "array_fill('00000000-0000-0000-0000-00000000000a'::uuid, ARRAY[500])",
        ],
    ),
    (
        "bigint[]",
        &[
            "NULL",
            "'{}'",
            "'{NULL}'",
            "'{1,2,3}'",
            "'{{1,NULL},{9223372036854775807,-9223372036854775808}}'",
            "'[-3:-2]={1,2}'",
            "array_fill(1::bigint, ARRAY[5000])",
        ],
    ),
    (
        "regclass",
        &[
            "NULL",
            "0::oid::regclass",
            "4294967295::oid::regclass",
            "'users'",
            "'\"strange \"\" users\"'",
            "'pg_catalog.pg_class'",
            "'phoenix_kit_referral_codes'",
            "'phoenix_kit_referral_codes_pkey'",
            "'a_view'",
            "'a_sequence'",
        ],
    ),
];

/// What the values above are made with. `strange(1)`: letters whose case matters; 2: what cannot be seen; 3: what only
/// some encodings have; 4: bytes that are no text, where the database takes them.
const MAKERS: &str = r#"
CREATE FUNCTION of_bytes(told bytea) RETURNS text LANGUAGE plpgsql IMMUTABLE AS $$
BEGIN
    RETURN pg_catalog.convert_from(told, CASE pg_catalog.getdatabaseencoding() WHEN 'SQL_ASCII' THEN 'SQL_ASCII' ELSE 'UTF8' END);
EXCEPTION WHEN OTHERS THEN
    RETURN '?';
END $$;
CREATE FUNCTION strange(kind int DEFAULT 1) RETURNS text LANGUAGE plpgsql AS $$
BEGIN
    CASE kind
    WHEN 1 THEN
        RETURN of_bytes((ARRAY['\xc3bf', '\xc39f', '\xc3a9', '\xc4b1', '\xe382a2', '\xefac81', '\xf09f8e81']::bytea[])
                        [1 + any_number(7)]);
    WHEN 2 THEN
        RETURN of_bytes((ARRAY['\xe2808b', '\xe280ae', '\xefbbbf', '\xc2ad', '\xc2a0', '\xe38080', '\xcc81']::bytea[])
                        [1 + any_number(7)]);
    WHEN 3 THEN
        RETURN of_bytes('\xe282ac') || of_bytes('\xc593') || of_bytes('\xe4b880');
    ELSE
        -- What is no text of UTF-8, where the database takes it.
        IF pg_catalog.getdatabaseencoding() = 'SQL_ASCII' THEN
            RETURN pg_catalog.convert_from('\xff41e9', 'SQL_ASCII');
        ELSIF pg_catalog.getdatabaseencoding() = 'LATIN1' THEN
            RETURN pg_catalog.chr(129) || pg_catalog.chr(255);
        END IF;
        RETURN pg_catalog.chr(127);
    END CASE;
END $$;
CREATE FUNCTION endless() RETURNS interval LANGUAGE plpgsql AS $$
BEGIN
    RETURN ('infinity'::text)::interval;
EXCEPTION WHEN OTHERS THEN
    RETURN '1 month -30 days -1 second';
END $$;
CREATE FUNCTION nested(depth int) RETURNS jsonb LANGUAGE sql IMMUTABLE AS $$
    SELECT (repeat('{"a":', depth - 1) || '{}' || repeat('}', depth - 1))::jsonb
$$;
CREATE FUNCTION any_value() RETURNS jsonb LANGUAGE sql AS $$
    SELECT (ARRAY['null', '1', '-1', '0', '1.5', '1e400', '2147483648', '99999999999999999999999', '""', '"x"', 'true',
                  '"2030-01-01"', '"infinity"', '"-infinity"', '"now"', '"1 day"', '"1 month -1 day"', '"-1 day"',
                  '"14"', '"12345678901234567890 years"', '"P1Y"', '"00000000-0000-0000-0000-00000000000a"', '[]', '{}',
                  '[null, {}]', '"active"', '"paused"', '"EUR"', '"NaN"', '"12.34"', '"294277-01-01"', '"abcABC"',
                  '"@ 2 allballs ago"', '"2030-01-01 00:00 Mars/Base"', '"epoch"', '"1999-01-08 04:05:06+99"']::jsonb[]
            || to_jsonb(strange()) || to_jsonb(strange(2)) || to_jsonb(repeat('v', 70000)) || nested(70))
           [1 + any_number(40)]
$$;
CREATE FUNCTION any_member() RETURNS jsonb LANGUAGE sql AS $$
    SELECT jsonb_build_object((ARRAY['code', 'description', 'status', 'number_of_uses', 'max_uses', 'created_by_uuid',
        'beneficiary_uuid', 'date_created', 'expiration_date', 'name', 'starts_at', 'ends_at', 'code_length',
        'code_alphabet', 'code_prefix', 'max_uses_per_code', 'max_uses_total', 'codes_expire_after', 'referrer_reward',
        'referee_reward', 'currency', 'min_purchase', 'first_purchase_only', 'one_code_per_referee',
        'attribution_window', 'hold_period', 'requires_approval', 'metadata', 'colour', 'prefix', 'state', 'program',
        'waiting', 'reason', 'approver_uuid', 'referrer_uuid', 'referee_uuid', 'tiers', 'reward_scale', ''])
        [1 + any_number(40)], any_value())
$$;
CREATE FUNCTION any_step() RETURNS jsonb LANGUAGE sql AS $$
    SELECT jsonb_build_object('id', any_value(), 'quorum', any_value(), 'approvers', jsonb_build_array(any_value()))
        || any_member() - CASE any_number(3) WHEN 0 THEN '' ELSE 'colour' END
$$;
CREATE FUNCTION some_code() RETURNS uuid LANGUAGE sql AS $$
    SELECT uuid FROM phoenix_kit_referral_codes ORDER BY code LIMIT 1 OFFSET any_number(4) $$;
CREATE FUNCTION some_usage() RETURNS uuid LANGUAGE sql AS $$
    SELECT uuid FROM phoenix_kit_referral_code_usage LIMIT 1 $$;
CREATE FUNCTION some_conversion() RETURNS uuid LANGUAGE sql AS $$
    SELECT uuid FROM referral_conversions ORDER BY source_ref LIMIT 1 OFFSET any_number(3) $$;
CREATE FUNCTION raw(told text) RETURNS bytea LANGUAGE sql AS $$
    SELECT pg_catalog.convert_to(coalesce(told, ''), pg_catalog.getdatabaseencoding()) $$;

-- Runs statements, each in a savepoint, and tells of those that failed.
CREATE FUNCTION run_all(statements text[], OUT statement int, OUT code text, OUT message bytea, OUT field bytea)
RETURNS SETOF record LANGUAGE plpgsql AS $$
DECLARE
    told_message text;
    told_column text;
    begun timestamptz;
BEGIN
    FOR place IN 1 .. cardinality(statements) LOOP
        begun = pg_catalog.clock_timestamp();
        BEGIN
            EXECUTE statements[place];
        EXCEPTION WHEN OTHERS THEN
            GET STACKED DIAGNOSTICS
                code = RETURNED_SQLSTATE, told_message = MESSAGE_TEXT, told_column = COLUMN_NAME;
            statement = place;
            message = raw(left(told_message, 500));
            field = raw(left(told_column, 100));
            RETURN NEXT;
        END;
        IF pg_catalog.clock_timestamp() - begun > '5 s' THEN
            statement = place;
            code = 'slow';
            message = raw((pg_catalog.clock_timestamp() - begun)::text);
            field = '';
            RETURN NEXT;
        END IF;
    END LOOP;
END $$;

CREATE TABLE users (uuid uuid PRIMARY KEY, id int);
CREATE TABLE "strange "" users" (uuid uuid PRIMARY KEY, "it's" uuid);
CREATE VIEW a_view AS SELECT 1 AS uuid;
CREATE SEQUENCE a_sequence;
SELECT referral_create_program('spring', '{"max_uses_total": 50, "hold_period": "1 day"}');
SELECT referral_create_code('00000000-0000-0000-0000-00000000000a', 'WELCOME', beneficiary_uuid => '00000000-0000-0000-0000-00000000000a');
SELECT referral_create_code('00000000-0000-0000-0000-00000000000a', 'SUMMER');
SELECT referral_code_for('00000000-0000-0000-0000-00000000000b', 'spring');
SELECT referral_use_code('WELCOME', '00000000-0000-0000-0000-00000000000c');
SELECT referral_record_purchase('00000000-0000-0000-0000-00000000000c', 'first', 100, 'USD');
INSERT INTO phoenix_kit_settings (key, value, module) VALUES ('referral_events_enabled', 'true', 'referral_codes')
    ON CONFLICT (key) DO UPDATE SET value = 'true';
"#;

/// Steele, Lea and Flood's SplitMix64: small, and the same everywhere.
struct Dice(u64);

impl Dice {
    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mixed = (self.0 ^ (self.0 >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        let mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ (mixed >> 31)
    }

    fn below(&mut self, bound: usize) -> usize {
        (self.next() % bound as u64) as usize
    }

    fn one<'a>(&mut self, of: &[&'a str]) -> &'a str {
        of[self.below(of.len())]
    }
}

struct Function {
    name: String,
    arguments: Vec<Argument>,
}

struct Argument {
    name: String,
    kind: String,
}

/// What the extension holds, with what each function takes.
fn functions(client: &mut Client) -> Vec<Function> {
    let members = "
        SELECT p.proname::text,
               coalesce((p.proargnames)[1:p.pronargs], '{}')::text[],
               ARRAY(SELECT pg_catalog.format_type(t, NULL) FROM unnest(p.proargtypes) WITH ORDINALITY AS u (t, n) ORDER BY n)
          FROM pg_proc AS p JOIN pg_depend AS d
            ON d.classid = 'pg_proc'::regclass AND d.objid = p.oid AND d.deptype = 'e'
           AND d.refclassid = 'pg_extension'::regclass
           AND d.refobjid = (SELECT oid FROM pg_extension WHERE extname = 'referrals')
         ORDER BY p.proname, p.oid::regprocedure::text";
    let function = |row: &postgres::Row| {
        let (names, kinds): (Vec<String>, Vec<String>) = (row.get(1), row.get(2));
        let arguments = names.into_iter().zip(kinds).map(|(name, kind)| Argument { name, kind });
        Function { name: row.get(0), arguments: arguments.collect() }
    };
    let found: Vec<Function> = client.query(members, &[]).unwrap().iter().map(function).collect();
    assert!(found.len() > 60, "the extension holds {} functions", found.len());
    found
}

/// Values that some call takes well, by the argument's name or else by its type: a call that fails at its first argument
/// says nothing of the others.
fn usual(argument: &Argument) -> &'static [&'static str] {
    match (argument.name.as_str(), argument.kind.as_str()) {
        ("program" | "key", _) => &["'default'", "'spring'"],
        ("code", _) => {
            &["'WELCOME'", "' welcome'", "'SUMMER'", "strange()", "'new' || any_number(1000)"]
        }
        ("grantee", _) => &["'postgres'"],
        ("task", _) => &["'read'", "'redeem'", "'manage'", "'consume'"],
        ("owner_type", _) => &["'user'"],
        ("currency", _) => &["'USD'", "'eur'"],
        ("source_ref", _) => &["'ref ' || any_number(50)", "strange()"],
        ("status", "text") => &["'approved'", "'converted'", "NULL"],
        ("target_schema", _) => &["NULL", "'public'"],
        ("user_key", _) => &["'uuid'", "'it''s'"],
        ("prefix", _) => &["NULL", "''", "'P'", "strange()"],
        ("alphabet", _) => &["NULL", "'ABCDEF'"],
        ("conversion_uuid", _) => &["some_conversion()"],
        ("code_uuid" | "after_uuid", _) => &["some_code()"],
        ("usage_uuid", _) => &["some_usage()"],
        ("steps", _) => &[
            "'[{\"id\": \"a\", \"approvers\": [\"00000000-0000-0000-0000-00000000000c\"], \"quorum\": 1}]'",
        ],
        ("users", _) => &["'users'", "'\"strange \"\" users\"'"],
        (_, "uuid") => &[
            "'00000000-0000-0000-0000-00000000000a'",
            "'00000000-0000-0000-0000-00000000000b'",
            "'00000000-0000-0000-0000-00000000000c'",
            "gen_random_uuid()",
        ],
        (_, "integer") => &["1", "2", "5", "10"],
        (_, "bigint") => &["1"],
        (_, "boolean") => &["true", "false"],
        (_, "numeric") => &["10", "25.5", "0.01"],
        (_, "jsonb") => &["'{}'", "any_member()"],
        (_, "interval") => &["'1 day'", "'1 minute'"],
        (_, "timestamp with time zone") => {
            &["NULL", "now() + interval '1 day'", "now() - interval '1 day'"]
        }
        (_, "text[]") => &["ARRAY['GIFT' || any_number(1000), strange()]"],
        (_, "uuid[]") => &["ARRAY[gen_random_uuid()]"],
        (_, "bigint[]") => &["'{1,2,3}'"],
        _ => &["'user'", "'A note'"],
    }
}

/// A quarter of the calls is hostile through and through, the others are so in one argument of three.
fn call(function: &Function, dice: &mut Dice) -> String {
    let all = dice.below(4) == 0;
    // What returns a trigger cannot stand in FROM.
    let fires = ["referral_guard_", "referral_fact"];
    let fires = fires.iter().any(|prefix| function.name.starts_with(prefix));
    let from = if fires { "" } else { "* FROM " };
    let mut statement = format!("SELECT {from}{}(", function.name);
    for (place, argument) in function.arguments.iter().enumerate() {
        let values = VALUES.iter().find(|(kind, _)| *kind == argument.kind);
        let (kind, values) = values.unwrap_or_else(|| {
            panic!("{} takes a {}: add values of it", function.name, argument.kind)
        });
        // As many codes as that are made, and take their time.
        let values: Vec<&str> = values
            .iter()
            .copied()
            .filter(|value| argument.name != "count" || value.len() < 10)
            .collect();
        let comma = if place > 0 { ", " } else { "" };
        let value =
            if all || dice.below(3) == 0 { dice.one(&values) } else { dice.one(usual(argument)) };
        write!(statement, "{comma}({value})::{kind}").unwrap();
    }
    statement + ")"
}

/// What somebody may write without the functions, through the guards, and into the tables that the functions read.
/// The types in braces stand for values of theirs.
const BY_HAND: &[&str] = &[
    "INSERT INTO phoenix_kit_referral_codes (code, description, max_uses, created_by_uuid) VALUES ({text}, 'x', 5, {uuid})",
    "INSERT INTO phoenix_kit_referral_codes (code, description, max_uses, number_of_uses, created_by_uuid, beneficiary_uuid)
     VALUES ('hand' || any_number(1000), {text}, {integer}, {integer}, {uuid}, {uuid})",
    "INSERT INTO phoenix_kit_referral_codes (code, description, max_uses, created_by_uuid, date_created, expiration_date)
     VALUES ({text}, {text}, 5, {uuid}, {timestamp with time zone}, {timestamp with time zone})",
    "UPDATE phoenix_kit_referral_codes SET code = {text} WHERE uuid = some_code()",
    "UPDATE phoenix_kit_referral_codes SET description = {text}, max_uses = {integer} WHERE uuid = some_code()",
    "UPDATE phoenix_kit_referral_codes SET number_of_uses = {integer}, status = {boolean}, expiration_date = {timestamp with time zone}",
    "INSERT INTO phoenix_kit_referral_code_usage (code_uuid, used_by_uuid) VALUES (some_code(), {uuid})",
    "INSERT INTO phoenix_kit_referral_code_usage (code_uuid, used_by_uuid, date_used)
     VALUES ({uuid}, {uuid}, {timestamp with time zone})",
    "UPDATE phoenix_kit_settings SET value = {text} WHERE key = 'max_number_of_uses_per_code'",
    "INSERT INTO phoenix_kit_settings (key, value)
     VALUES ((ARRAY['max_number_of_codes_per_user', 'referral_check_limit', 'referral_notify'])[1 + any_number(3)], {text})
     ON CONFLICT (key) DO UPDATE SET value = excluded.value",
    "UPDATE referral_programs SET hold_period = {interval} WHERE key = 'spring'",
    "UPDATE referral_programs SET attribution_window = {interval}, codes_expire_after = {interval}",
    "UPDATE referral_programs SET referrer_reward = {numeric}, min_purchase = {numeric} WHERE key = 'default'",
    "UPDATE referral_programs SET metadata = {jsonb}, currency = {text}, name = {text} WHERE key = 'spring'",
    "UPDATE referral_programs SET code_alphabet = {text}, code_prefix = {text}, code_length = {integer}",
    "UPDATE referral_programs SET starts_at = {timestamp with time zone}, ends_at = {timestamp with time zone}",
    "UPDATE referral_conversions SET approvals = {jsonb}, decision_reason = {text}, amount = {numeric}",
    "UPDATE referral_events SET payload = {jsonb}",
];

/// What Postgres itself says of such a write.
const OF_WRITES: [&str; 8] =
    ["22001", "22003", "23502", "23503", "23514", "23505", "54000", "22008"];

/// What a function says of a value that was written so.
const OF_STORED: [&str; 2] = ["22003", "22015"];

fn by_hand(dice: &mut Dice) -> String {
    let mut statement = dice.one(BY_HAND).to_owned();
    for (kind, values) in VALUES {
        let place = format!("{{{kind}}}");
        while statement.contains(&place) {
            statement = statement.replacen(&place, &format!("({})::{kind}", dice.one(values)), 1);
        }
    }
    statement
}

/// What is wrong with how a call has failed.
fn complaint(
    function: Option<&Function>,
    code: &str,
    message: &str,
    field: &str,
) -> Option<&'static str> {
    let known = match function {
        Some(_) => KNOWN.contains(&code) || OF_STORED.contains(&code) && !field.is_empty(),
        None => KNOWN.contains(&code) || OF_WRITES.contains(&code),
    };
    if !known {
        return Some("an error that nobody has thought of");
    }
    let function = function?;
    let names = |name: &str| message.contains(&format!("argument \"{name}\""));
    let named = function.arguments.iter().any(|argument| names(&argument.name));
    let of_setting = message.contains("setting referrals.schema");
    let of_argument = OF_ARGUMENTS.contains(&code);
    (of_argument && !named && field.is_empty() && !of_setting).then_some("names no argument")
}

/// Makes so many calls in a database of that encoding; gives what was wrong.
fn attack(
    encoding: &str,
    calls: usize,
    seed: u64,
    told: &mut BTreeMap<String, usize>,
) -> Vec<String> {
    let options = format!("ENCODING '{encoding}' LC_COLLATE 'C' LC_CTYPE 'C'");
    let database = Database::with_options(&options);
    let mut client = database.connect();
    let numbers = format!(
        "CREATE SEQUENCE dice;
         CREATE FUNCTION any_number(below int) RETURNS int LANGUAGE sql AS
         $$ SELECT (pg_catalog.hashint8(pg_catalog.nextval('public.dice') # {seed}) & 2147483647) % below $$;
         CREATE EXTENSION referrals;
         SELECT FROM referral_setup();
         SET max_stack_depth = '6MB';
         SET statement_timeout = '60s';"
    );
    client.batch_execute(&numbers).unwrap();
    client.batch_execute(MAKERS).unwrap();
    let functions = functions(&mut client);
    let mut dice = Dice(seed ^ encoding.bytes().fold(0, |sum, byte| sum * 31 + u64::from(byte)));
    let mut wrong = Vec::new();
    let mut made = 0;
    while made < calls {
        // Each function in its turn, so that none is left out by chance.
        let next = |place| &functions[(made + place) % functions.len()];
        let mut batch: Vec<Option<&Function>> =
            (0..CALLS_OF_A_BATCH).map(|place| Some(next(place))).collect();
        // Some batches are about what others have written.
        if dice.below(3) == 0 {
            for _ in 0..5 {
                batch.insert(dice.below(batch.len()), None);
            }
        }
        let mut statements: Vec<String> = batch
            .iter()
            .map(|function| match function {
                Some(function) => call(function, &mut dice),
                None => by_hand(&mut dice),
            })
            .collect();
        let schema = format!("SET LOCAL referrals.schema = {}", "public");
        let hostile = dice.below(20) == 0;
        if hostile {
            let names = ["strange()", "strange(4)", "''", "'\"'", "repeat('s', 100)", "NULL"];
            let set = format!("SELECT set_config('referrals.schema', {}, true)", dice.one(&names));
            statements.insert(0, set);
        } else {
            statements.insert(0, schema);
        }
        let mut transaction = client.transaction().unwrap();
        let failed = transaction.query("SELECT * FROM run_all($1)", &[&statements]);
        let failed = failed.unwrap_or_else(|error| {
            panic!(
                "{encoding}: the backend was lost, or some call did not end: {error:?}\n{}",
                statements.join(";\n")
            )
        });
        for row in failed {
            let place: i32 = row.get(0);
            let (code, message, field): (String, Vec<u8>, Vec<u8>) =
                (row.get(1), row.get(2), row.get(3));
            let message = String::from_utf8_lossy(&message).into_owned();
            let field = String::from_utf8_lossy(&field);
            *told.entry(code.clone()).or_default() += 1;
            let statement = &statements[place as usize - 1];
            let found = match place {
                1 => Some("the setting could not be set"),
                place => complaint(batch[place as usize - 2], &code, &message, &field),
            };
            if let Some(found) = found {
                wrong.push(format!("{encoding}: {found}: {statement}\n    {code} {message}"));
            }
        }
        // Some of what was done stays, so that there is something to find.
        if dice.below(4) == 0 && !hostile {
            // A code may be required of those whom the batch has inserted somewhere.
            if let Err(error) = transaction.commit()
                && sqlstate(&error) != "RF011"
            {
                wrong.push(format!("{encoding}: commit: {error:?}"));
            }
        } else {
            transaction.rollback().unwrap();
        }
        made += CALLS_OF_A_BATCH;
    }
    wrong
}

fn number(variable: &str, default: usize) -> usize {
    env::var(variable).map_or(default, |text| text.parse().unwrap())
}

#[test]
fn no_input_meets_an_error_that_nobody_has_thought_of() {
    let calls = number("HOSTILE_CALLS", 20_000);
    let seed = number("HOSTILE_SEED", 1) as u64;
    let of_an_encoding = calls.div_ceil(ENCODINGS.len());
    let mut told = BTreeMap::new();
    let mut wrong = Vec::new();
    for encoding in ENCODINGS {
        let mut left = of_an_encoding;
        let mut round = seed;
        while left > 0 {
            let now = left.min(CALLS_OF_A_ROUND);
            wrong.extend(attack(encoding, now, round, &mut told));
            left -= now;
            round += 1;
        }
    }
    let refused: usize = told.values().sum();
    println!("{} calls in each of {ENCODINGS:?}, {refused} refused: {told:?}", of_an_encoding);
    let count = wrong.len();
    wrong.truncate(60);
    assert!(wrong.is_empty(), "{count} of {calls} calls went wrong:\n{}", wrong.join("\n"));
}
