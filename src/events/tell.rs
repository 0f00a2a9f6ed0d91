//! An event told: written to the outbox, with a delivery for each consumer.

use serde_json::Value;

use crate::events::deliveries::ids;
use crate::pg::clock;
use crate::pg::session::{Session, View};
use crate::pg::statement::statements;
use crate::rules::event::EventType;
use crate::rules::settings::EVENTS_ENABLED;
use crate::settings::{Settings, Switches};

statements! {
    INSERT = "events/insert.sql";
    CONSUMERS = "events/names.sql";
    DELIVER = "events/deliver.sql";
    NOTIFY = "events/notify.sql";
}

/// Whether events are told, asked once for what a function does.
#[derive(Clone, Copy)]
pub struct Events {
    on: bool,
}

impl Events {
    /// As the values say that were read together with others: `EVENTS_ENABLED` must be among them.
    pub fn of(settings: &Settings) -> Self {
        Events::new(settings.flag(EVENTS_ENABLED))
    }

    pub fn new(on: bool) -> Self {
        Events { on }
    }

    /// As the setting says by now.
    pub fn read(session: &Session) -> Self {
        Events::of(&Settings::read(session, &[EVENTS_ENABLED.key], View::Now))
    }

    pub fn are_on(self) -> bool {
        self.on
    }

    /// Writes one event to the outbox, if events are on.
    pub fn tell(self, session: &Session, kind: EventType, payload: impl FnOnce() -> Value) {
        self.tell_each(session, kind, || vec![payload()]);
    }

    /// Writes events of one type to the outbox, in their order, if events are on.
    pub fn tell_each(
        self,
        session: &Session,
        kind: EventType,
        payloads: impl FnOnce() -> Vec<Value>,
    ) {
        if !self.on {
            return;
        }
        let payloads: Vec<Value> = payloads();
        if payloads.is_empty() {
            return;
        }
        // Under the latest snapshot: of consumers that are committed by now none is left out, however old the
        // transaction's own snapshot is. From the INSERT on the others' polls know that it is under way.
        let args = [kind.name().into(), payloads.into(), clock::now().into()];
        let written = ids(&session.write(&INSERT, &args));
        let consumers = session.write_latest(&CONSUMERS, &[]);
        let consumers: Vec<String> = consumers.iter().map(|row| row.need(1)).collect();
        if !consumers.is_empty() {
            session.write(&DELIVER, &[consumers.into(), written.into()]);
        }
        if Switches::read(session, View::Now).notify {
            session.write(&NOTIFY, &[]);
        }
    }
}
