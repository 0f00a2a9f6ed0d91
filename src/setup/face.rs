//! What setup does, in its order.

use std::ffi::CStr;

use pgrx::prelude::*;

use crate::pg::error::{Result, answer, required};
use crate::pg::returns::RowSet;
use crate::pg::session::Session;
use crate::pg::tables::{HOST_TABLES, PROGRAMS};
use crate::programs::define;
use crate::rules::program::DEFAULT_KEY;
use crate::setup::moves::Moves;
use crate::setup::report::{self, Action, Line, LineColumns};
use crate::setup::target::{alone, session_over};
use crate::setup::{distributed, indexes, tables, triggers};

fn setup(session: &Session, build_indexes: bool) -> Result<Vec<Line>> {
    tables::refuse_unfit(session)?;
    tables::refuse_foreign(session)?;
    let is_there = |name: &&str| session.tables.relation(name).is_some();
    let there_before: Vec<&str> = HOST_TABLES.into_iter().filter(is_there).collect();
    let mut lines = tables::see_to_host(session)?;
    // What is just made holds nothing: there the indexes are built in any case.
    let build = |table: &str| build_indexes || !there_before.contains(&table);
    lines.extend(indexes::see_to(session, build)?);
    let has_programs = session.tables.relation(PROGRAMS).is_some();
    let moves = Moves::needed(session);
    lines.extend(tables::see_to_own(session)?);
    lines.push(see_to_default_program(session, has_programs));
    lines.extend(moves.make(session));
    Ok(lines)
}

fn see_to_default_program(session: &Session, is_there: bool) -> Line {
    let object = format!("program {DEFAULT_KEY}");
    let created = !is_there && define::create_default(session);
    let action = if created { Action::Created } else { Action::Kept };
    Line { object, action, note: None }
}

#[pg_extern(sql = false)]
fn referral_setup_tables(
    target_schema: Option<&CStr>,
    guards: Option<bool>,
    build_indexes: Option<bool>,
) -> RowSet<'static, LineColumns> {
    answer(|| {
        let with_guards = required(guards, "guards")?;
        let build_indexes = required(build_indexes, "build_indexes")?;
        let session = session_over(target_schema)?;
        alone(&session);
        distributed::refuse_schema(&session)?;
        if with_guards {
            distributed::refuse_guards(&session)?;
        }
        let mut lines = setup(&session, build_indexes)?;
        let guards = if with_guards { triggers::attach } else { triggers::leave };
        lines.extend(guards(&session));
        Ok(report::rows(lines))
    })
}
