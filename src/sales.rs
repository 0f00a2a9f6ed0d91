//! Sales: what a webhook, or a checkout with a code, tells of, and the conversion that comes of it.

use pgrx::datum::Uuid;
use pgrx::prelude::*;

use crate::codes;
use crate::conversions::{Conversion, ConversionColumns};
use crate::events::Events;
use crate::memberships::{DEFAULT_OWNER_TYPE, owner_type_of, program_of};
use crate::pg::clock;
use crate::pg::error::{Error, Result, answer, required};
use crate::pg::ids;
use crate::pg::rows::{Record, RowSet};
use crate::pg::session::{Session, View, statements};
use crate::pg::values;
use crate::programs;
use crate::referees;
use crate::rewards;
use crate::rules::code::Lookup;
use crate::rules::eligibility::{Purchase, Referral, Source, Verdict};
use crate::rules::money::Money;
use crate::rules::program::{DEFAULT_KEY, Program, is_currency};
use crate::rules::refusal::Refusal;
use crate::rules::settings::{ALLOW_SELF_REFERRAL, EVENTS_ENABLED};
use crate::rules::time::Timestamp;
use crate::settings::Settings;

statements! {
    INSERT = "conversions/insert.sql";
    BY_SOURCE = "conversions/by_source.sql";
    PURCHASED_BEFORE = "conversions/purchased_before.sql";
    EARLIEST_REDEMPTION = "conversions/earliest_redemption.sql";
}

/// The longest name of a source, and of its type.
const SOURCE_CHARS: usize = 255;

/// A sale, as the caller tells of it.
struct Sale<'a> {
    referee: Uuid,
    source_type: &'a str,
    source_ref: &'a str,
    amount: Option<Money>,
    currency: Option<String>,
}

impl<'a> Sale<'a> {
    fn new(
        referee: Option<Uuid>,
        source_ref: Option<&'a str>,
        source_type: Option<&'a str>,
        amount: Option<AnyNumeric>,
        currency: Option<&str>,
    ) -> Result<Self> {
        Ok(Sale {
            referee: required(referee, "referee_uuid")?,
            source_ref: source(source_ref, "source_ref")?,
            source_type: source(source_type, "source_type")?,
            amount: amount.map(|amount| values::amount(amount, "amount")).transpose()?,
            currency: currency.map(self::currency).transpose()?,
        })
    }

    fn recorded(&self, session: &Session) -> Option<Conversion> {
        let args = [self.source_type.into(), self.source_ref.into()];
        session.write(&BY_SOURCE, &args).first().map(Conversion::read)
    }

    /// A repeat gives what was recorded; the same source with other contents is no repeat.
    fn repeats(&self, recorded: Conversion) -> Result<Conversion> {
        let differs = self.referee != recorded.referee_uuid
            || self.amount.zip(recorded.amount).is_some_and(|(now, then)| now != then)
            || self.currency.as_ref().zip(recorded.currency.as_ref()).is_some_and(|(a, b)| a != b);
        if differs { Err(Refusal::IdempotencyConflict.into()) } else { Ok(recorded) }
    }

    fn judge(&self, referral: Referral, purchased_before: bool) -> Verdict {
        let purchase = Purchase {
            referral: Some(referral),
            amount: self.amount,
            currency: self.currency.as_deref(),
            purchased_before,
        };
        purchase.judge(clock::now())
    }

    /// Judges under the referee's lock where it matters whether there was a purchase before: of two first
    /// purchases at the same moment one is the first.
    fn judge_locked(&self, session: &Session, referral: Referral) -> Verdict {
        let verdict = self.judge(referral, false);
        if !verdict.qualifies() {
            return verdict;
        }
        let program = referral.program.key.as_str();
        referees::lock(session, program, self.referee);
        let rewarded = vec![Verdict::Rewarded.reason(), Verdict::PendingReview.reason()];
        let args = [self.referee.into(), program.into(), rewarded.into()];
        let purchased_before = session.write(&PURCHASED_BEFORE, &args).count() > 0;
        self.judge(referral, purchased_before)
    }
}

/// The name of a source, or of its type.
fn source<'a>(text: Option<&'a str>, argument: &str) -> Result<&'a str> {
    let text = required(text, argument)?;
    if text.trim().is_empty() || text.chars().nth(SOURCE_CHARS).is_some() {
        return Err(Error::out_of_range(argument, "must be 1 to 255 characters"));
    }
    Ok(text)
}

