//! A host's seeds and forms: INSERT … ON CONFLICT over rows that exist, and edits that break no limit.

use std::time::SystemTime;

use super::{App, NewCode, Replay, app_uuid, host_code, replay_alike, seconds_from};
use crate::support::person;

const DO_NOTHING: &str = r#"ON CONFLICT ("code") DO NOTHING"#;
const DO_NOTHING_AT_ALL: &str = "ON CONFLICT DO NOTHING";
const DO_UPDATE: &str =
    r#"ON CONFLICT ("code") DO UPDATE SET "description" = EXCLUDED."description""#;

impl App {
    fn seed(&mut self, number: u128, code: &str, max_uses: i32, expires: i64, conflict: &str) {
        let insert = format!(
            r#"INSERT INTO "phoenix_kit_referral_codes" ("code","status","description","number_of_uses","max_uses","created_by_uuid","date_created","expiration_date","uuid") VALUES ($1,$2,$3,$4,$5,$6,$7,$8,$9) {conflict}"#
        );
        let expires = seconds_from(self.start, expires);
        let now = self.now();
        let description = format!("Seed {number}");
        self.write(
            &insert,
            &[
                &code,
                &true,
                &description,
                &0,
                &max_uses,
                &person(1),
                &now,
                &expires,
                &app_uuid(number),
            ],
        );
    }
}

/// The system's limit is lowered, and lifted again.
fn limit(app: &mut App, max_uses: &str) {
    let set = r#"UPDATE "phoenix_kit_settings" SET "value" = $1 WHERE "key" = 'max_number_of_uses_per_code'"#;
    app.write(set, &[&max_uses]);
}

/// Twice what the host seeds: the second time over rows that have expired, hold more uses than are allowed by
/// now, or are stored in small letters, by whatever clause.
fn seeds(app: &mut App) {
    limit(app, "50");
    let mut number = 7000;
    for conflict in [DO_NOTHING, DO_NOTHING_AT_ALL, DO_UPDATE] {
        // In host_code's order: expired, over the limit, in mixed letters, one of two twins, and a new one.
        let seeds = [
            ("REF100007", 5, -5),
            ("REF100050", 500, 3600),
            ("Ref101000", 50, 3600),
            ("Twin", 50, 3600),
            ("TWIN", 50, 3600),
            ("SEEDED", 5, -5),
        ];
        for (code, max_uses, expires) in seeds {
            number += 1;
            app.seed(number, code, max_uses, expires, conflict);
        }
    }
    limit(app, "100");
    for code in [7, 50, 1000, 4, 5] {
        app.get(host_code(code));
    }
}

/// What the app's forms and code send that breaks no limit.
fn forms(app: &mut App) {
    // A campaign ends now; one that had ended an hour ago is written down.
    let (now, over) = (app.now(), seconds_from(app.start, -3600));
    app.update_code(host_code(2), &[("expiration_date", &now)]);
    app.update_code(host_code(2), &[("expiration_date", &over)]);
    app.insert_code(&NewCode { expiration: Some(over), ..NewCode::new(7100, "OVER BY NOW") });
    // Fifty letters, as Ecto counts them, are more than fifty characters.
    app.insert_code(&NewCode::new(7101, &"E\u{301}".repeat(50)));
    app.insert_code(&NewCode::new(7102, "INNER\tTAB"));
    app.insert_code(&NewCode { description: " ".into(), ..NewCode::new(7103, "BLANK") });
    app.insert_code(&NewCode::new(7104, &"X".repeat(51)));
    // What the column cannot hold is the column's to refuse, also where upper-casing is what makes it so long.
    app.insert_code(&NewCode::new(7105, &"X".repeat(256)));
    app.insert_code(&NewCode::new(7106, "AB"));
    for number in 7100..=7106 {
        app.get(app_uuid(number));
    }
    // A limit that an old code has beyond the system's can come down.
    app.update_code(host_code(50), &[("max_uses", &400)]);
    app.get(host_code(50));
}

/// create_code/1 for one creator: PhoenixKit limits its form, not its function.
fn twelve_codes(app: &mut App) {
    for number in 0..12 {
        let new = NewCode { creator: person(50), ..NewCode::new(7200 + number, "") };
        app.insert_code(&NewCode { code: format!("TWELVE{number}"), ..new });
    }
    assert_eq!(app.count_user_codes(person(50)), 12);
}

/// Uses that only this extension has something against.
fn uses(app: &mut App) {
    app.update_code(host_code(2), &[("expiration_date", &None::<SystemTime>)]);
    app.update_code(host_code(2), &[("beneficiary_uuid", &person(60))]);
    app.use_code(app_uuid(7300), "REF100002", person(60));
    let set =
        r#"UPDATE "phoenix_kit_settings" SET "value" = $1 WHERE "key" = 'referral_codes_enabled'"#;
    app.write(set, &[&"false"]);
    app.use_code(app_uuid(7301), "REF100002", person(61));
    app.write(set, &[&"true"]);
}

const REPLAYS: [(&str, Replay); 4] =
    [("seeds", seeds), ("forms", forms), ("twelve codes", twelve_codes), ("uses", uses)];

#[test]
fn seeds_run_again_over_rows_that_exist() {
    replay_alike(true, &REPLAYS[..1]);
}

#[test]
fn forms_meet_the_same_results_and_errors() {
    replay_alike(true, &REPLAYS[1..2]);
}

#[test]
fn a_creator_makes_twelve_codes() {
    replay_alike(true, &REPLAYS[2..3]);
}

#[test]
fn no_rule_that_the_app_does_not_know_stops_a_use() {
    replay_alike(true, &REPLAYS[3..]);
}

#[test]
fn they_meet_the_same_over_old_data_with_duplicates() {
    replay_alike(false, &REPLAYS);
}
