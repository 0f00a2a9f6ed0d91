//! The first page: how much there is, what was used lately, and what the doctor says.

use askama::Template;
use axum::extract::State;
use axum::response::Response;

use crate::Shared;
use crate::chart::{Bucket, Chart};
use crate::codes::Code;
use crate::db::{Db, Mode, Work, begin, record};
use crate::page::{Page, html};
use crate::problem::{Result, Told};

/// No function has the uses of all codes by day, so they are counted among the newest.
const NEWEST_USES: &str = "10000";
const DAYS: &str = "
    (SELECT day::date AS day, count(u.uuid) AS uses
     FROM generate_series(date_trunc('day', now()) - interval '29 days', now(), '1 day') AS day
     LEFT JOIN referral_recent_usage($1::text::integer) AS u
        ON u.date_used >= day AND u.date_used < day + interval '1 day'
     GROUP BY day
     ORDER BY day)";
const RECENT: &str = "
    (SELECT u.code_uuid, c.code, u.used_by_uuid, u.date_used
     FROM referral_recent_usage(10) AS u
     LEFT JOIN LATERAL referral_get_code(u.code_uuid) AS c ON true
     ORDER BY u.date_used DESC, u.uuid DESC)";
const DOCTOR: &str = "referral_doctor(current_setting('referrals.schema')::name)";

record! {
    Stats { total_codes, active_codes, total_usage, codes_with_usage }
}

record! {
    Recent { code_uuid, code, used_by_uuid, date_used }
}

record! {
    Finding { severity, subject, finding, remedy }
}

/// What one function gives, or why this role is not told.
type Part<T> = std::result::Result<T, Told>;

#[derive(Template)]
#[template(path = "overview.html")]
struct Overview {
    page: Page,
    numbers: Part<Numbers>,
    findings: Part<Vec<Finding>>,
    has_waited: bool,
}

struct Numbers {
    stats: Stats,
    chart: Chart,
    top: Vec<Code>,
    recent: Vec<Recent>,
}

pub async fn show(State(app): State<Shared>, page: Page) -> Result<Response> {
    let numbers = numbers(&app.db, &page.schema).await.map_err(|problem| problem.told());
    // It reads every row: more than a glance waits for it only when asked to.
    let has_waited = !page.asked("doctor").is_empty();
    let patience = if has_waited { "60s" } else { "2s" };
    let findings = findings(&app.db, &page.schema, patience).await;
    let findings = findings.map_err(|problem| problem.told());
    html(&Overview { page, numbers, findings, has_waited })
}

async fn numbers(db: &Db, schema: &str) -> Result<Numbers> {
    let mut client = db.client().await?;
    let work: Work = begin(&mut client, Some(schema), Mode::Read).await?;
    let days: Vec<Bucket> = work.rows(DAYS, &[Some(NEWEST_USES)]).await?;
    Ok(Numbers {
        stats: work.row("referral_system_stats()", &[]).await?,
        chart: Chart::of(&days),
        top: work.rows("referral_top_codes(5)", &[]).await?,
        recent: work.rows(RECENT, &[]).await?,
    })
}

async fn findings(db: &Db, schema: &str, patience: &str) -> Result<Vec<Finding>> {
    let mut client = db.client().await?;
    let work = begin(&mut client, Some(schema), Mode::Read).await?;
    work.value("set_config('statement_timeout', $1::text, true)", &[Some(patience)]).await?;
    work.rows(DOCTOR, &[]).await
}
