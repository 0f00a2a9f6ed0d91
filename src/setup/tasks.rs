//! Tasks: what somebody may do by the functions, and the rights that it takes. One declaration, from which
//! rights are given and taken and the documentation's table is made; a test runs every function of each task
//! with these rights and finds each of them needed.

use std::ffi::CStr;

use pgrx::prelude::*;
use pgrx::spi::quote_identifier;

use crate::pg::args;
use crate::pg::catalog;
use crate::pg::error::{Error, Result, answer, required};
use crate::pg::returns::RowSet;
use crate::pg::session::Session;
use crate::pg::statement::{statements, text};
use crate::pg::tables::{
    CHECK_ATTEMPTS, CODE_METADATA, CODE_PROGRAMS, CODES, CONVERSIONS, CREATORS, DECISIONS,
    EVENT_CONSUMERS, EVENT_DELIVERIES, EVENTS, HOLDS, PAYEES, PAYOUT_BATCHES, PAYOUTS,
    PROGRAM_STRIPES, PROGRAMS, PURCHASES, REFEREES, REFUNDS, REWARDS, SETTINGS, STRIPES,
    TERMS as TERMS_OF_OWNERS, USAGE,
};
use crate::pg::texts::Text;
use crate::rules::declaration::{Right, rights_of};
use crate::setup::report::object;
use crate::setup::target::{alone, session_over};

statements! {
    ROLE_EXISTS = "setup/grants/role_exists.sql";
    USAGE_OF_SCHEMA = "setup/grants/usage_of_schema.sql";
}

/// A table, and the rights on it as GRANT takes them.
type Rights = (&'static str, &'static str);

pub struct Task {
    pub name: &'static str,
    rights: &'static [Rights],
}

impl Task {
    pub fn writes(&self) -> bool {
        self.rights().any(|(_, right)| right.privilege != "SELECT")
    }

    pub fn rights(&self) -> impl Iterator<Item = (&'static str, Right)> {
        let of_table = |(table, rights): &Rights| {
            let table = *table;
            rights_of(rights).into_iter().map(move |right| (table, right))
        };
        self.rights.iter().flat_map(of_table)
    }
}

