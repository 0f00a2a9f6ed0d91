//! Text in databases of every kind of encoding, and of collations with an upper case of their own: it is converted both
//! ways, and never misread.

use postgres::{Client, Error};

use crate::support::{Database, bypass_triggers, person, sqlstate};

/// An encoding, and a word that it can hold, also in upper case.
const WORDS: [(&str, &str); 5] = [
    ("UTF8", "café"),
    ("LATIN1", "café"),
    ("EUC_JP", "しょうたい"),
    ("SQL_ASCII", "café"),
    ("WIN1252", "œuvre€"),
];

fn in_encoding(encoding: &str) -> Database {
    Database::with_options(&format!("ENCODING '{encoding}' LC_COLLATE 'C' LC_CTYPE 'C'"))
}

fn set_up(database: &Database) -> Client {
    let mut client = database.connect();
    let setup = "CREATE EXTENSION referrals; SELECT FROM referral_setup()";
    client.batch_execute(setup).unwrap();
    client
}

fn text(client: &mut Client, query: &str) -> String {
    client.query_one(query, &[]).unwrap_or_else(|error| panic!("{query}: {error:?}")).get(0)
}

/// SQLSTATE, message and hint of an error.
fn refusal<T>(result: Result<T, Error>) -> String {
    let error = result.err().expect("an error");
    let Some(told) = error.as_db_error() else { return error.to_string() };
    format!("{} {} {}", told.code().code(), told.message(), told.hint().unwrap_or_default())
}

#[test]
fn text_is_converted_both_ways() {
    for (encoding, word) in WORDS {
        let database = in_encoding(encoding);
        let mut client = set_up(&database);
        let upper = word.to_uppercase();
        let events = "
            INSERT INTO phoenix_kit_settings (key, value, module)
            VALUES ('referral_events_enabled', 'true', 'referral_codes')";
        client.batch_execute(events).unwrap();
        client.batch_execute("SELECT * FROM referral_poll_events('worker')").unwrap();

        let create = "SELECT code, description FROM referral_create_code($1, $2, $3)";
        let created = client.query_one(create, &[&person(1), &word, &format!("<{word}>")]).unwrap();
        assert_eq!((created.get(0), created.get(1)), (upper.as_str(), &*format!("<{word}>")));
        // What the table holds is text of its own encoding, whose letters Postgres counts.
        let stored = "SELECT code FROM phoenix_kit_referral_codes WHERE char_length(code) = $1";
        let chars = upper.chars().count() as i32;
        let counted = if encoding == "SQL_ASCII" { upper.len() as i32 } else { chars };
        let stored: String = client.query_one(stored, &[&counted]).unwrap().get(0);
        assert_eq!(stored, upper, "{encoding}");

        let used = "SELECT code FROM referral_use_code($1, $2)";
        let used: String = client.query_one(used, &[&word, &person(2)]).unwrap().get(0);
        assert_eq!(used, upper);
        let found = "SELECT count(*) FROM referral_get_code_by_string($1)";
        let found: i64 = client.query_one(found, &[&word]).unwrap().get(0);
        assert_eq!(found, 1);
        let told = "SELECT payload ->> 'code' FROM referral_poll_events('worker') LIMIT 1";
        assert_eq!(text(&mut client, told), upper);

        // By hand, through the guards.
        let by_hand = "
            INSERT INTO phoenix_kit_referral_codes (code, description, max_uses, created_by_uuid)
            VALUES ($1, $1, 5, gen_random_uuid())
            RETURNING code";
        let by_hand: String = client.query_one(by_hand, &[&format!("{word}2")]).unwrap().get(0);
        assert_eq!(by_hand, format!("{upper}2"));

        // JSON, in both directions.
        let program = "
            SELECT name, metadata ->> 'is'
              FROM referral_create_program($1, jsonb_build_object('name', $1::text, 'metadata', jsonb_build_object('is', $1::text)))";
        let program = client.query_one(program, &[&word]).unwrap();
        assert_eq!((program.get(0), program.get(1)), (word, word));
        let named = "SELECT key FROM referral_get_program($1)";
        let named: String = client.query_one(named, &[&word]).unwrap().get(0);
        assert_eq!(named, word);

        // An error's message.
        let unknown = "SELECT referral_create_program('x', jsonb_build_object($1::text, 1))";
        let unknown = refusal(client.query_one(unknown, &[&word]));
        assert!(unknown.contains(&format!("{word} is no attribute")), "{unknown}");

        // Names: a schema, a table of users and its key.
        client.batch_execute(&format!("CREATE SCHEMA \"{word}\"")).unwrap();
        let missing =
            refusal(client.query_one("SELECT referral_doctor('no ' || $1::name)", &[&word]));
        assert!(missing.contains(&format!("schema \"no {word}\" does not exist")), "{missing}");
        let lines = "SELECT string_agg(object, ' ') FROM referral_setup($1::text::name)";
        let lines: String = client.query_one(lines, &[&word]).unwrap().get(0);
        assert!(lines.contains(&format!("table \"{word}\".phoenix_kit_settings")), "{lines}");
        client.batch_execute(&format!("SET referrals.schema = '{word}'")).unwrap();
        assert_eq!(text(&mut client, "SELECT count(*)::text FROM referral_list_codes()"), "0");
        let users = format!(
            "CREATE TABLE \"{word}\".\"users {word}\" (\"key {word}\" uuid);
             SELECT referral_require_at_signup('\"{word}\".\"users {word}\"', 'key {word}');
             SELECT referral_set_required(true)"
        );
        client.batch_execute(&users).unwrap();
        let insert = format!("INSERT INTO \"{word}\".\"users {word}\" VALUES ($1)");
        let required = refusal(client.execute(&insert, &[&person(9)]));
        assert!(required.starts_with("RF011"), "{required}");
        let detached = "SELECT string_agg(object, ' ') FROM referral_detach()";
        let detached = text(&mut client, detached);
        assert!(detached.contains(&format!("\"users {word}\"")), "{detached}");
    }
}

