//! Many new codes at once, alike in all but their text.

use pgrx::datum::Uuid;

use crate::codes::told;
use crate::events::tell::Events;
use crate::pg::clock;
use crate::pg::error::{Result, first};
use crate::pg::session::Session;
use crate::pg::statement::statements;
use crate::rules::draft::Draft;
use crate::rules::event::EventType;
use crate::rules::settings::SystemLimits;
use crate::rules::time::Timestamp;

statements! {
    INSERT_MANY = "codes/insert_many.sql";
    ASSIGN_MANY = "codes/assign_many.sql";
}

/// Codes that one statement writes.
pub const BATCH: usize = 1_000;

/// What they have in common.
pub struct Alike {
    pub description: String,
    pub max_uses: i32,
    pub created_by_uuid: Uuid,
    pub beneficiary_uuid: Option<Uuid>,
    pub expiration_date: Option<Timestamp>,
    pub program: Option<String>,
    pub events: Events,
}

impl Alike {
    /// The first rule that is broken, also by such a text, where one is given.
    pub fn check(&self, code: Option<String>, limits: SystemLimits) -> Result<()> {
        let mut draft = Draft {
            code,
            description: Some(self.description.clone()),
            max_uses: Some(self.max_uses),
            expiration_date: Some(self.expiration_date),
        };
        first(draft.check(limits.max_uses, clock::now()))
    }

    /// Writes one batch, each code under its id, save those that some row holds by now; gives what was written.
    pub fn write(
        &self,
        session: &Session,
        uuids: Vec<Uuid>,
        codes: Vec<String>,
    ) -> Vec<(Uuid, String)> {
        let args = [
            uuids.into(),
            codes.into(),
            self.description.as_str().into(),
            self.max_uses.into(),
            self.created_by_uuid.into(),
            self.beneficiary_uuid.into(),
            clock::now().into(),
            self.expiration_date.into(),
        ];
        let written = session.write(&INSERT_MANY, &args);
        let written: Vec<(Uuid, String)> =
            written.iter().map(|row| (row.need(1), row.need(2))).collect();
        if let Some(program) = &self.program {
            let uuids: Vec<Uuid> = written.iter().map(|(uuid, _)| *uuid).collect();
            session.write(&ASSIGN_MANY, &[uuids.into(), program.as_str().into()]);
        }
        self.events.tell_each(session, EventType::CodeCreated, || {
            let (creator, beneficiary) = (self.created_by_uuid, self.beneficiary_uuid);
            let told = |(uuid, code): &(Uuid, String)| {
                told::created_with(*uuid, code, creator, beneficiary, self.max_uses)
            };
            written.iter().map(told).collect()
        });
        written
    }
}
