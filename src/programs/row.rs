//! A program, as its row has it, and as functions give it.

use std::cell::RefCell;
use std::collections::HashMap;
use std::rc::Rc;

use serde_json::Value;

use crate::pg::changes;
use crate::pg::error::{Error, Result, raise};
use crate::pg::result::Row;
use crate::pg::session::{Session, View};
use crate::pg::statement::{columns, statements};
use crate::pg::tables::PROGRAMS;
use crate::rules::limits::Limits;
use crate::rules::money::Money;
use crate::rules::program::{Program, Status};
use crate::rules::reward::{Rate, Rewards, Tiers};
use crate::rules::time::{Span, Timestamp};

columns! {
    p: key, name, status, starts_at, ends_at, code_length, code_alphabet,
    code_prefix, max_uses_per_code, max_uses_total, number_of_uses, codes_expire_after,
    referrer_reward, referee_reward, currency, min_purchase, first_purchase_only,
    one_code_per_referee, attribution_window, hold_period, requires_approval, metadata,
    created_at, updated_at, referrer_percent, referee_percent, max_referrer_reward,
    max_referee_reward, reward_scale, max_rewards_per_referee, max_rewards_per_referrer,
    limit_period, reward_budget, rewards_granted, review_above, review_after_per_day, tiers
}

statements! {
    p.* = COLUMNS;
    BY_KEY = "programs/by_key.sql";
}

/// A row of referral_programs.
pub struct StoredProgram {
    pub program: Program,
    pub number_of_uses: i32,
    /// Grants less reversals, counted only while there is a budget.
    pub rewards_granted: Money,
    created_at: Timestamp,
    updated_at: Timestamp,
}

/// The columns of referral_programs.
pub type ProgramColumns = (
    String,
    String,
    &'static str,
    Option<Timestamp>,
    Option<Timestamp>,
    i32,
    String,
    String,
    i32,
    Option<i32>,
    i32,
    Option<Span>,
    Money,
    Money,
    String,
    Money,
    bool,
    bool,
    Option<Span>,
    Span,
    bool,
    Value,
    Timestamp,
    Timestamp,
    Money,
    Money,
    Option<Money>,
    Option<Money>,
    i32,
    Option<i32>,
    Option<i32>,
    Option<Span>,
    Option<Money>,
    Money,
    Option<Money>,
    Option<i32>,
    Value,
);

/// A length of time, as functions write it.
fn span(row: Row, column: i32) -> Option<Span> {
    let span: Span = row.get(column)?;
    if !span.is_forward() {
        let rule = "must be a length of time without a negative part, and come to an end";
        raise(row.error(column, "22015", rule));
    }
    Some(span)
}

fn tiers(row: Row) -> Tiers {
    let json: Value = row.need(at::tiers);
    Tiers::read(&json).unwrap_or_else(|error| raise(row.error(at::tiers, "22023", &error.message)))
}

