//! A conversion, as its row has it, as functions give it, and as an event tells it.

use pgrx::datum::Uuid;
use serde_json::json;

use crate::events::tell::Events;
use crate::pg::clock;
use crate::pg::error::{Error, Result};
use crate::pg::result::Row;
use crate::pg::session::Session;
use crate::pg::statement::{columns, statements};
use crate::pg::tables::CONVERSIONS;
use crate::rules::conversion::Status;
use crate::rules::event::EventType;
use crate::rules::money::Money;
use crate::rules::time::{Span, Timestamp};

columns! {
    v: uuid, program, code_uuid, code, referrer_uuid, owner_type, referee_uuid, source_type, source_ref,
    amount, currency, status, reason, referrer_reward, referee_reward, reward_currency, converted_at,
    granted_at, decided_at, decided_by, decision_reason, approvals, hold_period, reward_scale
}

statements! {
    v.* = COLUMNS;
    BY_UUID = "conversions/by_uuid.sql";
    BY_UUID_LOCKED = "conversions/by_uuid_locked.sql";
    UPDATE = "conversions/update.sql";
    REVERSE = "conversions/reverse.sql";
}

statements! {
    INSERT = "conversions/insert.sql";
}

/// A row of referral_conversions.
#[derive(Clone)]
pub struct Conversion {
    pub uuid: Uuid,
    pub program: String,
    pub code_uuid: Uuid,
    pub code: String,
    pub referrer_uuid: Uuid,
    pub owner_type: String,
    pub referee_uuid: Uuid,
    pub source_type: String,
    pub source_ref: String,
    pub amount: Option<Money>,
    pub currency: Option<String>,
    pub status: Status,
    /// What came of it: the word of a Verdict.
    pub reason: String,
    /// What is granted, or will be after the review; nothing where the program does not reward it.
    pub referrer_reward: Money,
    pub referee_reward: Money,
    pub reward_currency: String,
    pub converted_at: Timestamp,
    pub granted_at: Option<Timestamp>,
    pub decided_at: Option<Timestamp>,
    pub decided_by: Option<Uuid>,
    pub decision_reason: Option<String>,
    /// The chain of approvals that was asked for.
    pub approvals: Option<serde_json::Value>,
    /// As the program had it; None where an older release has recorded it.
    pub hold_period: Option<Span>,
    /// To how many decimals its rewards are rounded.
    pub reward_scale: i32,
}

/// uuid, program, code_uuid, referrer_uuid, owner_type, referee_uuid, source_type, source_ref, amount,
/// currency, status, rewarded, reason, referrer_reward, referee_reward, converted_at, decided_at,
/// decided_by, decision_reason
pub type ConversionColumns = (
    Uuid,
    String,
    Uuid,
    Uuid,
    String,
    Uuid,
    String,
    String,
    Option<Money>,
    Option<String>,
    &'static str,
    bool,
    String,
    Money,
    Money,
    Timestamp,
    Option<Timestamp>,
    Option<Uuid>,
    Option<String>,
);

impl Conversion {
    /// As things are now.
    pub fn by_uuid(session: &Session, uuid: Uuid) -> Option<Self> {
        session.write(&BY_UUID, &[uuid.into()]).first().map(Conversion::read)
    }

    /// The same, its row locked until the transaction ends.
    pub fn lock(session: &Session, uuid: Uuid) -> Option<Self> {
        session
            .lock_rows(CONVERSIONS, &BY_UUID_LOCKED, &[uuid.into()])
            .first()
            .map(Conversion::read)
    }

    /// Writes it down, on which nobody has decided yet; false where there is one of its source.
    pub fn insert(&self, session: &Session) -> bool {
        let args = [
            self.uuid.into(),
            self.program.as_str().into(),
            self.code_uuid.into(),
            self.code.as_str().into(),
            self.referrer_uuid.into(),
            self.owner_type.as_str().into(),
            self.referee_uuid.into(),
            self.source_type.as_str().into(),
            self.source_ref.as_str().into(),
            self.amount.into(),
            self.currency.as_deref().into(),
            self.status.name().into(),
            self.reason.as_str().into(),
            self.referrer_reward.into(),
            self.referee_reward.into(),
            self.reward_currency.as_str().into(),
            self.converted_at.into(),
            self.granted_at.into(),
            self.hold_period.into(),
            self.reward_scale.into(),
        ];
        session.write(&INSERT, &args).count() > 0
    }

