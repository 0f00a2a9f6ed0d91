//! Stripes of a program that has a cap and hot codes: which programs have some, and how many they should have.
//!
//! Whoever has a stripe of a program waits for no program's row: a use that was taken from a stripe goes back to that
//! stripe.

use std::collections::HashMap;

use crate::pg::session::{Session, View};
use crate::pg::statement::statements;
use crate::pg::tables::PROGRAM_STRIPES;
use crate::rules::admission::Terms;
use crate::rules::lease::MOST_STRIPES;
use crate::rules::program::DEFAULT_KEY;
use crate::stripes::{Own, Pool, small};

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

/// Those of programs, by the program's key.
pub static OF_PROGRAMS: Pool = Pool {
    table: PROGRAM_STRIPES,
    lock: &LOCK,
    lock_one: &LOCK_ONE,
    try_lock_counter: &TRY_LOCK_PROGRAM,
    lease: &LEASE,
    add: &ADD,
    set: &SET,
    fullest: &FULLEST,
    waited_for: &WAITED_FOR,
    leased: &LEASED,
    insert: &INSERT,
    delete: &DELETE,
};

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

/// This backend's stripe of a program, if it has stripes.
pub fn own<'a>(session: &Session, program: &'a str) -> Option<Own<&'a str>> {
    if !OF_PROGRAMS.may_be(session) {
        return None;
    }
    let striped = session.keep(PROGRAM_STRIPES, || StripedPrograms::read(session));
    striped.0.get(program).map(|stripes| OF_PROGRAMS.own(program, *stripes))
}

/// Takes a use from the stripe; how many it has left, None where it had none.
pub fn take(session: &Session, program: &str, stripe: i32) -> Option<i32> {
    let taken = session.write(&TAKE, &[program.into(), stripe.into()]);
    taken.first().map(|row| row.need(1))
}

/// Sees to it that the counter of a program, whose row is locked, has a use that is not taken: from the stripes, where
/// they have leased the last. False where no stripe has any by now, and nobody who may yet give one back.
pub fn make_room(session: &Session, program: &str, terms: &Terms) -> bool {
    let Some(most) = terms.max_uses_total else { return true };
    let needed = terms.number_of_uses.saturating_sub(most).saturating_add(1);
    OF_PROGRAMS.make_room(session, program, needed)
}

/// What the stripes of each program that has some have leased, as the calling query sees them.
pub fn leased_of_each(session: &Session) -> HashMap<String, i32> {
    if !OF_PROGRAMS.may_be(session) {
        return HashMap::new();
    }
    let rows = session.read(&LEASED_OF_EACH, &[]);
    rows.iter().map(|row| (row.need(1), small(row.need(2)))).collect()
}

/// The uses that a program counts without those that its stripes have leased; None where no program has stripes.
pub fn uses_made(session: &Session, program: &str, view: View) -> Option<i32> {
    if !OF_PROGRAMS.may_be(session) {
        return None;
    }
    let made = view.run(session, &USES_MADE, &[program.into()]);
    made.first().map(|row| small(row.need(1)))
}

/// How many stripes a program has by now.
pub fn count(session: &Session, program: &str) -> i32 {
    if !OF_PROGRAMS.may_be(session) {
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
