//! Rewards: the ledger. A grant is a positive row, a reversal a negative one that names its grant; no row
//! is ever changed.

use pgrx::datum::Uuid;
use pgrx::prelude::*;
use serde_json::{Value, json};

use crate::conversions::row::Conversion;
use crate::events::tell::Events;
use crate::pg::clock;
use crate::pg::error::{answer, required};
use crate::pg::ids;
use crate::pg::result::Row;
use crate::pg::returns::RowSet;
use crate::pg::session::Session;
use crate::pg::statement::statements;
use crate::rules::event::EventType;
use crate::rules::money::Money;
use crate::rules::time::{Span, Timestamp};

statements! {
    INSERT = "conversions/insert_reward.sql";
    GRANTS_LEFT = "conversions/grants_left.sql";
    BALANCE = "conversions/balance.sql";
}

/// A row of referral_rewards on its way in.
struct Entry<'a> {
    side: &'a str,
    user: Uuid,
    amount: Money,
    currency: &'a str,
    available_at: Timestamp,
    reverses: Option<Uuid>,
    reason: Option<&'a str>,
}

impl Entry<'_> {
    fn write(&self, session: &Session, conversion: &Conversion, events: Events) {
        let uuid = ids::new_uuid();
        let args = [
            uuid.into(),
            conversion.uuid.into(),
            conversion.program.as_str().into(),
            self.side.into(),
            self.user.into(),
            self.amount.into(),
            self.currency.into(),
            clock::now().into(),
            self.available_at.into(),
            self.reverses.into(),
            self.reason.into(),
        ];
        session.write(&INSERT, &args);
        let kind = match self.reverses {
            None => EventType::RewardGranted,
            Some(_) => EventType::RewardReversed,
        };
        events.tell(session, kind, || self.payload(uuid, conversion));
    }

    fn payload(&self, uuid: Uuid, conversion: &Conversion) -> Value {
        json!({
            "reward_uuid": uuid.to_string(),
            "conversion_uuid": conversion.uuid.to_string(),
            "program": conversion.program,
            "side": self.side,
            "user_uuid": self.user.to_string(),
            "amount": self.amount.to_string(),
            "currency": self.currency,
            "reverses_uuid": self.reverses.map(|uuid| uuid.to_string()),
        })
    }
}

/// Grants both sides what the conversion has promised them; a side without a reward gets no row.
pub fn grant(session: &Session, conversion: &Conversion, hold_period: Span, events: Events) {
    // From the statement's start, by which balances are told: a reward without a hold is available to
    // whoever asks in the same call or block.
    let available_at = clock::after(clock::statement_start(), hold_period);
    let sides = [
        ("referrer", conversion.referrer_uuid, conversion.referrer_reward),
        ("referee", conversion.referee_uuid, conversion.referee_reward),
    ];
    for (side, user, amount) in sides.into_iter().filter(|(_, _, amount)| amount.is_positive()) {
        let currency = conversion.reward_currency.as_str();
        let entry =
            Entry { side, user, amount, currency, available_at, reverses: None, reason: None };
        entry.write(session, conversion, events);
    }
}

/// A grant, and what is left of it.
struct Grant {
    uuid: Uuid,
    side: String,
    user: Uuid,
    currency: String,
    available_at: Timestamp,
    left: Money,
}

impl Grant {
    fn read(row: Row) -> Self {
        Grant {
            uuid: row.need(1),
            side: row.need(2),
            user: row.need(3),
            currency: row.need(4),
            available_at: row.need(5),
            left: row.need(6),
        }
    }
}

/// Takes back from each side what is left of its grant, or at most `amount` of it. Gives what is left of
/// both then. The conversion's row is locked.
pub fn take_back(
    session: &Session,
    conversion: &Conversion,
    amount: Option<Money>,
    reason: &str,
    events: Events,
) -> Money {
    let rows = session.write(&GRANTS_LEFT, &[conversion.uuid.into()]);
    let grants: Vec<Grant> = rows.iter().map(Grant::read).collect();
    let take = |grant: &Grant| {
        let taken = amount.map_or(grant.left, |amount| amount.min(grant.left));
        if taken.is_positive() {
            let entry = Entry {
                side: &grant.side,
                user: grant.user,
                amount: -taken,
                currency: &grant.currency,
                available_at: grant.available_at,
                reverses: Some(grant.uuid),
                reason: Some(reason),
            };
            entry.write(session, conversion, events);
        }
        grant.left - taken
    };
    grants.iter().map(take).sum()
}

#[pg_extern(sql = false)]
fn referral_balance(
    user_uuid: Option<Uuid>,
) -> RowSet<'static, (String, Money, Money, Money, Money)> {
    answer(|| {
        let args = [required(user_uuid, "user_uuid")?.into(), clock::statement_start().into()];
        let read = |row: Row| (row.need(1), row.need(2), row.need(3), row.need(4), row.need(5));
        Ok(RowSet::new(Session::open().stream(&BALANCE, &args, read)))
    })
}
