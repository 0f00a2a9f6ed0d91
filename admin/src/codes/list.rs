//! The codes that fit a filter, page by page, and all of them to download.

use askama::Template;
use axum::extract::State;
use axum::response::{IntoResponse, Redirect, Response};
use serde_json::json;

use super::Code;
use crate::Shared;
use crate::csv;
use crate::db::{Mode, begin};
use crate::lists::{Filter, asked_for, next_page};
use crate::page::{Page, html};
use crate::problem::Result;
use crate::programs::Key;

const FIND: &str = "referral_find_codes($1::text::jsonb, $2::text::integer, $3::text::uuid)";
/// What the address may narrow the list by.
const FILTERS: [&str; 5] = ["prefix", "state", "program", "created_by_uuid", "beneficiary_uuid"];
/// Codes in a file: one that is made in memory.
const LARGEST_FILE: usize = 100_000;

/// The metadata by which codes that were made together are found again.
pub fn batch_metadata(batch: &str) -> serde_json::Value {
    json!({ "batch": batch })
}

fn filter(page: &Page) -> Filter {
    let mut filter = Filter::of(page, &FILTERS);
    if let Some(batch) = page.asked_or_null("batch") {
        filter.set("metadata", batch_metadata(batch));
        filter.query += &format!("&batch={}", page.part(batch));
    }
    filter
}

#[derive(Template)]
#[template(path = "codes.html")]
struct List {
    page: Page,
    codes: Vec<Code>,
    programs: Vec<Key>,
    next: Option<String>,
    query: String,
}

pub async fn show(State(app): State<Shared>, page: Page) -> Result<Response> {
    let mut client = app.db.client().await?;
    let work = begin(&mut client, Some(&page.schema), Mode::Read).await?;
    if !page.asked("exactly").is_empty() {
        let call = "referral_get_code_by_string($1::text)";
        let code: Code = work.row(call, &[Some(page.asked("prefix"))]).await?;
        return Ok(Redirect::to(&format!("{}/codes/{}", page.base, code.uuid)).into_response());
    }
    let filter = filter(&page);
    let arguments = [Some(&*filter.json()), Some(&*asked_for()), page.asked_or_null("after")];
    let mut codes: Vec<Code> = work.rows(FIND, &arguments).await?;
    let programs = work.rows("referral_list_programs()", &[]).await?;
    let next = next_page(&mut codes, |code| &code.uuid);
    html(&List { page, codes, programs, next, query: filter.query })
}

pub async fn download(State(app): State<Shared>, page: Page) -> Result<Response> {
    let mut client = app.db.client().await?;
    let work = begin(&mut client, Some(&page.schema), Mode::Read).await?;
    let arguments = [Some(&*filter(&page).json()), Some(&*LARGEST_FILE.to_string()), None];
    let codes: Vec<Code> = work.rows(FIND, &arguments).await?;
    let heads =
        ["code", "description", "state", "number_of_uses", "max_uses", "expiration_date", "uuid"];
    let cells = codes.into_iter().map(|code| {
        vec![
            code.code,
            code.description,
            code.state,
            code.number_of_uses,
            code.max_uses,
            code.expiration_date,
            code.uuid,
        ]
    });
    Ok(csv::download("codes", csv::table(&heads, cells)))
}
