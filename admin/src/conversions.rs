//! Conversions: the queue of those that wait for a decision, all others, and one with its history.

use askama::Template;
use axum::Router;
use axum::extract::{Extension, State};
use axum::response::Response;
use axum::routing::{get, post};

use crate::Shared;
use crate::db::{Mode, Work, begin, record};
use crate::forms::Sent;
use crate::lists::{Filter, asked_for, next_page};
use crate::page::{Page, html};
use crate::problem::{Problem, Result};
use crate::programs::Key;

const LIST: &str = "referral_list_conversions($1::text::jsonb, $2::text::integer, $3::text::uuid)";
const FILTERS: [&str; 4] = ["program", "status", "referrer_uuid", "referee_uuid"];
const STATUSES: [&str; 4] = ["converted", "approved", "rejected", "reversed"];

record! {
    Conversion {
        uuid, program, code_uuid, referrer_uuid, owner_type, referee_uuid, source_type, source_ref, amount,
        currency, status, rewarded, reason, referrer_reward, referee_reward, converted_at, decided_at,
        decided_by, decision_reason,
    }
}

record! {
    Deed { at, action, by_uuid, step, amount, reason }
}

pub fn routes() -> Router<Shared> {
    Router::new()
        .route("/conversions", get(list))
        .route("/conversions/{id}", get(show))
        .route("/conversions/{id}/decide", post(decide))
        .route("/conversions/{id}/reverse", post(reverse))
}

#[derive(Template)]
#[template(path = "conversions.html")]
struct List {
    page: Page,
    conversions: Vec<Conversion>,
    programs: Vec<Key>,
    next: Option<String>,
    query: String,
    is_queue: bool,
}

async fn list(State(app): State<Shared>, page: Page) -> Result<Response> {
    let mut client = app.db.client().await?;
    let work = begin(&mut client, Some(&page.schema), Mode::Read).await?;
    let mut filter = Filter::of(&page, &FILTERS);
    // The queue unless all are asked for.
    let is_queue = page.asked("all").is_empty();
    if is_queue {
        filter.set("waiting", true.into());
    } else {
        filter.query += "&all=1";
    }
    let arguments = [Some(&*filter.json()), Some(&*asked_for()), page.asked_or_null("after")];
    let mut conversions: Vec<Conversion> = work.rows(LIST, &arguments).await?;
    let programs = work.rows("referral_list_programs()", &[]).await?;
    let next = next_page(&mut conversions, |conversion| &conversion.uuid);
    html(&List { page, conversions, programs, next, query: filter.query, is_queue })
}

#[derive(Template)]
#[template(path = "conversion.html")]
struct One {
    page: Page,
    conversion: Conversion,
    history: Vec<Deed>,
}

impl Conversion {
    fn can_be_decided(&self) -> bool {
        self.status == "converted"
    }

    fn can_be_reversed(&self) -> bool {
        self.status == "converted" || self.status == "approved"
    }
}

async fn get_one(work: &Work<'_>, page: &Page) -> Result<Conversion> {
    let id = uuid::Uuid::parse_str(page.named("id")).map_err(|_| Problem::Missing)?;
    work.row("referral_get_conversion($1::text::uuid)", &[Some(&id.to_string())]).await
}

async fn show(State(app): State<Shared>, page: Page) -> Result<Response> {
    let mut client = app.db.client().await?;
    let work = begin(&mut client, Some(&page.schema), Mode::Read).await?;
    let conversion = get_one(&work, &page).await?;
    let id = [Some(&*conversion.uuid)];
    let history = work.rows("referral_history($1::text::uuid)", &id).await?;
    html(&One { page, conversion, history })
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
    let id = get_one(&work, &page).await?.uuid;
    let arguments = [&[Some(&*id)], arguments].concat();
    work.row::<Conversion>(call, &arguments).await?;
    work.commit().await?;
    Ok(page.done_at(&format!("/conversions/{id}"), done))
}

async fn decide(
    State(app): State<Shared>,
    page: Page,
    Extension(sent): Extension<Sent>,
) -> Result<Response> {
    let approve = "referral_approve($1::text::uuid, $2::text::uuid, $3::text)";
    let reject = "referral_reject($1::text::uuid, $2::text::uuid, $3::text)";
    let step = "referral_decide($1::text::uuid, $2::text::uuid, $4::text::boolean, $3::text)";
    let (by, reason) = (sent.or_null("decided_by"), sent.or_null("reason"));
    let (whether, done) =
        if sent.has("approve") { ("true", "approved") } else { ("false", "rejected") };
    // In a chain of approvals a decision is that of one step.
    if sent.has("chain") {
        return change(app, page, step, &[by, reason, Some(whether)], done).await;
    }
    let call = if sent.has("approve") { approve } else { reject };
    change(app, page, call, &[by, reason], done).await
}

async fn reverse(
    State(app): State<Shared>,
    page: Page,
    Extension(sent): Extension<Sent>,
) -> Result<Response> {
    let call = "referral_reverse($1::text::uuid, $2::text, $3::text::numeric, $4::text)";
    let arguments = ["reason", "amount", "reference"].map(|name| sent.or_null(name));
    change(app, page, call, &arguments, "reversed").await
}
