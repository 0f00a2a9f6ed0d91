//! Setup: makes or adopts the tables of a schema, with all that goes with them.

use std::ffi::CStr;
use std::rc::Rc;

use pgrx::prelude::*;

use crate::pg::error::{Result, answer, required};
use crate::pg::guc;
use crate::pg::rows::RowSet;
use crate::pg::session::{Session, statements};
use crate::pg::tables::{HOST_TABLES, PROGRAMS, Tables};
use crate::programs;
use crate::rules::program::DEFAULT_KEY;
use report::{Action, Line, LineColumns};

mod changes;
mod detach;
mod doctor;
mod grants;
mod indexes;
mod report;
mod signup_trigger;
mod sizes;
mod tables;
mod tasks;
mod triggers;

statements! {
    ONE_AT_A_TIME = "setup/one_at_a_time.sql";
}

/// DDL of sql/setup.
macro_rules! sql {
    ($file:literal) => {
        include_str!(concat!(env!("CARGO_MANIFEST_DIR"), "/sql/setup/", $file))
    };
}
use sql;

/// A session over a schema whose tables may still be missing.
fn session_over(target_schema: Option<&CStr>) -> Session {
    let schema = match target_schema {
        Some(name) => name.to_string_lossy().into_owned(),
        None => guc::schema(),
    };
    let tables = Tables::unchecked(&schema);
    tables.schema_must_exist();
    Session::over(Rc::new(tables))
}

fn setup(session: &Session, build_indexes: bool) -> Result<Vec<Line>> {
    tables::refuse_unfit(session)?;
    tables::refuse_foreign(session)?;
    let is_there = |name: &&str| session.tables.relation(name).is_some();
    let there_before: Vec<&str> = HOST_TABLES.into_iter().filter(is_there).collect();
    let mut lines = tables::see_to_host(session);
    // What is just made holds nothing: there the indexes are built in any case.
    let build = |table: &str| build_indexes || !there_before.contains(&table);
    lines.extend(indexes::see_to(session, build)?);
    let has_programs = session.tables.relation(PROGRAMS).is_some();
    lines.extend(tables::see_to_own(session)?);
    lines.push(see_to_default_program(session, has_programs));
    Ok(lines)
}

fn see_to_default_program(session: &Session, is_there: bool) -> Line {
    let object = format!("program {DEFAULT_KEY}");
    let created = !is_there && programs::create_default(session);
    let action = if created { Action::Created } else { Action::Kept };
    Line { object, action, note: None }
}

/// Setup, attaching and detaching queue here, before any of them has locked a table.
fn alone(session: &Session) {
    session.write(&ONE_AT_A_TIME, &[session.tables.schema().into()]);
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
        let session = session_over(target_schema);
        alone(&session);
        let mut lines = setup(&session, build_indexes)?;
        let guards = if with_guards { triggers::attach } else { triggers::leave };
        lines.extend(guards(&session));
        Ok(report::rows(lines))
    })
}
