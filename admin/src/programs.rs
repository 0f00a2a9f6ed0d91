//! Programs: their terms, and what came of them.

use askama::Template;
use axum::Router;
use axum::extract::{Extension, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use axum::routing::get;

use crate::Shared;
use crate::db::{Mode, Work, begin, record};
use crate::forms::{Field, Form, Kind, Sent, Which};
use crate::page::{Page, html};
use crate::problem::Result;

record! {
    /// What choices of a program are made of.
    Key { key }
}

record! {
    Program {
        key, name, status, starts_at, ends_at, code_length, code_alphabet, code_prefix, max_uses_per_code,
        max_uses_total, number_of_uses, codes_expire_after, referrer_reward, referee_reward, currency,
        min_purchase, first_purchase_only, one_code_per_referee, attribution_window, hold_period,
        requires_approval, metadata, referrer_percent, referee_percent, max_referrer_reward,
        max_referee_reward, reward_scale, max_rewards_per_referee, max_rewards_per_referrer, limit_period,
        reward_budget, rewards_granted, review_above, review_after_per_day, tiers,
    }
}

record! {
    Report { signups, conversions, conversion_rate, total_bonuses, avg_time_to_first_purchase }
}

const CREATE: &str = "referral_create_program($1::text, $2::text::jsonb)";
const UPDATE: &str = "referral_update_program($1::text, $2::text::jsonb)";
const SWITCH: Kind = Kind::Choice(&["true", "false"]);
const STATUSES: Kind = Kind::Choice(&["active", "paused", "ended"]);

pub fn routes() -> Router<Shared> {
    Router::new()
        .route("/programs", get(list))
        .route("/programs/new", get(ask_new).post(create))
        .route("/programs/{key}", get(show))
        .route("/programs/{key}/edit", get(ask).post(save))
}

#[derive(Template)]
#[template(path = "programs.html")]
struct List {
    page: Page,
    programs: Vec<Program>,
}

async fn list(State(app): State<Shared>, page: Page) -> Result<Response> {
    let mut client = app.db.client().await?;
    let work = begin(&mut client, Some(&page.schema), Mode::Read).await?;
    let programs = work.rows("referral_list_programs()", &[]).await?;
    html(&List { page, programs })
}

#[derive(Template)]
#[template(path = "program.html")]
struct One {
    page: Page,
    program: Program,
    report: Report,
    terms: Form,
}

async fn get_one(work: &Work<'_>, page: &Page) -> Result<Program> {
    work.row("referral_get_program($1::text)", &[Some(page.named("key"))]).await
}

async fn show(State(app): State<Shared>, page: Page) -> Result<Response> {
    let mut client = app.db.client().await?;
    let work = begin(&mut client, Some(&page.schema), Mode::Read).await?;
    let program = get_one(&work, &page).await?;
    let report = work.row("referral_program_report($1::text)", &[Some(&program.key)]).await?;
    let terms = fields(&program);
    html(&One { page, program, report, terms })
}

#[derive(Template)]
#[template(path = "program_form.html")]
struct ProgramForm {
    page: Page,
    /// "": a new one.
    key: String,
    form: Form,
}

fn fields(program: &Program) -> Form {
    const SPAN: &str = "As \"30 days\".";
    let text =
        |name, label, value: &str, note| Field::new(name, label, Kind::Text, note).with(value);
    let number =
        |name, label, value: &str, note| Field::new(name, label, Kind::Number, note).with(value);
    let of = |name, label, kind, value: &str| Field::new(name, label, kind, "").with(value);
    let p = program;
    Form::of(vec![
        text("name", "Name", &p.name, ""),
        of("status", "Status", STATUSES, &p.status),
        Field::new("starts_at", "Starts", Kind::Time, "In UTC.").with(&p.starts_at),
        Field::new("ends_at", "Ends", Kind::Time, "In UTC.").with(&p.ends_at),
        text("referrer_reward", "Referrer's reward", &p.referrer_reward, ""),
        text("referee_reward", "Referee's reward", &p.referee_reward, ""),
        text(
            "referrer_percent",
            "Referrer's percent",
            &p.referrer_percent,
            "Of the amount, added.",
        ),
        text("referee_percent", "Referee's percent", &p.referee_percent, "Of the amount, added."),
        text(
            "max_referrer_reward",
            "Referrer's most",
            &p.max_referrer_reward,
            "Of one conversion.",
        ),
        text("max_referee_reward", "Referee's most", &p.max_referee_reward, "Of one conversion."),
        text("currency", "Currency", &p.currency, ""),
        number("reward_scale", "Decimals of a reward", &p.reward_scale, ""),
        text("reward_budget", "Budget", &p.reward_budget, "Blank: none."),
        text("min_purchase", "Least purchase", &p.min_purchase, ""),
        of("first_purchase_only", "First purchase only", SWITCH, &p.first_purchase_only),
        of("one_code_per_referee", "One code a person", SWITCH, &p.one_code_per_referee),
        text("attribution_window", "A purchase counts for", &p.attribution_window, SPAN),
        text("hold_period", "A reward is held for", &p.hold_period, SPAN),
        of("requires_approval", "Every reward waits for a review", SWITCH, &p.requires_approval),
        text("review_above", "Review above", &p.review_above, "An amount."),
        number(
            "review_after_per_day",
            "Review after a day's",
            &p.review_after_per_day,
            "Conversions of a referrer.",
        ),
        number(
            "max_rewards_per_referee",
            "Most rewards of a referee",
            &p.max_rewards_per_referee,
            "",
        ),
        number(
            "max_rewards_per_referrer",
            "Most rewards of a referrer",
            &p.max_rewards_per_referrer,
            "",
        ),
        text("limit_period", "… within", &p.limit_period, SPAN),
        number("max_uses_per_code", "Most uses of a code", &p.max_uses_per_code, ""),
        number("max_uses_total", "Most uses of all codes", &p.max_uses_total, "Blank: no cap."),
        text("codes_expire_after", "Codes expire after", &p.codes_expire_after, SPAN),
        number("code_length", "Length of a code", &p.code_length, ""),
        text("code_alphabet", "Letters of a code", &p.code_alphabet, ""),
        text("code_prefix", "Prefix of a code", &p.code_prefix, ""),
        Field::new("tiers", "Tiers", Kind::Json, "[{\"from\": 5, \"referrer_reward\": 15}]")
            .with(&p.tiers),
        of("metadata", "Metadata", Kind::Json, &p.metadata),
    ])
}

async fn ask_new(page: Page) -> Result<Response> {
    // What is left blank is as the function has it.
    let key = Field::new("key", "Key", Kind::Text, "Its name for the application, for good.");
    let mut form = fields(&Program::default());
    form.fields.insert(0, key);
    html(&ProgramForm { page, key: String::new(), form })
}

async fn create(
    State(app): State<Shared>,
    page: Page,
    Extension(sent): Extension<Sent>,
) -> Result<Response> {
    let mut form = fields(&Program::default()).filled(&sent);
    let attributes = form.object(Which::Written);
    let key = Field::new("key", "Key", Kind::Text, "").with(sent.text("key"));
    form.fields.insert(0, key);
    let written = match attributes {
        Some(attributes) => write(&app, &page, CREATE, sent.text("key"), &attributes).await,
        None => Ok(false),
    };
    let path = format!("/programs/{}", page.part(sent.text("key")));
    answer(page, String::new(), form, written, &path, "created")
}

async fn ask(State(app): State<Shared>, page: Page) -> Result<Response> {
    let mut client = app.db.client().await?;
    let work = begin(&mut client, Some(&page.schema), Mode::Read).await?;
    let program = get_one(&work, &page).await?;
    let form = fields(&program);
    html(&ProgramForm { page, key: program.key, form })
}

async fn save(
    State(app): State<Shared>,
    page: Page,
    Extension(sent): Extension<Sent>,
) -> Result<Response> {
    let mut form = fields(&Program::default()).filled(&sent);
    let changes = form.object(Which::Changed);
    let key = page.named("key").to_owned();
    let written = match changes {
        Some(changes) => write(&app, &page, UPDATE, &key, &changes).await,
        None => Ok(false),
    };
    let path = format!("/programs/{}", page.part(&key));
    answer(page, key, form, written, &path, "saved")
}

async fn write(app: &Shared, page: &Page, call: &str, key: &str, values: &str) -> Result<bool> {
    let mut client = app.db.client().await?;
    let work = begin(&mut client, Some(&page.schema), Mode::Write).await?;
    work.row::<Key>(call, &[Some(key), Some(values)]).await?;
    work.commit().await?;
    Ok(true)
}

/// On to the program, or back to the form with what is wrong.
fn answer(
    page: Page,
    key: String,
    mut form: Form,
    written: Result<bool>,
    path: &str,
    done: &str,
) -> Result<Response> {
    let status = match written {
        Ok(true) => return Ok(page.done_at(path, done)),
        Ok(false) => StatusCode::UNPROCESSABLE_ENTITY,
        Err(problem) => {
            form.problem = Some(problem.told());
            problem.status()
        }
    };
    Ok((status, html(&ProgramForm { page, key, form })?).into_response())
}
