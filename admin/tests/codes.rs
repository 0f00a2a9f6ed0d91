//! Codes by the pages: made, edited, switched, found, imported, deleted.

use std::collections::BTreeSet;

use crate::site::{ADMIN, ALICE, BOB, Site};

const NEW: &str = "/in/public/codes/new";

#[test]
fn a_code_is_created_edited_switched_and_deleted() {
    let site = Site::new();
    let mut visitor = site.visitor();
    let made =
        visitor.fill(NEW, &[("code", "summer-26"), ("max_uses", "7"), ("beneficiary_uuid", ALICE)]);
    let address = made.leads_to().split('?').next().unwrap().to_owned();
    visitor.see(&address).says("SUMMER-26");
    let row = "SELECT code || max_uses || created_by_uuid || beneficiary_uuid FROM phoenix_kit_referral_codes";
    assert_eq!(site.ask(row), format!("SUMMER-267{ADMIN}{ALICE}"));

    let changes = [
        ("description", "Sommer & mehr"),
        ("expiration_date", "2099-12-31T23:59"),
        ("max_uses", "9"),
    ];
    visitor.fill(&format!("{address}/edit"), &changes).leads_to();
    let row = "SELECT description || max_uses || (expiration_date AT TIME ZONE 'UTC') FROM phoenix_kit_referral_codes";
    assert_eq!(site.ask(row), "Sommer & mehr92099-12-31 23:59:00");

    visitor.post(&format!("{address}/disable"), &[]).leads_to();
    visitor.see(&address).says("badge inactive");
    visitor.post(&format!("{address}/enable"), &[]).leads_to();
    visitor.see(&address).says("badge active");
    visitor.post(&format!("{address}/stripes"), &[("stripes", "4")]).leads_to();
    site.sql(&format!("SELECT FROM referral_use_code('summer-26', '{BOB}')"));
    visitor.see(&address).says(BOB);
    visitor.post(&format!("{address}/stripes"), &[("none", "1")]).leads_to();
    let usage = site.ask("SELECT uuid FROM phoenix_kit_referral_code_usage");
    visitor.post(&format!("{address}/undo"), &[("usage", &usage)]).leads_to();
    assert_eq!(site.ask("SELECT number_of_uses FROM phoenix_kit_referral_codes"), "0");

    visitor.see(&format!("{address}/delete")).says("Keep it");
    visitor.post(&format!("{address}/delete"), &[]).leads_to();
    assert_eq!(visitor.get(&address).status, 404);
}

#[test]
fn a_blank_code_is_a_random_one() {
    let site = Site::new();
    site.visitor().fill(NEW, &[]).leads_to();
    assert_eq!(site.ask("SELECT length(code) FROM phoenix_kit_referral_codes"), "5");
}

#[test]
fn what_breaks_a_rule_is_said_beside_its_field_and_what_was_written_stays() {
    let site = Site::new();
    let mut visitor = site.visitor();
    let wrong =
        [("code", "ab"), ("max_uses", "1000"), ("description", "kept"), ("created_by_uuid", "")];
    let answer = visitor.fill(NEW, &wrong);
    assert_eq!(answer.status, 422);
    answer.says("<strong>should be at least 3 character(s)</strong>");
    answer.says("<strong>cannot exceed system limit of 100</strong>");
    answer.says("value=\"kept\"");
    let answer = visitor.fill(NEW, &[("max_uses", "many")]);
    assert_eq!(answer.status, 422, "{}", answer.body);
    assert_eq!(site.ask("SELECT count(*) FROM phoenix_kit_referral_codes"), "0");
}

#[test]
fn a_check_alone_saves_nothing() {
    let site = Site::new();
    let mut visitor = site.visitor();
    visitor.see(NEW);
    let fields =
        [("code", "SOUND"), ("description", "d"), ("created_by_uuid", ADMIN), ("check", "1")];
    let answer = visitor.post(NEW, &fields);
    assert_eq!(answer.status, 200);
    answer.says("No rule is broken");
    assert_eq!(site.ask("SELECT count(*) FROM phoenix_kit_referral_codes"), "0");
}

/// Two who edit one code at once each change what they wrote, and nothing else.
#[test]
fn a_field_that_was_not_touched_is_not_written() {
    let site = Site::new();
    let id = site
        .ask(&format!("SELECT uuid FROM referral_create_code('{ADMIN}', 'SHARED', max_uses => 3)"));
    let mut visitor = site.visitor();
    let page = format!("/in/public/codes/{id}/edit");
    visitor.see(&page);
    site.sql("UPDATE phoenix_kit_referral_codes SET max_uses = 50");
    let fields = [
        ("code", "SHARED"),
        ("was_code", "SHARED"),
        ("max_uses", "3"),
        ("was_max_uses", "3"),
        ("description", "new"),
        ("was_description", "Referral code"),
        ("created_by_uuid", ADMIN),
        ("was_created_by_uuid", ADMIN),
    ];
    visitor.post(&page, &fields).leads_to();
    let row = "SELECT max_uses || description FROM phoenix_kit_referral_codes";
    assert_eq!(site.ask(row), "50new");
}

