//! Takes the extension's triggers off again.

use std::ffi::CStr;

use pgrx::prelude::*;

use super::report::{self, LineColumns};
use super::{session_over, signup_trigger, triggers};
use crate::pg::error::answer;
use crate::pg::returns::RowSet;

#[pg_extern(sql = false)]
fn referral_detach(target_schema: Option<&CStr>) -> RowSet<'static, LineColumns> {
    answer(|| {
        let session = session_over(target_schema)?;
        let mut lines = triggers::detach(&session);
        lines.extend(signup_trigger::detach(&session)?);
        Ok(report::rows(lines))
    })
}
