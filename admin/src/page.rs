//! What every page has: its schema, its address, the token of its forms.

use std::collections::HashMap;

use askama::Template;
use axum::extract::{FromRequestParts, Path, Query};
use axum::http::request::Parts;
use axum::http::{StatusCode, header};
use axum::response::{Html, IntoResponse, Redirect, Response};
use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};

use crate::Shared;
use crate::gate::Session;
use crate::problem::{Problem, Result};

/// Rows of a page of a list.
pub const ROWS: usize = 50;

/// What a redirect may say of what was done: `?done=created`. Of an address's own words nothing is shown.
const DONE: [(&str, &str); 16] = [
    ("created", "Created."),
    ("saved", "Saved."),
    ("enabled", "Enabled: it can be redeemed again."),
    ("disabled", "Disabled: nobody can redeem it."),
    ("deleted", "Deleted, with its uses."),
    ("striped", "Its stripes are as you asked."),
    ("undone", "The use was given back."),
    ("assigned", "It is in that program now."),
    ("approved", "Approved."),
    ("rejected", "Rejected."),
    ("reversed", "Reversed."),
    ("paid", "Marked as paid."),
    ("failed", "Marked as failed: the amount is back in the balance."),
    ("payouts", "The payouts of the batch are below."),
    ("dropped", "The consumer is forgotten."),
    ("pruned", "Old events are gone."),
];

pub struct Page {
    pub schema: String,
    /// The address of the schema's overview, before which every link of the schema stands.
    pub base: String,
    pub token: String,
    pub can_leave: bool,
    pub done: &'static str,
    /// Who decides, proposed in forms.
    pub user_uuid: String,
    named: HashMap<String, String>,
    query: HashMap<String, String>,
}

impl Page {
    /// A part of the address: the id of `/codes/{id}`.
    pub fn named(&self, part: &str) -> &str {
        self.named.get(part).map(String::as_str).unwrap_or_default()
    }

    /// A part of the query, without space around it; "" where it is absent.
    pub fn asked(&self, key: &str) -> &str {
        self.query.get(key).map(|value| value.trim()).unwrap_or_default()
    }

    /// The same, or NULL.
    pub fn asked_or_null(&self, key: &str) -> Option<&str> {
        Some(self.asked(key)).filter(|value| !value.is_empty())
    }

    /// Where to go once something was done; `path` begins behind the schema.
    pub fn done_at(&self, path: &str, done: &str) -> Response {
        Redirect::to(&format!("{}{path}?done={done}", self.base)).into_response()
    }

    /// A time as it is shown: to the second, in UTC.
    pub fn time(&self, text: &str) -> String {
        text.get(..19).unwrap_or(text).to_owned()
    }

    /// An amount without the zeros that say nothing: 10.0000 is 10.00.
    pub fn money(&self, text: &str) -> String {
        match text.split_once('.') {
            Some((whole, decimals)) if decimals.len() > 2 => {
                let (cents, rest) = decimals.split_at(2);
                format!("{whole}.{cents}{}", rest.trim_end_matches('0'))
            }
            _ => text.to_owned(),
        }
    }

    /// A reason or a state in words: usage_limit_reached is "usage limit reached".
    pub fn words(&self, text: &str) -> String {
        text.replace('_', " ")
    }

    /// A text as a part of an address.
    pub fn part(&self, text: &str) -> String {
        encoded(text)
    }
}

pub fn encoded(text: &str) -> String {
    utf8_percent_encode(text, NON_ALPHANUMERIC).to_string()
}

impl FromRequestParts<Shared> for Page {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, app: &Shared) -> Result<Page> {
        let named = Path::<HashMap<String, String>>::from_request_parts(parts, app).await;
        let Path(named) = named.map_err(|_| Problem::Missing)?;
        let query = Query::<HashMap<String, String>>::try_from_uri(&parts.uri);
        let Query(query) = query.map_err(|_| {
            Problem::Refused(StatusCode::BAD_REQUEST, "That is no address of these pages")
        })?;
        // Put there by the guard, through which every request comes.
        let session = parts.extensions.get::<Session>().cloned().ok_or(Problem::Missing)?;
        let schema = named.get("schema").cloned().unwrap_or_default();
        let done = query.get("done").map(String::as_str).unwrap_or_default();
        let done = DONE.iter().find(|(word, _)| *word == done).map_or("", |(_, said)| said);
        Ok(Page {
            base: format!("/in/{}", encoded(&schema)),
            token: session.token,
            can_leave: session.can_leave,
            user_uuid: app.config.user_uuid.clone(),
            done,
            schema,
            named,
            query,
        })
    }
}

pub fn html(template: &impl Template) -> Result<Response> {
    Ok(Html(template.render()?).into_response())
}

pub async fn stylesheet() -> impl IntoResponse {
    ([(header::CONTENT_TYPE, "text/css; charset=utf-8")], include_str!("../templates/style.css"))
}

pub async fn not_found() -> Problem {
    Problem::Missing
}
