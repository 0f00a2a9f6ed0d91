//! Which schema: each that holds referral tables is a tenant, and the address of every page names it.

use askama::Template;
use axum::Router;
use axum::extract::State;
use axum::response::{IntoResponse, Redirect, Response};
use axum::routing::get;

use crate::Shared;
use crate::db::{Mode, begin, record};
use crate::page::{Page, encoded, html};
use crate::problem::Result;

/// The one question that no function of the extension answers: where there are tables of codes.
const SCHEMAS: &str = "
    (SELECT n.nspname AS name, pg_catalog.pg_get_userbyid(c.relowner) AS owner,
        pg_catalog.has_schema_privilege(n.oid, 'USAGE') AS may_enter
     FROM pg_catalog.pg_class AS c
     JOIN pg_catalog.pg_namespace AS n ON n.oid = c.relnamespace
     WHERE c.relname = 'phoenix_kit_referral_codes' AND c.relkind IN ('r', 'p')
     ORDER BY n.nspname)";

record! {
    Tenant { name, owner, may_enter }
}

#[derive(Template)]
#[template(path = "tenants.html")]
struct Tenants {
    page: Page,
    tenants: Vec<Tenant>,
    role: String,
    database: String,
    version: String,
}

pub fn routes() -> Router<Shared> {
    Router::new().route("/", get(enter)).route("/tenants", get(show))
}

/// The schema that the database, or the role, has chosen.
async fn enter(State(app): State<Shared>) -> Result<Response> {
    let mut client = app.db.client().await?;
    let work = begin(&mut client, None, Mode::Read).await?;
    // The library, which knows the setting, is loaded by its first call.
    work.value("referral_version()", &[]).await?;
    let schema = work.value("current_setting('referrals.schema')", &[]).await?;
    Ok(Redirect::to(&format!("/in/{}", encoded(&schema))).into_response())
}

async fn show(State(app): State<Shared>, page: Page) -> Result<Response> {
    let mut client = app.db.client().await?;
    let work = begin(&mut client, None, Mode::Read).await?;
    let version = work.value("referral_version()", &[]).await?;
    let tenants = work.rows(SCHEMAS, &[]).await?;
    let role = work.value("current_user", &[]).await?;
    let database = work.value("current_database()", &[]).await?;
    html(&Tenants { page, tenants, role, database, version })
}
