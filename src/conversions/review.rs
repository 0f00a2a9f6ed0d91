//! Review: conversions approved, rejected or taken back, by one person or by a chain of approvals.

use pgrx::datum::Uuid;
use pgrx::prelude::*;

use crate::conversions::decisions::Entry;
use crate::conversions::refund;
use crate::conversions::rewards::{self, Most, Taken};
use crate::conversions::row::{Conversion, ConversionColumns};
use crate::conversions::told::{Known, Reference};
use crate::events::tell::Events;
use crate::pg::args;
use crate::pg::clock;
use crate::pg::error::{Error, Result, answer, required};
use crate::pg::ids;
use crate::pg::json::Json;
use crate::pg::returns::Record;
use crate::pg::session::Session;
use crate::pg::tables::CONVERSIONS;
use crate::pg::texts::Text;
use crate::pg::values;
use crate::programs::budget;
use crate::programs::row::newest;
use crate::rules::approval::{Chain, Decision, Outcome, Undecided};
use crate::rules::conversion::{Action, Deed, Status};
use crate::rules::eligibility::Verdict;
use crate::rules::money::Money;
use crate::rules::refusal::Refusal;
use crate::rules::time::Timestamp;

/// A conversion under review, its row locked until the transaction ends.
struct Review {
    session: Session,
    conversion: Conversion,
    /// What is known of the sale.
    source: Option<Known>,
    /// What was taken back from both sides.
    taken: Taken,
    events: Events,
}

/// The chain of approvals that was asked for.
fn chain_of(conversion: &Conversion) -> Result<Option<Chain>> {
    let stored = conversion.approvals.clone();
    let read = |json| {
        serde_json::from_value(json).map_err(|error| {
            let rule = format!("is no chain of approvals: {error}");
            Error::stored("22023", CONVERSIONS, "approvals", &rule)
        })
    };
    stored.map(read).transpose()
}

/// Those whose conversion it is: they decide nothing about it.
fn parties(conversion: &Conversion) -> [uuid::Uuid; 2] {
    [conversion.referrer_uuid, conversion.referee_uuid].map(ids::to_standard)
}

/// Whether a step of the conversion's chain waits for somebody. What is no chain waits for nobody.
pub fn awaits(conversion: &Conversion, approver: uuid::Uuid) -> bool {
    let chain = chain_of(conversion).ok().flatten();
    chain.is_some_and(|chain| chain.awaits(approver)) && !parties(conversion).contains(&approver)
}

impl Review {
    fn open(conversion_uuid: Option<Uuid>) -> Result<Self> {
        let uuid = required(conversion_uuid, "conversion_uuid")?;
        let session = Session::open();
        // Before the conversion its program, where it has a budget to be spent or refilled, and its source.
        budget::enter(&session);
        let mut source = None;
        if let Some(conversion) = Conversion::by_uuid(&session, uuid) {
            budget::lock_if_any(&session, &conversion.program);
            source = Reference::of(&conversion).lock(&session);
        }
        let conversion = Conversion::lock(&session, uuid)
            .ok_or_else(|| Error::out_of_range("conversion_uuid", "names no conversion"))?;
        let events = Events::read(&session);
        let taken = Taken::default();
        Ok(Review { session, conversion, source, taken, events })
    }

    /// The same, by somebody who is to decide; `argument` names them.
    fn by(conversion_uuid: Option<Uuid>, person: Uuid, argument: &str) -> Result<Self> {
        let review = Review::open(conversion_uuid)?;
        if !parties(&review.conversion).contains(&ids::to_standard(person)) {
            return Ok(review);
        }
        let message = format!(
            "argument \"{argument}\" names the conversion's referrer or referee, who may not decide on it"
        );
        Err(Error::new("42501", "own_conversion", message)
            .with_hint("Somebody else has to decide."))
    }

    /// Writes the conversion as it is by now.
    fn write(&self) -> Result<Conversion> {
        self.conversion.store(&self.session)
    }

    /// Adds to the history.
    fn note(&self, entry: Entry, at: Timestamp) {
        entry.write(&self.session, self.conversion.uuid, at);
    }

    /// Moves the conversion to where a decision or a reversal takes it, and tells and notes it.
    fn conclude(&mut self, status: Status, entry: Entry) -> Result<Conversion> {
        let now = clock::now();
        let former = self.conversion.clone();
        self.conversion.status = status;
        self.conversion.decided_at = Some(now);
        self.conversion.decided_by = entry.by;
        self.conversion.decision_reason = entry.reason.map(str::to_owned);
        self.settle(entry.reason);
        // A reviewer's decision stays theirs: that it was reversed later the history tells.
        if status == Status::Reversed && former.decided_at.is_some() {
            self.conversion.decided_at = former.decided_at;
            self.conversion.decided_by = former.decided_by;
            self.conversion.decision_reason = former.decision_reason;
        }
        self.note(entry, now);
        self.write()
    }

