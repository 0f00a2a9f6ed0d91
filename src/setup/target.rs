//! The schema that setup, detaching and the doctor work on, whose tables may still be missing.

use std::ffi::CStr;
use std::rc::Rc;

use crate::pg::args;
use crate::pg::error::Result;
use crate::pg::guc;
use crate::pg::session::Session;
use crate::pg::statement::statements;
use crate::pg::tables::Tables;

statements! {
    ONE_AT_A_TIME = "setup/one_at_a_time.sql";
}

/// A session over a schema whose tables may still be missing.
pub fn session_over(target_schema: Option<&CStr>) -> Result<Session> {
    let schema = match target_schema {
        Some(name) => args::name(name, "target_schema")?,
        None => guc::schema(),
    };
    let tables = Tables::unchecked(&schema);
    tables.schema_must_exist();
    Ok(Session::over(Rc::new(tables)))
}

/// Setup, attaching and detaching queue here, before any of them has locked a table.
pub fn alone(session: &Session) {
    session.write(&ONE_AT_A_TIME, &[session.tables.schema().into()]);
}
