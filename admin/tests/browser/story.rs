//! The whole story, with the keyboard alone.

use serde_json::json;

use crate::chromium::Chromium;
use crate::site::{ALICE, BOB, Site};
use crate::support::bypass_triggers;

const HOSTILE: &str =
    "<script>document.title = 'taken'</script><img src=x onerror=alert(1)>\u{202e}";

/// A shop with some weeks behind it.
fn shop() -> Site {
    let site = Site::new();
    site.sql(&format!(
        "SELECT FROM referral_update_program('default', '{{\"requires_approval\": true, \"name\": \"Friends\"}}');
         SELECT FROM referral_create_code('{ALICE}', 'ALICE-26', 'Alice brings friends', 100, '{ALICE}');
         SELECT FROM referral_create_code('{BOB}', 'WINTER', 'Last winter''s', 2);
         SELECT FROM referral_create_code('{BOB}', 'PAUSED', 'Not for now', status => false);
         SELECT FROM referral_use_code('alice-26', '{BOB}');
         SELECT FROM referral_use_codes('alice-26', ARRAY(SELECT gen_random_uuid() FROM generate_series(1, 60)));
         SELECT FROM referral_use_codes('winter', ARRAY(SELECT gen_random_uuid() FROM generate_series(1, 2)));
         SELECT FROM referral_record_purchase('{BOB}', 'order-1042', 80)"
    ));
    let mut client = site.database.connect();
    bypass_triggers(&mut client);
    // Spread over the weeks, more towards the end; and a text that no function of ours has judged.
    let weeks = "
        WITH numbered AS (
            SELECT uuid, row_number() OVER (ORDER BY uuid) AS number
            FROM phoenix_kit_referral_code_usage
            WHERE used_by_uuid <> '00000000-0000-0000-0000-000000000b0b')
        UPDATE phoenix_kit_referral_code_usage AS u
        SET date_used = now() - interval '1 day' * (29 - floor(29 * sqrt(n.number / 63.0)))
        FROM numbered AS n
        WHERE n.uuid = u.uuid";
    client.execute(weeks, &[]).unwrap();
    let hostile = "
        INSERT INTO phoenix_kit_referral_codes (code, description, max_uses, created_by_uuid, expiration_date)
        VALUES ('OLD', $1, 5, gen_random_uuid(), now() - interval '1 day')";
    client.execute(hostile, &[&HOSTILE]).unwrap();
    site
}

#[test]
fn a_day_at_the_admin_pages_with_the_keyboard_alone() {
    let site = shop();
    let root = format!("http://{}", site.at);
    let mut tab = Chromium::start("day");
    // Scripts may run, if any comes through.
    tab.screen(1000, 760, false, false);
    tab.open(&root);
    tab.shows("ALICE-26");
    tab.picture("overview.png");

    tab.press("nav a[href$='/codes']");
    tab.shows("Last winter");
    tab.shows("badge limit_reached");
    tab.shows("badge expired");
    tab.picture("codes.png");

    tab.press(".actions a.main");
    tab.write("#code", "ab");
    tab.write("#max_uses", "1000");
    tab.press("form.fields button.main");
    tab.shows("should be at least 3 character(s)");
    tab.picture("form.png");
    tab.write("#code", "spring");
    tab.write("#max_uses", "20");
    tab.press("form.fields button.main");
    tab.shows("<bdi>SPRING</bdi>");
    assert_eq!(
        site.ask("SELECT max_uses FROM phoenix_kit_referral_codes WHERE code = 'SPRING'"),
        "20"
    );

    tab.press("form[action$='/disable'] button");
    tab.shows("badge inactive");
    tab.press("form[action$='/enable'] button");
    tab.shows("badge active");
    tab.press(".actions a.danger");
    tab.shows("Its 0 uses go with it");
    tab.press("form[action$='/delete'] button");
    tab.shows("Deleted, with its uses.");

    tab.screen(1000, 760, false, true);
    let id = site.ask("SELECT uuid FROM referral_get_code_by_string('alice-26')");
    tab.press(&format!("a[href$='/codes/{id}']"));
    tab.shows("Uses a day: 61 in 30 days");
    tab.picture("code-dark.png");
    tab.screen(1000, 760, false, false);

    tab.press("nav a[href$='/conversions']");
    tab.press("tbody a");
    tab.write("#reason", "a customer we know");
    tab.picture("review.png");
    tab.press("button[name=approve]");
    tab.shows("Approved.");
    tab.shows("a customer we know");
    tab.press("nav a[href$='/payouts']");
    tab.write("#b_ref", "june");
    tab.press("form[action$='/batch'] button");
    tab.shows("badge pending");
    tab.press("button[name=paid]");
    tab.shows("badge paid");
    let paid = "SELECT string_agg(status, ' ' ORDER BY status) FROM referral_list_payouts()";
    assert_eq!(site.ask(paid), "paid pending");

    // Nothing of what people have typed ran, and nothing of the pages was refused by their own policy.
    let told = ["Page.javascriptDialogOpening", "Runtime.exceptionThrown", "Log.entryAdded"];
    let bad = |event: &&serde_json::Value| told.iter().any(|name| event["method"] == *name);
    let bad: Vec<_> = tab.events.iter().filter(bad).collect();
    let harmless = |event: &&&serde_json::Value| {
        let text = event["params"]["entry"]["text"].as_str().unwrap_or_default();
        // The form that was refused, and the icon that there is none of.
        text.contains("422")
            || event["params"]["entry"]["url"]
                .as_str()
                .is_some_and(|url| url.ends_with("/favicon.ico"))
    };
    let bad: Vec<_> = bad.iter().filter(|event| !harmless(event)).collect();
    assert!(bad.is_empty(), "{bad:#?}");
}

#[test]
fn a_phone_without_scripts_needs_no_moving_about() {
    let site = shop();
    let root = format!("http://{}/in/public", site.at);
    let mut tab = Chromium::start("phone");
    tab.call("Emulation.setScriptExecutionDisabled", json!({"value": true}));
    tab.screen(390, 844, true, false);
    let id = site.ask("SELECT uuid FROM referral_get_code_by_string('alice-26')");
    let sale = site.ask("SELECT uuid FROM referral_recent_conversions(1)");
    let pages = [
        "",
        "/codes/new",
        "/bulk",
        "/import",
        &format!("/codes/{id}"),
        "/programs",
        "/programs/default",
        "/programs/default/edit",
        "/conversions?all=1",
        &format!("/conversions/{sale}"),
        &format!("/rewards?user_uuid={ALICE}"),
        "/payouts",
        "/events",
        "/settings",
        "/codes",
    ];
    for page in pages {
        tab.open(&format!("{root}{page}"));
        assert!(tab.width() <= 390, "{page} is {} wide", tab.width());
    }
    tab.picture("phone.png");
    tab.press(".actions a.main");
    tab.write("#code", "by phone");
    tab.press("form.fields button.main");
    tab.shows("<bdi>BY PHONE</bdi>");
}
