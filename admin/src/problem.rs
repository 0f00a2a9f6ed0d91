//! What went wrong, and the page that says so: with the server's MESSAGE, DETAIL and HINT.

use std::fmt;

use askama::Template;
use axum::http::StatusCode;
use axum::response::{Html, IntoResponse, Response};
use tokio_postgres::error::DbError;

pub type Result<T> = std::result::Result<T, Problem>;

#[derive(Debug)]
pub enum Problem {
    Database(tokio_postgres::Error),
    Unreachable(deadpool_postgres::PoolError),
    /// Nothing has that address.
    Missing,
    Refused(StatusCode, &'static str),
    Page(askama::Error),
}

impl From<tokio_postgres::Error> for Problem {
    fn from(error: tokio_postgres::Error) -> Problem {
        Problem::Database(error)
    }
}

impl From<askama::Error> for Problem {
    fn from(error: askama::Error) -> Problem {
        Problem::Page(error)
    }
}

impl fmt::Display for Problem {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        let told = self.told();
        write!(out, "{}", told.message)?;
        for more in [told.detail, told.hint].into_iter().filter(|more| !more.is_empty()) {
            write!(out, " ({more})")?;
        }
        Ok(())
    }
}

/// A problem in words, for a page: "" where there is nothing to say.
#[derive(Clone, Debug, Default)]
pub struct Told {
    pub message: String,
    pub detail: String,
    pub hint: String,
    pub sqlstate: String,
}

impl Problem {
    fn server(&self) -> Option<&DbError> {
        match self {
            Problem::Database(error) => error.as_db_error(),
            _ => None,
        }
    }

    pub fn told(&self) -> Told {
        if let Some(error) = self.server() {
            return Told {
                message: error.message().into(),
                detail: error.detail().unwrap_or_default().into(),
                hint: hint(error).into(),
                sqlstate: error.code().code().into(),
            };
        }
        let message = match self {
            Problem::Database(error) => format!(
                "The database did not answer, so look whether it was done before you do it again: {error}"
            ),
            Problem::Unreachable(error) => format!("The database cannot be reached: {error}"),
            Problem::Missing => {
                "There is nothing here: no code, conversion or page of that address".into()
            }
            Problem::Refused(_, why) => (*why).into(),
            Problem::Page(error) => format!("The page could not be made: {error}"),
        };
        Told { message, ..Told::default() }
    }

    pub fn status(&self) -> StatusCode {
        if let Some(error) = self.server() {
            let code = error.code().code();
            return match &code[..2] {
                _ if code == "42501" => StatusCode::FORBIDDEN,
                _ if code == "RF001" => StatusCode::NOT_FOUND,
                "RF" | "22" | "23" | "P0" => StatusCode::UNPROCESSABLE_ENTITY,
                "40" | "53" | "55" | "57" => StatusCode::SERVICE_UNAVAILABLE,
                _ => StatusCode::INTERNAL_SERVER_ERROR,
            };
        }
        match self {
            Problem::Missing => StatusCode::NOT_FOUND,
            Problem::Refused(status, _) => *status,
            Problem::Page(_) => StatusCode::INTERNAL_SERVER_ERROR,
            Problem::Database(_) | Problem::Unreachable(_) => StatusCode::SERVICE_UNAVAILABLE,
        }
    }
}

/// The server's own, or what to do where it has none.
fn hint(error: &DbError) -> &str {
    match (error.hint(), error.code().code()) {
        (Some(hint), _) => hint,
        (None, "42501") => {
            "These pages do all under the role in DATABASE_URL: referral_grant() gives it a task."
        }
        (None, "42883") => {
            "In this database CREATE EXTENSION referrals has yet to be run, or ALTER EXTENSION referrals UPDATE."
        }
        _ => "",
    }
}

#[derive(Template)]
#[template(path = "problem.html")]
struct ProblemPage {
    told: Told,
}

impl IntoResponse for Problem {
    fn into_response(self) -> Response {
        let page = ProblemPage { told: self.told() }.render();
        let page = page.unwrap_or_else(|_| "The page could not be made".into());
        (self.status(), Html(page)).into_response()
    }
}
