//! Review: conversions approved, rejected or taken back, by one person or by a chain of approvals.

use pgrx::datum::Uuid;
use pgrx::prelude::*;

use crate::conversions::rewards;
use crate::conversions::row::{COLUMNS, Conversion, ConversionColumns};
use crate::events::tell::Events;
use crate::pg::args;
use crate::pg::clock;
use crate::pg::error::{Error, Result, answer, required};
use crate::pg::ids;
use crate::pg::json::Json;
use crate::pg::returns::Record;
use crate::pg::session::{Session, View};
use crate::pg::statement::statements;
use crate::pg::tables::CONVERSIONS;
use crate::pg::texts::Text;
use crate::pg::values;
use crate::programs::row as programs;
use crate::rules::approval::{Chain, Decision, NotAnApprover, Outcome};
use crate::rules::conversion::{Action, Status};
use crate::rules::eligibility::Verdict;
use crate::rules::refusal::Refusal;

statements! {
    v.* = COLUMNS;
    BY_UUID_LOCKED = "conversions/by_uuid_locked.sql";
    UPDATE = "conversions/update.sql";
}

/// A conversion under review, its row locked until the transaction ends.
struct Review {
    session: Session,
    conversion: Conversion,
    events: Events,
}

impl Review {
    fn open(conversion_uuid: Option<Uuid>) -> Result<Self> {
        let uuid = required(conversion_uuid, "conversion_uuid")?;
        let session = Session::open();
        let found = session
            .lock_rows(CONVERSIONS, &BY_UUID_LOCKED, &[uuid.into()])
            .first()
            .map(Conversion::read);
        let conversion =
            found.ok_or_else(|| Error::out_of_range("conversion_uuid", "names no conversion"))?;
        let events = Events::read(&session);
        Ok(Review { session, conversion, events })
    }

    fn chain(&self) -> Result<Option<Chain>> {
        let stored = self.conversion.approvals.clone();
        let read = |json| {
            serde_json::from_value(json).map_err(|error| {
                let rule = format!("is no chain of approvals: {error}");
                Error::stored("22023", CONVERSIONS, "approvals", &rule)
            })
        };
        stored.map(read).transpose()
    }

    /// Writes the conversion as it is by now, and tells what has become of it.
    fn write(mut self) -> Result<Conversion> {
        let conversion = &self.conversion;
        let args = [
            conversion.uuid.into(),
            conversion.status.name().into(),
            conversion.reason.as_str().into(),
            conversion.granted_at.into(),
            conversion.decided_at.into(),
            conversion.decided_by.into(),
            conversion.decision_reason.as_deref().into(),
            conversion.approvals.clone().into(),
        ];
        let written = self.session.write(&UPDATE, &args).first().map(Conversion::read);
        self.conversion = written.ok_or_else(|| Error::row_not_updated("conversion"))?;
        Ok(self.conversion)
    }

