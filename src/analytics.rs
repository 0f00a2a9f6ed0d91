//! Analytics: what a user, a program and a code have brought, counted from the rows when it is asked.

use pgrx::datum::Uuid;
use pgrx::prelude::*;

use crate::codes::own_code;
use crate::codes::placed;
use crate::codes::row::{COLUMNS, Code};
use crate::payouts::balance;
use crate::pg::args;
use crate::pg::clock;
use crate::pg::error::{Error, Result, answer, required};
use crate::pg::json::AsStored;
use crate::pg::result::Row;
use crate::pg::returns::{Record, RowSet};
use crate::pg::session::{Session, View};
use crate::pg::statement::{reports, statements};
use crate::pg::texts::Text;
use crate::programs::row as programs;
use crate::rules::conversion::STATUSES;
use crate::rules::eligibility::Verdict;
use crate::rules::money::Money;
use crate::rules::program::DEFAULT_KEY;
use crate::rules::time::{Span, Timestamp};
use crate::usage;

statements! {
    c.* = COLUMNS;
    OLDEST_CODE = "analytics/oldest_code.sql";
}

statements! {
    EARNED = "analytics/earned.sql";
    REFERRED_BY = "analytics/referred_by.sql";
    REFERRALS = "analytics/referrals.sql";
    USES_BY_BUCKET = "analytics/uses_by_bucket.sql";
}

reports! {
    TOP_REFERRERS = "analytics/top_referrers.sql";
    PROGRAM_REPORT = "analytics/program_report.sql";
}

/// The words of the statuses in which a conversion counts.
fn standing() -> Vec<&'static str> {
    STATUSES.into_iter().filter(|status| status.stands()).map(|status| status.name()).collect()
}

/// The code that a user gives to others: their own in the program or, without one, the oldest that leads to
/// them.
fn code_of(session: &Session, user: Uuid, program: &str) -> Option<Code> {
    own_code::own_code(session, user, program).or_else(|| {
        let args = [user.into(), program.into(), DEFAULT_KEY.into()];
        session.read(&OLDEST_CODE, &args).first().map(Code::read)
    })
}

/// referral_code, total_uses, remaining_uses, max_uses, total_earned, current_balance, referred_by_code,
/// referrals
type StatsColumns = (Option<String>, i64, i32, i32, Money, Money, Option<String>, AsStored);

#[pg_extern(sql = false)]
fn referral_user_stats_of_some(
    user_uuid: Option<Uuid>,
    program: Option<Text>,
    max_referrals: Option<i32>,
) -> Record<StatsColumns> {
    answer(|| {
        let user = required(user_uuid, "user_uuid")?;
        let program = &*args::text(program, "program")?;
        let most = args::limit_named(max_referrals, "max_referrals")?;
        let session = Session::open();
        let currency = programs::named(&session, program, "program", View::Query)?.currency;
        let currency = currency.as_str();
        let code = code_of(&session, user, program);
        let code = code.map(|code| placed::place(&session, code, View::Query));
        let (total_uses, remaining_uses, max_uses) = code.as_ref().map_or((0, 0, 0), |placed| {
            let mut codes = own_code::own_codes(&session, user, program);
            if !codes.contains(&placed.code.uuid) {
                codes.push(placed.code.uuid);
            }
            let uses = codes.into_iter().map(|code| usage::count_of_code(&session, code)).sum();
            (uses, placed.remaining_uses(), placed.code.limits.max_uses)
        });
        let args = [user.into(), program.into(), currency.into()];
        let earned = session.read(&EARNED, &args);
        let total_earned = earned.first().map_or(Money::ZERO, |row| row.need(1));
        let current_balance = balance::shown(&session, user)
            .get(currency)
            .map_or(Money::ZERO, |balance| balance.available());
        let args = [user.into(), program.into(), DEFAULT_KEY.into()];
        let referred_by = session.read(&REFERRED_BY, &args).first().map(|row| row.need(1));
        let args = [
            user.into(),
            program.into(),
            DEFAULT_KEY.into(),
            currency.into(),
            most.into(),
            Verdict::qualifying().into(),
            standing().into(),
        ];
        let referrals = session.read(&REFERRALS, &args);
        let referrals = referrals.first().map(|row| row.need(1));
        let referrals = referrals.ok_or_else(|| Error::internal("a list has no row"))?;
        Ok(Record((
            code.map(|placed| placed.code.code),
            total_uses,
            remaining_uses,
            max_uses,
            total_earned,
            current_balance,
            referred_by,
            referrals,
        )))
    })
}

