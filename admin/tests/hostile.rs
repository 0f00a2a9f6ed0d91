//! Texts that people have typed are shown as they are, and are nothing but texts.

use crate::site::{ADMIN, ALICE, BOB, Site};
use crate::support::bypass_triggers;

const TEXTS: [&str; 5] = [
    "<script>alert(1)</script>",
    "\"><img src=x onerror=alert(1)>",
    "' OR 1=1; DROP TABLE phoenix_kit_referral_codes; --",
    "{{ page.token }}</title></textarea><b>",
    "\u{202e}ABC\u{2066}",
];

fn is_escaped(path: &str, body: &str) {
    for raw in ["<script", "<img", "<b>", "\"><img", "</textarea><b"] {
        assert!(!body.contains(raw), "{path} has {raw}:\n{body}");
    }
}

#[test]
fn hostile_texts_are_shown_escaped_on_every_page() {
    let site = Site::new();
    let mut client = site.database.connect();
    // As an old host may hold them: the functions would refuse some.
    bypass_triggers(&mut client);
    let mut pages: Vec<String> = Vec::new();
    for (number, text) in TEXTS.iter().enumerate() {
        let code = "
            INSERT INTO phoenix_kit_referral_codes (code, description, max_uses, created_by_uuid, beneficiary_uuid)
            VALUES ($1, $1, 5, gen_random_uuid(), $2::text::uuid)
            RETURNING uuid::text";
        let id: String = client.query_one(code, &[text, &ALICE]).unwrap().get(0);
        let user = format!("00000000-0000-0000-0000-0000000001{number:02}");
        let sale = "
            SELECT uuid::text
            FROM referral_attribute_sale($1, $2::text::uuid, $1, amount => 50)";
        client.execute("SELECT referral_set_code_metadata($1::text::uuid, jsonb_build_object('t', $2::text))", &[&id, text]).unwrap();
        client.execute("SELECT referral_use_code($1, $2::text::uuid)", &[text, &user]).unwrap();
        for row in client.query(sale, &[text, &user]).unwrap() {
            let sale: String = row.get(0);
            client.execute("SELECT referral_reverse($1::text::uuid, $2)", &[&sale, text]).unwrap();
            pages.push(format!("/in/public/conversions/{sale}"));
        }
        client.execute("SELECT referral_poll_events($1)", &[text]).unwrap();
        pages.push(format!("/in/public/codes/{id}"));
        pages.push(format!("/in/public/codes/{id}/edit"));
        pages.push(format!("/in/public/codes/{id}/delete"));
    }
    assert!(pages.len() > 15, "conversions too: {pages:?}");
    for page in ["", "/codes", "/conversions?all=1", "/events", "/payouts", "/rewards"] {
        pages.push(format!("/in/public{page}"));
    }
    let mut visitor = site.visitor();
    for path in &pages {
        is_escaped(path, &visitor.see(path).body);
    }
    visitor.see("/in/public/codes").says("<bdi>&#60;script&#62;alert(1)&#60;/script&#62;</bdi>");
    // What turns the direction of writing ends with its own text.
    visitor.see("/in/public/codes").says("<bdi>\u{202e}ABC\u{2066}</bdi>");
}

#[test]
fn hostile_words_in_addresses_and_forms_come_back_escaped_and_change_nothing() {
    let site = Site::new();
    site.sql(&format!("SELECT FROM referral_create_code('{ADMIN}', 'UNTOUCHED')"));
    let mut visitor = site.visitor();
    for text in TEXTS {
        let word = form_urlencoded::byte_serialize(text.as_bytes()).collect::<String>();
        let paths = [
            format!("/in/public/codes?prefix={word}&batch={word}"),
            format!("/in/public/codes?state={word}"),
            format!("/in/public/codes?program={word}"),
            format!("/in/public/codes?done={word}"),
            format!("/in/public/payouts?batch_ref={word}&user_uuid={word}"),
            format!("/in/public/rewards?user_uuid={word}"),
            format!("/in/{}/codes", word.replace('+', "%20").replace("%2F", "-")),
            format!("/in/public/programs/{}", word.replace('+', "%20")),
        ];
        for path in paths {
            is_escaped(&path, &visitor.get(&path).body);
        }
        visitor.see("/in/public/codes/new");
        for name in [
            "code",
            "description",
            "max_uses",
            "expiration_date",
            "beneficiary_uuid",
            "created_by_uuid",
        ] {
            let answer = visitor.fill("/in/public/codes/new", &[(name, text)]);
            is_escaped(name, &answer.body);
        }
        let answer = visitor.fill("/in/public/programs/new", &[("key", text), ("currency", text)]);
        is_escaped("programs/new", &answer.body);
        let answer = visitor.fill("/in/public/import", &[("codes", text), ("batch", text)]);
        is_escaped("import", &answer.body);
        let answer = visitor.fill("/in/public/bulk", &[("prefix", text), ("program", text)]);
        is_escaped("bulk", &answer.body);
    }
    visitor.see("/in/public/codes?prefix=untouched").says("UNTOUCHED");
    assert_eq!(
        site.ask(&format!("SELECT count(*) FROM referral_list_usage_for_user('{BOB}')")),
        "0"
    );
}
