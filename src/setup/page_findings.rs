//! What the doctor says of a table's pages.

use crate::pg::session::Session;
use crate::pg::statement::{statements, text};
use crate::pg::tables::CODES;
use crate::rules::declaration::one_line;
use crate::setup::finding::{Finding, Severity, subject};

statements! {
    FULL_PAGES = "setup/doctor/full_pages.sql";
}

/// From so many on it is worth a word.
const MANY_CODES: i64 = 10_000;

/// Codes are what a redemption updates: where a page has room for the row's next version, no index is written.
pub fn examine(session: &Session) -> Option<Finding> {
    let table = session.tables.relation(CODES)?;
    let found = session.read(&FULL_PAGES, &[table.into(), MANY_CODES.into()]);
    let indexes: i64 = found.first()?.need(1);
    let remedy = one_line(&session.tables.qualify(text!("setup/doctor/keep_room.sql")));
    let subject = subject(session, CODES);
    Some(Finding {
        severity: Severity::Info,
        finding: format!(
            "its pages are filled to the brim (fillfactor 100): a use that finds no room on its page, as each does \
             while an old snapshot is held, writes the row's entry in all {indexes} indexes anew, which with six of \
             them is 1.4 times the work of a redemption"
        ),
        remedy: format!(
            "{remedy}; -- holds for new pages; VACUUM FULL {subject}, which locks everybody out, or pg_repack, which \
             does not, rewrites those there are"
        ),
        subject,
    })
}
