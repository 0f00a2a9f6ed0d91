//! Rewards and payouts: what somebody is owed, who is paid, and how that ended.

use askama::Template;
use axum::Router;
use axum::extract::{Extension, State};
use axum::response::Response;
use axum::routing::{get, post};

use crate::Shared;
use crate::db::{Mode, begin, record};
use crate::forms::Sent;
use crate::lists::{Filter, asked_for, next_page};
use crate::page::{Page, html};
use crate::problem::Result;

const FILTERS: [&str; 5] = ["user_uuid", "status", "currency", "batch_ref", "payout_ref"];
const STATUSES: [&str; 3] = ["pending", "paid", "failed"];

record! {
    Payout {
        payout_uuid, user_uuid, payout_ref, currency, amount, status, created_at, settled_at,
        reason,
    }
}

record! {
    Balance { currency, earned, available, held, pending, paid, reversed }
}

record! {
    Referrer { referrer_uuid, conversions, total_earned, currency }
}

pub fn routes() -> Router<Shared> {
    Router::new()
        .route("/payouts", get(list))
        .route("/payouts/create", post(create))
        .route("/payouts/batch", post(create_batch))
        .route("/payouts/settle", post(settle))
        .route("/rewards", get(rewards))
}

#[derive(Template)]
#[template(path = "payouts.html")]
struct List {
    page: Page,
    payouts: Vec<Payout>,
    next: Option<String>,
    query: String,
    /// Proposed for a new payout or batch; of the address a repeat gives the same.
    reference: String,
}

async fn list(State(app): State<Shared>, page: Page) -> Result<Response> {
    let mut client = app.db.client().await?;
    let work = begin(&mut client, Some(&page.schema), Mode::Read).await?;
    let filter = Filter::of(&page, &FILTERS);
    let call = "referral_list_payouts($1::text::jsonb, $2::text::integer, $3::text::uuid)";
    let arguments = [Some(&*filter.json()), Some(&*asked_for()), page.asked_or_null("after")];
    let mut payouts: Vec<Payout> = work.rows(call, &arguments).await?;
    let reference = work.value("to_char(now(), 'YYYY-MM-DD')", &[]).await?;
    let next = next_page(&mut payouts, |payout| &payout.payout_uuid);
    html(&List { page, payouts, next, query: filter.query, reference })
}

async fn create(
    State(app): State<Shared>,
    page: Page,
    Extension(sent): Extension<Sent>,
) -> Result<Response> {
    let call = "referral_create_payout($1::text::uuid, $2::text, $3::text, $4::text::numeric)";
    let arguments =
        ["user_uuid", "payout_ref", "currency", "amount"].map(|name| sent.or_null(name));
    change(app, page, call, &arguments, "payouts").await
}

async fn create_batch(
    State(app): State<Shared>,
    page: Page,
    Extension(sent): Extension<Sent>,
) -> Result<Response> {
    let call = "
        referral_create_payouts(
            $1::text, $2::text, coalesce($3::text::numeric, 0.01), coalesce($4::text::integer, 1000))";
    let arguments =
        ["currency", "batch_ref", "min_amount", "max_rows"].map(|name| sent.or_null(name));
    change(app, page, call, &arguments, "payouts").await
}

async fn settle(
    State(app): State<Shared>,
    page: Page,
    Extension(sent): Extension<Sent>,
) -> Result<Response> {
    let call = "referral_settle_payout($1::text, $2::text::boolean, $3::text)";
    let (paid, done) = if sent.has("paid") { ("true", "paid") } else { ("false", "failed") };
    let arguments = [sent.or_null("payout_ref"), Some(paid), sent.or_null("reason")];
    change(app, page, call, &arguments, done).await
}

async fn change(
    app: Shared,
    page: Page,
    call: &str,
    arguments: &[Option<&str>],
    done: &str,
) -> Result<Response> {
    let mut client = app.db.client().await?;
    let work = begin(&mut client, Some(&page.schema), Mode::Write).await?;
    work.value(&format!("SELECT count(*) FROM {call}"), arguments).await?;
    work.commit().await?;
    Ok(page.done_at("/payouts", done))
}

#[derive(Template)]
#[template(path = "rewards.html")]
struct Rewards {
    page: Page,
    balances: Vec<Balance>,
    referrers: Vec<Referrer>,
}

/// A person's balances, and who has earned most.
async fn rewards(State(app): State<Shared>, page: Page) -> Result<Response> {
    let mut client = app.db.client().await?;
    let work = begin(&mut client, Some(&page.schema), Mode::Read).await?;
    let balances = match page.asked_or_null("user_uuid") {
        Some(user) => work.rows("referral_balance($1::text::uuid)", &[Some(user)]).await?,
        None => Vec::new(),
    };
    let referrers = work.rows("referral_top_referrers(20)", &[]).await?;
    html(&Rewards { page, balances, referrers })
}
