//! The trigger that requires a code of whoever registers: attached to a table of users, and taken off.

use std::ffi::CStr;

use pgrx::prelude::*;
use pgrx::spi::quote_literal;

use crate::pg::args;
use crate::pg::catalog::{self, Trigger};
use crate::pg::error::{Error, Result, answer, required};
use crate::pg::guc;
use crate::pg::session::{Session, View};
use crate::pg::statement::{statements, text};
use crate::pg::tables::Tables;
use crate::pg::trigger::{is_table, name_of_table};
use crate::setup::report::{Action, Line};

statements! {
    ATTACHED = "setup/signup_trigger/attached.sql";
}

/// The trigger that `referral_require_at_signup` puts on a table of users.
pub const TRIGGER: &str = "referral_required_at_signup";

/// tgenabled of a trigger that somebody has switched off.
const DISABLED: &str = "D";

/// The table of users, quoted, and the schema whose referral tables go with it: its own if it has any.
fn users_table(users: Option<pg_sys::Oid>) -> Result<(pg_sys::Oid, String, String)> {
    let oid = required(users, "users")?;
    let missing = || Error::out_of_range("users", "names no table");
    if !is_table(oid) {
        return Err(missing());
    }
    let (name, schema) = name_of_table(oid)?.ok_or_else(missing)?;
    Ok((oid, name, schema))
}

fn attached(session: &Session, users: pg_sys::Oid) -> Option<Trigger> {
    let triggers = catalog::triggers(session, users, View::Now);
    triggers.into_iter().find(|trigger| trigger.name == TRIGGER && trigger.is_ours)
}

#[pg_extern(sql = false)]
fn referral_attach_at_signup(users: Option<pg_sys::Oid>, user_key: Option<&CStr>) -> bool {
    answer(|| {
        let (oid, table, schema) = users_table(users)?;
        let key = args::name(required(user_key, "user_key")?, "user_key")?;
        let own = Tables::unchecked(&schema).are_set_up();
        let session = match own {
            true => Session::over(Tables::of(&schema)),
            false => Session::open(),
        };
        let mut columns = catalog::columns(&session, oid, View::Query).into_iter();
        if columns.find(|column| column.name == key).is_none_or(|column| column.type_name != "uuid")
        {
            let rule = format!("must name a column of type uuid of {table}");
            return Err(Error::out_of_range("user_key", rule));
        }
        let mut arguments = quote_literal(&key);
        if !own {
            arguments = format!("{arguments}, {}", quote_literal(guc::schema()));
        }
        let names = [
            ("users_table", table.as_str()),
            ("extension.", &catalog::extension_schema(&session)),
            ("trigger_arguments", &arguments),
        ];
        let attached = attached(&session, oid);
        let as_wanted = |trigger: &Trigger| {
            trigger.fires != DISABLED && trigger.definition.ends_with(&format!("({arguments})"))
        };
        if attached.as_ref().is_some_and(as_wanted) {
            return Ok(false);
        }
        if attached.is_some() {
            session.define(text!("setup/signup_trigger/drop.sql"), &[("users_table", &table)]);
        }
        session.define(text!("setup/signup_trigger/create.sql"), &names);
        Ok(true)
    })
}

#[pg_extern(sql = false)]
fn referral_unrequire_at_signup(users: Option<pg_sys::Oid>) -> bool {
    answer(|| {
        let (oid, table, schema) = users_table(users)?;
        let session = Session::over(Tables::unchecked(&schema).into());
        let attached = attached(&session, oid).is_some();
        if attached {
            session.define(text!("setup/signup_trigger/drop.sql"), &[("users_table", &table)]);
        }
        Ok(attached)
    })
}

/// Takes the signup triggers off the tables of users that go with the session's schema.
pub fn detach(session: &Session) -> Result<Vec<Line>> {
    let schema = session.tables.schema();
    let rows = session.read(&ATTACHED, &[]);
    let tables = rows.iter().filter_map(|row| {
        let told: String = row.get(3).unwrap_or_else(|| row.need(2));
        (told == schema).then(|| row.need::<pg_sys::Oid>(1))
    });
    let mut lines = Vec::new();
    for oid in tables.collect::<Vec<_>>() {
        let Some((table, _)) = name_of_table(oid)? else { continue };
        session.define(text!("setup/signup_trigger/drop.sql"), &[("users_table", &table)]);
        let object = format!("trigger {TRIGGER} on {table}");
        lines.push(Line { object, action: Action::Removed, note: None });
    }
    Ok(lines)
}
