//! Consumers: made known by their first poll, listed, dropped.

use std::borrow::Cow;

use pgrx::prelude::*;

use crate::events::backfill::{Consumer, newest};
use crate::events::deliveries::{self, ids};
use crate::events::writers::{self, wait_until};
use crate::pg::args;
use crate::pg::clock;
use crate::pg::error::{Error, Result, answer};
use crate::pg::result::Row;
use crate::pg::returns::RowSet;
use crate::pg::session::Session;
use crate::pg::statement::statements;
use crate::pg::texts::Text;
use crate::rules::time::Timestamp;

statements! {
    ADD = "events/add_consumer.sql";
    KEEP_OTHERS_OUT = "events/keep_others_out.sql";
    LIST = "events/consumers.sql";
    DROP = "events/drop_consumer.sql";
    LOCK_NEXT = "events/lock_next_deliveries.sql";
}

/// The longest name of a consumer.
const CONSUMER_CHARS: usize = 255;
/// Deliveries that are deleted together.
const BATCH: i64 = 10_000;

/// The name of a consumer that an argument gives.
pub fn consumer_named(consumer: Option<Text<'_>>) -> Result<Cow<'_, str>> {
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

/// Somebody whom a first poll has waited for, in vain.
fn busy(reason: &'static str, who: &str) -> Error {
    let message = format!("the consumer's first poll would wait for {who}");
    Error::new("55P03", reason, message).with_hint(
        "Poll again once that has ended: nothing has been done, and nobody was held up. pg_locks and pg_prepared_xacts say who it is.",
    )
}

/// Lets nobody else make the consumer known until the transaction ends; false where somebody is at it.
fn keep_others_out(session: &Session, consumer: &str) -> bool {
    let kept_out =
        session.write(&KEEP_OTHERS_OUT, &[session.tables.schema().into(), consumer.into()]);
    kept_out.first().is_some_and(|row| row.need(1))
}

/// Deletes what was written for a consumer that was gone by then, unless somebody is making one of this name known.
pub fn forget_stranger(session: &Session, consumer: &str) {
    if keep_others_out(session, consumer) && Consumer::find(session, consumer).is_none() {
        delete_deliveries(session, consumer);
    }
}

/// The consumer; where it polls for the first time it is made known, with the events from an id on.
pub fn known(session: &Session, consumer: &str, from_id: Option<i64>) -> Result<Consumer> {
    if let Some(known) = Consumer::find(session, consumer) {
        return Ok(known);
    }
    let mut known = None;
    let free = wait_until(|| {
        known = Consumer::find(session, consumer);
        known.is_some() || keep_others_out(session, consumer)
    });
    if !free {
        return Err(busy(
            "consumer_busy",
            "another worker's first poll, whose transaction is open",
        ));
    }
    // Its transaction may have ended between the two looks.
    if let Some(known) = known.or_else(|| Consumer::find(session, consumer)) {
        return Ok(known);
    }
    // In this order: whoever has an id up to the newest, and is not seen to be running, has ended.
    let fill_to = newest(session);
    let mut running = writers::running(session);
    let ended = wait_until(|| {
        running = writers::still_running(session, &running);
        running.is_empty()
    });
    if !ended {
        return Err(busy("writers_busy", "a transaction that has written events and stays open"));
    }
    let filled_to = from_id.map_or(i64::MIN, |id| id.saturating_sub(1).min(fill_to));
    // What was written for another of this name by who did not see it go.
    delete_deliveries(session, consumer);
    let args = [consumer.into(), clock::now().into(), filled_to.into(), fill_to.into()];
    session.write_latest(&ADD, &args);
    Consumer::find(session, consumer).ok_or_else(|| Error::row_not_updated("consumer"))
}

/// Whether what a consumer acknowledges has to be kept for a while.
pub fn keeps_acknowledged(session: &Session, consumer: &str) -> bool {
    Consumer::find(session, consumer).is_some_and(|known| known.keeps_acknowledged())
}

/// All of a consumer's, in batches.
fn delete_deliveries(session: &Session, consumer: &str) {
    let mut last = i64::MIN;
    loop {
        check_for_interrupts!();
        let args = [consumer.into(), last.into(), BATCH.into()];
        let locked = ids(&session.write_latest(&LOCK_NEXT, &args));
        let Some(&end) = locked.last() else { return };
        deliveries::delete(session, consumer, &locked);
        last = end;
    }
}

#[pg_extern(sql = false)]
fn referral_consumers() -> RowSet<'static, (String, i64, Option<Timestamp>, Option<Timestamp>)> {
    answer(|| {
        let session = Session::open();
        let consumer = |row: Row| (row.need(1), row.need(2), row.get(3), row.get(4));
        let consumers: Vec<_> = session.read(&LIST, &[]).iter().map(consumer).collect();
        Ok(RowSet::new(consumers))
    })
}

#[pg_extern(sql = false)]
fn referral_drop_consumer(consumer: Option<Text>) -> bool {
    answer(|| {
        let consumer = &*consumer_named(consumer)?;
        let session = Session::open();
        let dropped = session.write_latest(&DROP, &[consumer.into()]).count() > 0;
        if dropped {
            delete_deliveries(&session, consumer);
        }
        Ok(dropped)
    })
}
