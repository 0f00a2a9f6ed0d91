//! Which version is at work.

use pgrx::prelude::*;

use crate::pg::catalog;
use crate::pg::error::answer;
use crate::pg::returns::Scalar;
use crate::pg::session::Session;
use crate::pg::tables::Tables;

const LIBRARY: &str = env!("CARGO_PKG_VERSION");

#[pg_extern(sql = false)]
fn referral_version() -> Scalar<String> {
    answer(|| {
        // Whatever the setting names: this is asked where something is wrong.
        let session = Session::over(Tables::unchecked("public").into());
        Ok(Scalar(match catalog::extension_version(&session) {
            Some(scripts) if scripts != LIBRARY => {
                format!("library {LIBRARY}, scripts {scripts}")
            }
            _ => LIBRARY.into(),
        }))
    })
}
