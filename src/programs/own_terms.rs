//! What one owner's codes give instead of what their program does.

use pgrx::datum::Uuid;
use pgrx::prelude::*;

use crate::pg::args::{self, object};
use crate::pg::clock;
use crate::pg::error::{Error, Result, answer, first, required};
use crate::pg::json::Json;
use crate::pg::result::Row;
use crate::pg::returns::Record;
use crate::pg::session::{Session, View};
use crate::pg::statement::{columns, statements};
use crate::pg::tables::TERMS;
use crate::pg::texts::Text;
use crate::programs::row::named;
use crate::rules::money::Money;
use crate::rules::reward::{OwnRate, OwnTerms};

columns! {
    o: owner_uuid, program, owner_type, referrer_reward, referee_reward, referrer_percent, referee_percent,
    max_referrer_reward, max_referee_reward
}

statements! {
    o.* = COLUMNS;
    OWN_TERMS = "programs/own_terms.sql";
    SET_TERMS = "programs/set_terms.sql";
}

statements! {
    CLEAR_TERMS = "programs/clear_terms.sql";
}

/// The columns of referral_terms, without updated_at.
type TermsColumns = (
    Uuid,
    String,
    String,
    Option<Money>,
    Option<Money>,
    Option<Money>,
    Option<Money>,
    Option<Money>,
    Option<Money>,
);

/// Those of an owner; the program's, where none were set.
pub fn of(session: &Session, owner: Uuid, program: &str, owner_type: &str, view: View) -> OwnTerms {
    if !session.may_have_rows(TERMS) {
        return OwnTerms::default();
    }
    let args = [owner.into(), program.into(), owner_type.into()];
    view.run(session, &OWN_TERMS, &args).first().map_or(OwnTerms::default(), |row| OwnTerms {
        referrer: OwnRate {
            fixed: row.get(at::referrer_reward),
            percent: row.get(at::referrer_percent),
            most: row.get(at::max_referrer_reward),
        },
        referee: OwnRate {
            fixed: row.get(at::referee_reward),
            percent: row.get(at::referee_percent),
            most: row.get(at::max_referee_reward),
        },
    })
}

fn columns(row: Row) -> TermsColumns {
    (
        row.need(at::owner_uuid),
        row.need(at::program),
        row.need(at::owner_type),
        row.get(at::referrer_reward),
        row.get(at::referee_reward),
        row.get(at::referrer_percent),
        row.get(at::referee_percent),
        row.get(at::max_referrer_reward),
        row.get(at::max_referee_reward),
    )
}

#[pg_extern(sql = false)]
fn referral_set_terms(
    owner_uuid: Option<Uuid>,
    program: Option<Text>,
    terms: Option<Json>,
    owner_type: Option<Text>,
) -> Record<TermsColumns> {
    answer(|| {
        let owner = required(owner_uuid, "owner_uuid")?;
        let program = &*args::text(program, "program")?;
        let owner_type = args::owner_type(owner_type)?;
        let (OwnTerms { referrer, referee }, errors) = OwnTerms::read(&object(terms, "terms")?);
        first(errors)?;
        let session = Session::open();
        named(&session, program, "program", View::Now)?;
        let args = [
            owner.into(),
            program.into(),
            owner_type.as_str().into(),
            referrer.fixed.into(),
            referee.fixed.into(),
            referrer.percent.into(),
            referee.percent.into(),
            referrer.most.into(),
            referee.most.into(),
            clock::now().into(),
        ];
        let set = session.write(&SET_TERMS, &args).first().map(columns);
        set.map(Record).ok_or_else(|| Error::row_not_updated("owner's terms"))
    })
}

#[pg_extern(sql = false)]
fn referral_clear_terms(
    owner_uuid: Option<Uuid>,
    program: Option<Text>,
    owner_type: Option<Text>,
) -> bool {
    answer(|| -> Result<bool> {
        let owner = required(owner_uuid, "owner_uuid")?;
        let program = &*args::text(program, "program")?;
        let owner_type = args::owner_type(owner_type)?;
        let args = [owner.into(), program.into(), owner_type.as_str().into()];
        Ok(Session::open().write(&CLEAR_TERMS, &args).count() > 0)
    })
}
