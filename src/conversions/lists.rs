//! Conversions looked up, and listed, the newest first.

use pgrx::datum::Uuid;
use pgrx::prelude::*;
use serde_json::json;

use crate::conversions::review;
use crate::conversions::row::{COLUMNS, Conversion, ConversionColumns};
use crate::pg::args;
use crate::pg::error::{Error, Result, answer, required};
use crate::pg::ids;
use crate::pg::json::Json;
use crate::pg::returns::RowSet;
use crate::pg::session::Session;
use crate::pg::statement::{reports, statements};
use crate::pg::texts::Text;
use crate::rules::conversion::{STATUS_RULE, Status};
use crate::rules::conversion_filter::Filter;
use crate::rules::time::Timestamp;

statements! {
    v.* = COLUMNS;
    BY_UUID = "conversions/by_uuid.sql";
    BY_SOURCE = "conversions/by_source.sql";
    RECENT = "conversions/recent.sql";
}

reports! {
    v.* = COLUMNS;
    LIST = "conversions/list.sql";
}

fn by_uuid(session: &Session, uuid: Uuid) -> Option<Conversion> {
    session.read(&BY_UUID, &[uuid.into()]).first().map(Conversion::read)
}

/// A page of those that a filter lets through, from the newest on or from the one after the last of the page before.
fn list(
    filter: &Filter,
    max_rows: Option<i32>,
    after_uuid: Option<Uuid>,
) -> Result<RowSet<'static, ConversionColumns>> {
    let rows = args::max_rows(max_rows)?;
    let session = Session::open();
    let after = after_uuid.map(|uuid| {
        let after = by_uuid(&session, uuid);
        after.ok_or_else(|| Error::out_of_range("after_uuid", "names no conversion"))
    });
    let beginning = || (Timestamp(i64::MAX), ids::from_standard(uuid::Uuid::max()));
    let (time, uuid) =
        after.transpose()?.map_or_else(beginning, |after| (after.converted_at, after.uuid));
    let approver = filter.approver;
    // Whose turn it is in a chain, the chain itself has to tell: there is no knowing how many must be read.
    let limit = if approver.is_none() { args::limit(max_rows)? } else { None };
    let args = [
        filter.program.as_deref().into(),
        filter.status.map(Status::name).into(),
        filter.reason.as_deref().into(),
        filter.waiting.into(),
        approver.map(|approver| json!([{ "approvers": [approver] }])).into(),
        filter.referrer.map(ids::from_standard).into(),
        filter.referee.map(ids::from_standard).into(),
        time.into(),
        uuid.into(),
        limit.into(),
    ];
    let found = session.report(&LIST, &args, limit, Conversion::read);
    let awaited = move |conversion: &Conversion| {
        approver.is_none_or(|approver| review::awaits(conversion, approver))
    };
    Ok(RowSet::new(found.filter(awaited).take(rows).map(Conversion::into_columns)))
}

#[pg_extern(sql = false)]
fn referral_get_conversion(conversion_uuid: Option<Uuid>) -> RowSet<'static, ConversionColumns> {
    answer(|| {
        let uuid = required(conversion_uuid, "conversion_uuid")?;
        Ok(RowSet::new(by_uuid(&Session::open(), uuid).map(Conversion::into_columns)))
    })
}

#[pg_extern(sql = false)]
fn referral_conversion_of(
    source_ref: Option<Text>,
    source_type: Option<Text>,
) -> RowSet<'static, ConversionColumns> {
    answer(|| {
        let source_ref = args::text(source_ref, "source_ref")?;
        let source_type = args::text(source_type, "source_type")?.trim().to_lowercase();
        let args = [source_type.as_str().into(), source_ref.as_ref().into()];
        let found = Session::open().read(&BY_SOURCE, &args).first().map(Conversion::read);
        Ok(RowSet::new(found.map(Conversion::into_columns)))
    })
}

#[pg_extern(sql = false)]
fn referral_list_conversions(
    filter: Option<Json>,
    max_rows: Option<i32>,
    after_uuid: Option<Uuid>,
) -> RowSet<'static, ConversionColumns> {
    answer(|| {
        let filter = Filter::read(&args::object(filter, "filter")?);
        let filter = filter.map_err(|fault| Error::out_of_range("filter", fault))?;
        list(&filter, max_rows, after_uuid)
    })
}

#[pg_extern(sql = false)]
fn referral_list_for_referrer_after(
    referrer_uuid: Option<Uuid>,
    status: Option<Text>,
    max_rows: Option<i32>,
    after_uuid: Option<Uuid>,
) -> RowSet<'static, ConversionColumns> {
    answer(|| {
        let referrer = required(referrer_uuid, "referrer_uuid")?;
        let status = args::optional_text(status, "status")?;
        let unknown = || Error::out_of_range("status", STATUS_RULE);
        let filter = Filter {
            referrer: Some(ids::to_standard(referrer)),
            status: status.map(|name| Status::parse(&name).ok_or_else(unknown)).transpose()?,
            ..Filter::default()
        };
        list(&filter, max_rows, after_uuid)
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
