//! Programs, the queue of reviews, payouts.

use crate::site::{ADMIN, ALICE, BOB, Site};

fn sale(site: &Site) -> String {
    site.sql(&format!(
        "SELECT FROM referral_update_program('default', '{{\"requires_approval\": true}}');
         SELECT FROM referral_create_code('{ALICE}', 'ALICE', beneficiary_uuid => '{ALICE}');
         SELECT FROM referral_use_code('alice', '{BOB}')"
    ));
    site.ask(&format!(
        "SELECT conversion_uuid FROM referral_record_purchase('{BOB}', 'order-1', 50)"
    ))
}

#[test]
fn a_conversion_is_approved_paid_and_reversed() {
    let site = Site::new();
    let id = sale(&site);
    let mut visitor = site.visitor();
    visitor.see("/in/public/conversions").says("order-1");
    let page = format!("/in/public/conversions/{id}");
    visitor.see(&page);
    // Nobody decides on their own.
    let decide = format!("{page}/decide");
    let refused = visitor.post(&decide, &[("decided_by", ALICE), ("approve", "1")]);
    assert_eq!(refused.status, 403);
    refused.says("names the conversion&#39;s referrer or referee");
    visitor
        .post(&decide, &[("decided_by", ADMIN), ("reason", "known"), ("approve", "1")])
        .leads_to();
    visitor.see("/in/public/conversions").says("Nothing waits.");
    visitor.see(&page).says("known");
    let again = visitor.post(&decide, &[("decided_by", ADMIN), ("reject", "1")]);
    assert_eq!(again.status, 422);
    again.says("RF012");

    visitor.see(&format!("/in/public/rewards?user_uuid={ALICE}")).says("10.00");
    let batch =
        [("currency", "USD"), ("batch_ref", "june"), ("min_amount", "1"), ("max_rows", "10")];
    visitor.post("/in/public/payouts/batch", &batch).leads_to();
    visitor.see("/in/public/payouts?status=pending").says(&format!("june:{ALICE}"));
    let reference = format!("june:{ALICE}");
    let settled =
        [("payout_ref", reference.as_str()), ("failed", "1"), ("reason", "account closed")];
    visitor.post("/in/public/payouts/settle", &settled).leads_to();
    visitor.see("/in/public/payouts").says("account closed");
    let one =
        [("user_uuid", ALICE), ("payout_ref", "wire"), ("currency", "USD"), ("amount", "4.5")];
    visitor.post("/in/public/payouts/create", &one).leads_to();
    visitor.post("/in/public/payouts/settle", &[("payout_ref", "wire"), ("paid", "1")]).leads_to();
    let more =
        [("user_uuid", ALICE), ("payout_ref", "much"), ("currency", "USD"), ("amount", "99")];
    visitor.post("/in/public/payouts/create", &more).says("RF016");
    let balance = "SELECT available || ' ' || paid FROM referral_balance('00000000-0000-0000-0000-000000000a11')";
    assert_eq!(site.ask(balance), "5.5000 4.5000");

    visitor.post(&format!("{page}/reverse"), &[("reason", "returned")]).leads_to();
    visitor.see(&page).says("badge reversed");
    visitor.see(&page).says("returned");
}

#[test]
fn a_conversion_is_rejected() {
    let site = Site::new();
    let id = sale(&site);
    let mut visitor = site.visitor();
    let page = format!("/in/public/conversions/{id}");
    visitor.see(&page);
    visitor.post(&format!("{page}/decide"), &[("decided_by", ADMIN), ("reject", "1")]).leads_to();
    visitor.see(&page).says("badge rejected");
}

#[test]
fn a_step_of_a_chain_is_decided() {
    let site = Site::new();
    let id = sale(&site);
    site.sql(&format!(
        "SELECT FROM referral_require_approvals('{id}',
            '[{{\"id\": \"finance\", \"approvers\": [\"{ADMIN}\"]}}]')"
    ));
    let mut visitor = site.visitor();
    let page = format!("/in/public/conversions/{id}");
    visitor.see(&page);
    let decide = format!("{page}/decide");
    visitor.post(&decide, &[("decided_by", ADMIN), ("approve", "1")]).says("RF012");
    visitor.post(&decide, &[("decided_by", ADMIN), ("approve", "1"), ("chain", "1")]).leads_to();
    visitor.see(&page).says("finance");
}

#[test]
fn a_program_is_created_with_its_defaults_and_edited() {
    let site = Site::new();
    let mut visitor = site.visitor();
    let fields = [
        ("key", "friends"),
        ("referrer_reward", "12.3456"),
        ("tiers", "[{\"from\": 5, \"referrer_reward\": 15}]"),
    ];
    let made = visitor.fill("/in/public/programs/new", &fields);
    visitor.see(made.leads_to()).says("12.3456");
    let row = "SELECT referrer_reward || ' ' || referee_reward || ' ' || status FROM referral_get_program('friends')";
    assert_eq!(site.ask(row), "12.3456 10.0000 active");
    let changes = [
        ("status", "paused"),
        ("hold_period", "14 days"),
        ("max_uses_total", "1000"),
        ("requires_approval", "true"),
    ];
    visitor.fill("/in/public/programs/friends/edit", &changes).leads_to();
    let row = "SELECT status || hold_period || max_uses_total || requires_approval FROM referral_get_program('friends')";
    assert_eq!(site.ask(row), "paused14 days1000true");
    let wrong = visitor.fill("/in/public/programs/friends/edit", &[("tiers", "{no")]);
    assert_eq!(wrong.status, 422);
    wrong.says("is no JSON");
    let wrong = visitor.fill("/in/public/programs/friends/edit", &[("currency", "dollars")]);
    assert_eq!(wrong.status, 422);
    visitor.see("/in/public/programs/friends").says("paused");
}
