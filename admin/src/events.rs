//! The outbox: who polls, and how much waits for them. These pages never poll: they would take what is another's.

use askama::Template;
use axum::Router;
use axum::extract::{Extension, State};
use axum::response::Response;
use axum::routing::{get, post};

use crate::Shared;
use crate::db::{Mode, begin, record};
use crate::forms::Sent;
use crate::page::{Page, html};
use crate::problem::Result;

record! {
    Consumer { consumer, pending, oldest, last_poll }
}

#[derive(Template)]
#[template(path = "events.html")]
struct Events {
    page: Page,
    consumers: Vec<Consumer>,
}

pub fn routes() -> Router<Shared> {
    Router::new()
        .route("/events", get(show))
        .route("/events/drop", post(forget))
        .route("/events/prune", post(prune))
}

async fn show(State(app): State<Shared>, page: Page) -> Result<Response> {
    let mut client = app.db.client().await?;
    let work = begin(&mut client, Some(&page.schema), Mode::Read).await?;
    let consumers = work.rows("referral_consumers()", &[]).await?;
    html(&Events { page, consumers })
}

async fn forget(
    State(app): State<Shared>,
    page: Page,
    Extension(sent): Extension<Sent>,
) -> Result<Response> {
    let call = ("referral_drop_consumer($1::text)", sent.or_null("consumer"));
    change(app, page, call, "dropped").await
}

async fn prune(
    State(app): State<Shared>,
    page: Page,
    Extension(sent): Extension<Sent>,
) -> Result<Response> {
    let call = ("referral_prune_events($1::text::interval)", sent.or_null("keep"));
    change(app, page, call, "pruned").await
}

async fn change(
    app: Shared,
    page: Page,
    (call, argument): (&str, Option<&str>),
    done: &str,
) -> Result<Response> {
    let mut client = app.db.client().await?;
    let work = begin(&mut client, Some(&page.schema), Mode::Write).await?;
    work.value(call, &[argument]).await?;
    work.commit().await?;
    Ok(page.done_at("/events", done))
}