#[test]
fn what_cannot_be_converted_is_22021_and_names_the_argument() {
    // Its capital is in no LATIN1.
    let database = in_encoding("LATIN1");
    let mut client = set_up(&database);
    let create = "SELECT referral_create_code(gen_random_uuid(), 'abcÿ')";
    let refused = refusal(client.query_one(create, &[]));
    assert!(refused.starts_with("22021") && refused.contains("code"), "{refused}");
    let prefix = "SELECT referral_create_codes(2, gen_random_uuid(), prefix => 'ÿ')";
    let refused = refusal(client.query_one(prefix, &[]));
    assert!(refused.starts_with("22021") && refused.contains("\"prefix\""), "{refused}");
    let prefix = r#"SELECT referral_create_program('p', '{"code_prefix": "ÿ"}')"#;
    let refused = refusal(client.query_one(prefix, &[]));
    assert!(refused.starts_with("22021") && refused.contains("code_prefix"), "{refused}");
    // One that a host has stored is found by whoever types it.
    let found = "SELECT count(*)::text FROM referral_get_code_by_string('ABCÿ')";
    assert_eq!(text(&mut client, found), "0");
    let by_hand = "
        INSERT INTO phoenix_kit_referral_codes (code, description, max_uses, created_by_uuid)
        VALUES ('abcÿ', 'by hand', 5, gen_random_uuid())";
    client.execute(by_hand, &[]).unwrap();
    assert_eq!(text(&mut client, found), "1");
    let used = "SELECT code FROM referral_use_code('ABCÿ', gen_random_uuid())";
    assert_eq!(text(&mut client, used), "abcÿ");
    let prefix = r#"SELECT code FROM referral_find_codes('{"prefix": "Abcÿ"}')"#;
    assert_eq!(text(&mut client, prefix), "abcÿ");
    let import = "
        SELECT string_agg(concat_ws(' ', code, ok, message), ', ')
        FROM referral_import_codes(ARRAY['ok1', 'def' || 'ÿ', 'caf\u{e9}'], gen_random_uuid())";
    let imported = text(&mut client, import);
    let expected = "OK1 t, defÿ f has a character that the database's encoding LATIN1 cannot hold in capitals, CAFÉ t";
    assert_eq!(imported, expected);

    // Bytes that are no UTF-8.
    let database = in_encoding("SQL_ASCII");
    let mut client = set_up(&database);
    let use_code = r"SELECT referral_use_code(E'caf\xe9', gen_random_uuid())";
    let refused = refusal(client.query_one(use_code, &[]));
    assert!(refused.starts_with("22021") && refused.contains("argument \"code\""), "{refused}");
    let json = r#"SELECT referral_create_program('p', E'{"name": "caf\xe9"}')"#;
    let refused = refusal(client.query_one(json, &[]));
    assert!(refused.starts_with("22021") && refused.contains("\"attributes\""), "{refused}");
    let import = r"SELECT referral_import_codes(ARRAY['ok1', E'caf\xe9'], gen_random_uuid())";
    let refused = refusal(client.query_one(import, &[]));
    assert!(refused.starts_with("22021") && refused.contains("argument \"codes\""), "{refused}");
    let schema = r"SET referrals.schema = E'caf\xe9'";
    client.batch_execute(schema).unwrap();
    let refused = refusal(client.query_one("SELECT referral_enabled()", &[]));
    assert!(refused.starts_with("22021") && refused.contains("referrals.schema"), "{refused}");
    client.batch_execute("RESET referrals.schema").unwrap();
    // The host's own write is no worse off than without us; who reads it is told where it is.
    let by_hand = r"
        INSERT INTO phoenix_kit_referral_codes (code, description, max_uses, created_by_uuid)
        VALUES (E'caf\xe9', E'\xe9', 5, gen_random_uuid())";
    client.execute(by_hand, &[]).unwrap();
    let refused = refusal(client.query_one("SELECT referral_list_codes()", &[]));
    assert!(
        refused.starts_with("22021")
            && refused.contains("column \"code\" of table \"phoenix_kit_referral_codes\""),
        "{refused}"
    );
    let update = r"UPDATE phoenix_kit_referral_codes SET max_uses = 7";
    assert_eq!(client.execute(update, &[]).unwrap(), 1);
}

