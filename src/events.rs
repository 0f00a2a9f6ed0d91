//! Events: an outbox, written in the transaction in which something happens, and read by consumers.
//!
//! An event goes to each consumer as a delivery of its own, written with the event: one that becomes
//! visible late, behind newer ones, is delivered late and not passed over. Who is a consumer must
//! therefore be known exactly at each event. A consumer is added under a lock that waits for every
//! transaction that has written an event and keeps the next ones waiting, and deliveries are written
//! under the latest snapshot: a transaction that began before sees the consumer all the same.
//!
//! Locks, always in this order: the table of events; then deliveries, of one consumer, by event id.
//! Poll and prune pass over the deliveries that somebody has locked; only acknowledging waits for one.

use std::borrow::Cow;

use pgrx::datum::Interval;
use pgrx::prelude::*;
use serde_json::Value;

use crate::pg::args;
use crate::pg::clock;
use crate::pg::error::{Error, Result, answer, required};
use crate::pg::json::AsStored;
use crate::pg::result::Rows;
use crate::pg::returns::RowSet;
use crate::pg::session::{Session, View};
use crate::pg::statement::statements;
use crate::pg::texts::Text;
use crate::rules::event::EventType;
use crate::rules::settings::EVENTS_ENABLED;
use crate::rules::time::Timestamp;
use crate::settings::Settings;

statements! {
    INSERT = "events/insert.sql";
    DELIVER = "events/deliver.sql";
    NOTIFY = "events/notify.sql";
    CONSUMER_EXISTS = "events/consumer_exists.sql";
    LOCK_OUT_WRITERS = "events/lock_out_writers.sql";
    ADD_CONSUMER = "events/add_consumer.sql";
    DELIVER_KEPT = "events/deliver_kept.sql";
    FREE = "events/free.sql";
    LEASE = "events/lease.sql";
    OF_IDS = "events/of_ids.sql";
    LOCK_DELIVERIES = "events/lock_deliveries.sql";
    LOCK_IDLE_DELIVERIES = "events/lock_idle_deliveries.sql";
    DELETE_DELIVERIES = "events/delete_deliveries.sql";
    CUTOFF = "events/cutoff.sql";
    LOCK_OUT_CONSUMERS = "events/lock_out_consumers.sql";
    CONSUMERS = "events/consumers.sql";
    NEWEST_OLD = "events/newest_old.sql";
    OLD = "events/old.sql";
    DELETE = "events/delete.sql";
}

/// The longest name of a consumer.
const CONSUMER_CHARS: usize = 255;
/// Events of one poll: they are held in memory together.
const MOST_EVENTS: i32 = 10_000;
/// Events that one round of a prune deletes.
const PRUNE_BATCH: i64 = 1_000;
const LEASE_SECONDS: i64 = 60;

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
        // From here until the transaction ends no consumer can be added by others.
        let args = [kind.name().into(), payloads.into(), clock::now().into()];
        let written = ids(&session.write(&INSERT, &args));
        session.write_latest(&DELIVER, &[written.into()]);
        session.write(&NOTIFY, &[]);
    }
}

/// The ids that a statement gave.
fn ids(rows: &Rows) -> Vec<i64> {
    rows.iter().map(|row| row.need(1)).collect()
}

