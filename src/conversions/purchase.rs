//! A purchase, as the payment webhook tells of it: who has referred the buyer is found from their redemptions.

use pgrx::datum::Uuid;
use pgrx::prelude::*;

use crate::codes::membership::DEFAULT_OWNER_TYPE;
use crate::conversions::judge::Leading;
use crate::conversions::record::{complete, record};
use crate::conversions::row::Conversion;
use crate::conversions::told::{Reference, Refunded, Sale, Told, unseen};
use crate::events::tell::Events;
use crate::pg::clock;
use crate::pg::error::{Error, Result, answer, required};
use crate::pg::result::Rows;
use crate::pg::returns::Record;
use crate::pg::session::{Session, View};
use crate::pg::statement::statements;
use crate::pg::texts::Text;
use crate::pg::transaction::MOST_LOOKS;
use crate::programs::budget;
use crate::programs::row as programs;
use crate::rules::eligibility::{Judgement, Source, Verdict};
use crate::rules::money::Money;
use crate::rules::program::DEFAULT_KEY;
use crate::rules::time::{Span, Timestamp};
use crate::settings::Switches;

statements! {
    REDEMPTIONS = "conversions/redemptions.sql";
    REDEEMED_CODE = "conversions/redeemed_code.sql";
    EARLIEST_REDEMPTION = "conversions/earliest_redemption.sql";
    PRUNE = "conversions/prune_purchases.sql";
}

