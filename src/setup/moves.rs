//! Rows that an older release kept elsewhere, moved once to where this one keeps them.

use crate::pg::progress::announce;
use crate::pg::session::Session;
use crate::pg::statement::text;
use crate::pg::tables::{CONVERSIONS, DECISIONS, PURCHASES};
use crate::setup::report::{Action, Line, object};

/// What is to be moved, found out before the tables are made.
pub struct Moves {
    purchases: bool,
    decisions: bool,
}

impl Moves {
    pub fn needed(session: &Session) -> Self {
        let is_there = |table| session.tables.relation(table).is_some();
        let needs = |table| is_there(CONVERSIONS) && !is_there(table);
        Moves { purchases: needs(PURCHASES), decisions: needs(DECISIONS) }
    }

    /// A line for each table that gets rows.
    pub fn make(&self, session: &Session) -> Vec<Line> {
        let take = |sql| session.write_once(sql, &[], &[]).count();
        let mut lines = Vec::new();
        let mut told = |table, count: usize, what: &str| {
            let note = Some(format!("{count} {what} that conversions tell of"));
            let object = object(session, "rows of", table);
            lines.extend((count > 0).then_some(Line { object, action: Action::Created, note }));
        };
        if self.purchases {
            announce(session, CONVERSIONS, "taking over the purchases that it tells of");
            take(text!("setup/migration/hold_periods.sql"));
            told(PURCHASES, take(text!("setup/migration/purchases.sql")), "purchases");
        }
        if self.decisions {
            announce(session, CONVERSIONS, "taking over the decisions that it tells of");
            told(DECISIONS, take(text!("setup/migration/decisions.sql")), "decisions");
        }
        lines
    }
}
