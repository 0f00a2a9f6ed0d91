//! Reserves: what a code's counter holds and nobody has made yet, leased by its stripes or held for somebody.

use pgrx::datum::Uuid;

use crate::codes::row::Code;
use crate::codes::stripes::OF_CODES;
use crate::pg::session::{Session, View};
use crate::pg::statement::statements;
use crate::pg::tables::{HOLDS, STRIPES};
use crate::rules::state::Reserves;
use crate::stripes::small;

statements! {
    HELD = "codes/held.sql";
}

/// Whether any code may have some: whoever uses neither stripes nor holds pays for nothing more.
pub fn may_be(session: &Session) -> bool {
    session.may_have_rows(STRIPES) || session.may_have_rows(HOLDS)
}

/// Those of one code.
pub fn of(session: &Session, code: Uuid, view: View) -> Reserves {
    let mut reserves =
        Reserves { leased: OF_CODES.leased(session, code, view), ..Reserves::default() };
    if session.may_have_rows(HOLDS) {
        let held = view.run(session, &HELD, &[code.into(), view.moment().into()]);
        let (held, lapsed) = held.first().map_or((0, 0), |row| (row.need(1), row.need(2)));
        (reserves.held, reserves.lapsed) = (small(held), small(lapsed));
    }
    reserves
}

/// The code with its reserves, as it was just read.
pub fn complete(session: &Session, mut code: Code, view: View) -> Code {
    code.limits.reserves = of(session, code.uuid, view);
    code
}
