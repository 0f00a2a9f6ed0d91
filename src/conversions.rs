//! Conversions: the sales and purchases that a code has led to.

use pgrx::JsonB;
use pgrx::datum::Uuid;
use pgrx::prelude::*;
use serde_json::json;

use crate::codes::{self, limit};
use crate::events::Events;
use crate::pg::error::{Error, answer, required};
use crate::pg::rows::RowSet;
use crate::pg::session::{Row, Session, statements};
use crate::rules::conversion::Status;
use crate::rules::event::EventType;
use crate::rules::money::Money;
use crate::rules::time::Timestamp;

statements! {
    OF_REFERRER = "conversions/of_referrer.sql";
    RECENT = "conversions/recent.sql";
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
    /// Reads a row that holds the table's columns in its order.
    pub fn read(row: Row) -> Self {
        let status: String = row.need(12);
        Conversion {
            uuid: row.need(1),
            program: row.need(2),
            code_uuid: row.need(3),
            code: row.need(4),
            referrer_uuid: row.need(5),
            owner_type: row.need(6),
            referee_uuid: row.need(7),
            source_type: row.need(8),
            source_ref: row.need(9),
            amount: row.get(10),
            currency: row.get(11),
            // The table's constraint allows no other word; a conversion that is over stays as it is.
            status: Status::parse(&status).unwrap_or(Status::Reversed),
            reason: row.need(13),
            referrer_reward: row.need(14),
            referee_reward: row.need(15),
            reward_currency: row.need(16),
            converted_at: row.need(17),
            granted_at: row.get(18),
            decided_at: row.get(19),
            decided_by: row.get(20),
            decision_reason: row.get(21),
            approvals: row.get::<JsonB>(22).map(|json| json.0),
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

#[pg_extern(sql = false)]
fn referral_list_for_referrer(
    referrer_uuid: Option<Uuid>,
    status: Option<&str>,
    max_rows: Option<i32>,
    before: Option<TimestampWithTimeZone>,
) -> RowSet<'static, ConversionColumns> {
    answer(|| {
        let referrer = required(referrer_uuid, "referrer_uuid")?;
        let unknown =
            || Error::out_of_range("status", "must be converted, approved, rejected or reversed");
        let status = status.map(|name| Status::parse(name).ok_or_else(unknown)).transpose()?;
        let before = before.map_or(Timestamp(i64::MAX), Timestamp::from);
        let args = [
            referrer.into(),
            status.map(Status::name).into(),
            before.into(),
            limit(codes::max_rows(max_rows)?).into(),
        ];
        let found = Session::open().stream(&OF_REFERRER, &args, Conversion::read);
        Ok(RowSet::new(found.map(Conversion::into_columns)))
    })
}

#[pg_extern(sql = false)]
fn referral_recent_conversions(max_rows: Option<i32>) -> RowSet<'static, ConversionColumns> {
    answer(|| {
        let args = [limit(codes::max_rows(max_rows)?).into()];
        let found = Session::open().stream(&RECENT, &args, Conversion::read);
        Ok(RowSet::new(found.map(Conversion::into_columns)))
    })
}
