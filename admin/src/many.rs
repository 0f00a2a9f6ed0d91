//! Codes by the thousand: random ones, and those that somebody else has printed.

use askama::Template;
use axum::Router;
use axum::extract::{Extension, State};
use axum::response::{IntoResponse, Redirect, Response};
use axum::routing::get;

use crate::Shared;
use crate::codes::batch_metadata;
use crate::csv;
use crate::db::{Mode, Work, begin, record};
use crate::forms::{Field, Form, Kind, Sent};
use crate::page::{Page, html};
use crate::problem::Result;

const CREATE: &str = "
    referral_create_codes(
        count => $1::text::integer, created_by_uuid => $2::text::uuid, description => coalesce($3::text, ''),
        max_uses => $4::text::integer, expiration_date => $5::text::timestamptz,
        beneficiary_uuid => $6::text::uuid, length => $7::text::integer, prefix => $8::text,
        enforce_user_limit => $9::text::boolean, program => $10::text)";
const IMPORT: &str = "
    referral_import_codes(
        string_to_array($1::text, E'\\n'), $2::text::uuid, coalesce($3::text, ''), $4::text::integer,
        $5::text::timestamptz, $6::text)";
/// Of the codes whose ids follow. A row for each is not needed.
const MARK: &str = "
    (SELECT count(referral_set_code_metadata(id, $2::text::jsonb))
     FROM unnest(string_to_array($1::text, ',')::uuid[]) AS id)";
/// Refused codes of an import that the page shows; the file has all.
const SHOWN: usize = 200;

record! {
    Made { uuid }
}

record! {
    Imported { code, uuid, ok, message }
}

#[derive(Template)]
#[template(path = "bulk.html")]
struct Bulk {
    page: Page,
    form: Form,
}

#[derive(Template)]
#[template(path = "import.html")]
struct Import {
    page: Page,
    form: Form,
    outcome: Option<Outcome>,
}

struct Outcome {
    imported: usize,
    refused: usize,
    shown: Vec<Imported>,
    batch: String,
}

pub fn routes() -> Router<Shared> {
    Router::new()
        .route("/bulk", get(ask_bulk).post(create))
        .route("/import", get(ask_import).post(import))
}

/// What both forms ask.
fn common(page: &Page) -> [Field; 6] {
    [
        Field::new("description", "Description", Kind::Text, "").with("Referral code"),
        Field::new("max_uses", "Most uses of each", Kind::Number, "").with("1"),
        Field::new("expiration_date", "Expire", Kind::Time, "In UTC. Blank: never."),
        Field::new("created_by_uuid", "Created by", Kind::Text, "The uuid of a user.")
            .with(&page.user_uuid),
        Field::new("program", "Program", Kind::Text, "The key of one, or blank."),
        Field::new(
            "batch",
            "Name of the batch",
            Kind::Text,
            "By which they are found and downloaded later: it goes into their metadata, as {\"batch\": …}.",
        ),
    ]
}

fn bulk_form(page: &Page) -> Form {
    let mut form = Form::of(vec![
        Field::new("count", "How many", Kind::Number, "").with("100"),
        Field::new("length", "Random characters", Kind::Number, "").with("10"),
        Field::new("prefix", "Prefix", Kind::Text, ""),
        Field::new(
            "beneficiary_uuid",
            "Beneficiary",
            Kind::Text,
            "The uuid of whose codes they are.",
        ),
        Field::new(
            "enforce_user_limit",
            "Hold the limit of codes of a user",
            Kind::Choice(&["false", "true"]),
            "",
        )
        .with("false"),
    ]);
    form.fields.extend(common(page));
    form
}

fn import_form(page: &Page) -> Form {
    let codes = Field::new("codes", "Codes", Kind::Lines, "One a line.");
    let mut form = Form::of(vec![codes]);
    form.fields.extend(common(page));
    form
}

/// So that the codes of a batch are found again, in the transaction that makes them.
async fn mark(work: &Work<'_>, ids: &str, batch: Option<&str>) -> Result<()> {
    if let Some(batch) = batch.filter(|_| !ids.is_empty()) {
        let metadata = batch_metadata(batch).to_string();
        work.value(MARK, &[Some(ids), Some(&metadata)]).await?;
    }
    Ok(())
}

