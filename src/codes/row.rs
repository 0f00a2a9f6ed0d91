//! A code, as its row in the host's table has it, and as functions give it.

use pgrx::datum::Uuid;

use crate::pg::result::Row;
use crate::pg::statement::columns;
use crate::rules::draft::Draft;
use crate::rules::membership::Membership;
use crate::rules::state::{Limits, Reserves};
use crate::rules::time::Timestamp;

columns! {
    c: uuid, code, description, status, number_of_uses, max_uses, created_by_uuid, beneficiary_uuid,
    date_created, expiration_date
}

/// A row of phoenix_kit_referral_codes.
#[derive(Clone)]
pub struct Code {
    pub uuid: Uuid,
    pub code: String,
    pub description: String,
    pub limits: Limits,
    pub created_by_uuid: Uuid,
    pub beneficiary_uuid: Option<Uuid>,
    pub date_created: Timestamp,
}

/// The host's columns, remaining_uses and state.
pub type CodeColumns = (
    Uuid,
    String,
    String,
    bool,
    i32,
    i32,
    Uuid,
    Option<Uuid>,
    Timestamp,
    Option<Timestamp>,
    i32,
    &'static str,
);

impl Code {
    /// Reads a row that a statement gives by `COLUMNS`; its reserves are another look (`reserves::complete`).
    pub fn read(row: Row) -> Self {
        Code {
            uuid: row.need(at::uuid),
            code: row.need(at::code),
            description: row.need(at::description),
            limits: Limits {
                status: row.need(at::status),
                number_of_uses: row.need(at::number_of_uses),
                max_uses: row.need(at::max_uses),
                expiration_date: row.get(at::expiration_date),
                reserves: Reserves::default(),
            },
            created_by_uuid: row.need(at::created_by_uuid),
            beneficiary_uuid: row.get(at::beneficiary_uuid),
            date_created: row.need(at::date_created),
        }
    }

    /// The values that the field rules are about.
    pub fn draft(&self) -> Draft {
        Draft {
            code: Some(self.code.clone()),
            description: Some(self.description.clone()),
            max_uses: Some(self.limits.max_uses),
            expiration_date: Some(self.limits.expiration_date),
        }
    }

    /// The code's place in a program, where it is assigned to that one or to none.
    pub fn membership(&self, assigned: Option<String>) -> Option<Membership> {
        Membership::of(assigned, self.beneficiary_uuid.is_some())
    }
}
