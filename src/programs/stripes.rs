//! Stripes of a program that has a cap and hot codes: each has leased uses from the program's counter, which counts
//! them, and serves them under its own row's lock.
//!
//! Locks come in one order, the program's row and then its stripes: whoever has a stripe of a program waits for no
//! program's row. So a use that was taken from a stripe goes back to that stripe.

use std::collections::HashMap;

use crate::pg::backend;
use crate::pg::session::{Session, View};
use crate::pg::statement::statements;
use crate::pg::tables::PROGRAM_STRIPES;
use crate::rules::admission::Terms;
use crate::rules::lease::{self, MOST_STRIPES};
use crate::rules::program::DEFAULT_KEY;

statements! {
    STRIPED = "programs/stripes/striped.sql";
    COUNT = "programs/stripes/count.sql";
    MOST_OF_CODES = "programs/stripes/most_of_codes.sql";
    TAKE = "programs/stripes/take.sql";
    ADD = "programs/stripes/add.sql";
    LEASE = "programs/stripes/lease.sql";
    LOCK_ONE = "programs/stripes/lock_one.sql";
    LOCK = "programs/stripes/lock.sql";
    SET = "programs/stripes/set.sql";
    INSERT = "programs/stripes/insert.sql";
    DELETE = "programs/stripes/delete.sql";
    FULLEST = "programs/stripes/fullest.sql";
    WAITED_FOR = "programs/stripes/waited_for.sql";
    TRY_LOCK_PROGRAM = "programs/stripes/try_lock_program.sql";
    LEASED = "programs/stripes/leased.sql";
    LEASED_OF_EACH = "programs/stripes/leased_of_each.sql";
    USES_MADE = "programs/stripes/uses_made.sql";
}

/// How many stripes each striped program of a schema has. Each backend keeps it until a program gets some or loses
/// some.
struct StripedPrograms(HashMap<String, i32>);

impl StripedPrograms {
    fn read(session: &Session) -> Self {
        let rows = session.write_latest(&STRIPED, &[]);
        let programs = rows.iter().map(|row| (row.need(1), small(row.need(2))));
        StripedPrograms(programs.collect())
    }
}

fn small(count: i64) -> i32 {
    i32::try_from(count).unwrap_or(i32::MAX)
}

fn may_be(session: &Session) -> bool {
    session.may_have_rows(PROGRAM_STRIPES)
}

/// The stripe of a program that this backend takes from: as long as there are fewer backends, nobody else's.
#[derive(Clone, Copy)]
pub struct Own<'a> {
    program: &'a str,
    stripes: i32,
    pub stripe: i32,
}

/// That of a program, if it has stripes.
pub fn own<'a>(session: &Session, program: &'a str) -> Option<Own<'a>> {
    if !may_be(session) {
        return None;
    }
    let striped = session.keep(PROGRAM_STRIPES, || StripedPrograms::read(session));
    let stripes = *striped.0.get(program)?;
    Some(Own { program, stripes, stripe: backend::place_among(stripes) })
}

impl Own<'_> {
    /// Takes a use from the stripe; how many it has left, None where it had none.
    pub fn take(&self, session: &Session) -> Option<i32> {
        let taken = session.write(&TAKE, &[self.program.into(), self.stripe.into()]);
        taken.first().map(|row| row.need(1))
    }

    /// Gives the stripe, which has `uses_left` and is locked, some more before it is empty; unless somebody has the
    /// program's row, who need not be waited for yet. `left`: what the program has left.
    pub fn refill_early(&self, session: &Session, uses_left: i32, left: i32) {
        if lease::is_low(uses_left, left, self.stripes) {
            let locked = session.write(&TRY_LOCK_PROGRAM, &[self.program.into()]);
            let left = locked.first().and_then(|row| row.get(1));
            self.lease(session, left.unwrap_or(0));
        }
    }

    /// The same for a program whose row is locked, where nobody is taking from the stripe.
    pub fn refill(&self, session: &Session, left: i32) {
        let locked = session.write(&LOCK_ONE, &[self.program.into(), self.stripe.into()]);
        let is_low =
            locked.first().is_some_and(|row| lease::is_low(row.need(1), left, self.stripes));
        if is_low {
            self.lease(session, left);
        }
    }

    fn lease(&self, session: &Session, left: i32) {
        let uses = lease::size(left, self.stripes);
        if uses > 0 {
            session.write(&LEASE, &[self.program.into(), uses.into()]);
            session.write(&ADD, &[self.program.into(), self.stripe.into(), uses.into()]);
        }
    }
}

