//! Whether the tables are as the model has it.

use std::collections::HashSet;

use postgres::Client;
use uuid::Uuid;

use super::model::{Balance, Model, units};
use super::programs::{PROGRAMS, REFERRERS, referrer};
use crate::support::person;

/// All that there are.
const VERDICTS: usize = 11;

/// Every balance, verdict and refund, the ledger of every conversion, and what each program has spent.
pub fn verify(client: &mut Client, model: &Model) {
    balances(client, model);
    sources(client, model);
    ledger(client, model);
    programs(client, model);
}

fn balances(client: &mut Client, model: &Model) {
    let expected = model.balances();
    let users = (1..=super::REFEREES).map(person).chain((0..REFERRERS).map(referrer));
    let users: HashSet<Uuid> = users.chain(expected.keys().map(|(user, _)| *user)).collect();
    let users: Vec<Uuid> = users.into_iter().collect();
    let told = "
        SELECT u, currency, earned::text, available::text, held::text, pending::text, paid::text, reversed::text
        FROM unnest($1::uuid[]) AS u, referral_balance(u)";
    let rows = client.query(told, &[&users]).unwrap();
    assert_eq!(rows.len(), expected.len(), "balances");
    for row in rows {
        let (user, currency): (Uuid, &str) = (row.get(0), row.get(1));
        let [earned, available, held, pending, paid, reversed] =
            [2, 3, 4, 5, 6, 7].map(|column| units(row.get::<_, &str>(column)));
        let found = Balance { earned, available, held, pending, paid, reversed };
        let of_user = expected.iter().find(|((owner, of), _)| *owner == user && *of == currency);
        assert_eq!(Some(&found), of_user.map(|(_, balance)| balance), "{user} {currency}");
        assert_eq!(earned, available + held + pending + paid, "{user} {currency}");
        assert!(earned >= 0 && held >= 0 && reversed >= 0, "{user} {currency} {found:?}");
    }
}

fn sources(client: &mut Client, model: &Model) {
    let told = "
        SELECT source_ref, reason, refunded::text, referee_uuid, refunded_before::text,
               (SELECT count(*) FROM referral_refunds AS f WHERE f.source_ref = s.source_ref)
        FROM referral_purchases AS s";
    let rows = client.query(told, &[]).unwrap();
    assert_eq!(rows.len(), model.sources.len(), "sources");
    for row in rows {
        let name: &str = row.get(0);
        let source = &model.sources[name];
        let found: (Option<&str>, _) = (row.get(1), units(row.get(2)));
        let sale = source.sale.as_ref();
        assert_eq!(found, (sale.map(|sale| sale.verdict), source.refunded), "{name}");
        assert_eq!(row.get::<_, Option<Uuid>>(3), sale.map(|sale| sale.referee), "{name}");
        if let Some(sale) = sale {
            assert_eq!(units(row.get(4)), sale.refunded_before, "{name}");
        }
        assert_eq!(row.get::<_, i64>(5), source.refunds.len() as i64, "refunds of {name}");
    }
}

