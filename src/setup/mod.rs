//! Setup: makes or adopts the tables of a schema, with all that goes with them.

use std::ffi::CStr;
use std::rc::Rc;

use pgrx::prelude::*;

use crate::pg::args;
use crate::pg::error::{Result, answer, required};
use crate::pg::guc;
use crate::pg::returns::RowSet;
use crate::pg::session::Session;
use crate::pg::statement::statements;
use crate::pg::tables::{PROGRAMS, Tables};
use crate::programs;
use crate::rules::program::DEFAULT_KEY;
use report::{Action, Line, LineColumns};

mod detach;
mod doctor;
mod grants;
mod indexes;
mod report;
mod signup_trigger;
mod spelling;
mod tables;
mod triggers;
mod version;

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
fn session_over(target_schema: Option<&CStr>) -> Result<Session> {
    let schema = match target_schema {
        Some(name) => args::name(name, "target_schema")?,
        None => guc::schema(),
    };
    let tables = Tables::unchecked(&schema);
    tables.schema_must_exist();
    Ok(Session::over(Rc::new(tables)))
}

fn setup(session: &Session) -> Result<Vec<Line>> {
    tables::refuse_unfit(session)?;
    let mut lines = tables::see_to_host(session);
    lines.extend(indexes::see_to(session)?);
    let has_programs = session.tables.relation(PROGRAMS).is_some();
    lines.extend(tables::see_to_own(session)?);
    lines.push(see_to_default_program(session, has_programs));
    Ok(lines)
}

fn see_to_default_program(session: &Session, is_there: bool) -> Line {
    let object = format!("program {DEFAULT_KEY}");
    let created = !is_there && programs::define::create_default(session);
    let action = if created { Action::Created } else { Action::Kept };
    Line { object, action, note: None }
}

#[pg_extern(sql = false)]
fn referral_setup(
    target_schema: Option<&CStr>,
    guards: Option<bool>,
) -> RowSet<'static, LineColumns> {
    answer(|| {
        let with_guards = required(guards, "guards")?;
        let session = session_over(target_schema)?;
        session.write(&ONE_AT_A_TIME, &[session.tables.schema().into()]);
        let mut lines = setup(&session)?;
        lines.extend(if with_guards {
            triggers::attach(&session)
        } else {
            triggers::leave(&session)
        });
        Ok(report::rows(lines))
    })
}