    /// Does to rewards what the status leads to, and tells of it: an approval grants what waited for it, a rejection
    /// or a reversal takes back what was granted.
    fn settle(&mut self, reason: Option<&str>) {
        let status = self.conversion.status;
        let waits = self.conversion.reason == Verdict::PendingReview.reason();
        let grants = status == Status::Approved && waits;
        let (session, events) = (&self.session, self.events);
        let stored = if grants { newest(session, &self.conversion.program) } else { None };
        if let Some(stored) = &stored {
            let source = self.source.as_ref();
            rewards::judge_reviewed(session, &mut self.conversion, source, stored);
        }
        self.conversion.tell(session, events);
        if let Some(stored) = stored.filter(|_| self.conversion.granted_at.is_some()) {
            rewards::grant(session, &self.conversion, &stored.program, events);
        }
        if matches!(status, Status::Rejected | Status::Reversed) {
            let reason = reason.unwrap_or(status.name());
            self.taken = rewards::take_back(session, &self.conversion, Most::All, reason, events);
        }
    }
}

fn columns(conversion: Conversion) -> Record<ConversionColumns> {
    Record(conversion.into_columns())
}

#[pg_extern(sql = false)]
fn referral_approve(
    conversion_uuid: Option<Uuid>,
    decided_by: Option<Uuid>,
    reason: Option<Text>,
) -> Record<ConversionColumns> {
    decide_alone(conversion_uuid, decided_by, reason, Action::Approve, Deed::Approved)
}

#[pg_extern(sql = false)]
fn referral_reject(
    conversion_uuid: Option<Uuid>,
    decided_by: Option<Uuid>,
    reason: Option<Text>,
) -> Record<ConversionColumns> {
    decide_alone(conversion_uuid, decided_by, reason, Action::Reject, Deed::Rejected)
}

/// One person's decision, where no chain was asked for.
fn decide_alone(
    conversion_uuid: Option<Uuid>,
    decided_by: Option<Uuid>,
    reason: Option<Text>,
    action: Action,
    deed: Deed,
) -> Record<ConversionColumns> {
    answer(|| {
        let decided_by = required(decided_by, "decided_by")?;
        let reason = args::optional_text(reason, "reason")?;
        let mut review = Review::by(conversion_uuid, decided_by, "decided_by")?;
        let status = next(&review, action)?;
        if review.conversion.approvals.is_some() {
            return Err(Refusal::ApprovalByChain.into());
        }
        let (by, reason) = (Some(decided_by), reason.as_deref());
        review.conclude(status, Entry { deed, by, step: None, amount: None, reason }).map(columns)
    })
}

/// The status after an action, which has one of its own.
fn next(review: &Review, action: Action) -> Result<Status> {
    let from = review.conversion.status;
    Ok(from.after(action)?.unwrap_or(from))
}

#[pg_extern(sql = false)]
fn referral_reverse_once(
    conversion_uuid: Option<Uuid>,
    reason: Option<Text>,
    amount: Option<AnyNumeric>,
    reference: Option<Text>,
) -> Record<ConversionColumns> {
    answer(|| {
        let reason = &*args::text(reason, "reason")?;
        let amount = amount.map(|amount| values::amount(amount, "amount")).transpose()?;
        if amount.is_some_and(|amount| !amount.is_positive()) {
            return Err(Error::out_of_range("amount", "must be greater than 0"));
        }
        let name = reference
            .map(|name| args::reference(Some(name), "reference", refund::REF_CHARS))
            .transpose()?;
        let mut review = Review::open(conversion_uuid)?;
        let Some(name) = name else { return reverse(&mut review, reason, amount).map(columns) };
        // Under the name of a refund it is that refund: the source's row is locked.
        let source = Reference::of(&review.conversion);
        if refund::find(&review.session, &source, &name).count() > 0 {
            return Ok(columns(review.conversion));
        }
        let reversed = reverse(&mut review, reason, amount)?;
        let outcome = refund::Outcome {
            conversion: Some(reversed.uuid),
            status: Some(reversed.status.name().to_owned()),
            taken: review.taken,
        };
        let source = Reference::of(&reversed);
        outcome.write(&review.session, &source, &name, None, Some(reason));
        Ok(columns(reversed))
    })
}

