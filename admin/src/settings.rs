//! The switches and limits of the whole system.

use askama::Template;
use axum::Router;
use axum::extract::{Extension, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use axum::routing::get;

use crate::Shared;
use crate::db::{Mode, Work, begin};
use crate::forms::{Field, Form, Kind, Sent};
use crate::page::{Page, html};
use crate::problem::Result;

const SWITCH: Kind = Kind::Choice(&["true", "false"]);

struct Setting {
    name: &'static str,
    label: &'static str,
    kind: Kind,
    note: &'static str,
    read: &'static str,
    /// Of the new value.
    write: &'static str,
}

const SETTINGS: [Setting; 5] = [
    Setting {
        name: "enabled",
        label: "The system is on",
        kind: SWITCH,
        note: "While it is off, every redemption is refused.",
        read: "referral_enabled()",
        write: "CASE WHEN $1::text::boolean THEN referral_enable_system() ELSE referral_disable_system() END",
    },
    Setting {
        name: "required",
        label: "A code is required at signup",
        kind: SWITCH,
        note: "",
        read: "referral_required()",
        write: "referral_set_required($1::text::boolean)",
    },
    Setting {
        name: "grandfather_existing",
        label: "Users from before need none",
        kind: SWITCH,
        note: "For the application's own gate.",
        read: "referral_grandfather_existing()",
        write: "referral_set_grandfather_existing($1::text::boolean)",
    },
    Setting {
        name: "max_uses_per_code",
        label: "Most uses of a code",
        kind: Kind::Number,
        note: "Codes that have more keep them.",
        read: "referral_max_uses_per_code()",
        write: "referral_set_max_uses_per_code($1::text::integer)",
    },
    Setting {
        name: "max_codes_per_user",
        label: "Most codes of a user",
        kind: Kind::Number,
        note: "",
        read: "referral_max_codes_per_user()",
        write: "referral_set_max_codes_per_user($1::text::integer)",
    },
];

#[derive(Template)]
#[template(path = "settings.html")]
struct Settings {
    page: Page,
    form: Form,
}

pub fn routes() -> Router<Shared> {
    Router::new().route("/settings", get(show).post(save))
}

async fn form(work: &Work<'_>) -> Result<Form> {
    let mut fields = Vec::new();
    for setting in SETTINGS {
        let value = work.value(setting.read, &[]).await?;
        let field = Field::new(setting.name, setting.label, setting.kind, setting.note);
        fields.push(field.with(&value));
    }
    Ok(Form::of(fields))
}

async fn show(State(app): State<Shared>, page: Page) -> Result<Response> {
    let mut client = app.db.client().await?;
    let work = begin(&mut client, Some(&page.schema), Mode::Read).await?;
    let form = form(&work).await?;
    html(&Settings { page, form })
}

async fn save(
    State(app): State<Shared>,
    page: Page,
    Extension(sent): Extension<Sent>,
) -> Result<Response> {
    let mut client = app.db.client().await?;
    let work = begin(&mut client, Some(&page.schema), Mode::Write).await?;
    let mut form = form(&work).await?.filled(&sent);
    match write(work, &form).await {
        Ok(()) => Ok(page.done_at("/settings", "saved")),
        Err(problem) => {
            form.problem = Some(problem.told());
            let status: StatusCode = problem.status();
            Ok((status, html(&Settings { page, form })?).into_response())
        }
    }
}

/// What was changed, all of it or nothing.
async fn write(work: Work<'_>, form: &Form) -> Result<()> {
    for (field, setting) in form.fields.iter().zip(SETTINGS) {
        if field.value != field.was {
            work.value(setting.write, &[field.argument()]).await?;
        }
    }
    work.commit().await
}
