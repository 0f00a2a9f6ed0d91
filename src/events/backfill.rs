//! What a consumer has no deliveries of is filled in, a batch at each poll: the events that were there before it was
//! known, and those that were written meanwhile by transactions that did not see it yet.
//!
//! Two walks over the events, in the order of their ids. The first is over what was there when the consumer polled for
//! the first time: every transaction that had an id of these has ended. Until it is done the consumer gets nothing
//! newer. The second, once the transaction of that first poll has committed, is over all since. Whoever writes from
//! there on knows the consumer; of those who were at it some may not have, so that the second walk is done again when
//! one of them has ended, and the last one when all have. Until then acknowledged deliveries are kept, as
//! acknowledged: a walk passes over them.

use crate::events::deliveries::ids;
use crate::events::writers;
use crate::pg::clock;
use crate::pg::result::Row;
use crate::pg::session::Session;
use crate::pg::statement::statements;
use crate::rules::time::Timestamp;

statements! {
    FIND = "events/find_consumer.sql";
    LOCK = "events/lock_consumer.sql";
    STORE = "events/store_consumer.sql";
    NEWEST = "events/newest.sql";
    NEXT = "events/next.sql";
    KEEP_PRUNES_OUT = "events/keep_prunes_out.sql";
    DELIVER_KEPT = "events/deliver_kept.sql";
    FORGET_ACKNOWLEDGED = "events/forget_acknowledged.sql";
}

/// Events that a poll walks over at least, if it is to walk.
const BATCH: i64 = 1_000;
/// How old the time of a consumer's last poll may be in its row: not every poll writes to it.
const POLL_SECONDS: i64 = 10;

/// How far the walks of a consumer have come.
#[derive(Clone, PartialEq, Eq)]
struct Walk {
    /// The last event walked over, and the last that is to be.
    filled_to: i64,
    fill_to: i64,
    /// Of the second walk: where it began.
    since: Option<i64>,
    /// Of the first: the transaction that made the consumer known. Of the second: those that had written events, and
    /// not ended, when it began.
    awaits: Vec<String>,
}

/// A consumer that is known.
pub struct Consumer {
    last_poll: Option<Timestamp>,
    /// None: it has a delivery of every event, and is given one of each that comes.
    walk: Option<Walk>,
}

/// The newest event that is visible by now; 0 where there is none.
pub fn newest(session: &Session) -> i64 {
    session.write_latest(&NEWEST, &[]).first().and_then(|row| row.get(1)).unwrap_or(0)
}

impl Consumer {
    fn read(row: Row) -> Self {
        let walk = row.get(2).map(|filled_to| Walk {
            filled_to,
            fill_to: row.need(3),
            since: row.get(4),
            awaits: row.need(5),
        });
        Consumer { last_poll: row.get(1), walk }
    }

    pub fn find(session: &Session, consumer: &str) -> Option<Self> {
        session.write_latest(&FIND, &[consumer.into()]).first().map(Consumer::read)
    }

    /// Whether what it has acknowledged must be kept, as a walk is to pass over it.
    pub fn keeps_acknowledged(&self) -> bool {
        self.walk.as_ref().is_some_and(|walk| walk.since.is_some())
    }

    /// The last event that it may be given, so that it gets them in order.
    fn bound(&self) -> i64 {
        match &self.walk {
            Some(Walk { since: None, filled_to, .. }) => *filled_to,
            _ => i64::MAX,
        }
    }

    /// Goes on filling in, for a poll of so many rows, and notes the poll; gives the last event that may be leased.
    /// Where another worker is at it nothing is waited for.
    pub fn poll(self, session: &Session, consumer: &str, rows: i64) -> i64 {
        let now = clock::now();
        let lately = |poll: Timestamp| poll > now.after_seconds(-POLL_SECONDS);
        if self.walk.is_none() && self.last_poll.is_some_and(lately) {
            return self.bound();
        }
        let locked = session.write_latest(&LOCK, &[consumer.into()]).first().map(Consumer::read);
        let Some(mut locked) = locked else { return self.bound() };
        locked.walk = locked.walk.and_then(|walk| walk.go_on(session, consumer, rows.max(BATCH)));
        let walk = locked.walk.clone();
        let args = [
            consumer.into(),
            now.into(),
            walk.as_ref().map(|walk| walk.filled_to).into(),
            walk.as_ref().map(|walk| walk.fill_to).into(),
            walk.as_ref().and_then(|walk| walk.since).into(),
            walk.map(|walk| walk.awaits).into(),
        ];
        session.write_latest(&STORE, &args);
        locked.bound()
    }
}

impl Walk {
    /// Walks over at most so many events; None where the last walk is done.
    fn go_on(mut self, session: &Session, consumer: &str, mut events: i64) -> Option<Self> {
        loop {
            if self.filled_to < self.fill_to {
                if events == 0 || !self.fill(session, consumer, &mut events) {
                    return Some(self);
                }
            } else if self.is_last() {
                session.write_latest(&FORGET_ACKNOWLEDGED, &[consumer.into()]);
                return None;
            } else if !self.begin_next(session) {
                return Some(self);
            }
        }
    }

    fn is_last(&self) -> bool {
        self.since.is_some() && self.awaits.is_empty()
    }

    /// Whether there is a reason for another walk, which begins then.
    fn begin_next(&mut self, session: &Session) -> bool {
        let running = writers::still_running(session, &self.awaits);
        let since = match self.since {
            // The consumer is not committed yet: whoever writes now does not see it.
            None if !running.is_empty() => return false,
            None => {
                self.awaits = writers::running(session);
                self.fill_to
            }
            Some(_) if running.len() == self.awaits.len() => return false,
            Some(since) => {
                self.awaits = running;
                since
            }
        };
        self.since = Some(since);
        self.filled_to = since;
        // Behind the look at the transactions: what those have written that have ended is visible to this one.
        self.fill_to = newest(session).max(since);
        true
    }

    /// Fills in the next events, and takes them off the number; false where a prune is running, which would delete
    /// them under its hands.
    fn fill(&mut self, session: &Session, consumer: &str, events: &mut i64) -> bool {
        let schema = session.tables.schema();
        let kept_out = session.write(&KEEP_PRUNES_OUT, &[schema.into()]);
        if !kept_out.first().is_some_and(|row| row.need(1)) {
            return false;
        }
        let args = [self.filled_to.into(), self.fill_to.into(), (*events).into()];
        let next = ids(&session.write_latest(&NEXT, &args));
        let walked = next.len() as i64;
        let last = next.last().copied().filter(|_| walked == *events);
        if walked > 0 {
            session.write_latest(&DELIVER_KEPT, &[consumer.into(), next.into()]);
        }
        self.filled_to = last.unwrap_or(self.fill_to);
        *events -= walked;
        true
    }
}
