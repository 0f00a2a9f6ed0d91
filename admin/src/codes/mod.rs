//! Codes: the list, one of them, and what is done with it.

mod edit;
mod list;
mod one;

use axum::Router;
use axum::routing::{get, post};

use crate::Shared;
use crate::db::record;

record! {
    Code {
        uuid, code, description, status, number_of_uses, max_uses, created_by_uuid, beneficiary_uuid,
        date_created, expiration_date, remaining_uses, state,
    }
}

record! {
    Usage { uuid, used_by_uuid, date_used }
}

pub const STATES: [&str; 5] =
    ["active", "inactive", "expired", "program_not_active", "limit_reached"];

pub use list::batch_metadata;

pub fn routes() -> Router<Shared> {
    Router::new()
        .route("/codes", get(list::show))
        .route("/codes.csv", get(list::download))
        .route("/codes/new", get(edit::ask_new).post(edit::create))
        .route("/codes/{id}", get(one::show))
        .route("/codes/{id}/edit", get(edit::ask).post(edit::save))
        .route("/codes/{id}/delete", get(one::ask_delete).post(one::delete))
        .route("/codes/{id}/enable", post(one::enable))
        .route("/codes/{id}/disable", post(one::disable))
        .route("/codes/{id}/assign", post(one::assign))
        .route("/codes/{id}/stripes", post(one::stripe))
        .route("/codes/{id}/undo", post(one::undo))
}
