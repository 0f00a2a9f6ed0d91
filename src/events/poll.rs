//! Events polled and acknowledged.

use std::collections::HashMap;

use pgrx::datum::Interval;
use pgrx::prelude::*;

use crate::events::consumers::{self, consumer_named};
use crate::events::deliveries::{self, ids};
use crate::pg::clock;
use crate::pg::error::{Error, Result, answer, required};
use crate::pg::json::AsStored;
use crate::pg::result::Row;
use crate::pg::returns::RowSet;
use crate::pg::session::Session;
use crate::pg::statement::statements;
use crate::pg::texts::Text;
use crate::rules::event::{LONGEST_LEASE, lease_fault};
use crate::rules::time::{Span, Timestamp};

statements! {
    FREE = "events/free.sql";
    LEASE = "events/lease.sql";
    OF_IDS = "events/of_ids.sql";
    LOCK_DELIVERIES = "events/lock_deliveries.sql";
    KEEP_ACKNOWLEDGED = "events/keep_acknowledged.sql";
}

/// Events of one poll: they are held in memory together.
const MOST_EVENTS: i32 = 10_000;

/// id, type, payload, created_at, attempts
type EventColumns = (i64, String, AsStored, Timestamp, i32);

/// Until when an argument says that events are leased from now on.
fn lease_until(lease: Option<Interval>, now: Timestamp) -> Result<Timestamp> {
    let lease = Span::from(required(lease, "lease")?);
    let (until, latest) = (clock::after(now, lease), clock::after(now, LONGEST_LEASE));
    let fault = lease_fault(now, until, latest);
    fault.map_or(Ok(until), |fault| Err(Error::out_of_range("lease", fault)))
}

/// Leases the consumer's first events that are free, up to the last that it may have.
fn lease(
    session: &Session,
    consumer: &str,
    rows: i64,
    last: i64,
    now: Timestamp,
    until: Timestamp,
) -> Vec<EventColumns> {
    let args = [consumer.into(), now.into(), last.into(), rows.into()];
    let free = ids(&session.write_latest(&FREE, &args));
    if free.is_empty() {
        return Vec::new();
    }
    let read = |row: Row| (row.need(1), row.need(2));
    let leased = deliveries::each(session, &LEASE, consumer, &free, &|| Some(until.into()), read);
    let attempts: HashMap<i64, i32> = leased.into_iter().collect();
    let events = session.write_latest(&OF_IDS, &[free.into()]);
    let event = |row: Row| {
        let id = row.need(1);
        let attempts = attempts.get(&id).copied()?;
        Some((id, row.need(2), row.need(3), row.need(4), attempts))
    };
    events.iter().filter_map(event).collect()
}

#[pg_extern(sql = false)]
fn referral_poll_events_from(
    consumer: Option<Text>,
    max_rows: Option<i32>,
    from_id: Option<i64>,
    lease: Option<Interval>,
) -> RowSet<'static, EventColumns> {
    answer(|| {
        let consumer = &*consumer_named(consumer)?;
        let rows = required(max_rows, "max_rows")?;
        if !(1..=MOST_EVENTS).contains(&rows) {
            let rule = format!("must be from 1 to {MOST_EVENTS}");
            return Err(Error::out_of_range("max_rows", rule));
        }
        lease_until(lease, clock::now())?;
        let (session, rows) = (Session::open(), i64::from(rows));
        let last = consumers::known(&session, consumer, from_id)?.poll(&session, consumer, rows);
        let now = clock::now();
        Ok(RowSet::new(self::lease(&session, consumer, rows, last, now, lease_until(lease, now)?)))
    })
}

#[pg_extern(sql = false)]
fn referral_ack_events(consumer: Option<Text>, ids: Option<Vec<Option<i64>>>) -> i64 {
    answer(|| {
        let consumer = &*consumer_named(consumer)?;
        let ids: Vec<i64> = required(ids, "ids")?.into_iter().flatten().collect();
        let session = Session::open();
        let locked = deliveries::ids_of(&session, &LOCK_DELIVERIES, consumer, &ids);
        if consumers::keeps_acknowledged(&session, consumer) {
            let kept = deliveries::ids_of(&session, &KEEP_ACKNOWLEDGED, consumer, &locked);
            return Ok(kept.len() as i64);
        }
        Ok(deliveries::delete(&session, consumer, &locked))
    })
}