/// rewarded, reason, conversion_uuid, referrer_uuid, referrer_reward, referee_reward, repeated
type PurchaseColumns =
    (bool, &'static str, Option<Uuid>, Option<Uuid>, Option<Money>, Option<Money>, bool);

fn columns(told: &Told, repeated: bool) -> PurchaseColumns {
    let Judgement { verdict, referrer_reward, referee_reward } = told.judgement;
    let is_rewarded = match verdict {
        Verdict::Rewarded => true,
        Verdict::ReferrerLimit => referee_reward.is_positive(),
        _ => false,
    };
    let promised = |reward| verdict.qualifies().then_some(reward);
    (
        is_rewarded,
        verdict.reason(),
        told.conversion,
        told.referrer,
        promised(referrer_reward),
        promised(referee_reward),
        repeated,
    )
}

#[pg_extern(sql = false)]
fn referral_record_purchase_once(
    referee_uuid: Option<Uuid>,
    source_ref: Option<Text>,
    amount: Option<AnyNumeric>,
    currency: Option<Text>,
    source_type: Option<Text>,
    occurred_at: Option<TimestampWithTimeZone>,
    first_purchase: Option<bool>,
) -> Record<PurchaseColumns> {
    answer(|| {
        required(amount.as_ref(), "amount")?;
        let reference = Reference::new(source_ref, source_type)?;
        let sale = Sale::new(referee_uuid, reference, amount, currency, occurred_at)?;
        let sale = Sale { first_purchase, ..sale };
        let session = Session::open();
        for _ in 0..MOST_LOOKS {
            if let Some((told, repeated)) = tell(&session, &sale)? {
                return Ok(Record(columns(&told, repeated)));
            }
        }
        Err(keeps_changing())
    })
}

/// The source is told by others, or refunded, again and again meanwhile.
pub fn keeps_changing() -> Error {
    let message = "the purchase keeps changing while it is recorded";
    Error::keeps_changing("purchase_keeps_changing", message)
}

/// Tells the purchase, or finds it told, and whether it was; None where others have told something of it meanwhile.
fn tell(session: &Session, sale: &Sale) -> Result<Option<(Told, bool)>> {
    let switches = Switches::read(session, View::Now);
    let events = Events::new(switches.events);
    let none = Refunded::default();
    let redemptions = session.write(&REDEMPTIONS, &[sale.referee.into()]);
    // Whoever has never redeemed a code was referred by nobody.
    if redemptions.count() == 0
        && let Some((told, _)) = record(session, sale, None, none, events)?
    {
        return Ok(Some((told, false)));
    }
    budget::enter(session);
    let known = sale.reference.known(session);
    if let Some(told) = known.as_ref().and_then(|known| known.told.as_ref()) {
        sale.must_repeat(told)?;
        let conversion = told.conversion.filter(|_| sale.completes(told));
        let Some(uuid) = conversion else { return Ok(Some((told.clone(), true))) };
        let conversion = Conversion::by_uuid(session, uuid).ok_or_else(unseen)?;
        let completed = complete(session, sale, told, conversion, events)?;
        return Ok(completed.map(|(told, _)| (told, false)));
    }
    let refunded = Refunded::of(known.as_ref());
    let own_code = switches.self_referral_allowed;
    let mut leading = referring(session, sale, own_code, &redemptions)
        .and_then(|redemption| leading(session, redemption));
    let judgement =
        leading.as_mut().map(|leading| leading.judge(session, sale, refunded)).transpose()?;
    let judged = leading.as_ref().zip(judgement);
    Ok(record(session, sale, judged, refunded, events)?.map(|(told, _)| (told, false)))
}

/// A redemption, of a code that has a referrer.
struct Redemption {
    code_uuid: Uuid,
    code: String,
    referrer: Uuid,
    program: String,
    owner_type: Option<String>,
    redeemed_at: Timestamp,
}

/// The redemption by which the buyer was referred, by the moment of the purchase. Most have redeemed once: `found` has
/// the first two of all that they have made.
fn referring(session: &Session, sale: &Sale, own_code: bool, found: &Rows) -> Option<Redemption> {
    if found.count() > 1 {
        let earliest = |open: bool| {
            let args = [
                sale.referee.into(),
                DEFAULT_KEY.into(),
                own_code.into(),
                sale.occurred_at.into(),
                open.into(),
            ];
            session.write(&EARLIEST_REDEMPTION, &args)
        };
        let open = earliest(true);
        let found = if open.count() == 0 { earliest(false) } else { open };
        return found.first().map(|row| Redemption {
            code_uuid: row.need(1),
            code: row.need(2),
            referrer: row.need(3),
            program: row.need(4),
            owner_type: row.get(5),
            redeemed_at: row.need(6),
        });
    }
    let only = found.first()?;
    let (code_uuid, redeemed_at): (Uuid, Timestamp) = (only.need(1), only.need(2));
    let code = session.write(&REDEEMED_CODE, &[code_uuid.into()]);
    let code = code.first().filter(|_| redeemed_at <= sale.occurred_at)?;
    let referrer: Uuid = code.get(2)?;
    (referrer != sale.referee || own_code).then(|| Redemption {
        code_uuid,
        code: code.need(1),
        referrer,
        program: code.get(3).unwrap_or_else(|| DEFAULT_KEY.into()),
        owner_type: code.get(4),
        redeemed_at,
    })
}

/// Who has referred the buyer.
fn leading(session: &Session, redemption: Redemption) -> Option<Leading> {
    // A code may lead to the default program when there is none.
    let program = programs::kept(session, &redemption.program)?;
    let window = program.attribution_window;
    let window_ends = window.map(|window| clock::after(redemption.redeemed_at, window));
    Some(Leading {
        code_uuid: redemption.code_uuid,
        code: redemption.code,
        referrer: redemption.referrer,
        owner_type: redemption.owner_type.unwrap_or_else(|| DEFAULT_OWNER_TYPE.into()),
        program,
        source: Source::Redemption { window_ends },
        own: false,
    })
}

#[pg_extern(sql = false)]
fn referral_prune_purchases(keep: Option<Interval>) -> i64 {
    answer(|| {
        let keep = Span::from(required(keep, "keep")?);
        if !keep.is_usual() {
            let rule = "must be from 0 to 100 years, without a negative part";
            return Err(Error::out_of_range("keep", rule));
        }
        Ok(Session::open().write(&PRUNE, &[keep.into(), clock::now().into()]).count() as i64)
    })
}
