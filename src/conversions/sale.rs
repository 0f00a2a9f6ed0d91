//! A sale that carries a code itself.

use pgrx::datum::Uuid;
use pgrx::prelude::*;

use crate::codes::row::Code;
use crate::codes::{membership, read};
use crate::conversions::judge::Leading;
use crate::conversions::purchase::keeps_changing;
use crate::conversions::record::{complete, record};
use crate::conversions::row::{Conversion, ConversionColumns};
use crate::conversions::told::{Reference, Refunded, Sale, Told, unseen};
use crate::events::tell::Events;
use crate::pg::args;
use crate::pg::clock;
use crate::pg::error::{Result, answer};
use crate::pg::returns::RowSet;
use crate::pg::session::{Session, View};
use crate::pg::texts::Text;
use crate::pg::transaction::MOST_LOOKS;
use crate::programs::budget;
use crate::programs::row as programs;
use crate::rules::code::Lookup;
use crate::rules::eligibility::{Source, Verdict};
use crate::rules::refusal::Refusal;
use crate::settings::Switches;

#[pg_extern(sql = false)]
fn referral_attribute_sale_once(
    code: Option<Text>,
    referee_uuid: Option<Uuid>,
    source_ref: Option<Text>,
    source_type: Option<Text>,
    amount: Option<AnyNumeric>,
    currency: Option<Text>,
    occurred_at: Option<TimestampWithTimeZone>,
) -> RowSet<'static, ConversionColumns> {
    answer(|| {
        let code = args::text(code, "code")?;
        let lookup = read::lookup(&code);
        let reference = Reference::new(source_ref, source_type)?;
        let sale = Sale::new(referee_uuid, reference, amount, currency, occurred_at)?;
        let sale = Sale { code: lookup.as_ref().map(|lookup| lookup.normal.clone()), ..sale };
        let session = Session::open();
        for _ in 0..MOST_LOOKS {
            if let Some(attributed) = attribute(&session, lookup.as_ref(), &sale)? {
                return Ok(RowSet::new(attributed.map(Conversion::into_columns)));
            }
        }
        Err(keeps_changing())
    })
}

/// The conversion that the sale comes to, if its code leads to somebody; None where others have told something of it
/// meanwhile.
fn attribute(
    session: &Session,
    lookup: Option<&Lookup>,
    sale: &Sale,
) -> Result<Option<Option<Conversion>>> {
    let switches = Switches::read(session, View::Now);
    let events = Events::new(switches.events);
    let found = lookup.and_then(|lookup| read::by_text(session, lookup, View::Now));
    budget::enter(session);
    let known = sale.reference.known(session);
    if let Some(told) = known.as_ref().and_then(|known| known.told.as_ref()) {
        return repeat(session, sale, told, found.as_ref(), events);
    }
    let Some(mut leading) = leading(session, found)? else { return Ok(Some(None)) };
    let refunded = Refunded::of(known.as_ref());
    let judgement = leading.judge(session, sale, refunded)?;
    if judgement.verdict == Verdict::NotReferred {
        return Ok(Some(None));
    }
    if leading.referrer == sale.referee && !switches.self_referral_allowed {
        return Err(Refusal::SelfReferral.into());
    }
    let recorded = record(session, sale, Some((&leading, judgement)), refunded, events)?;
    Ok(recorded.map(|(_, conversion)| conversion))
}

fn repeat(
    session: &Session,
    sale: &Sale,
    told: &Told,
    found: Option<&Code>,
    events: Events,
) -> Result<Option<Option<Conversion>>> {
    sale.must_repeat(told)?;
    let Some(uuid) = told.conversion else { return Ok(Some(None)) };
    let conversion = Conversion::by_uuid(session, uuid).ok_or_else(unseen)?;
    // The code may have been renamed or deleted since. Who told it as a purchase has named none.
    let is_same = told.code.is_none()
        || told.code == sale.code
        || found.is_some_and(|code| code.uuid == conversion.code_uuid);
    if !is_same {
        return Err(Refusal::IdempotencyConflict.into());
    }
    if !sale.completes(told) {
        return Ok(Some(Some(conversion)));
    }
    let completed = complete(session, sale, told, conversion, events)?;
    Ok(completed.map(|(_, conversion)| Some(conversion)))
}

/// Who is behind a code, if anybody.
fn leading(session: &Session, code: Option<Code>) -> Result<Option<Leading>> {
    let Some(code) = code else { return Ok(None) };
    let (Some(referrer), Some(program)) =
        (code.beneficiary_uuid, membership::program_of(session, &code, View::Now))
    else {
        return Ok(None);
    };
    Ok(Some(Leading {
        code_uuid: code.uuid,
        source: Source::Sale { code: code.limits.state(clock::now()) },
        referrer,
        owner_type: membership::owner_type_of(session, code.uuid, View::Now),
        program: programs::kept(session, &program).ok_or_else(|| programs::unknown("code"))?,
        code: code.code,
        own: false,
    }))
}
