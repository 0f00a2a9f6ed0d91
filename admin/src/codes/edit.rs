//! The form of a code: a new one's, and one that is there.

use askama::Template;
use axum::extract::{Extension, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};

use super::Code;
use super::one::get;
use crate::Shared;
use crate::db::{Mode, Work, begin, record};
use crate::forms::{Field, Form, Kind, Sent, Which};
use crate::page::{Page, html};
use crate::problem::Result;

const CREATE: &str = "
    referral_create_code(
        created_by_uuid => $1::text::uuid, code => $2::text, description => coalesce($3::text, ''),
        max_uses => $4::text::integer, beneficiary_uuid => $5::text::uuid,
        expiration_date => $6::text::timestamptz)";
const UPDATE: &str = "referral_update_code($1::text::uuid, $2::text::jsonb)";
const ERRORS: &str = "referral_code_errors($1::text::jsonb, $2::text::uuid)";

record! {
    Fault { field, message }
}

#[derive(Template)]
#[template(path = "code_form.html")]
struct CodeForm {
    page: Page,
    /// "": a new one.
    code: Code,
    form: Form,
    /// Asked to check alone, and nothing is wrong.
    is_sound: bool,
}

fn fields(code: &Code) -> Form {
    let is_new = code.uuid.is_empty();
    let note = if is_new { "Blank: a random one." } else { "" };
    let uses = if is_new { "Blank: the system's limit, at most 100." } else { "" };
    Form::of(vec![
        Field::new("code", "Code", Kind::Text, note).with(&code.code),
        Field::new("description", "Description", Kind::Text, "").with(&code.description),
        Field::new("max_uses", "Most uses", Kind::Number, uses).with(&code.max_uses),
        Field::new("expiration_date", "Expires", Kind::Time, "In UTC. Blank: never.")
            .with(&code.expiration_date),
        Field::new("beneficiary_uuid", "Beneficiary", Kind::Text, "The uuid of whose code it is.")
            .with(&code.beneficiary_uuid),
        Field::new(
            "created_by_uuid",
            "Created by",
            Kind::Text,
            "The uuid of a user, whose limit of codes counts.",
        )
        .with(&code.created_by_uuid),
    ])
}

fn shown(
    page: Page,
    code: Code,
    form: Form,
    is_sound: bool,
    status: StatusCode,
) -> Result<Response> {
    let page = html(&CodeForm { page, code, form, is_sound })?;
    Ok((status, page).into_response())
}

/// Says what is wrong beside each field.
async fn judge(work: &Work<'_>, form: &mut Form, attributes: &str, id: Option<&str>) -> Result<()> {
    let faults: Vec<Fault> = work.rows(ERRORS, &[Some(attributes), id]).await?;
    for fault in faults {
        form.complain(&fault.field, &fault.message);
    }
    Ok(())
}

/// Back to the form, where what was written stands, with what is wrong.
fn again(page: Page, code: Code, mut form: Form, judged: Result<()>) -> Result<Response> {
    let mut status =
        if form.is_valid() { StatusCode::OK } else { StatusCode::UNPROCESSABLE_ENTITY };
    if let Err(problem) = judged {
        status = problem.status();
        form.problem = Some(problem.told());
    }
    let is_sound = form.is_valid();
    shown(page, code, form, is_sound, status)
}

pub async fn ask_new(page: Page) -> Result<Response> {
    let proposed = Code {
        description: "Referral code".into(),
        created_by_uuid: page.user_uuid.clone(),
        ..Code::default()
    };
    let form = fields(&proposed);
    shown(page, Code::default(), form, false, StatusCode::OK)
}

pub async fn create(
    State(app): State<Shared>,
    page: Page,
    Extension(sent): Extension<Sent>,
) -> Result<Response> {
    let mut client = app.db.client().await?;
    let work = begin(&mut client, Some(&page.schema), Mode::Write).await?;
    let mut form = fields(&Code::default()).filled(&sent);
    let judged = match form.object(Which::Written) {
        Some(attributes) => judge(&work, &mut form, &attributes, None).await,
        None => Ok(()),
    };
    if judged.is_err() || !form.is_valid() || sent.has("check") {
        return again(page, Code::default(), form, judged);
    }
    let names = [
        "created_by_uuid",
        "code",
        "description",
        "max_uses",
        "beneficiary_uuid",
        "expiration_date",
    ];
    let created = work.row::<Code>(CREATE, &names.map(|name| form.argument(name))).await;
    match finish(work, created).await {
        Ok(code) => Ok(page.done_at(&format!("/codes/{}", code.uuid), "created")),
        Err(problem) => again(page, Code::default(), form, Err(problem)),
    }
}

async fn finish(work: Work<'_>, written: Result<Code>) -> Result<Code> {
    let code = written?;
    work.commit().await?;
    Ok(code)
}

pub async fn ask(State(app): State<Shared>, page: Page) -> Result<Response> {
    let mut client = app.db.client().await?;
    let work = begin(&mut client, Some(&page.schema), Mode::Read).await?;
    let code = get(&work, &page).await?;
    let form = fields(&code);
    shown(page, code, form, false, StatusCode::OK)
}

pub async fn save(
    State(app): State<Shared>,
    page: Page,
    Extension(sent): Extension<Sent>,
) -> Result<Response> {
    let mut client = app.db.client().await?;
    let work = begin(&mut client, Some(&page.schema), Mode::Write).await?;
    let code = get(&work, &page).await?;
    let mut form = fields(&code).filled(&sent);
    let changes = form.object(Which::Changed);
    let judged = match &changes {
        Some(changes) => judge(&work, &mut form, changes, Some(&code.uuid)).await,
        None => Ok(()),
    };
    let Some(changes) = changes.filter(|_| judged.is_ok() && form.is_valid() && !sent.has("check"))
    else {
        return again(page, code, form, judged);
    };
    let saved = work.row::<Code>(UPDATE, &[Some(&code.uuid), Some(&changes)]).await;
    match finish(work, saved).await {
        Ok(code) => Ok(page.done_at(&format!("/codes/{}", code.uuid), "saved")),
        Err(problem) => again(page, code, form, Err(problem)),
    }
}