#[pg_extern(sql = false)]
fn referral_top_referrers(
    max_rows: Option<i32>,
    program: Option<Text>,
) -> RowSet<'static, (Uuid, i64, Money, String)> {
    answer(|| {
        let limit = args::limit(max_rows)?;
        let program = args::optional_text(program, "program")?;
        let program = program.as_deref();
        let session = Session::open();
        if let Some(program) = program {
            programs::named(&session, program, "program", View::Query)?;
        }
        let args = [program.into(), standing().into(), limit.into()];
        let read = |row: Row| (row.need(1), row.need(2), row.need(3), row.need(4));
        Ok(RowSet::new(session.report(&TOP_REFERRERS, &args, limit, read)))
    })
}

/// signups, conversions, conversion_rate, total_bonuses, avg_time_to_first_purchase
type ReportColumns = (i64, i64, AnyNumeric, Money, Option<Span>);

#[pg_extern(sql = false)]
fn referral_program_report(program: Option<Text>) -> Record<ReportColumns> {
    answer(|| {
        let key = &*args::text(program, "program")?;
        let session = Session::open();
        let program = programs::named(&session, key, "program", View::Query)?;
        let args = [
            key.into(),
            (key == DEFAULT_KEY).into(),
            program.currency.as_str().into(),
            standing().into(),
            Verdict::qualifying().into(),
        ];
        let report = session.read(&PROGRAM_REPORT, &args);
        let row = report.first().ok_or_else(|| Error::internal("a report has no row"))?;
        Ok(Record((row.need(1), row.need(2), row.need(3), row.need(4), row.get(5))))
    })
}

/// The most buckets of a series.
const MOST_BUCKETS: usize = 10_000;

/// Where the buckets of a series begin, each so many whole spans after the first: months differ in length, so
/// that a step from bucket to bucket would slip from a month's last day for good.
fn bounds(bucket: Span, from: Timestamp, to: Timestamp) -> Result<Vec<Timestamp>> {
    if bucket == Span::ZERO || !bucket.is_usual() {
        let rule = "must be positive, without a negative part, and at most 100 years";
        return Err(Error::out_of_range("bucket", rule));
    }
    for (moment, argument) in [(from, "from_time"), (to, "to_time")] {
        if !moment.is_finite() {
            return Err(Error::out_of_range(argument, "must be finite"));
        }
    }
    if from >= to {
        return Err(Error::out_of_range("to_time", "must be after from_time"));
    }
    let starts = (0..).map_while(|step| clock::after_spans(from, bucket, step));
    let starts = starts.take_while(|start| *start < to);
    let bounds: Vec<Timestamp> = starts.take(MOST_BUCKETS + 1).collect();
    if bounds.len() > MOST_BUCKETS {
        let rule = format!("must not divide the time into more than {MOST_BUCKETS} parts");
        return Err(Error::out_of_range("bucket", rule));
    }
    Ok(bounds)
}

#[pg_extern(sql = false)]
fn referral_usage_series(
    code_uuid: Option<Uuid>,
    bucket: Option<Interval>,
    from_time: Option<TimestampWithTimeZone>,
    to_time: Option<TimestampWithTimeZone>,
) -> RowSet<'static, (Timestamp, i64)> {
    answer(|| {
        let code = required(code_uuid, "code_uuid")?;
        let bucket = required(bucket, "bucket")?.into();
        let from = required(from_time, "from_time")?.into();
        let to = required(to_time, "to_time")?.into();
        let bounds = bounds(bucket, from, to)?;
        let mut uses = vec![0; bounds.len()];
        let session = Session::open();
        let args = [code.into(), bounds.clone().into(), from.into(), to.into()];
        for row in session.read(&USES_BY_BUCKET, &args).iter() {
            // Buckets are counted from 1; before the first there is nothing.
            let bucket = row.need::<i32>(1).checked_sub(1).and_then(|at| usize::try_from(at).ok());
            if let Some(uses) = bucket.and_then(|bucket| uses.get_mut(bucket)) {
                *uses = row.need(2);
            }
        }
        Ok(RowSet::new(bounds.into_iter().zip(uses)))
    })
}
