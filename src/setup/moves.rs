//! Rows that an older release kept elsewhere, moved once to where this one keeps them.

use crate::pg::session::Session;
use crate::pg::statement::statements;
use crate::pg::tables::{CONVERSIONS, PURCHASES};
use crate::setup::report::{Line, object};
use crate::setup::sizes::announce;

statements! {
    TELL_CONVERSIONS = "setup/moves/purchases.sql";
    HOLD_PERIODS = "setup/moves/hold_periods.sql";
}

/// What is to be moved, found out before the tables are made.
pub struct Moves {
    has_untold: bool,
}

impl Moves {
    pub fn needed(session: &Session) -> Self {
        let is_there = |table| session.tables.relation(table).is_some();
        Moves { has_untold: is_there(CONVERSIONS) && !is_there(PURCHASES) }
    }

    /// Moves it, and says so in the table's line.
    pub fn make(&self, session: &Session, lines: &mut [Line]) {
        if !self.has_untold {
            return;
        }
        announce(session, CONVERSIONS, "telling its purchases");
        session.write(&HOLD_PERIODS, &[]);
        let told = session.write(&TELL_CONVERSIONS, &[]).count();
        let table = object(session, "table", PURCHASES);
        for line in lines.iter_mut().filter(|line| line.object == table && told > 0) {
            line.note = Some(format!("{told} conversions told"));
        }
    }
}