    /// Moves the conversion to where a decision takes it. What the status leads to is done with it:
    /// an approval grants what waited for it, a rejection takes back what was granted without it.
    fn decide(
        mut self,
        status: Status,
        decided_by: Option<Uuid>,
        reason: Option<&str>,
    ) -> Result<Conversion> {
        let now = clock::now();
        self.conversion.status = status;
        self.conversion.decided_at = Some(now);
        self.conversion.decided_by = decided_by;
        self.conversion.decision_reason = reason.map(str::to_owned);
        let waits = self.conversion.reason == Verdict::PendingReview.reason();
        let grants = status == Status::Approved && waits;
        if grants {
            self.conversion.reason = Verdict::Rewarded.reason().into();
            self.conversion.granted_at = Some(now);
        }
        self.conversion.tell(&self.session, self.events);
        let (session, events) = (&self.session, self.events);
        if grants {
            let program = programs::named(session, &self.conversion.program, "program", View::Now)?;
            rewards::grant(session, &self.conversion, program.hold_period, events);
        }
        if matches!(status, Status::Rejected | Status::Reversed) {
            let reason = reason.unwrap_or(status.name());
            rewards::take_back(session, &self.conversion, None, reason, events);
        }
        self.write()
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
    answer(|| {
        let decided_by = required(decided_by, "decided_by")?;
        let reason = args::optional_text(reason, "reason")?;
        let review = Review::open(conversion_uuid)?;
        let status = next(&review, Action::Approve)?;
        if review.conversion.approvals.is_some() {
            return Err(Refusal::ApprovalByChain.into());
        }
        review.decide(status, Some(decided_by), reason.as_deref()).map(columns)
    })
}

#[pg_extern(sql = false)]
fn referral_reject(
    conversion_uuid: Option<Uuid>,
    decided_by: Option<Uuid>,
    reason: Option<Text>,
) -> Record<ConversionColumns> {
    answer(|| {
        let decided_by = required(decided_by, "decided_by")?;
        let reason = args::optional_text(reason, "reason")?;
        let review = Review::open(conversion_uuid)?;
        let status = next(&review, Action::Reject)?;
        review.decide(status, Some(decided_by), reason.as_deref()).map(columns)
    })
}

/// The status after an action, which has one of its own.
fn next(review: &Review, action: Action) -> Result<Status> {
    let from = review.conversion.status;
    Ok(from.after(action)?.unwrap_or(from))
}

#[pg_extern(sql = false)]
fn referral_reverse(
    conversion_uuid: Option<Uuid>,
    reason: Option<Text>,
    amount: Option<AnyNumeric>,
) -> Record<ConversionColumns> {
    answer(|| {
        let reason = &*args::text(reason, "reason")?;
        let amount = amount.map(|amount| values::amount(amount, "amount")).transpose()?;
        if amount.is_some_and(|amount| !amount.is_positive()) {
            return Err(Error::out_of_range("amount", "must be greater than 0"));
        }
        let review = Review::open(conversion_uuid)?;
        let status = next(&review, Action::Reverse)?;
        let Some(amount) = amount else {
            return review.decide(status, None, Some(reason)).map(columns);
        };
        next(&review, Action::ReversePart)?;
        let Review { session, conversion, events } = &review;
        if conversion.granted_at.is_none() {
            return Err(Error::out_of_range(
                "amount",
                "must be left out: nothing has been granted",
            )
            .with_hint("Without an amount the conversion is reversed whole."));
        }
        let left = rewards::take_back(session, conversion, Some(amount), reason, *events);
        if left.is_positive() {
            return review.write().map(columns);
        }
        review.decide(status, None, Some(reason)).map(columns)
    })
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
        if let Some(fault) = chain.fault() {
            return Err(Error::out_of_range("steps", fault));
        }
        let mut review = Review::open(conversion_uuid)?;
        next(&review, Action::RequireApprovals)?;
        if review.chain()?.is_some_and(|chain| chain.is_begun()) {
            return Err(Refusal::ApprovalsBegun.into());
        }
        review.conversion.approvals = Some(to_json(&chain)?);
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
        let mut review = Review::open(conversion_uuid)?;
        next(&review, Action::Decide)?;
        let mut chain = review.chain()?.ok_or(Refusal::NoApprovals)?;
        let outcome = chain.decide(Decision {
            approver: ids::to_standard(approver),
            approve,
            reason: reason.map(str::to_owned),
            decided_at: clock::text(clock::now()),
        });
        let outcome = outcome.map_err(|NotAnApprover { step }| {
            let message =
                format!("argument \"approver_uuid\" is not among the approvers of step \"{step}\"");
            Error::new("42501", "not_an_approver", message)
                .with_hint("Steps are decided in their order, each by its own approvers.")
        })?;
        review.conversion.approvals = Some(to_json(&chain)?);
        let decided = match outcome {
            Outcome::Repeated => Ok(review.conversion),
            Outcome::Open => review.write(),
            Outcome::Approved => review.decide(Status::Approved, Some(approver), reason),
            Outcome::Rejected => review.decide(Status::Rejected, Some(approver), reason),
        };
        decided.map(columns)
    })
}
