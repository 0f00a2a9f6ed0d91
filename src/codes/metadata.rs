//! Metadata of codes: the application's own, beside the code, so that a redemption pays nothing for it.

use pgrx::datum::Uuid;
use pgrx::prelude::*;
use serde_json::Value;

use crate::pg::args;
use crate::pg::error::{answer, required};
use crate::pg::json::{AsStored, Json};
use crate::pg::returns::Scalar;
use crate::pg::session::Session;
use crate::pg::statement::statements;
use crate::pg::tables::CODE_METADATA;

statements! {
    OF_CODE = "codes/metadata_of_code.sql";
    LOCK_CODE = "codes/lock_for_metadata.sql";
    SET = "codes/set_metadata.sql";
    REMOVE = "codes/remove_metadata.sql";
}

/// A code is gone, or has none any more.
pub fn remove(session: &Session, code: Uuid) {
    if session.may_have_rows(CODE_METADATA) {
        session.write(&REMOVE, &[code.into()]);
    }
}

#[pg_extern(sql = false)]
fn referral_set_code_metadata(code_uuid: Option<Uuid>, metadata: Option<Json>) -> bool {
    answer(|| {
        let code = required(code_uuid, "code_uuid")?;
        let metadata = metadata.map(|json| args::object(Some(json), "metadata")).transpose()?;
        let session = Session::open();
        // Whoever deletes the code takes the metadata along: it must not be written behind that.
        if session.write(&LOCK_CODE, &[code.into()]).count() == 0 {
            return Ok(false);
        }
        match metadata {
            Some(metadata) => {
                session.write(&SET, &[code.into(), Value::Object(metadata).into()]);
            }
            None => remove(&session, code),
        }
        Ok(true)
    })
}

#[pg_extern(sql = false)]
fn referral_code_metadata(code_uuid: Option<Uuid>) -> Scalar<Option<AsStored>> {
    let find = |code: Uuid| {
        let session = Session::open();
        session.read(&OF_CODE, &[code.into()]).first().map(|row| row.need(1))
    };
    Scalar(code_uuid.and_then(find))
}
