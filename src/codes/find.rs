//! Codes found by what is known of them.

use pgrx::datum::Uuid;
use pgrx::prelude::*;
use serde_json::Value;

use crate::codes::row::{COLUMNS, Code, CodeColumns};
use crate::codes::{placed, read};
use crate::pg::args::{self, object};
use crate::pg::clock;
use crate::pg::encoding;
use crate::pg::error::{Error, Result, answer};
use crate::pg::ids;
use crate::pg::json::Json;
use crate::pg::returns::RowSet;
use crate::pg::session::{Session, View};
use crate::pg::statement::reports;
use crate::pg::texts;
use crate::programs::row as programs;
use crate::rules::code;
use crate::rules::code_filter::CodeFilter;
use crate::rules::program::DEFAULT_KEY;

reports! {
    c.* = COLUMNS;
    FIND = "codes/find.sql";
}

/// What the database's capitals of a code that begins so are like: in its normal form or, where that cannot be stored, as
/// it was typed.
fn pattern(prefix: &str) -> String {
    let normal = code::normalize(prefix);
    if encoding::can_hold(&normal) {
        CodeFilter::pattern(&normal)
    } else {
        CodeFilter::pattern(&texts::upper_of(prefix))
    }
}

/// Codes that fit but for their state, which is not all in their rows.
fn find(
    filter: CodeFilter,
    limit: Option<i64>,
    after_uuid: Option<Uuid>,
) -> Result<impl Iterator<Item = Code>> {
    let session = Session::open();
    if let Some(program) = &filter.program {
        programs::named(&session, program, "filter", View::Query)?;
    }
    let after = after_uuid.map(|uuid| read::place_in_list(&session, uuid)).transpose()?;
    let takes_unassigned = filter.program.as_deref() == Some(DEFAULT_KEY);
    let program = filter.program.as_deref().filter(|_| !takes_unassigned);
    let args = [
        filter.prefix.as_deref().map(pattern).into(),
        filter.status().into(),
        filter.created_by_uuid.map(ids::from_standard).into(),
        filter.beneficiary_uuid.map(ids::from_standard).into(),
        filter.metadata.map(Value::Object).into(),
        program.into(),
        takes_unassigned.into(),
        DEFAULT_KEY.into(),
        after.map(|(date_created, _)| date_created).into(),
        after.map(|(_, uuid)| uuid).into(),
        limit.into(),
    ];
    Ok(read::stream(session, &FIND, &args))
}

#[pg_extern(sql = false)]
fn referral_find_codes(
    filter: Option<Json>,
    max_rows: Option<i32>,
    after_uuid: Option<Uuid>,
) -> RowSet<'static, CodeColumns> {
    answer(|| {
        let filter = CodeFilter::read(object(filter, "filter")?)
            .map_err(|rule| Error::out_of_range("filter", rule))?;
        let rows = args::max_rows(max_rows)?;
        let now = clock::statement_start();
        let state = filter.state;
        let limit = args::limit(max_rows)?.filter(|_| state.is_none());
        let found = placed::each(find(filter, limit, after_uuid)?);
        let found = found.filter(move |code| state.is_none_or(|state| code.state(now) == state));
        Ok(RowSet::new(found.take(rows).map(move |code| code.into_columns(now))))
    })
}
