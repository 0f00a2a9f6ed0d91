//! Conversions listed, the newest first.

use pgrx::datum::Uuid;
use pgrx::prelude::*;

use crate::conversions::row::{COLUMNS, Conversion, ConversionColumns};
use crate::pg::args;
use crate::pg::error::{Error, answer, required};
use crate::pg::returns::RowSet;
use crate::pg::session::Session;
use crate::pg::statement::statements;
use crate::pg::texts::Text;
use crate::rules::conversion::Status;
use crate::rules::time::Timestamp;

statements! {
    v.* = COLUMNS;
    OF_REFERRER = "conversions/of_referrer.sql";
    RECENT = "conversions/recent.sql";
}

#[pg_extern(sql = false)]
fn referral_list_for_referrer(
    referrer_uuid: Option<Uuid>,
    status: Option<Text>,
    max_rows: Option<i32>,
    before: Option<TimestampWithTimeZone>,
) -> RowSet<'static, ConversionColumns> {
    answer(|| {
        let referrer = required(referrer_uuid, "referrer_uuid")?;
        let unknown =
            || Error::out_of_range("status", "must be converted, approved, rejected or reversed");
        let status = args::optional_text(status, "status")?;
        let status = status.map(|name| Status::parse(&name).ok_or_else(unknown)).transpose()?;
        let before = before.map_or(Timestamp(i64::MAX), Timestamp::from);
        let args = [
            referrer.into(),
            status.map(Status::name).into(),
            before.into(),
            args::limit(max_rows)?.into(),
        ];
        let found = Session::open().stream(&OF_REFERRER, &args, Conversion::read);
        Ok(RowSet::new(found.map(Conversion::into_columns)))
    })
}

#[pg_extern(sql = false)]
fn referral_recent_conversions(max_rows: Option<i32>) -> RowSet<'static, ConversionColumns> {
    answer(|| {
        let args = [args::limit(max_rows)?.into()];
        let found = Session::open().stream(&RECENT, &args, Conversion::read);
        Ok(RowSet::new(found.map(Conversion::into_columns)))
    })
}
