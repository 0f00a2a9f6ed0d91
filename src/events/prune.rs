//! Old events deleted, with what of them nobody has acknowledged.

use std::collections::BTreeSet;

use pgrx::datum::Interval;
use pgrx::prelude::*;

use crate::events::consumers::forget_stranger;
use crate::events::deliveries::{self, ids};
use crate::pg::clock;
use crate::pg::error::{Error, answer, required};
use crate::pg::progress::Progress;
use crate::pg::session::Session;
use crate::pg::statement::{Statement, statements};
use crate::rules::time::Timestamp;

statements! {
    CUTOFF = "events/cutoff.sql";
    KEEP_FILLERS_OUT = "events/keep_fillers_out.sql";
    NAMES = "events/names.sql";
    STRANGERS = "events/strangers.sql";
    NEWEST_OLD = "events/newest_old.sql";
    OLD = "events/old.sql";
    LOCK_IDLE = "events/lock_idle_deliveries.sql";
    LEFT = "events/left_deliveries.sql";
    DELETE = "events/delete.sql";
}

/// Events that one round of a prune deletes.
const BATCH: i64 = 1_000;

fn names(session: &Session, statement: &'static Statement) -> Vec<String> {
    session.write_latest(statement, &[]).iter().map(|row| row.need(1)).collect()
}

/// How many ids there are from one up to another, without it.
fn span(first: i64, end: i64) -> usize {
    usize::try_from(end.saturating_sub(first)).unwrap_or_default()
}

/// Deletes what is older than the cutoff, in rounds; gives the number of events.
fn prune(session: &Session, cutoff: Timestamp) -> i64 {
    session.write(&KEEP_FILLERS_OUT, &[session.tables.schema().into()]);
    for stranger in names(session, &STRANGERS) {
        forget_stranger(session, &stranger);
    }
    // Ids follow the clock only by and large; without this bound the last round would read what is kept.
    let newest = session.write_latest(&NEWEST_OLD, &[cutoff.into()]);
    let Some(newest) = newest.first().and_then(|row| row.get::<i64>(1)) else {
        return 0;
    };
    let mut progress = Progress::begin("pruning events, by their ids");
    let (mut pruned, mut first, mut last) = (0, None, i64::MIN);
    loop {
        let args = [cutoff.into(), last.into(), newest.into(), BATCH.into()];
        let old = ids(&session.write_latest(&OLD, &args));
        let (Some(&start), Some(&end)) = (old.first(), old.last()) else {
            return pruned;
        };
        let first = *first.get_or_insert(start);
        progress.at(span(first, start), span(first, newest) + 1);
        let mut unused: BTreeSet<i64> = old.iter().copied().collect();
        // Asked anew: of an event that came up meanwhile a consumer may have one that came up too.
        for consumer in names(session, &NAMES) {
            let idle = deliveries::ids_of(session, &LOCK_IDLE, &consumer, &old);
            deliveries::delete(session, &consumer, &idle);
            // Save those that somebody is leasing or acknowledging at this moment: no delivery is left without its
            // event.
            for id in deliveries::ids_of(session, &LEFT, &consumer, &old) {
                unused.remove(&id);
            }
        }
        let unused: Vec<i64> = unused.into_iter().collect();
        pruned += session.write_latest(&DELETE, &[unused.into()]).count() as i64;
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
