//! Takes the extension's triggers off again.

use std::ffi::CStr;

use pgrx::prelude::*;

use crate::pg::error::answer;
use crate::pg::returns::RowSet;
use crate::setup::report::{self, LineColumns};
use crate::setup::target::{alone, session_over};
use crate::setup::{signup_trigger, triggers};

#[pg_extern(sql = false)]
fn referral_detach(target_schema: Option<&CStr>) -> RowSet<'static, LineColumns> {
    answer(|| {
        let session = session_over(target_schema)?;
        alone(&session);
        let mut lines = triggers::detach(&session);
        lines.extend(signup_trigger::detach(&session)?);
        Ok(report::rows(lines))
    })
}