fn in_turkish() -> Option<Database> {
    let version: i32 = Database::empty()
        .connect()
        .query_one("SELECT current_setting('server_version_num')::int", &[])
        .unwrap()
        .get(0);
    // Before 15 a database could not have a collation of ICU's.
    (version >= 150_000).then(|| {
        Database::with_options(
            "ENCODING 'UTF8' LOCALE 'C.UTF-8' LOCALE_PROVIDER icu ICU_LOCALE 'tr-TR'",
        )
    })
}

fn store(client: &mut Client, code: &str) {
    bypass_triggers(client);
    let insert = "
        INSERT INTO phoenix_kit_referral_codes (code, description, max_uses, created_by_uuid)
        VALUES ($1, 'old', 5, gen_random_uuid())";
    client.execute(insert, &[&code]).unwrap();
    client.batch_execute("RESET session_replication_role").unwrap();
}

/// The database's upper() may know other capitals than Unicode's default: a new code is refused where it is an old one by
/// either.
#[test]
fn a_code_is_taken_by_the_databases_upper_case_or_by_unicodes() {
    let by_hand = "
        INSERT INTO phoenix_kit_referral_codes (code, description, max_uses, created_by_uuid)
        VALUES ($1, 'new', 5, gen_random_uuid())";
    let create = "SELECT referral_create_code(gen_random_uuid(), $1::text)";
    let create_many =
        "SELECT referral_create_codes(20, gen_random_uuid(), length => 1, prefix => $1::text)";
    let update = "SELECT referral_update_code(uuid, jsonb_build_object('code', $1::text))
                    FROM referral_get_code_by_string('OTHER')";
    let errors = "SELECT message FROM referral_code_errors(jsonb_build_object('code', $1::text)) WHERE field = 'code'";
    let mut tried = 0;
    let mut check = |database: &Database, stored: &str, new: &[&str]| {
        let mut client = database.connect();
        client.batch_execute("BEGIN").unwrap();
        store(&mut client, stored);
        for new in new {
            for query in [create, update, by_hand] {
                client.batch_execute("SAVEPOINT one").unwrap();
                let refused = client.query(query, &[new]).err().map(|error| sqlstate(&error));
                assert_eq!(refused.as_deref(), Some("23505"), "{new} beside {stored}: {query}");
                client.batch_execute("ROLLBACK TO one").unwrap();
            }
            let message: String = client.query_one(errors, &[new]).unwrap().get(0);
            assert_eq!(message, "has already been taken");
            tried += 1;
        }
        client.batch_execute("ROLLBACK").unwrap();
    };
    if let Some(database) = in_turkish() {
        let mut client = set_up(&database);
        let upper = "SELECT upper('invite') || lower('INVITE')";
        assert_eq!(text(&mut client, upper), "İNVİTEınvıte");
        let other = "SELECT referral_create_code(gen_random_uuid(), 'OTHER')";
        client.batch_execute(other).unwrap();
        check(&database, "invite", &["INVITE", "invite", "Invite", "İNVİTE"]);
        check(&database, "InvitE", &["INVITE", "invite", "INVİTE"]);
        check(&database, "INVITE", &["invite", "ınvıte"]);
        check(&database, "İNVİTE", &["invite"]);
        check(&database, "straße", &["strasse", "STRASSE"]);
        // One of a batch.
        store(&mut client, "fia");
        let made = client.query(create_many, &[&"fi"]).map(|rows| rows.len());
        assert!(made.is_err() || made.unwrap() == 20);
        let both = "SELECT count(*)::text FROM phoenix_kit_referral_codes WHERE code = 'FIA'";
        assert_eq!(text(&mut client, both), "0");
    }
    // An upper() that knows no letters but those of ASCII.
    for encoding in ["UTF8", "LATIN1", "SQL_ASCII"] {
        let database = in_encoding(encoding);
        let mut client = set_up(&database);
        let other = "SELECT referral_create_code(gen_random_uuid(), 'OTHER')";
        client.batch_execute(other).unwrap();
        check(&database, "café", &["CAFÉ", "café", "Café"]);
        check(&database, "CAFé", &["CAFÉ"]);
        check(&database, "straße", &["STRASSE", "Straße"]);
        check(&database, "Missÿssippi", if encoding == "LATIN1" { &[] } else { &["missÿssippi"] });
    }
    assert!(tried >= 17, "{tried}");
}

#[test]
fn the_doctor_names_codes_that_the_database_tells_apart_and_unicode_does_not() {
    let Some(database) = in_turkish() else { return };
    let mut client = set_up(&database);
    let found = "SELECT string_agg(finding || ' | ' || remedy, '; ')
                   FROM referral_doctor() WHERE finding ~ 'Unicode'";
    let found =
        |client: &mut Client| -> Option<String> { client.query_one(found, &[]).unwrap().get(0) };
    store(&mut client, "invite");
    store(&mut client, "welcome");
    assert_eq!(found(&mut client), None);
    store(&mut client, "INVITE");
    let told = found(&mut client).expect("a finding");
    assert!(
        told.contains("1 (\"INVITE\" and \"invite\")") && told.contains("referral_update_code"),
        "{told}"
    );
}
