//! Deliveries: the events that a consumer has not acknowledged yet.

use crate::pg::result::{Row, Rows};
use crate::pg::session::Session;
use crate::pg::statement::{Parameter, Statement, statements};
use crate::rules::event::runs;

statements! {
    DELETE = "events/delete_deliveries.sql";
}

/// The ids that a statement gave.
pub fn ids(rows: &Rows) -> Vec<i64> {
    rows.iter().map(|row| row.need(1)).collect()
}

/// Runs a statement over a consumer's deliveries of these events, in the order of their ids; gives what is read of
/// each row that it gives.
///
/// The statement is told the consumer, some of the ids, and the short range that they are in, besides what is `more`. By
/// a list of ids alone a table without statistics is read whole: it is taken for most of it.
pub fn each<T>(
    session: &Session,
    statement: &'static Statement,
    consumer: &str,
    ids: &[i64],
    more: &dyn Fn() -> Option<Parameter<'static>>,
    read: fn(Row) -> T,
) -> Vec<T> {
    let mut all = Vec::with_capacity(ids.len());
    for run in runs(ids) {
        let ends = (run.first().copied(), run.last().copied());
        let named = [consumer.into(), run.into(), ends.0.into(), ends.1.into()];
        let args: Vec<Parameter> = named.into_iter().chain(more()).collect();
        all.extend(session.write_latest(statement, &args).iter().map(read));
    }
    all
}

/// The same of a statement that gives ids.
pub fn ids_of(
    session: &Session,
    statement: &'static Statement,
    consumer: &str,
    ids: &[i64],
) -> Vec<i64> {
    each(session, statement, consumer, ids, &|| None, |row| row.need(1))
}

/// How many there were.
pub fn delete(session: &Session, consumer: &str, ids: &[i64]) -> i64 {
    ids_of(session, &DELETE, consumer, ids).len() as i64
}
