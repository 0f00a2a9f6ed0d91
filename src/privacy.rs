//! Privacy: a person forgotten, and the books kept.

use pgrx::datum::Uuid;
use pgrx::prelude::*;

use crate::pg::error::{answer, required};
use crate::pg::ids;
use crate::pg::session::Session;
use crate::pg::statement::{Statement, statements};

statements! {
    CODES = "privacy/codes.sql";
    CREATORS = "privacy/creators.sql";
    OWNERS = "privacy/owners.sql";
    USAGE = "privacy/usage.sql";
    REFEREES = "privacy/referees.sql";
    REWARDS = "privacy/rewards.sql";
    CONVERSIONS = "privacy/conversions.sql";
    EVENTS = "privacy/events.sql";
    CHECK_ATTEMPTS = "privacy/check_attempts.sql";
}

/// In the order in which redemption locks: codes before referees. Each takes the old id and the new.
const BY_ID: [&Statement; 6] = [&CODES, &CREATORS, &OWNERS, &USAGE, &REFEREES, &REWARDS];

#[pg_extern(sql = false)]
fn referral_forget_user(user_uuid: Option<Uuid>) -> Option<Uuid> {
    answer(|| {
        let user = required(user_uuid, "user_uuid")?;
        let pseudonym = ids::random_uuid();
        let (name, new_name) = (user.to_string(), pseudonym.to_string());
        let session = Session::open();
        let replace = |statement: &'static Statement| {
            session.write(statement, &[user.into(), pseudonym.into()]).count()
        };
        let rows: usize = BY_ID.into_iter().map(replace).sum();
        let (name, new_name) = (name.as_str(), new_name.as_str());
        let in_conversions = session
            .write(&CONVERSIONS, &[user.into(), pseudonym.into(), name.into(), new_name.into()]);
        let in_events = session.write(&EVENTS, &[name.into(), new_name.into()]);
        let attempts = session.write(&CHECK_ATTEMPTS, &[name.into()]);
        let rows = rows + in_conversions.count() + in_events.count() + attempts.count();
        Ok((rows > 0).then_some(pseudonym))
    })
}
