//! A purchase, as the payment webhook tells of it: who has referred the buyer is found from their redemptions.

use pgrx::datum::Uuid;
use pgrx::prelude::*;

use crate::codes::membership::DEFAULT_OWNER_TYPE;
use crate::conversions::record::{Leading, Sale, record, unseen_source};
use crate::conversions::row::Conversion;
use crate::events::tell::Events;
use crate::pg::clock;
use crate::pg::error::{Result, answer, required};
use crate::pg::returns::Record;
use crate::pg::session::{Session, View};
use crate::pg::statement::statements;
use crate::pg::texts::Text;
use crate::programs::row as programs;
use crate::rules::eligibility::{Referral, Source, Verdict};
use crate::rules::money::Money;
use crate::rules::program::DEFAULT_KEY;
use crate::rules::settings::{ALLOW_SELF_REFERRAL, EVENTS_ENABLED};
use crate::rules::time::Timestamp;
use crate::settings::Settings;

statements! {
    EARLIEST_REDEMPTION = "conversions/earliest_redemption.sql";
}

/// rewarded, reason, conversion_uuid, referrer_uuid, referrer_reward, referee_reward
type PurchaseColumns =
    (bool, &'static str, Option<Uuid>, Option<Uuid>, Option<Money>, Option<Money>);

/// The word for a purchase that was recorded before.
const DUPLICATE: &str = "duplicate";

fn columns(reason: &'static str, conversion: &Conversion) -> PurchaseColumns {
    (
        reason == Verdict::Rewarded.reason(),
        reason,
        Some(conversion.uuid),
        Some(conversion.referrer_uuid),
        Some(conversion.referrer_reward),
        Some(conversion.referee_reward),
    )
}

#[pg_extern(sql = false)]
fn referral_record_purchase(
    referee_uuid: Option<Uuid>,
    source_ref: Option<Text>,
    amount: Option<AnyNumeric>,
    currency: Option<Text>,
    source_type: Option<Text>,
) -> Record<PurchaseColumns> {
    answer(|| {
        required(amount.as_ref(), "amount")?;
        required(currency, "currency")?;
        let sale = Sale::new(referee_uuid, source_ref, source_type, amount, currency)?;
        record_purchase(&Session::open(), &sale).map(Record)
    })
}

fn record_purchase(session: &Session, sale: &Sale) -> Result<PurchaseColumns> {
    let repeat = |recorded| Ok(columns(DUPLICATE, &sale.repeats(recorded)?));
    let unrewarded = |verdict: Verdict, referrer: Option<Uuid>| {
        Ok((false, verdict.reason(), None, referrer, None, None))
    };
    if let Some(recorded) = sale.recorded(session) {
        return repeat(recorded);
    }
    let settings =
        Settings::read(session, &[ALLOW_SELF_REFERRAL.key, EVENTS_ENABLED.key], View::Now);
    let own_code = settings.flag(ALLOW_SELF_REFERRAL);
    let args = [sale.referee.into(), DEFAULT_KEY.into(), own_code.into()];
    let redemption = session.write(&EARLIEST_REDEMPTION, &args);
    let Some(redemption) = redemption.first() else {
        return unrewarded(Verdict::NotReferred, None);
    };
    let program: String = redemption.need(4);
    let leading = Leading {
        code_uuid: redemption.need(1),
        code: redemption.need(2),
        referrer: redemption.need(3),
        owner_type: redemption.get(5).unwrap_or_else(|| DEFAULT_OWNER_TYPE.into()),
        program: programs::named(session, &program, "program", View::Now)?,
    };
    let redeemed_at: Timestamp = redemption.need(6);
    let window = leading.program.attribution_window;
    let referral = Referral {
        source: Source::Redemption {
            window_ends: window.map(|window| clock::after(redeemed_at, window)),
        },
        own: leading.referrer == sale.referee && !own_code,
        program: &leading.program,
    };
    let verdict = sale.judge_locked(session, referral);
    if let Some(recorded) = sale.recorded(session) {
        // Another session was delivered the same webhook, and has committed while this one waited.
        return repeat(recorded);
    }
    if !verdict.qualifies() {
        let referrer = (verdict != Verdict::NotReferred).then_some(leading.referrer);
        return unrewarded(verdict, referrer);
    }
    match record(session, sale, &leading, verdict, Events::of(&settings)) {
        Some(conversion) => Ok(columns(verdict.reason(), &conversion)),
        None => repeat(sale.recorded(session).ok_or_else(unseen_source)?),
    }
}