    /// Writes down where it stands by now. Its row is locked.
    pub fn store(&self, session: &Session) -> Result<Self> {
        let args = [
            self.uuid.into(),
            self.status.name().into(),
            self.reason.as_str().into(),
            self.granted_at.into(),
            self.decided_at.into(),
            self.decided_by.into(),
            self.decision_reason.as_deref().into(),
            self.approvals.clone().into(),
            self.referrer_reward.into(),
            self.referee_reward.into(),
        ];
        let stored = session.write(&UPDATE, &args).first().map(Conversion::read);
        stored.ok_or_else(|| Error::row_not_updated("conversion"))
    }

    /// Moves it to where everything that it gave is taken back.
    pub fn reverse(&self, session: &Session, reason: &str, events: Events) -> Result<Self> {
        let status = Status::Reversed;
        let args = [self.uuid.into(), status.name().into(), clock::now().into(), reason.into()];
        let reversed = session.write(&REVERSE, &args).first().map(Conversion::read);
        let reversed = reversed.ok_or_else(|| Error::row_not_updated("conversion"))?;
        reversed.tell(session, events);
        Ok(reversed)
    }

    /// Reads a row that a statement gives by `COLUMNS`.
    pub fn read(row: Row) -> Self {
        let status: String = row.need(at::status);
        Conversion {
            uuid: row.need(at::uuid),
            program: row.need(at::program),
            code_uuid: row.need(at::code_uuid),
            code: row.need(at::code),
            referrer_uuid: row.need(at::referrer_uuid),
            owner_type: row.need(at::owner_type),
            referee_uuid: row.need(at::referee_uuid),
            source_type: row.need(at::source_type),
            source_ref: row.need(at::source_ref),
            amount: row.get(at::amount),
            currency: row.get(at::currency),
            // The table's constraint allows no other word; a conversion that is over stays as it is.
            status: Status::parse(&status).unwrap_or(Status::Reversed),
            reason: row.need(at::reason),
            referrer_reward: row.need(at::referrer_reward),
            referee_reward: row.need(at::referee_reward),
            reward_currency: row.need(at::reward_currency),
            converted_at: row.need(at::converted_at),
            granted_at: row.get(at::granted_at),
            decided_at: row.get(at::decided_at),
            decided_by: row.get(at::decided_by),
            decision_reason: row.get(at::decision_reason),
            approvals: row.get(at::approvals),
            hold_period: row.get(at::hold_period),
            reward_scale: row.need(at::reward_scale),
        }
    }

    pub fn into_columns(self) -> ConversionColumns {
        (
            self.uuid,
            self.program,
            self.code_uuid,
            self.referrer_uuid,
            self.owner_type,
            self.referee_uuid,
            self.source_type,
            self.source_ref,
            self.amount,
            self.currency,
            self.status.name(),
            self.granted_at.is_some(),
            self.reason,
            self.referrer_reward,
            self.referee_reward,
            self.converted_at,
            self.decided_at,
            self.decided_by,
            self.decision_reason,
        )
    }

    /// Tells what has become of the conversion.
    pub fn tell(&self, session: &Session, events: Events) {
        let kind = match self.status {
            Status::Converted => EventType::ConversionConverted,
            Status::Approved => EventType::ConversionApproved,
            Status::Rejected => EventType::ConversionRejected,
            Status::Reversed => EventType::ConversionReversed,
        };
        events.tell(session, kind, || {
            json!({
                "conversion_uuid": self.uuid.to_string(),
                "program": self.program,
                "code": self.code,
                "referrer_uuid": self.referrer_uuid.to_string(),
                "referee_uuid": self.referee_uuid.to_string(),
                "source_type": self.source_type,
                "source_ref": self.source_ref,
                "amount": self.amount.map(|amount| amount.to_string()),
                "currency": self.currency,
                "reason": self.reason,
                "decided_by": self.decided_by.map(|uuid| uuid.to_string()),
                "decision_reason": self.decision_reason,
            })
        });
    }
}
