//! A sale as it is told, judged, and written down as a conversion.

use std::borrow::Cow;

use pgrx::datum::Uuid;
use pgrx::prelude::*;

use crate::conversions::rewards;
use crate::conversions::row::{COLUMNS, Conversion};
use crate::events::tell::Events;
use crate::pg::args;
use crate::pg::clock;
use crate::pg::error::{Error, Result, required};
use crate::pg::ids;
use crate::pg::session::Session;
use crate::pg::statement::statements;
use crate::pg::texts::Text;
use crate::pg::values;
use crate::programs::referees;
use crate::rules::eligibility::{Purchase, Referral, Verdict};
use crate::rules::money::Money;
use crate::rules::program::{CURRENCY_RULE, Program, is_currency};
use crate::rules::refusal::Refusal;

statements! {
    v.* = COLUMNS;
    INSERT = "conversions/insert.sql";
    BY_SOURCE = "conversions/by_source.sql";
}

statements! {
    PURCHASED_BEFORE = "conversions/purchased_before.sql";
}

/// The longest name of a source, and of its type.
const SOURCE_CHARS: usize = 255;

/// A sale, as the caller tells of it.
pub struct Sale<'a> {
    pub referee: Uuid,
    pub source_type: Cow<'a, str>,
    pub source_ref: Cow<'a, str>,
    pub amount: Option<Money>,
    pub currency: Option<String>,
}

impl<'a> Sale<'a> {
    pub fn new(
        referee: Option<Uuid>,
        source_ref: Option<Text<'a>>,
        source_type: Option<Text<'a>>,
        amount: Option<AnyNumeric>,
        currency: Option<Text>,
    ) -> Result<Self> {
        Ok(Sale {
            referee: required(referee, "referee_uuid")?,
            source_ref: source(source_ref, "source_ref")?,
            source_type: source(source_type, "source_type")?,
            amount: amount.map(|amount| values::amount(amount, "amount")).transpose()?,
            currency: currency.map(self::currency).transpose()?,
        })
    }

    pub fn recorded(&self, session: &Session) -> Option<Conversion> {
        let args = [self.source_type.as_ref().into(), self.source_ref.as_ref().into()];
        session.write(&BY_SOURCE, &args).first().map(Conversion::read)
    }

    /// A repeat gives what was recorded; the same source with other contents is no repeat.
    pub fn repeats(&self, recorded: Conversion) -> Result<Conversion> {
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
    pub fn judge_locked(&self, session: &Session, referral: Referral) -> Verdict {
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
fn source<'a>(text: Option<Text<'a>>, argument: &str) -> Result<Cow<'a, str>> {
    let text = args::text(text, argument)?;
    if text.trim().is_empty() || text.chars().nth(SOURCE_CHARS).is_some() {
        return Err(Error::out_of_range(argument, "must be 1 to 255 characters"));
    }
    Ok(text)
}

fn currency(text: Text) -> Result<String> {
    let currency = text.read("currency")?.trim().to_uppercase();
    if is_currency(&currency) {
        Ok(currency)
    } else {
        Err(Error::out_of_range("currency", CURRENCY_RULE))
    }
}

/// A code that leads to somebody.
pub struct Leading {
    pub code_uuid: Uuid,
    pub code: String,
    pub referrer: Uuid,
    pub owner_type: String,
    pub program: Program,
}

/// Writes the conversion down, and grants its rewards where nobody has to review them; None where the
/// source was recorded by another session a moment ago.
pub fn record(
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
        sale.source_type.as_ref().into(),
        sale.source_ref.as_ref().into(),
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
pub fn unseen_source() -> Error {
    Error::new(
        "42501",
        "conversion_not_visible",
        "the source was recorded by a row that cannot be read",
    )
    .with_hint("Row-level security hides rows of referral_conversions from the caller.")
}