#[test]
fn pages_of_the_list_hold_every_code_once() {
    let site = Site::new();
    let create = "SELECT FROM referral_create_codes(120, $1, enforce_user_limit => false)";
    site.sql(&create.replace("$1", &format!("'{ADMIN}'")));
    let mut visitor = site.visitor();
    let (mut seen, mut pages) = (BTreeSet::new(), Vec::new());
    let mut path = "/in/public/codes?state=active".to_owned();
    loop {
        let page = visitor.see(&path).body;
        let rows = page.split("<tbody>").nth(1).unwrap();
        let codes = rows.split("/codes/").skip(1).map(|rest| rest[..36].to_owned());
        let codes: Vec<String> = codes.filter(|id| id.matches('-').count() == 4).collect();
        pages.push(codes.len());
        seen.extend(codes);
        let Some(next) = page.split("rel=\"next\" href=\"").nth(1) else {
            break;
        };
        path = next.split('"').next().unwrap().replace("&#38;", "&").replace("&amp;", "&");
    }
    assert_eq!((pages, seen.len()), (vec![50, 50, 20], 120));
}

#[test]
fn codes_are_found_by_what_the_filter_says() {
    let site = Site::new();
    site.sql(&format!(
        "SELECT FROM referral_create_code('{ADMIN}', 'AUTUMN-1');
         SELECT FROM referral_create_code('{ADMIN}', 'AUTUMN-2', status => false);
         SELECT FROM referral_create_code('{ADMIN}', 'WINTER', beneficiary_uuid => '{ALICE}')"
    ));
    let mut visitor = site.visitor();
    let mut found = |query: &str| {
        let page = visitor.see(&format!("/in/public/codes?{query}")).body;
        let codes = ["AUTUMN-1", "AUTUMN-2", "WINTER"];
        codes.map(|code| page.contains(&format!("<bdi>{code}</bdi>")))
    };
    assert_eq!(found("prefix=autumn"), [true, true, false]);
    assert_eq!(found("prefix=autumn&state=inactive"), [false, true, false]);
    assert_eq!(found(&format!("beneficiary_uuid={ALICE}&program=default")), [false, false, true]);
    let exactly = visitor.get("/in/public/codes?prefix=winter&exactly=1");
    visitor.see(exactly.leads_to()).says("WINTER");
    visitor.get("/in/public/codes?state=wild").says("argument &#34;filter&#34;");
}

#[test]
fn a_batch_is_made_found_and_downloaded() {
    let site = Site::new();
    let mut visitor = site.visitor();
    let fields =
        [("count", "30"), ("prefix", "x-"), ("batch", "Spring & \"June\""), ("max_uses", "2")];
    let list = visitor.fill("/in/public/bulk", &fields);
    assert_eq!(visitor.see(list.leads_to()).body.matches("<bdi>X-").count(), 30);
    let file = visitor.see(&list.leads_to().replace("/codes?", "/codes.csv?"));
    assert!(file.header("content-disposition").starts_with("attachment"), "{file:?}");
    assert_eq!(file.body.lines().count(), 31);
    file.says("\"code\",\"description\"");

    let refused = visitor.fill("/in/public/bulk", &[("enforce_user_limit", "true")]);
    assert_eq!(refused.status, 422);
    refused.says("Hint: <bdi>Delete one of the codes, or raise the setting");
}

#[test]
fn printed_codes_are_imported_and_what_is_refused_is_said() {
    let site = Site::new();
    let mut visitor = site.visitor();
    let codes = "gold-1\r\n\r\n gold-2\r\nGold-1\r\nx\r\n=1+1\"";
    let answer = visitor.fill("/in/public/import", &[("codes", codes), ("batch", "gold")]);
    answer.says("3 imported, 2 refused.");
    answer.says("has already been taken");
    visitor.see("/in/public/codes?batch=gold").says("GOLD-2");
    let file = visitor.see("/in/public/codes.csv?batch=gold");
    file.says("\"'=1+1\"\"\",");
    visitor.see("/in/public/import");
    let fields = [
        ("codes", "silver\nx"),
        ("created_by_uuid", ADMIN),
        ("max_uses", "1"),
        ("description", "d"),
        ("csv", "1"),
    ];
    let file = visitor.post("/in/public/import", &fields);
    file.says("\"code\",\"uuid\",\"ok\",\"message\"\r\n\"SILVER\",");
}
