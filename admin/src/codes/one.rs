//! One code: what it is, who used it, and what can be done with it.

use askama::Template;
use axum::extract::{Extension, State};
use axum::response::Response;

use super::{Code, Usage};
use crate::Shared;
use crate::chart::{Bucket, Chart};
use crate::db::{Mode, Work, begin, record};
use crate::forms::Sent;
use crate::lists::{asked_for, next_page};
use crate::page::{Page, html};
use crate::problem::{Problem, Result};
use crate::programs::Key;

const GET: &str = "referral_get_code($1::text::uuid)";
const UPDATE: &str = "referral_update_code($1::text::uuid, $2::text::jsonb)";
const SERIES: &str = "
    (SELECT s.bucket_start::date AS day, s.uses
     FROM referral_usage_series(
        $1::text::uuid, '1 day', date_trunc('day', now()) - interval '29 days',
        date_trunc('day', now()) + interval '1 day') AS s)";

record! {
    Stats { total_uses, unique_users, last_used }
}

record! {
    /// What the counter holds.
    Uses { held, leased, free }
}

record! {
    Owner { owner_type, program }
}

#[derive(Template)]
#[template(path = "code.html")]
struct One {
    page: Page,
    code: Code,
    stats: Stats,
    uses: Uses,
    owner: Option<Owner>,
    metadata: String,
    chart: Chart,
    usages: Vec<Usage>,
    programs: Vec<Key>,
    next: Option<String>,
}

impl One {
    fn path(&self) -> String {
        format!("/codes/{}", self.code.uuid)
    }
}

pub async fn show(State(app): State<Shared>, page: Page) -> Result<Response> {
    let mut client = app.db.client().await?;
    let work = begin(&mut client, Some(&page.schema), Mode::Read).await?;
    let code = get(&work, &page).await?;
    let id = [Some(&*code.uuid)];
    let stats = work.row("referral_stats($1::text::uuid)", &id).await?;
    let uses = work.row("referral_code_uses($1::text::uuid)", &id).await?;
    let owner = work.rows("referral_resolve($1::text)", &[Some(&code.code)]).await?.pop();
    let metadata = work.value("referral_code_metadata($1::text::uuid)", &id).await?;
    let series: Vec<Bucket> = work.rows(SERIES, &id).await?;
    let call = "referral_list_usage_for_code($1::text::uuid, $2::text::integer, $3::text::uuid)";
    let arguments = [Some(&*code.uuid), Some(&*asked_for()), page.asked_or_null("after")];
    let mut usages: Vec<Usage> = work.rows(call, &arguments).await?;
    let programs = work.rows("referral_list_programs()", &[]).await?;
    let next = next_page(&mut usages, |usage| &usage.uuid);
    let chart = Chart::of(&series);
    html(&One { page, code, stats, uses, owner, metadata, chart, usages, programs, next })
}

/// The code that the address names.
pub async fn get(work: &Work<'_>, page: &Page) -> Result<Code> {
    // What is no uuid names nothing.
    let id = uuid::Uuid::parse_str(page.named("id")).map_err(|_| Problem::Missing)?;
    work.row(GET, &[Some(&id.to_string())]).await
}

fn back(page: &Page, done: &str) -> Response {
    page.done_at(&format!("/codes/{}", page.part(page.named("id"))), done)
}

async fn switch(app: Shared, page: Page, changes: &str, done: &str) -> Result<Response> {
    let mut client = app.db.client().await?;
    let work = begin(&mut client, Some(&page.schema), Mode::Write).await?;
    let code = get(&work, &page).await?;
    work.row::<Code>(UPDATE, &[Some(&code.uuid), Some(changes)]).await?;
    work.commit().await?;
    Ok(back(&page, done))
}

pub async fn enable(State(app): State<Shared>, page: Page) -> Result<Response> {
    switch(app, page, r#"{"status": true}"#, "enabled").await
}

pub async fn disable(State(app): State<Shared>, page: Page) -> Result<Response> {
    switch(app, page, r#"{"status": false}"#, "disabled").await
}

#[derive(Template)]
#[template(path = "delete.html")]
struct Delete {
    page: Page,
    code: Code,
}

pub async fn ask_delete(State(app): State<Shared>, page: Page) -> Result<Response> {
    let mut client = app.db.client().await?;
    let work = begin(&mut client, Some(&page.schema), Mode::Read).await?;
    let code = get(&work, &page).await?;
    html(&Delete { page, code })
}

pub async fn delete(State(app): State<Shared>, page: Page) -> Result<Response> {
    let mut client = app.db.client().await?;
    let work = begin(&mut client, Some(&page.schema), Mode::Write).await?;
    let code = get(&work, &page).await?;
    work.value("referral_delete_code($1::text::uuid)", &[Some(&code.uuid)]).await?;
    work.commit().await?;
    Ok(page.done_at("/codes", "deleted"))
}

pub async fn assign(
    State(app): State<Shared>,
    page: Page,
    Extension(sent): Extension<Sent>,
) -> Result<Response> {
    let mut client = app.db.client().await?;
    let work = begin(&mut client, Some(&page.schema), Mode::Write).await?;
    let code = get(&work, &page).await?;
    let call = "referral_assign_program($1::text::uuid, $2::text)";
    work.value(call, &[Some(&code.uuid), sent.or_null("program")]).await?;
    work.commit().await?;
    Ok(back(&page, "assigned"))
}

/// So many stripes, or none.
pub async fn stripe(
    State(app): State<Shared>,
    page: Page,
    Extension(sent): Extension<Sent>,
) -> Result<Response> {
    let mut client = app.db.client().await?;
    let work = begin(&mut client, Some(&page.schema), Mode::Write).await?;
    let code = get(&work, &page).await?;
    if sent.has("none") {
        work.value("referral_unstripe_code($1::text::uuid)", &[Some(&code.uuid)]).await?;
    } else {
        let call = "referral_stripe_code($1::text::uuid, $2::text::integer)";
        work.value(call, &[Some(&code.uuid), sent.or_null("stripes")]).await?;
    }
    work.commit().await?;
    Ok(back(&page, "striped"))
}

/// Gives a use back.
pub async fn undo(
    State(app): State<Shared>,
    page: Page,
    Extension(sent): Extension<Sent>,
) -> Result<Response> {
    let mut client = app.db.client().await?;
    let work = begin(&mut client, Some(&page.schema), Mode::Write).await?;
    work.value("referral_undo_use($1::text::uuid)", &[sent.or_null("usage")]).await?;
    work.commit().await?;
    Ok(back(&page, "undone"))
}
