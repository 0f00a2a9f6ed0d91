//! What a redemption has to know of a program.

use crate::pg::result::Row;
use crate::pg::session::{Session, View};
use crate::pg::statement::statements;
use crate::pg::transaction::has_one_snapshot;
use crate::rules::admission::Terms;
use crate::rules::program::{Run, Status};

statements! {
    TERMS = "programs/terms.sql";
    TERMS_LOCKED = "programs/terms_locked.sql";
}

pub fn read(session: &Session, key: &str, view: View) -> Option<Terms> {
    view.run(session, &TERMS, &[key.into()]).first().map(terms)
}

/// As they are now; with one snapshot for the transaction a serialization failure where that is not
/// what the transaction sees. A program that has a cap is not locked: its row is written to next,
/// which fails as well, and of two that share a lock neither could write.
pub fn read_newest(session: &Session, key: &str) -> Option<Terms> {
    let read = |statement| session.write(statement, &[key.into()]).first().map(terms);
    let found = read(&TERMS)?;
    if found.is_capped() || !has_one_snapshot() { Some(found) } else { read(&TERMS_LOCKED) }
}

fn terms(row: Row) -> Terms {
    let status: String = row.need(1);
    Terms {
        run: Run {
            // The table's constraint allows no other word; an ended program does nothing.
            status: Status::parse(&status).unwrap_or(Status::Ended),
            starts_at: row.get(2),
            ends_at: row.get(3),
        },
        one_code_per_referee: row.need(4),
        max_uses_total: row.get(5),
        number_of_uses: row.need(6),
    }
}