/// Rows of the host's tables are inserted by column: a right to insert into the whole table is how setup
/// knows an application that writes it by hand.
pub const TASKS: [Task; 9] = [
    Task {
        name: "read",
        rights: &[
            (CODES, "SELECT"),
            (USAGE, "SELECT"),
            (SETTINGS, "SELECT"),
            (PROGRAMS, "SELECT"),
            (CODE_PROGRAMS, "SELECT"),
            (CODE_METADATA, "SELECT"),
            (STRIPES, "SELECT"),
            (PROGRAM_STRIPES, "SELECT"),
            (HOLDS, "SELECT"),
            (PURCHASES, "SELECT"),
            (CONVERSIONS, "SELECT"),
            (DECISIONS, "SELECT"),
            (REWARDS, "SELECT"),
            (PAYOUTS, "SELECT"),
        ],
    },
    Task {
        name: "redeem",
        rights: &[
            (CODES, "SELECT, UPDATE (number_of_uses)"),
            (USAGE, "SELECT, INSERT (uuid, code_uuid, used_by_uuid, date_used), DELETE"),
            (SETTINGS, "SELECT"),
            (PROGRAMS, TERMS),
            (PROGRAMS, "UPDATE (number_of_uses)"),
            (CODE_PROGRAMS, MEMBERSHIP),
            (REFEREES, "SELECT, INSERT, UPDATE"),
            (STRIPES, "SELECT, INSERT, UPDATE"),
            (PROGRAM_STRIPES, "SELECT, INSERT, UPDATE"),
            (HOLDS, "SELECT, INSERT, UPDATE, DELETE"),
            TELL[0],
            TELL[1],
            TELL[2],
        ],
    },
    Task {
        name: "create",
        rights: &[
            (
                CODES,
                "SELECT, INSERT (uuid, code, description, status, number_of_uses, max_uses, \
                 created_by_uuid, beneficiary_uuid, date_created, expiration_date)",
            ),
            (SETTINGS, "SELECT"),
            (STRIPES, "SELECT"),
            (CREATORS, "SELECT, INSERT, UPDATE"),
            (PROGRAMS, "SELECT"),
            (CODE_PROGRAMS, "SELECT, INSERT, UPDATE"),
            (PROGRAM_STRIPES, "SELECT"),
            (HOLDS, "SELECT"),
            TELL[0],
            TELL[1],
            TELL[2],
        ],
    },
    Task {
        name: "edit",
        rights: &[
            (
                CODES,
                "SELECT, UPDATE (code, description, status, number_of_uses, max_uses, created_by_uuid, \
                 beneficiary_uuid, date_created, expiration_date), DELETE",
            ),
            (USAGE, "SELECT, DELETE"),
            (SETTINGS, "SELECT"),
            (CREATORS, "SELECT, INSERT, UPDATE"),
            (PROGRAMS, "SELECT, UPDATE (number_of_uses)"),
            (CODE_PROGRAMS, "SELECT (code_uuid, program), INSERT, UPDATE, DELETE"),
            (CODE_METADATA, "SELECT (code_uuid), INSERT, UPDATE (metadata), DELETE"),
            (STRIPES, "SELECT, INSERT, UPDATE, DELETE"),
            (PROGRAM_STRIPES, "SELECT, INSERT, UPDATE, DELETE"),
            (HOLDS, "SELECT, DELETE"),
            TELL[0],
            TELL[1],
            TELL[2],
        ],
    },
    Task {
        name: "signup",
        rights: &[
            (CODES, "SELECT"),
            (USAGE, "SELECT"),
            (SETTINGS, "SELECT"),
            (PROGRAMS, TERMS),
            (CODE_PROGRAMS, MEMBERSHIP),
            (STRIPES, "SELECT"),
            (PROGRAM_STRIPES, "SELECT"),
            (HOLDS, "SELECT"),
            (CHECK_ATTEMPTS, "SELECT, INSERT, UPDATE, DELETE"),
        ],
    },
    Task {
        name: "sell",
        rights: &[
            (CODES, "SELECT"),
            (USAGE, "SELECT"),
            (SETTINGS, "SELECT"),
            (PROGRAMS, "SELECT"),
            (CODE_PROGRAMS, "SELECT"),
            (STRIPES, "SELECT"),
            (HOLDS, "SELECT"),
            (REFEREES, "SELECT, INSERT, UPDATE"),
            (PROGRAMS, "UPDATE (rewards_granted)"),
            (TERMS_OF_OWNERS, "SELECT"),
            (PURCHASES, "SELECT, INSERT, UPDATE, DELETE"),
            (REFUNDS, "SELECT, INSERT"),
            (DECISIONS, "INSERT"),
            (
                CONVERSIONS,
                "SELECT, INSERT, UPDATE (amount, currency, status, reason, referrer_reward, referee_reward, \
                 reward_currency, granted_at, decided_at, decision_reason, hold_period, reward_scale)",
            ),
            (REWARDS, "SELECT, INSERT"),
            TELL[0],
            TELL[1],
            TELL[2],
        ],
    },
    Task {
        name: "review",
        rights: &[
            (SETTINGS, "SELECT"),
            (PROGRAMS, "SELECT, UPDATE (rewards_granted)"),
            (PURCHASES, "SELECT, UPDATE (refunded_before)"),
            (CONVERSIONS, "SELECT, UPDATE"),
            (DECISIONS, "SELECT, INSERT"),
            (REFUNDS, "SELECT, INSERT"),
            (REWARDS, "SELECT, INSERT"),
            TELL[0],
            TELL[1],
            TELL[2],
        ],
    },
    Task {
        name: "pay",
        rights: &[
            (SETTINGS, "SELECT"),
            (REWARDS, "SELECT"),
            (PAYEES, "SELECT, INSERT, UPDATE (last_asked_at)"),
            (PAYOUT_BATCHES, "SELECT, INSERT"),
            (PAYOUTS, "SELECT, INSERT, UPDATE (status, settled_at, reason)"),
            TELL[0],
            TELL[1],
            TELL[2],
        ],
    },
    Task {
        name: "consume",
        rights: &[
            (EVENTS, "SELECT, DELETE"),
            (EVENT_CONSUMERS, "SELECT, INSERT, UPDATE, DELETE"),
            (EVENT_DELIVERIES, "SELECT, INSERT, UPDATE, DELETE"),
        ],
    },
];

/// What is asked of a program at each redemption.
const TERMS: &str = "SELECT (key, status, starts_at, ends_at, one_code_per_referee, max_uses_total, number_of_uses)";

/// Which code is in which program.
const MEMBERSHIP: &str = "SELECT (code_uuid, program)";

/// What whoever changes something needs while events are on.
const TELL: [Rights; 3] = [
    (EVENTS, "SELECT (id), INSERT (type, payload, created_at)"),
    (EVENT_CONSUMERS, "SELECT (consumer)"),
    (EVENT_DELIVERIES, "INSERT (consumer, event_id, leased_until)"),
];

