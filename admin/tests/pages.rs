//! Every page answers, in every schema, and says what is wrong.

use crate::site::{ADMIN, ALICE, BOB, Site};

#[test]
fn every_page_answers_with_a_strict_policy_and_no_script() {
    let site = Site::new();
    let id = site.ask(&format!(
        "SELECT uuid FROM referral_create_code('{ALICE}', 'PAGES', beneficiary_uuid => '{ALICE}')"
    ));
    site.sql(&format!("SELECT FROM referral_use_code('pages', '{BOB}')"));
    let sale = site.ask(&format!(
        "SELECT conversion_uuid FROM referral_record_purchase('{BOB}', 'order-1', 50)"
    ));
    let mut visitor = site.visitor();
    let pages = [
        "/tenants".to_owned(),
        "/in/public".to_owned(),
        "/in/public?doctor=1".to_owned(),
        "/in/public/codes".to_owned(),
        "/in/public/codes.csv".to_owned(),
        "/in/public/codes/new".to_owned(),
        format!("/in/public/codes/{id}"),
        format!("/in/public/codes/{id}/edit"),
        format!("/in/public/codes/{id}/delete"),
        "/in/public/bulk".to_owned(),
        "/in/public/import".to_owned(),
        "/in/public/programs".to_owned(),
        "/in/public/programs/new".to_owned(),
        "/in/public/programs/default".to_owned(),
        "/in/public/programs/default/edit".to_owned(),
        "/in/public/conversions".to_owned(),
        "/in/public/conversions?all=1".to_owned(),
        format!("/in/public/conversions/{sale}"),
        format!("/in/public/rewards?user_uuid={ALICE}"),
        "/in/public/payouts".to_owned(),
        "/in/public/events".to_owned(),
        "/in/public/settings".to_owned(),
        "/style.css".to_owned(),
    ];
    for path in pages {
        let answer = visitor.see(&path);
        let policy = answer.header("content-security-policy");
        assert!(policy.starts_with("default-src 'none'; style-src 'self'"), "{path}: {policy}");
        assert!(!policy.contains("unsafe"), "{path}: {policy}");
        assert_eq!(answer.header("cache-control"), "no-store", "{path}");
        for forbidden in ["<script", "javascript:", " style=", " onclick="] {
            assert!(!answer.body.contains(forbidden), "{path} has {forbidden}");
        }
    }
    assert_eq!(visitor.get("/").leads_to(), "/in/public");
    visitor.see("/in/public").says("Nothing is wrong.");
}

#[test]
fn what_is_not_there_is_said_so() {
    let site = Site::new();
    let mut visitor = site.visitor();
    for path in
        ["/nothing", "/in/public/codes/1", "/in/public/codes/00000000-0000-0000-0000-000000000000"]
    {
        let answer = visitor.get(path);
        assert_eq!(answer.status, 404, "{path}");
        assert!(answer.header("content-security-policy").contains("default-src 'none'"), "{path}");
    }
    let answer = visitor.get("/in/nowhere/codes");
    assert!(answer.status >= 400);
    answer.says("SQLSTATE");
}

#[test]
fn each_schema_is_a_tenant_of_its_own() {
    let site = Site::new();
    site.sql("CREATE SCHEMA \"a shop & co\"; SELECT FROM referral_setup('a shop & co')");
    let mut visitor = site.visitor();
    visitor.see("/tenants").says("/in/a%20shop%20%26%20co");
    visitor.fill("/in/a%20shop%20%26%20co/codes/new", &[("code", "THEIRS")]).leads_to();
    visitor.see("/in/a%20shop%20%26%20co/codes").says("THEIRS");
    assert!(!visitor.see("/in/public/codes").body.contains("THEIRS"));
    assert_eq!(site.ask("SELECT code FROM \"a shop & co\".phoenix_kit_referral_codes"), "THEIRS");
}

#[test]
fn settings_are_saved_all_or_none() {
    let site = Site::new();
    let mut visitor = site.visitor();
    let changes = [("required", "true"), ("max_uses_per_code", "250")];
    visitor.fill("/in/public/settings", &changes).leads_to();
    assert_eq!(site.ask("SELECT c FROM referral_config() AS c"), "(t,t,250,10)");
    let answer =
        visitor.fill("/in/public/settings", &[("enabled", "false"), ("max_codes_per_user", "0")]);
    assert_eq!(answer.status, 422);
    answer.says("must be greater than 0");
    assert_eq!(site.ask("SELECT c FROM referral_config() AS c"), "(t,t,250,10)");
}

#[test]
fn consumers_are_shown_and_forgotten() {
    let site = Site::new();
    site.sql(&format!(
        "INSERT INTO phoenix_kit_settings (key, value, module) VALUES ('referral_events_enabled', 'true', 'referral_codes');
         SELECT FROM referral_poll_events('mailer');
         SELECT FROM referral_create_code('{ADMIN}', 'EVENTFUL')"
    ));
    let mut visitor = site.visitor();
    visitor.see("/in/public/events").says("<bdi>mailer</bdi></td><td class=\"number\">1</td>");
    visitor.post("/in/public/events/prune", &[("keep", "1 day")]).leads_to();
    visitor.post("/in/public/events/drop", &[("consumer", "mailer")]).leads_to();
    visitor.see("/in/public/events").says("Nobody polls.");
    let answer = visitor.post("/in/public/events/prune", &[("keep", "-1 day")]);
    assert_eq!(answer.status, 422);
}
