//! What a redemption has to know of a program.

use std::cell::RefCell;
use std::collections::HashMap;

use crate::pg::catalog;
use crate::pg::error::{Error, raise};
use crate::pg::result::Row;
use crate::pg::session::{Session, View};
use crate::pg::statement::statements;
use crate::pg::tables::{HOLDS, PROGRAMS};
use crate::pg::transaction::has_one_snapshot;
use crate::programs::stripes;
use crate::rules::admission::Terms;
use crate::rules::membership::Membership;
use crate::rules::program::{DEFAULT_KEY, Run, Status};
use crate::rules::time::Timestamp;

statements! {
    TERMS = "programs/terms.sql";
    TERMS_LOCKED = "programs/terms_locked.sql";
    TERMS_FOR_UPDATE = "programs/terms_for_update.sql";
    LAPSED = "programs/lapsed.sql";
}

/// None where a code without a program of its own finds no default program. A program whose row is hidden
/// admits nobody: 42501.
pub fn read(session: &Session, of: &Membership, view: View) -> Option<Terms> {
    let read = view.run(session, &TERMS, &[of.program.as_str().into()]).first().map(terms);
    read.or_else(|| must_be_absent(session, of))
}

/// The programs that this backend has asked for, until one changes.
#[derive(Default)]
struct Known(RefCell<HashMap<String, Terms>>);

/// As they are by now, except that the uses of a program with a cap may be older.
pub fn read_kept(session: &Session, of: &Membership) -> Option<Terms> {
    if has_one_snapshot() {
        return read_newest(session, of);
    }
    let known = session.keep(PROGRAMS, Known::default);
    let kept = known.0.borrow().get(&of.program).copied();
    kept.or_else(|| {
        let terms = read_newest(session, of)?;
        known.0.borrow_mut().insert(of.program.clone(), terms);
        Some(terms)
    })
}

/// As they are now; with one snapshot for the transaction a serialization failure where that is not
/// what the transaction sees. A program that has a cap is not locked: its row is written to next,
/// which fails as well, and of two that share a lock neither could write.
pub fn read_newest(session: &Session, of: &Membership) -> Option<Terms> {
    newest(session, &of.program).or_else(|| must_be_absent(session, of))
}

/// The same for a program that is named; None where there is none.
pub fn newest(session: &Session, key: &str) -> Option<Terms> {
    let read = |statement| session.write(statement, &[key.into()]).first().map(terms);
    let found = read(&TERMS)?;
    if found.is_capped() || !has_one_snapshot() { Some(found) } else { read(&TERMS_LOCKED) }
}

/// As they are by now, the program's row locked; None where there is none.
pub fn lock(session: &Session, key: &str) -> Option<Terms> {
    session.lock_rows(PROGRAMS, &TERMS_FOR_UPDATE, &[key.into()]).first().map(terms)
}

/// Without the uses that a program counts, if it has no room for so many, for its stripes and for holds that have
/// expired: those are free.
pub fn less_reserves(
    session: &Session,
    key: &str,
    mut terms: Terms,
    uses: i32,
    now: Timestamp,
    view: View,
) -> Terms {
    if terms.has_room(uses) {
        return terms;
    }
    if let Some(made) = stripes::uses_made(session, key, view) {
        terms.number_of_uses = made;
    }
    if terms.has_room(uses) || !session.may_have_rows(HOLDS) {
        return terms;
    }
    let args = [key.into(), now.into(), (key == DEFAULT_KEY).into()];
    let lapsed: i64 = view.run(session, &LAPSED, &args).first().map_or(0, |row| row.need(1));
    let lapsed = i32::try_from(lapsed).unwrap_or(i32::MAX);
    Terms { number_of_uses: terms.number_of_uses.saturating_sub(lapsed), ..terms }
}

/// A program that a code was put into is there, by a foreign key; where its row is not to be seen its cap
/// cannot be kept. Whether there is a default program nobody knows whom row-level security keeps from seeing.
fn must_be_absent(session: &Session, of: &Membership) -> Option<Terms> {
    if of.assigned || catalog::hides_rows(session, PROGRAMS) {
        let message = format!("the code's program \"{}\" cannot be read", of.program);
        raise(Error::new("42501", "program_not_visible", message).with_hint(
            "Row-level security on referral_programs hides the program from the caller.",
        ));
    }
    None
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