/// Gives a use back to the stripe that this transaction has taken it from, and has locked.
pub fn put_back(session: &Session, program: &str, stripe: i32) {
    session.write(&ADD, &[program.into(), stripe.into(), 1.into()]);
}

/// Sees to it that the counter of a program, whose row is locked, has a use that is not taken: from the stripes, where
/// they have leased the last. False where no stripe has any by now, and nobody who may yet give one back.
pub fn make_room(session: &Session, program: &str, terms: &Terms) -> bool {
    let Some(most) = terms.max_uses_total else { return true };
    let mut needed = terms.number_of_uses.saturating_sub(most).saturating_add(1);
    while needed > 0 {
        let Some((stripe, uses_left)) = some_stripe(session, program) else { return false };
        let returned = lease::returned(uses_left, needed);
        session.write(&ADD, &[program.into(), stripe.into(), (-returned).into()]);
        session.write(&LEASE, &[program.into(), (-returned).into()]);
        needed -= returned;
    }
    true
}

/// A stripe that has a use, locked. Under the lock of the program's row no stripe gets more: who is waited for has one
/// less then, or has given it back.
fn some_stripe(session: &Session, program: &str) -> Option<(i32, i32)> {
    if !may_be(session) {
        return None;
    }
    loop {
        for statement in [&FULLEST, &WAITED_FOR] {
            let found = session.write(statement, &[program.into()]);
            if let Some(row) = found.first() {
                return Some((row.need(1), row.need(2)));
            }
        }
        if leased(session, program, View::Now) == 0 {
            return None;
        }
    }
}

/// Waits for the redemptions that are under way by the stripes of a program, whose row is locked, keeps others from
/// beginning, and gives the leases back; how many uses these were.
pub fn settle(session: &Session, program: &str) -> i32 {
    if !may_be(session) {
        return 0;
    }
    let locked = session.lock_rows(PROGRAM_STRIPES, &LOCK, &[program.into()]);
    if locked.count() == 0 {
        return 0;
    }
    let leased: i32 = locked.iter().map(|row| row.need::<i32>(1)).sum();
    // Also where they have none: a transaction with an older snapshot must not take from them.
    session.write(&SET, &[program.into(), 0.into()]);
    if leased > 0 {
        session.write(&LEASE, &[program.into(), (-leased).into()]);
    }
    leased
}

/// What the stripes of a program have leased.
pub fn leased(session: &Session, program: &str, view: View) -> i32 {
    if !may_be(session) {
        return 0;
    }
    let leased = view.run(session, &LEASED, &[program.into()]);
    leased.first().and_then(|row| row.get(1)).map_or(0, small)
}

/// The same of each program that has stripes, as the calling query sees them.
pub fn leased_of_each(session: &Session) -> HashMap<String, i32> {
    if !may_be(session) {
        return HashMap::new();
    }
    let rows = session.read(&LEASED_OF_EACH, &[]);
    rows.iter().map(|row| (row.need(1), small(row.need(2)))).collect()
}

/// The uses that a program counts without those that its stripes have leased; None where no program has stripes.
pub fn uses_made(session: &Session, program: &str, view: View) -> Option<i32> {
    if !may_be(session) {
        return None;
    }
    let made = view.run(session, &USES_MADE, &[program.into()]);
    made.first().map(|row| small(row.need(1)))
}

/// How many stripes a program has by now.
pub fn count(session: &Session, program: &str) -> i32 {
    if !may_be(session) {
        return 0;
    }
    let counted = session.write_latest(&COUNT, &[program.into()]);
    counted.first().map_or(0, |row| small(row.need(1)))
}

/// How many that code of the program has which has most.
pub fn most_of_codes(session: &Session, program: &str) -> i32 {
    let args = [program.into(), (program == DEFAULT_KEY).into()];
    let most = session.write_latest(&MOST_OF_CODES, &args);
    most.first().and_then(|row| row.get(1)).map_or(0, small).min(MOST_STRIPES)
}

/// Takes the stripes of a program away from one on, which have no leases.
pub fn remove(session: &Session, program: &str, from: i32) {
    if may_be(session) {
        session.write(&DELETE, &[program.into(), from.into()]);
    }
}

/// Gives a program, whose row is locked and whose stripes have no leases, the first so many of them, with as many
/// uses each of the `left` that it has.
pub fn add(session: &Session, program: &str, stripes: i32, left: i32) {
    session.write(&INSERT, &[program.into(), stripes.into()]);
    let each = lease::first(left, stripes);
    if each > 0 {
        session.write(&SET, &[program.into(), each.into()]);
        session.write(&LEASE, &[program.into(), (each * stripes).into()]);
    }
}
