//! A payout, as its row has it, as functions give it, and as an event tells it.

use pgrx::datum::Uuid;
use serde_json::{Value, json};

use crate::pg::error::Error;
use crate::pg::result::Row;
use crate::pg::statement::columns;
use crate::rules::event::EventType;
use crate::rules::money::Money;
use crate::rules::payout::Status;
use crate::rules::time::Timestamp;

columns! {
    p: payout_uuid, user_uuid, payout_ref, batch_ref, currency, amount, status, created_at, settled_at, reason
}

/// The longest name of a payout.
pub const PAYOUT_REF_CHARS: usize = 255;

/// A row of referral_payouts.
pub struct Payout {
    pub uuid: Uuid,
    pub user_uuid: Uuid,
    pub payout_ref: String,
    pub batch_ref: Option<String>,
    pub currency: String,
    pub amount: Money,
    pub status: Status,
    pub created_at: Timestamp,
    pub settled_at: Option<Timestamp>,
    pub reason: Option<String>,
}

/// payout_uuid, user_uuid, payout_ref, batch_ref, currency, amount, status, created_at, settled_at, reason
pub type PayoutColumns = (
    Uuid,
    Uuid,
    String,
    Option<String>,
    String,
    Money,
    &'static str,
    Timestamp,
    Option<Timestamp>,
    Option<String>,
);

/// payout_uuid, user_uuid, currency, amount, status, created_at, repeated
pub type CreatedColumns = (Uuid, Uuid, String, Money, &'static str, Timestamp, bool);

impl Payout {
    /// Reads a row that a statement gives by `COLUMNS`.
    pub fn read(row: Row) -> Self {
        let status: String = row.need(at::status);
        Payout {
            uuid: row.need(at::payout_uuid),
            user_uuid: row.need(at::user_uuid),
            payout_ref: row.need(at::payout_ref),
            batch_ref: row.get(at::batch_ref),
            currency: row.need(at::currency),
            amount: row.need(at::amount),
            // The table's constraint allows no other word; a payout that was made stays out of the balance.
            status: Status::parse(&status).unwrap_or(Status::Paid),
            created_at: row.need(at::created_at),
            settled_at: row.get(at::settled_at),
            reason: row.get(at::reason),
        }
    }

    pub fn into_columns(self) -> PayoutColumns {
        (
            self.uuid,
            self.user_uuid,
            self.payout_ref,
            self.batch_ref,
            self.currency,
            self.amount,
            self.status.name(),
            self.created_at,
            self.settled_at,
            self.reason,
        )
    }

    /// As the functions that create it give it.
    pub fn into_created(self, repeated: bool) -> CreatedColumns {
        (
            self.uuid,
            self.user_uuid,
            self.currency,
            self.amount,
            self.status.name(),
            self.created_at,
            repeated,
        )
    }

    /// The event that tells of its status.
    pub fn event(&self) -> EventType {
        match self.status {
            Status::Pending => EventType::PayoutCreated,
            Status::Paid => EventType::PayoutPaid,
            Status::Failed => EventType::PayoutFailed,
        }
    }

    pub fn payload(&self) -> Value {
        json!({
            "payout_uuid": self.uuid.to_string(),
            "user_uuid": self.user_uuid.to_string(),
            "payout_ref": self.payout_ref,
            "batch_ref": self.batch_ref,
            "currency": self.currency,
            "amount": self.amount.to_string(),
            "reason": self.reason,
        })
    }
}

/// A payout of that name was there when it was to be created, and yet cannot be seen.
pub fn unseen() -> Error {
    Error::new("42501", "payout_not_visible", "the payout was created by a row that cannot be read")
        .with_hint("Row-level security hides rows of the tables of payouts from the caller.")
}
