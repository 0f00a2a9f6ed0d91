//! A host's importer: codes and usages of another installation, row by row, each in a transaction of its own.

use std::time::SystemTime;

use postgres::Client;
use uuid::Uuid;

use super::{App, app_uuid, host, replay_alike, seconds_from};
use crate::support::person;

/// A code as the other installation has it: long made, whatever has become of it.
struct Imported {
    number: u128,
    code: &'static str,
    status: bool,
    uses: i32,
    max_uses: i32,
    /// Days from now.
    expires: Option<i64>,
    /// How many of its usages are brought along.
    usages: u128,
}

const fn plain(number: u128, code: &'static str) -> Imported {
    Imported { number, code, status: true, uses: 0, max_uses: 10, expires: None, usages: 0 }
}

/// Seventeen codes and nine usages.
const IMPORTED: [Imported; 17] = [
    Imported { uses: 3, usages: 3, ..plain(1, "THREE-OF-TEN") },
    Imported { uses: 2, max_uses: 2, usages: 2, ..plain(2, "FULL") },
    Imported { uses: 1, status: false, usages: 1, ..plain(3, "SWITCHED-OFF") },
    Imported { uses: 1, expires: Some(-30), usages: 1, ..plain(4, "EXPIRED") },
    Imported { expires: Some(-1), ..plain(5, "NEVER-USED") },
    Imported { uses: 1, max_uses: 500, usages: 1, ..plain(6, "BEYOND-THE-LIMIT") },
    Imported { uses: 3, max_uses: 2, usages: 1, ..plain(7, "OVER") },
    Imported { expires: Some(300), ..plain(8, "LATER") },
    plain(9, "PLAIN9"),
    plain(10, "PLAIN10"),
    plain(11, "PLAIN11"),
    plain(12, "PLAIN12"),
    plain(13, "PLAIN13"),
    plain(14, "PLAIN14"),
    plain(15, "PLAIN15"),
    plain(16, "PLAIN16"),
    plain(17, "PLAIN17"),
];

const DAY_SECONDS: i64 = 24 * 60 * 60;

impl App {
    fn import_code(&mut self, new: &Imported) {
        let insert = r#"INSERT INTO "phoenix_kit_referral_codes" ("uuid","code","description","status","number_of_uses","max_uses","created_by_uuid","beneficiary_uuid","date_created","expiration_date") VALUES ($1,$2,$3,$4,$5,$6,$7,$8,$9,$10)"#;
        let created = seconds_from(self.start, -60 * DAY_SECONDS);
        let expires = new.expires.map(|days| seconds_from(self.start, days * DAY_SECONDS));
        let uuid = app_uuid(5000 + new.number);
        let nobody = None::<Uuid>;
        let (status, uses, max_uses) = (new.status, new.uses, new.max_uses);
        // Everybody has made one: the limit of codes per person is another matter.
        let creator = person(600 + new.number as usize);
        self.write(
            insert,
            &[
                &uuid,
                &new.code,
                &"Imported",
                &status,
                &uses,
                &max_uses,
                &creator,
                &nobody,
                &created,
                &expires,
            ],
        );
    }

    fn import_usages(&mut self, code: &Imported) {
        let insert = r#"INSERT INTO "phoenix_kit_referral_code_usage" ("uuid","code_uuid","used_by_uuid","date_used") VALUES ($1,$2,$3,$4)"#;
        for usage in 1..=code.usages {
            let uuid = app_uuid(6000 + 10 * code.number + usage);
            let used = seconds_from(self.start, (usage as i64 - 50) * DAY_SECONDS);
            let user = person(700 + usage as usize);
            self.write(insert, &[&uuid, &app_uuid(5000 + code.number), &user, &used]);
        }
    }
}

fn import(app: &mut App) {
    IMPORTED.iter().for_each(|code| app.import_code(code));
    IMPORTED.iter().for_each(|code| app.import_usages(code));
    IMPORTED.iter().for_each(|code| {
        app.get(app_uuid(5000 + code.number));
    });
}

/// A second run finds every row there: Ecto's `on_conflict: :nothing`, with its target and without.
fn import_again(app: &mut App) {
    for target in ["", r#" ("uuid")"#] {
        let insert = format!(
            r#"INSERT INTO "phoenix_kit_referral_code_usage" ("uuid","code_uuid","used_by_uuid","date_used") SELECT "uuid","code_uuid","used_by_uuid","date_used" FROM "phoenix_kit_referral_code_usage" WHERE "uuid" = $1 ON CONFLICT{target} DO NOTHING"#
        );
        app.write(&insert, &[&app_uuid(6011)]);
        let insert = format!(
            r#"INSERT INTO "phoenix_kit_referral_codes" SELECT * FROM "phoenix_kit_referral_codes" WHERE "uuid" = $1 ON CONFLICT{target} DO NOTHING"#
        );
        for code in &IMPORTED {
            app.write(&insert, &[&app_uuid(5000 + code.number)]);
        }
    }
}

/// What arrived: codes, usages, and the codes whose counter is not what it was.
fn arrived(client: &mut Client) -> (i64, i64, Vec<String>) {
    let codes = "SELECT uuid, number_of_uses FROM phoenix_kit_referral_codes WHERE description = 'Imported'";
    let codes = client.query(codes, &[]).unwrap();
    let moved = IMPORTED.iter().filter_map(|code| {
        let uuid = app_uuid(5000 + code.number);
        let row = codes.iter().find(|row| row.get::<_, Uuid>(0) == uuid)?;
        let uses: i32 = row.get(1);
        (uses != code.uses).then(|| format!("{}: {uses}", code.code))
    });
    let usages = "
        SELECT count(*) FROM phoenix_kit_referral_code_usage AS u
          JOIN phoenix_kit_referral_codes AS c ON c.uuid = u.code_uuid
         WHERE c.description = 'Imported'";
    let usages = client.query_one(usages, &[]).unwrap().get(0);
    (codes.len() as i64, usages, moved.collect())
}

#[test]
fn seventeen_codes_and_nine_usages_arrive_whole() {
    for guarded in [false, true] {
        let database = host(true, guarded);
        let mut app = App::new(&database, SystemTime::now());
        import(&mut app);
        assert_eq!(arrived(&mut app.client), (17, 9, vec![]), "guarded: {guarded}");
    }
}

#[test]
fn an_import_meets_the_same_results_and_errors() {
    replay_alike(true, &[("import", import), ("import again", import_again)]);
}