fn currency(text: &str) -> Result<String> {
    let currency = text.trim().to_uppercase();
    if is_currency(&currency) {
        Ok(currency)
    } else {
        Err(Error::out_of_range("currency", "must be 3 to 10 letters or digits"))
    }
}

/// A code that leads to somebody.
struct Leading {
    code_uuid: Uuid,
    code: String,
    referrer: Uuid,
    owner_type: String,
    program: Program,
}

/// Writes the conversion down, and grants its rewards where nobody has to review them; None where the
/// source was recorded by another session a moment ago.
fn record(
    session: &Session,
    sale: &Sale,
    leading: &Leading,
    verdict: Verdict,
    events: Events,
) -> Option<Conversion> {
    let now = clock::now();
    let program = &leading.program;
    let promised = |reward| if verdict.qualifies() { reward } else { Money::ZERO };
    let args = [
        ids::new_uuid().into(),
        program.key.as_str().into(),
        leading.code_uuid.into(),
        leading.code.as_str().into(),
        leading.referrer.into(),
        leading.owner_type.as_str().into(),
        sale.referee.into(),
        sale.source_type.into(),
        sale.source_ref.into(),
        sale.amount.into(),
        sale.currency.as_deref().into(),
        verdict.reason().into(),
        promised(program.referrer_reward).into(),
        promised(program.referee_reward).into(),
        program.currency.as_str().into(),
        now.into(),
        (verdict == Verdict::Rewarded).then_some(now).into(),
    ];
    let conversion = session.write(&INSERT, &args).first().map(Conversion::read)?;
    conversion.tell(session, events);
    if verdict == Verdict::Rewarded {
        rewards::grant(session, &conversion, program.hold_period, events);
    }
    Some(conversion)
}

/// The source was taken when the conversion was to be written, and yet cannot be seen.
fn unseen_source() -> Error {
    Error::new(
        "42501",
        "conversion_not_visible",
        "the source was recorded by a row that cannot be read",
    )
    .with_hint("Row-level security hides rows of referral_conversions from the caller.")
}

#[pg_extern(sql = false)]
fn referral_attribute_sale(
    code: Option<&str>,
    referee_uuid: Option<Uuid>,
    source_ref: Option<&str>,
    source_type: Option<&str>,
    amount: Option<AnyNumeric>,
    currency: Option<&str>,
) -> RowSet<'static, ConversionColumns> {
    answer(|| {
        let lookup = Lookup::new(required(code, "code")?);
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
    let found = lookup.and_then(|lookup| codes::by_text(session, lookup, View::Now));
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
        (code.beneficiary_uuid, program_of(session, code, View::Now))
    else {
        return Ok(None);
    };
    let settings =
        Settings::read(session, &[ALLOW_SELF_REFERRAL.key, EVENTS_ENABLED.key], View::Now);
    let leading = Leading {
        code_uuid: code.uuid,
        code: code.code.clone(),
        referrer,
        owner_type: owner_type_of(session, code.uuid, View::Now),
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

/// rewarded, reason, conversion_uuid, referrer_uuid, referrer_reward, referee_reward
type PurchaseColumns =
    (bool, &'static str, Option<Uuid>, Option<Uuid>, Option<Money>, Option<Money>);

/// The word for a purchase that was recorded before.
const DUPLICATE: &str = "duplicate";

fn told(reason: &'static str, conversion: &Conversion) -> PurchaseColumns {
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
    source_ref: Option<&str>,
    amount: Option<AnyNumeric>,
    currency: Option<&str>,
    source_type: Option<&str>,
) -> Record<PurchaseColumns> {
    answer(|| {
        required(amount.as_ref(), "amount")?;
        required(currency, "currency")?;
        let sale = Sale::new(referee_uuid, source_ref, source_type, amount, currency)?;
        record_purchase(&Session::open(), &sale).map(Record)
    })
}

fn record_purchase(session: &Session, sale: &Sale) -> Result<PurchaseColumns> {
    let repeat = |recorded| Ok(told(DUPLICATE, &sale.repeats(recorded)?));
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
        Some(conversion) => Ok(told(verdict.reason(), &conversion)),
        None => repeat(sale.recorded(session).ok_or_else(unseen_source)?),
    }
}
