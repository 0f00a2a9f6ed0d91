//! The programs that codes are assigned to.

use std::collections::HashMap;

use pgrx::datum::Uuid;

use crate::pg::session::{Session, View};
use crate::pg::statement::statements;
use crate::pg::tables::CODE_PROGRAMS;

statements! {
    ASSIGNED = "codes/assigned.sql";
    ASSIGNED_OF_EACH = "codes/assigned_of_each.sql";
}

/// Where no code was ever assigned, none is asked for.
pub fn of(session: &Session, code: Uuid, view: View) -> Option<String> {
    if !session.may_have_rows(CODE_PROGRAMS) {
        return None;
    }
    view.run(session, &ASSIGNED, &[code.into()]).first().map(|row| row.need(1))
}

/// That of each of the codes that is assigned to one, as the calling query sees it.
pub fn of_each(session: &Session, codes: Vec<Uuid>) -> HashMap<Uuid, String> {
    if !session.may_have_rows(CODE_PROGRAMS) {
        return HashMap::new();
    }
    let assigned = session.read(&ASSIGNED_OF_EACH, &[codes.into()]);
    assigned.iter().map(|row| (row.need(1), row.need(2))).collect()
}