/// Takes rewards back: all that is left, or so much from each side.
fn reverse(review: &mut Review, reason: &str, amount: Option<Money>) -> Result<Conversion> {
    let status = next(review, Action::Reverse)?;
    let entry = |deed| Entry { deed, by: None, step: None, amount, reason: Some(reason) };
    let Some(part) = amount else {
        return review.conclude(status, entry(Deed::Reversed));
    };
    next(review, Action::ReversePart)?;
    let Review { session, conversion, events, .. } = &*review;
    if conversion.granted_at.is_none() {
        return Err(Error::out_of_range("amount", "must be left out: nothing has been granted")
            .with_hint("Without an amount the conversion is reversed whole."));
    }
    let taken = rewards::take_back(session, conversion, Most::Each(part), reason, *events);
    let reversed = if taken.left.is_positive() {
        review.note(entry(Deed::ReversedPart), clock::now());
        review.write()
    } else {
        review.conclude(status, entry(Deed::Reversed))
    };
    review.taken = taken;
    reversed
}

#[pg_extern(sql = false)]
fn referral_require_approvals(
    conversion_uuid: Option<Uuid>,
    steps: Option<Json>,
) -> Record<ConversionColumns> {
    answer(|| {
        let steps = required(steps, "steps")?.read("steps")?;
        let chain: Chain = serde_json::from_value(steps)
            .map_err(|error| Error::out_of_range("steps", format!("is invalid: {error}")))?;
        let mut review = Review::open(conversion_uuid)?;
        if let Some(fault) = chain.fault(&parties(&review.conversion)) {
            return Err(Error::out_of_range("steps", fault));
        }
        next(&review, Action::RequireApprovals)?;
        if review.conversion.granted_at.is_some() {
            return Err(Refusal::ApprovalsTooLate.into());
        }
        if chain_of(&review.conversion)?.is_some_and(|chain| chain.is_begun()) {
            return Err(Refusal::ApprovalsBegun.into());
        }
        review.conversion.approvals = Some(to_json(&chain)?);
        let deed = Deed::ApprovalsRequired;
        let entry = Entry { deed, by: None, step: None, amount: None, reason: None };
        review.note(entry, clock::now());
        review.write().map(columns)
    })
}

fn to_json(chain: &Chain) -> Result<serde_json::Value> {
    serde_json::to_value(chain).map_err(|error| Error::internal(error.to_string()))
}

#[pg_extern(sql = false)]
fn referral_decide(
    conversion_uuid: Option<Uuid>,
    approver_uuid: Option<Uuid>,
    approve: Option<bool>,
    reason: Option<Text>,
) -> Record<ConversionColumns> {
    answer(|| {
        let approver = required(approver_uuid, "approver_uuid")?;
        let approve = required(approve, "approve")?;
        let reason = args::optional_text(reason, "reason")?;
        let reason = reason.as_deref();
        let mut review = Review::by(conversion_uuid, approver, "approver_uuid")?;
        next(&review, Action::Decide)?;
        let mut chain = chain_of(&review.conversion)?.ok_or(Refusal::NoApprovals)?;
        let now = clock::now();
        let (step, outcome) = chain.decide(Decision {
            approver: ids::to_standard(approver),
            approve,
            reason: reason.map(str::to_owned),
            decided_at: clock::text(now),
        })?;
        review.conversion.approvals = Some(to_json(&chain)?);
        let deed = if approve { Deed::StepApproved } else { Deed::StepRejected };
        let said = Entry { deed, by: Some(approver), step: Some(&step), amount: None, reason };
        review.note(said, now);
        let concluded = |deed| Entry { deed, step: None, ..said };
        let decided = match outcome {
            Outcome::Open => review.write(),
            Outcome::Approved => review.conclude(Status::Approved, concluded(Deed::Approved)),
            Outcome::Rejected => review.conclude(Status::Rejected, concluded(Deed::Rejected)),
        };
        decided.map(columns)
    })
}

impl From<Undecided> for Error {
    fn from(why: Undecided) -> Self {
        match why {
            Undecided::NotAnApprover { step } => {
                let message = format!(
                    "argument \"approver_uuid\" is not among the approvers of step \"{step}\""
                );
                Error::new("42501", "not_an_approver", message)
                    .with_hint("Steps are decided in their order, each by its own approvers.")
            }
            Undecided::AlreadyDecided => Refusal::DecidedInStep.into(),
            // Such a conversion is approved or rejected, unless its row was written by hand.
            Undecided::Over => {
                Error::stored("22023", CONVERSIONS, "approvals", "leaves nothing to decide")
            }
        }
    }
}