/// The name of a consumer that an argument gives.
fn consumer_named(consumer: Option<Text<'_>>) -> Result<Cow<'_, str>> {
    let consumer = args::text(consumer, "consumer")?;
    if consumer.trim().is_empty() {
        return Err(Error::out_of_range("consumer", "must not be blank"));
    }
    if consumer.chars().nth(CONSUMER_CHARS).is_some() {
        let rule = format!("must be at most {CONSUMER_CHARS} characters");
        return Err(Error::out_of_range("consumer", rule));
    }
    Ok(consumer)
}

/// Sees to it that every event that is kept, and every later one, has a delivery for the consumer.
fn make_known(session: &Session, consumer: &str) {
    if session.write_latest(&CONSUMER_EXISTS, &[consumer.into()]).count() > 0 {
        return;
    }
    session.write(&LOCK_OUT_WRITERS, &[]);
    // Another worker may have been first while this one waited.
    let args = [consumer.into(), clock::now().into()];
    if session.write_latest(&ADD_CONSUMER, &args).count() > 0 {
        session.write_latest(&DELIVER_KEPT, &[consumer.into()]);
    }
}

/// id, type, payload, created_at
type EventColumns = (i64, String, AsStored, Timestamp);

/// Leases the consumer's first events that are free.
fn lease(session: &Session, consumer: &str, rows: i32) -> Vec<EventColumns> {
    let now = clock::now();
    let args = [consumer.into(), now.into(), i64::from(rows).into()];
    let leased = ids(&session.write_latest(&FREE, &args));
    if leased.is_empty() {
        return Vec::new();
    }
    let until = now.after_seconds(LEASE_SECONDS);
    session.write_latest(&LEASE, &[consumer.into(), leased.clone().into(), until.into()]);
    let events = session.write_latest(&OF_IDS, &[leased.into()]);
    events.iter().map(|row| (row.need(1), row.need(2), row.need(3), row.need(4))).collect()
}

#[pg_extern(sql = false)]
fn referral_poll_events(
    consumer: Option<Text>,
    max_rows: Option<i32>,
) -> RowSet<'static, EventColumns> {
    answer(|| {
        let consumer = &*consumer_named(consumer)?;
        let rows = required(max_rows, "max_rows")?;
        if !(1..=MOST_EVENTS).contains(&rows) {
            let rule = format!("must be from 1 to {MOST_EVENTS}");
            return Err(Error::out_of_range("max_rows", rule));
        }
        let session = Session::open();
        make_known(&session, consumer);
        Ok(RowSet::new(lease(&session, consumer, rows)))
    })
}

#[pg_extern(sql = false)]
fn referral_ack_events(consumer: Option<Text>, ids: Option<Vec<Option<i64>>>) -> i64 {
    answer(|| {
        let consumer = &*consumer_named(consumer)?;
        let ids: Vec<i64> = required(ids, "ids")?.into_iter().flatten().collect();
        let session = Session::open();
        let locked = session.write_latest(&LOCK_DELIVERIES, &[consumer.into(), ids.into()]);
        Ok(delete_deliveries(&session, consumer, self::ids(&locked)))
    })
}

/// How many there were.
fn delete_deliveries(session: &Session, consumer: &str, locked: Vec<i64>) -> i64 {
    session.write_latest(&DELETE_DELIVERIES, &[consumer.into(), locked.into()]).count() as i64
}

/// Deletes what is older than the cutoff, in rounds; gives the number of events.
fn prune(session: &Session, cutoff: Timestamp) -> i64 {
    session.write(&LOCK_OUT_CONSUMERS, &[]);
    let consumers = session.write_latest(&CONSUMERS, &[]);
    let consumers: Vec<String> = consumers.iter().map(|row| row.need(1)).collect();
    // Ids follow the clock only by and large; without this bound the last round would read what is kept.
    let newest = session.write_latest(&NEWEST_OLD, &[cutoff.into()]);
    let Some(newest) = newest.first().and_then(|row| row.get::<i64>(1)) else {
        return 0;
    };
    let (mut pruned, mut last) = (0, i64::MIN);
    loop {
        check_for_interrupts!();
        let args = [cutoff.into(), last.into(), newest.into(), PRUNE_BATCH.into()];
        let old = ids(&session.write_latest(&OLD, &args));
        let Some(&end) = old.last() else {
            return pruned;
        };
        for consumer in &consumers {
            let args = [consumer.as_str().into(), old.clone().into()];
            let idle = ids(&session.write_latest(&LOCK_IDLE_DELIVERIES, &args));
            delete_deliveries(session, consumer, idle);
        }
        pruned += session.write_latest(&DELETE, &[old.into()]).count() as i64;
        last = end;
    }
}

#[pg_extern(sql = false)]
fn referral_prune_events(keep: Option<Interval>) -> i64 {
    answer(|| {
        let keep = required(keep, "keep")?;
        let session = Session::open();
        let cutoff = session.write(&CUTOFF, &[clock::now().into(), keep.into()]);
        let cutoff = cutoff.first().and_then(|row| row.get(1));
        let rule = "must not be negative, nor longer than 1000 years";
        Ok(prune(&session, cutoff.ok_or_else(|| Error::out_of_range("keep", rule))?))
    })
}