/// Where the codes of a batch are, or the newest of all.
fn found_at(page: &Page, batch: Option<&str>) -> String {
    let batch = batch.map(|batch| format!("&batch={}", page.part(batch))).unwrap_or_default();
    format!("{}/codes?done=created{batch}", page.base)
}

async fn ask_bulk(page: Page) -> Result<Response> {
    let form = bulk_form(&page);
    html(&Bulk { page, form })
}

async fn create(
    State(app): State<Shared>,
    page: Page,
    Extension(sent): Extension<Sent>,
) -> Result<Response> {
    let mut form = bulk_form(&page).filled(&sent);
    match create_all(&app, &page, &form).await {
        Ok(()) => Ok(Redirect::to(&found_at(&page, form.argument("batch"))).into_response()),
        Err(problem) => {
            form.problem = Some(problem.told());
            Ok((problem.status(), html(&Bulk { page, form })?).into_response())
        }
    }
}

async fn create_all(app: &Shared, page: &Page, form: &Form) -> Result<()> {
    let mut client = app.db.client().await?;
    let work = begin(&mut client, Some(&page.schema), Mode::Write).await?;
    let names = [
        "count",
        "created_by_uuid",
        "description",
        "max_uses",
        "expiration_date",
        "beneficiary_uuid",
        "length",
        "prefix",
        "enforce_user_limit",
        "program",
    ];
    let made: Vec<Made> = work.rows(CREATE, &names.map(|name| form.argument(name))).await?;
    let ids: Vec<&str> = made.iter().map(|code| code.uuid.as_str()).collect();
    mark(&work, &ids.join(","), form.argument("batch")).await?;
    work.commit().await
}

async fn ask_import(page: Page) -> Result<Response> {
    let form = import_form(&page);
    html(&Import { page, form, outcome: None })
}

async fn import(
    State(app): State<Shared>,
    page: Page,
    Extension(sent): Extension<Sent>,
) -> Result<Response> {
    let mut form = import_form(&page).filled(&sent);
    let rows = match import_all(&app, &page, &form).await {
        Ok(rows) => rows,
        Err(problem) => {
            form.problem = Some(problem.told());
            let status = problem.status();
            return Ok((status, html(&Import { page, form, outcome: None })?).into_response());
        }
    };
    if sent.has("csv") {
        let cells = rows.into_iter().map(|row| vec![row.code, row.uuid, row.ok, row.message]);
        return Ok(csv::download("import", csv::table(&["code", "uuid", "ok", "message"], cells)));
    }
    let imported = rows.iter().filter(|row| row.ok == "true").count();
    let refused = rows.len() - imported;
    let shown = rows.into_iter().filter(|row| row.ok != "true").take(SHOWN).collect();
    let batch = form.argument("batch").unwrap_or_default().to_owned();
    let outcome = Some(Outcome { imported, refused, shown, batch });
    let form = import_form(&page);
    html(&Import { page, form, outcome })
}

async fn import_all(app: &Shared, page: &Page, form: &Form) -> Result<Vec<Imported>> {
    let mut client = app.db.client().await?;
    let work = begin(&mut client, Some(&page.schema), Mode::Write).await?;
    // A browser ends lines with \r\n; blank ones are none.
    let codes = form.argument("codes").unwrap_or_default().lines();
    let codes: Vec<&str> = codes.map(str::trim).filter(|line| !line.is_empty()).collect();
    let names = ["created_by_uuid", "description", "max_uses", "expiration_date", "program"];
    let codes = codes.join("\n");
    let arguments = [&[Some(codes.as_str())], &names.map(|name| form.argument(name))[..]].concat();
    let rows: Vec<Imported> = work.rows(IMPORT, &arguments).await?;
    let ids: Vec<&str> =
        rows.iter().filter(|row| row.ok == "true").map(|row| row.uuid.as_str()).collect();
    mark(&work, &ids.join(","), form.argument("batch")).await?;
    work.commit().await?;
    Ok(rows)
}