/// The task that is all of these, and what it takes beyond them.
const MANAGE: &str = "manage";
pub const MANAGED: [Task; 2] = [
    Task { name: "manage (settings)", rights: &[(SETTINGS, "SELECT, INSERT, UPDATE")] },
    Task {
        name: "manage (programs)",
        rights: &[
            (PROGRAMS, "SELECT, INSERT, UPDATE"),
            (TERMS_OF_OWNERS, "SELECT, INSERT, UPDATE, DELETE"),
            (PROGRAM_STRIPES, "SELECT, INSERT, UPDATE, DELETE"),
        ],
    },
];

/// The rights of a task, a right once.
fn rights_of_task(task: &str) -> Result<Vec<(&'static str, Right)>> {
    let named = |known: &&Task| known.name == task;
    let rights: Vec<&Rights> = if task == MANAGE {
        TASKS.iter().chain(&MANAGED).flat_map(|task| task.rights).collect()
    } else {
        let known = TASKS.iter().find(named).ok_or_else(|| {
            let names: Vec<&str> = TASKS.iter().map(|task| task.name).collect();
            let rule = format!("must be one of {}, {}", names.join(", "), MANAGE);
            Error::out_of_range("task", rule)
        })?;
        known.rights.iter().collect()
    };
    let mut all: Vec<(&'static str, Right)> = Vec::new();
    for (table, rights) in rights {
        for right in rights_of(rights) {
            let same = |(name, known): &&mut (&str, Right)| {
                name == table && known.privilege == right.privilege
            };
            match all.iter_mut().find(same) {
                None => all.push((table, right)),
                Some((_, known)) => known.widen(&right),
            }
        }
    }
    Ok(all)
}

/// The name of the role that is to have rights, which must exist.
fn role(session: &Session, grantee: Option<&CStr>) -> Result<String> {
    let name = args::name(required(grantee, "grantee")?, "grantee")?;
    if session.write(&ROLE_EXISTS, &[name.as_str().into()]).count() == 0 {
        let message = format!("argument \"grantee\" names no role: \"{name}\" does not exist");
        return Err(Error::new("42704", "role_missing", message).with_hint("CREATE ROLE makes it."));
    }
    Ok(name)
}

/// What is told of each right: on what, and which.
type RightColumns = (String, String);

/// Lets the role use what is in the schemas. Where everybody may do so and it is not the caller's to give,
/// there is nothing to do and nothing to warn of.
fn give_schemas(session: &Session, role: &str) -> Vec<RightColumns> {
    let extension = catalog::extension_schema(session);
    let mut schemas = vec![session.tables.quoted(), extension.trim_end_matches('.')];
    schemas.dedup();
    let give = |schema: &str| {
        let rows = session.write(&USAGE_OF_SCHEMA, &[schema.into(), role.into()]);
        if rows.first().is_some_and(|row| row.need(1)) {
            let names = [("wanted_schema", schema), ("their_users", &*quote_identifier(role))];
            session.define(text!("setup/grants/grant_usage.sql"), &names);
        }
        (format!("schema {schema}"), "USAGE".to_owned())
    };
    schemas.into_iter().map(give).collect()
}

/// Gives or takes what a task needs of the tables.
fn change_rights(
    session: &Session,
    role: &str,
    rights: &[(&'static str, Right)],
    sql: &str,
) -> Vec<RightColumns> {
    let change = |(table, right): &(&'static str, Right)| {
        let (text, role) = (right.text(), quote_identifier(role));
        let names = [("wanted_rights", &*text), ("own_table", table), ("their_users", &*role)];
        session.define(sql, &names);
        (object(session, "table", table), text)
    };
    rights.iter().map(change).collect()
}

#[pg_extern(sql = false)]
fn referral_grant(
    grantee: Option<&CStr>,
    task: Option<Text>,
    target_schema: Option<&CStr>,
) -> RowSet<'static, RightColumns> {
    answer(|| {
        let session = session_over(target_schema)?;
        let role = role(&session, grantee)?;
        let rights = rights_of_task(&args::text(task, "task")?)?;
        session.tables.check()?;
        alone(&session);
        let mut given = give_schemas(&session, &role);
        given.extend(change_rights(&session, &role, &rights, text!("setup/grants/grant.sql")));
        Ok(RowSet::new(given))
    })
}

#[pg_extern(sql = false)]
fn referral_revoke(
    grantee: Option<&CStr>,
    task: Option<Text>,
    target_schema: Option<&CStr>,
) -> RowSet<'static, RightColumns> {
    answer(|| {
        let session = session_over(target_schema)?;
        let role = role(&session, grantee)?;
        let rights = rights_of_task(&args::text(task, "task")?)?;
        session.tables.check()?;
        alone(&session);
        Ok(RowSet::new(change_rights(&session, &role, &rights, text!("setup/grants/revoke.sql"))))
    })
}
