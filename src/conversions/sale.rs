//! A sale that carries a code itself.

use pgrx::datum::Uuid;
use pgrx::prelude::*;

use crate::codes::{membership, read};
use crate::conversions::record::{Leading, Sale, record, unseen_source};
use crate::conversions::row::{Conversion, ConversionColumns};
use crate::events::tell::Events;
use crate::pg::args;
use crate::pg::clock;
use crate::pg::error::{Result, answer};
use crate::pg::returns::RowSet;
use crate::pg::session::{Session, View};
use crate::pg::texts::Text;
use crate::programs::row as programs;
use crate::rules::code::Lookup;
use crate::rules::eligibility::{Referral, Source, Verdict};
use crate::rules::refusal::Refusal;
use crate::rules::settings::{ALLOW_SELF_REFERRAL, EVENTS_ENABLED};
use crate::settings::Settings;

#[pg_extern(sql = false)]
fn referral_attribute_sale(
    code: Option<Text>,
    referee_uuid: Option<Uuid>,
    source_ref: Option<Text>,
    source_type: Option<Text>,
    amount: Option<AnyNumeric>,
    currency: Option<Text>,
) -> RowSet<'static, ConversionColumns> {
    answer(|| {
        let code = args::text(code, "code")?;
        let lookup = read::lookup(&code);
        let sale = Sale::new(referee_uuid, source_ref, source_type, amount, currency)?;
        let attributed = attribute(&Session::open(), lookup.as_ref(), &sale)?;
        Ok(RowSet::new(attributed.map(Conversion::into_columns)))
    })
}

fn attribute(
    session: &Session,
    lookup: Option<&Lookup>,
    sale: &Sale,
) -> Result<Option<Conversion>> {
    let found = lookup.and_then(|lookup| read::by_text(session, lookup, View::Now));
    let repeat = |recorded: Conversion| {
        // The code may have been renamed or deleted since.
        let same = found.as_ref().is_some_and(|code| code.uuid == recorded.code_uuid)
            || lookup.is_some_and(|lookup| lookup.normal == recorded.code.to_uppercase());
        if same { sale.repeats(recorded) } else { Err(Refusal::IdempotencyConflict.into()) }
    };
    if let Some(recorded) = sale.recorded(session) {
        return repeat(recorded).map(Some);
    }
    let Some(code) = &found else { return Ok(None) };
    let (Some(referrer), Some(program)) =
        (code.beneficiary_uuid, membership::program_of(session, code, View::Now))
    else {
        return Ok(None);
    };
    let settings =
        Settings::read(session, &[ALLOW_SELF_REFERRAL.key, EVENTS_ENABLED.key], View::Now);
    let leading = Leading {
        code_uuid: code.uuid,
        code: code.code.clone(),
        referrer,
        owner_type: membership::owner_type_of(session, code.uuid, View::Now),
        program: programs::named(session, &program, "code", View::Now)?,
    };
    let state = code.limits.state(clock::now());
    let referral =
        Referral { source: Source::Sale { code: state }, own: false, program: &leading.program };
    let verdict = sale.judge_locked(session, referral);
    if verdict == Verdict::NotReferred {
        return Ok(None);
    }
    if referrer == sale.referee && !settings.flag(ALLOW_SELF_REFERRAL) {
        return Err(Refusal::SelfReferral.into());
    }
    let events = Events::of(&settings);
    match record(session, sale, &leading, verdict, events) {
        Some(conversion) => Ok(Some(conversion)),
        None => repeat(sale.recorded(session).ok_or_else(unseen_source)?).map(Some),
    }
}
