//! Payouts listed, the newest first.

use pgrx::datum::Uuid;
use pgrx::prelude::*;

use crate::payouts::row::{COLUMNS, Payout, PayoutColumns};
use crate::pg::args;
use crate::pg::error::{Error, answer};
use crate::pg::ids;
use crate::pg::json::Json;
use crate::pg::returns::RowSet;
use crate::pg::session::Session;
use crate::pg::statement::{reports, statements};
use crate::rules::payout::{Filter, Status};

statements! {
    p.* = COLUMNS;
    BY_UUID = "payouts/by_uuid.sql";
}

reports! {
    p.* = COLUMNS;
    LIST = "payouts/list.sql";
}

#[pg_extern(sql = false)]
fn referral_list_payouts(
    filter: Option<Json>,
    max_rows: Option<i32>,
    after_uuid: Option<Uuid>,
) -> RowSet<'static, PayoutColumns> {
    answer(|| {
        let filter = Filter::read(&args::object(filter, "filter")?);
        let filter = filter.map_err(|rule| Error::out_of_range("filter", rule))?;
        let limit = args::limit(max_rows)?;
        let session = Session::open();
        let unknown = || Error::out_of_range("after_uuid", "names no payout");
        let created_at = |uuid: Uuid| {
            let after = session.read(&BY_UUID, &[uuid.into()]).first().map(Payout::read);
            after.map(|payout| payout.created_at).ok_or_else(unknown)
        };
        let after = after_uuid.map(created_at).transpose()?;
        let args = [
            filter.user_uuid.map(ids::from_standard).into(),
            filter.status.map(Status::name).into(),
            filter.currency.into(),
            filter.batch_ref.into(),
            filter.payout_ref.into(),
            after.into(),
            after_uuid.into(),
            limit.into(),
        ];
        let found = session.report(&LIST, &args, limit, Payout::read);
        Ok(RowSet::new(found.map(Payout::into_columns)))
    })
}