fn ledger(client: &mut Client, model: &Model) {
    let sums = "
        SELECT source_ref,
               coalesce(sum(r.amount) FILTER (WHERE reverses_uuid IS NULL AND side = 'referrer'), 0)::text,
               coalesce(sum(r.amount) FILTER (WHERE reverses_uuid IS NULL AND side = 'referee'), 0)::text,
               coalesce(-sum(r.amount) FILTER (WHERE reverses_uuid IS NOT NULL AND side = 'referrer'), 0)::text,
               coalesce(-sum(r.amount) FILTER (WHERE reverses_uuid IS NOT NULL AND side = 'referee'), 0)::text,
               count(r.uuid) FILTER (WHERE reverses_uuid IS NULL)
        FROM referral_conversions AS v
        LEFT JOIN referral_rewards AS r ON r.conversion_uuid = v.uuid
        GROUP BY v.uuid";
    let rows = client.query(sums, &[]).unwrap();
    assert_eq!(rows.len(), model.conversions().count(), "conversions");
    for row in rows {
        let name: &str = row.get(0);
        let v = model.sources[name].sale.as_ref().unwrap().conversion.as_ref().unwrap();
        let found = [1, 2, 3, 4].map(|column| units(row.get::<_, &str>(column)));
        let [granted, taken_back] = [v.granted.unwrap_or_default(), v.taken_back];
        assert_eq!(found, [granted[0], granted[1], taken_back[0], taken_back[1]], "{name}");
        let grants = granted.iter().filter(|amount| **amount > 0).count();
        assert_eq!(row.get::<_, i64>(5), grants as i64, "grants of {name}");
    }
    // Each reversal is of its own conversion and side, and of no more than that grant.
    let strays = "
        SELECT count(*)
        FROM referral_rewards AS g
        JOIN referral_rewards AS r ON r.reverses_uuid = g.uuid
        GROUP BY g.uuid
        HAVING sum(r.amount) + g.amount < 0
            OR bool_or((r.conversion_uuid, r.side, r.user_uuid, r.currency, r.available_at)
                       IS DISTINCT FROM (g.conversion_uuid, g.side, g.user_uuid, g.currency, g.available_at))";
    assert!(client.query(strays, &[]).unwrap().is_empty(), "strays");
}

/// What each has granted, which its budget holds, and how often it has rewarded one person.
fn programs(client: &mut Client, model: &Model) {
    let spent = "
        SELECT key, rewards_granted::text,
               (SELECT coalesce(sum(amount), 0)::text FROM referral_rewards AS r WHERE r.program = p.key)
        FROM referral_programs AS p
        WHERE reward_budget IS NOT NULL";
    let rows = client.query(spent, &[]).unwrap();
    assert_eq!(rows.len(), PROGRAMS.iter().filter(|program| program.budget.is_some()).count());
    for row in rows {
        let place = PROGRAMS.iter().position(|program| program.key == row.get::<_, &str>(0));
        let place = place.unwrap();
        let (told, summed) = (units(row.get(1)), units(row.get(2)));
        assert_eq!((told, summed), (model.granted(place), model.granted(place)), "spent");
        assert!(Some(told) <= PROGRAMS[place].budget, "{told} is over the budget");
    }
    let often = "
        SELECT program, count(*)
        FROM referral_conversions
        WHERE granted_at IS NOT NULL AND status IN ('converted', 'approved')
        GROUP BY program, referee_uuid";
    for row in client.query(often, &[]).unwrap() {
        let program = PROGRAMS.iter().find(|program| program.key == row.get::<_, &str>(0)).unwrap();
        let most = if program.first_only { Some(1) } else { program.per_referee };
        assert!(most.is_none_or(|most| row.get::<_, i64>(1) <= most as i64), "{}", program.key);
    }
}

/// Each row of the ledger, and each payout, is explained.
pub fn doctor_is_content(client: &mut Client) {
    let found = "SELECT finding FROM referral_doctor() WHERE severity <> 'info'";
    let found: Vec<String> =
        client.query(found, &[]).unwrap().iter().map(|row| row.get(0)).collect();
    assert!(found.is_empty(), "the doctor found: {found:?}");
}

/// Histories that say little of the rules are no test of them.
pub fn are_telling(lives: &[Model]) {
    let sources = || lives.iter().flat_map(|model| model.sources.values());
    let sales = || sources().filter_map(|source| source.sale.as_ref());
    let verdicts: HashSet<&str> = sales().map(|sale| sale.verdict).collect();
    assert_eq!(verdicts.len(), VERDICTS, "only {verdicts:?}");
    let conversions = || lives.iter().flat_map(|model| model.conversions());
    let granted = conversions().filter(|(_, _, v)| v.granted.is_some()).count();
    let taken = conversions().filter(|(_, _, v)| v.taken_back != [0, 0]).count();
    let early = sales().filter(|sale| sale.refunded_before > 0).count();
    let paid = lives.iter().flat_map(|model| &model.payouts).count();
    let told = (granted, taken, early, paid);
    assert!(granted > 200 && taken > 80 && early > 30 && paid > 20, "too little: {told:?}");
}