impl StoredProgram {
    pub fn read(row: Row) -> Self {
        let status: String = row.need(at::status);
        StoredProgram {
            program: Program {
                key: row.need(at::key),
                name: row.need(at::name),
                // The table's constraint allows no other word; an ended program does nothing.
                status: Status::parse(&status).unwrap_or(Status::Ended),
                starts_at: row.get(at::starts_at),
                ends_at: row.get(at::ends_at),
                code_length: row.need(at::code_length),
                code_alphabet: row.need(at::code_alphabet),
                code_prefix: row.need(at::code_prefix),
                max_uses_per_code: row.need(at::max_uses_per_code),
                max_uses_total: row.get(at::max_uses_total),
                codes_expire_after: span(row, at::codes_expire_after),
                rewards: Rewards {
                    referrer: Rate {
                        fixed: row.need(at::referrer_reward),
                        percent: row.need(at::referrer_percent),
                        most: row.get(at::max_referrer_reward),
                    },
                    referee: Rate {
                        fixed: row.need(at::referee_reward),
                        percent: row.need(at::referee_percent),
                        most: row.get(at::max_referee_reward),
                    },
                    scale: row.need(at::reward_scale),
                    tiers: tiers(row),
                },
                limits: Limits {
                    per_referee: row.get(at::max_rewards_per_referee),
                    per_referrer: row.get(at::max_rewards_per_referrer),
                    period: span(row, at::limit_period),
                    budget: row.get(at::reward_budget),
                    requires_approval: row.need(at::requires_approval),
                    review_above: row.get(at::review_above),
                    review_after_per_day: row.get(at::review_after_per_day),
                },
                currency: row.need(at::currency),
                min_purchase: row.need(at::min_purchase),
                first_purchase_only: row.need(at::first_purchase_only),
                one_code_per_referee: row.need(at::one_code_per_referee),
                attribution_window: span(row, at::attribution_window),
                hold_period: span(row, at::hold_period).unwrap_or_default(),
                metadata: row.need(at::metadata),
            },
            number_of_uses: row.need(at::number_of_uses),
            rewards_granted: row.need(at::rewards_granted),
            created_at: row.need(at::created_at),
            updated_at: row.need(at::updated_at),
        }
    }

    /// With the uses that were made, without those that stripes have leased.
    pub fn less(self, leased: i32) -> Self {
        StoredProgram { number_of_uses: self.number_of_uses.saturating_sub(leased), ..self }
    }

    pub fn key(&self) -> &str {
        &self.program.key
    }

    pub fn into_columns(self) -> ProgramColumns {
        let program = self.program;
        let (rewards, limits) = (program.rewards, program.limits);
        (
            program.key,
            program.name,
            program.status.name(),
            program.starts_at,
            program.ends_at,
            program.code_length,
            program.code_alphabet,
            program.code_prefix,
            program.max_uses_per_code,
            program.max_uses_total,
            self.number_of_uses,
            program.codes_expire_after,
            rewards.referrer.fixed,
            rewards.referee.fixed,
            program.currency,
            program.min_purchase,
            program.first_purchase_only,
            program.one_code_per_referee,
            program.attribution_window,
            program.hold_period,
            limits.requires_approval,
            program.metadata,
            self.created_at,
            self.updated_at,
            rewards.referrer.percent,
            rewards.referee.percent,
            rewards.referrer.most,
            rewards.referee.most,
            rewards.scale,
            limits.per_referee,
            limits.per_referrer,
            limits.period,
            limits.budget,
            self.rewards_granted,
            limits.review_above,
            limits.review_after_per_day,
            rewards.tiers.to_json(),
        )
    }
}

pub fn by_key(session: &Session, key: &str, view: View) -> Option<StoredProgram> {
    view.run(session, &BY_KEY, &[key.into()]).first().map(StoredProgram::read)
}

/// The program that an argument names.
pub fn named(session: &Session, key: &str, argument: &str, view: View) -> Result<Program> {
    let found = by_key(session, key, view).map(|stored| stored.program);
    found.ok_or_else(|| unknown(argument))
}

/// The same as all that is committed by now has it, also with one snapshot for the transaction.
pub fn newest(session: &Session, key: &str) -> Option<StoredProgram> {
    session.write_latest(&BY_KEY, &[key.into()]).first().map(StoredProgram::read)
}

/// The programs that this backend has asked for, until one changes.
#[derive(Default)]
struct Known(RefCell<HashMap<String, Rc<Program>>>);

/// The same without what it counts.
pub fn kept(session: &Session, key: &str) -> Option<Rc<Program>> {
    changes::take_in();
    let known = session.keep(PROGRAMS, Known::default);
    let kept = known.0.borrow().get(key).cloned();
    kept.or_else(|| {
        let program = Rc::new(newest(session, key)?.program);
        known.0.borrow_mut().insert(key.into(), Rc::clone(&program));
        Some(program)
    })
}

pub fn unknown(argument: &str) -> Error {
    Error::out_of_range(argument, "names no program")
        .with_hint("SELECT key FROM referral_list_programs() shows the programs there are.")
}
