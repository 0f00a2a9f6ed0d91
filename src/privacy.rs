//! Privacy: a person forgotten, and the books kept.

use pgrx::datum::Uuid;
use pgrx::prelude::*;
use serde_json::json;

use crate::codes::{stripes, told};
use crate::events::tell::Events;
use crate::pg::clock;
use crate::pg::error::{Error, Result, answer, required};
use crate::pg::ids;
use crate::pg::progress::{Progress, announce};
use crate::pg::session::Session;
use crate::pg::statement::{Parameter, Statement, statements};
use crate::pg::tables;
use crate::pg::values::FromServer;
use crate::rules::event::EventType;

statements! {
    HELD_CODES = "privacy/held_codes.sql";
    LOCK_CODES = "privacy/lock_codes.sql";
    OWN_CODES = "privacy/own_codes.sql";
    CODES = "privacy/codes.sql";
    CREATORS = "privacy/creators.sql";
    CODES_LEFT = "privacy/codes_left.sql";
    OWNERS = "privacy/owners.sql";
    LOCK_REFEREES = "privacy/lock_referees.sql";
    REFEREES = "privacy/referees.sql";
    REFEREES_LEFT = "privacy/referees_left.sql";
    USAGE = "privacy/usage.sql";
    HOLDS = "privacy/holds.sql";
    LOCK_PURCHASES = "privacy/lock_purchases.sql";
    PURCHASES = "privacy/purchases.sql";
    PURCHASES_LEFT = "privacy/purchases_left.sql";
    TERMS = "privacy/terms.sql";
    LOCK_CONVERSIONS = "privacy/lock_conversions.sql";
    CONVERSIONS = "privacy/conversions.sql";
    CONVERSIONS_LEFT = "privacy/conversions_left.sql";
    DECISIONS = "privacy/decisions.sql";
    REWARDS = "privacy/rewards.sql";
    LOCK_PAYEES = "privacy/lock_payees.sql";
    PAYEES = "privacy/payees.sql";
    PAYOUTS = "privacy/payouts.sql";
    LOCK_EVENTS = "privacy/lock_events.sql";
    EVENTS = "privacy/events.sql";
    CHECK_ATTEMPTS = "privacy/check_attempts.sql";
}

/// Codes, referees, usages, purchases, conversions, payouts, events.
const STEPS: usize = 7;

/// Replaces a person's id in every table; gives the number of rows.
///
/// In the lock order, and of each table's rows in theirs: neither another who is forgotten nor a redemption
/// is waited for that waits for this.
fn replace(session: &Session, user: Uuid, pseudonym: Uuid) -> Result<usize> {
    let (name, new_name) = (user.to_string(), pseudonym.to_string());
    let (name, new_name) = (name.as_str(), new_name.as_str());
    let mut progress = Progress::begin("forgetting a person, steps");
    let by_id = |statement| session.write(statement, &[user.into(), pseudonym.into()]).count();
    let held = session.write(&HELD_CODES, &[user.into()]);
    let held: Vec<Uuid> = held.iter().map(|row| row.need(1)).collect();
    let codes: Vec<Uuid> = locked(session, tables::CODES, &LOCK_CODES, &[user.into(), held.into()]);
    for code in &codes {
        stripes::wait_for_redemptions(session, *code);
    }
    let own = session.write(&OWN_CODES, &[user.into(), codes.clone().into()]);
    let own: Vec<(Uuid, String)> = own.iter().map(|row| (row.need(1), row.need(2))).collect();
    let args = [user.into(), pseudonym.into(), codes.into()];
    let mut rows = session.write(&CODES, &args).count() + by_id(&CREATORS);
    // A creation that was under way has been waited for; what it has made could not be locked in its turn.
    must_be_gone(session, &CODES_LEFT, user)?;
    rows += by_id(&OWNERS) + by_id(&TERMS);
    progress.at(1, STEPS);
    let programs: Vec<String> = locked(session, tables::REFEREES, &LOCK_REFEREES, &[user.into()]);
    let args = [user.into(), pseudonym.into(), programs.into()];
    rows += session.write(&REFEREES, &args).count();
    // Neither could one who has redeemed meanwhile.
    must_be_gone(session, &REFEREES_LEFT, user)?;
    progress.at(2, STEPS);
    rows += by_id(&USAGE) + by_id(&HOLDS);
    progress.at(3, STEPS);
    let purchases: Vec<String> =
        locked(session, tables::PURCHASES, &LOCK_PURCHASES, &[user.into()]);
    let args = [user.into(), pseudonym.into(), purchases.into()];
    rows += session.write(&PURCHASES, &args).count();
    must_be_gone(session, &PURCHASES_LEFT, user)?;
    progress.at(4, STEPS);
    announce(session, tables::CONVERSIONS, "looking for the person");
    let as_approver = json!([{ "approvers": [name] }]);
    let conversions: Vec<Uuid> =
        locked(session, tables::CONVERSIONS, &LOCK_CONVERSIONS, &[user.into(), as_approver.into()]);
    let args =
        [user.into(), pseudonym.into(), name.into(), new_name.into(), conversions.clone().into()];
    rows += session.write(&CONVERSIONS, &args).count();
    progress.at(5, STEPS);
    // Nobody pays the person what is about to be another's.
    session.lock_rows(tables::PAYOUTS, &LOCK_PAYEES, &[user.into(), clock::now().into()]);
    // What belongs to these alone: a row that came up meanwhile keeps its conversion's names.
    let args = [user.into(), pseudonym.into(), conversions.into()];
    rows += session.write(&DECISIONS, &args).count() + session.write(&REWARDS, &args).count();
    must_be_gone(session, &CONVERSIONS_LEFT, user)?;
    rows += by_id(&PAYEES);
    let args = [user.into(), pseudonym.into(), name.into(), new_name.into()];
    rows += session.write(&PAYOUTS, &args).count();
    let told = |(uuid, code): &(Uuid, String)| told::named(*uuid, code);
    Events::read(session)
        .tell_each(session, EventType::CodeDeactivated, || own.iter().map(told).collect());
    progress.at(6, STEPS);
    announce(session, tables::EVENTS, "looking for the person");
    let events: Vec<i64> = locked(session, tables::EVENTS, &LOCK_EVENTS, &[name.into()]);
    rows += session.write(&EVENTS, &[name.into(), new_name.into(), events.into()]).count();
    Ok(rows + session.write(&CHECK_ATTEMPTS, &[name.into()]).count())
}

/// An error, to be tried again, where rows have come up since a person's were locked in their order.
fn must_be_gone(session: &Session, left: &'static Statement, user: Uuid) -> Result<()> {
    if session.write(left, &[user.into()]).count() == 0 {
        return Ok(());
    }
    let message = "the person is busy while they are forgotten";
    Err(Error::keeps_changing("person_keeps_changing", message))
}

/// The keys of the rows of a table that a statement locks.
fn locked<T: FromServer>(
    session: &Session,
    table: &'static str,
    statement: &'static Statement,
    args: &[Parameter],
) -> Vec<T> {
    session.lock_rows(table, statement, args).iter().map(|row| row.need(1)).collect()
}

#[pg_extern(sql = false)]
fn referral_forget_user(user_uuid: Option<Uuid>) -> Option<Uuid> {
    answer(|| {
        let user = required(user_uuid, "user_uuid")?;
        let pseudonym = ids::random_uuid();
        let rows = replace(&Session::open(), user, pseudonym)?;
        Ok((rows > 0).then_some(pseudonym))
    })
}
