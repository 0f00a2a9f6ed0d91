//! Referees: the people whom codes bring, one at a time for each program.

use std::collections::HashSet;

use pgrx::datum::Uuid;

use crate::pg::clock;
use crate::pg::session::{Session, View};
use crate::pg::statement::statements;
use crate::rules::program::DEFAULT_KEY;

statements! {
    ADD = "programs/add_referee.sql";
    LOCK = "programs/lock_referee.sql";
    ANY_OTHER_USE = "programs/any_other_use.sql";
    OTHER_USE = "programs/other_use.sql";
    LOCK_EACH = "programs/lock_referees.sql";
    OTHER_USES = "programs/other_uses.sql";
}

/// Keeps other sessions from redeeming a code of the program for the same person, or recording a purchase
/// of theirs, until this transaction ends.
pub fn lock(session: &Session, program: &str, referee: Uuid) {
    let args = || [referee.into(), program.into(), clock::now().into()];
    if session.write(&ADD, &args()).count() == 0 {
        session.write(&LOCK, &args());
    }
}

/// The same for somebody who has redeemed a code, and is likely to have come to the program by that.
pub fn lock_known(session: &Session, program: &str, referee: Uuid) {
    let args = [referee.into(), program.into(), clock::now().into()];
    if session.write(&LOCK, &args).count() == 0 {
        lock(session, program, referee);
    }
}

/// The same for many people, each named once, in their order.
pub fn lock_each(session: &Session, program: &str, referees: Vec<Uuid>) {
    session.write(&LOCK_EACH, &[referees.into(), program.into(), clock::now().into()]);
}

/// Whether the person has redeemed another code of the program.
pub fn has_other_use(
    session: &Session,
    program: &str,
    referee: Uuid,
    code: Uuid,
    view: View,
) -> bool {
    if view.run(session, &ANY_OTHER_USE, &[referee.into(), code.into()]).count() == 0 {
        return false;
    }
    let args = [referee.into(), program.into(), code.into(), (program == DEFAULT_KEY).into()];
    view.run(session, &OTHER_USE, &args).count() > 0
}

/// Which of the people have redeemed another code of the program, as things are now.
pub fn who_has_other_use(
    session: &Session,
    program: &str,
    referees: Vec<Uuid>,
    code: Uuid,
) -> HashSet<Uuid> {
    let args = [referees.into(), program.into(), code.into(), (program == DEFAULT_KEY).into()];
    session.write(&OTHER_USES, &args).iter().map(|row| row.need(1)).collect()
}
