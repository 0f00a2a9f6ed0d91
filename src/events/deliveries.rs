//! Deliveries: the events that a consumer has not acknowledged yet.

use crate::pg::result::Rows;
use crate::pg::session::Session;
use crate::pg::statement::{Parameter, statements};

statements! {
    DELETE = "events/delete_deliveries.sql";
}

/// The ids that a statement gave.
pub fn ids(rows: &Rows) -> Vec<i64> {
    rows.iter().map(|row| row.need(1)).collect()
}

/// What says to a statement which deliveries are meant: the consumer, the ids, and the range that they are in. By a
/// list of ids alone a table without statistics is read whole: it is taken for most of it.
pub fn named<'a>(consumer: &'a str, ids: Vec<i64>) -> [Parameter<'a>; 4] {
    let (least, greatest) = (ids.iter().min().copied(), ids.iter().max().copied());
    [consumer.into(), ids.into(), least.into(), greatest.into()]
}

/// How many there were.
pub fn delete(session: &Session, consumer: &str, ids: Vec<i64>) -> i64 {
    session.write_latest(&DELETE, &named(consumer, ids)).count() as i64
}
