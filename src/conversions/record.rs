//! A sale as it is told, judged, and written down: what is known of its source, and where it is one that a program
//! rewards a conversion.
//!
//! Locks, behind the code's: the referee, the program where a limit is shared or tiers are to be counted, the source, the
//! conversion.

use pgrx::datum::Uuid;

use crate::conversions::judge::Leading;
use crate::conversions::rewards::{self, Most};
use crate::conversions::row::{COLUMNS, Conversion};
use crate::conversions::told::{Reference, Refunded, Sale, Told};
use crate::events::tell::Events;
use crate::pg::clock;
use crate::pg::error::{Error, Result};
use crate::pg::ids;
use crate::pg::session::Session;
use crate::pg::statement::statements;
use crate::programs::row as programs;
use crate::programs::{budget, referees};
use crate::rules::conversion::Status;
use crate::rules::eligibility::{Judgement, Source, Verdict};
use crate::rules::refusal::Refusal;
use crate::rules::reward::taken_back;
use crate::rules::state::State;

statements! {
    v.* = COLUMNS;
    COMPLETE = "conversions/complete.sql";
    FILL_IN = "conversions/fill_in.sql";
}

/// Writes down what was told of the sale and, where the verdict asks for one, its conversion, and grants its rewards
/// where nobody has to review them. None where the source is known by now.
pub fn record(
    session: &Session,
    sale: &Sale,
    leading: Option<(&Leading, Judgement)>,
    refunded: Refunded,
    events: Events,
) -> Result<Option<(Told, Option<Conversion>)>> {
    let judgement = leading.map_or(Judgement::refusal(Verdict::NotReferred), |(_, judged)| judged);
    let leading = leading.map(|(leading, _)| leading);
    // A sale that carries a code is attributed, rewarded or not.
    let converts = sale.code.is_some() || judgement.verdict.qualifies();
    let conversion = leading.filter(|_| converts).map(|_| ids::new_uuid());
    let of_program = |leading: &Leading| leading.program.currency.clone();
    let currency =
        sale.currency.clone().or_else(|| leading.filter(|_| sale.amount.is_some()).map(of_program));
    let told = Told {
        referee: sale.referee,
        amount: sale.amount,
        currency,
        occurred_at: sale.occurred_at,
        code: sale.code.clone(),
        program: leading.map(|leading| leading.program.key.clone()),
        judgement,
        conversion,
        referrer: leading
            .filter(|_| judgement.verdict != Verdict::NotReferred)
            .map(|leading| leading.referrer),
        refunded_before: refunded.of_amount(sale.amount),
        is_forgotten: false,
    };
    if refunded.amount.is_positive() || refunded.everything {
        let known = sale.reference.lock(session);
        let Some(known) = known.filter(|known| known.told.is_none()) else { return Ok(None) };
        if known.refunded != refunded.amount || known.is_refunded != refunded.everything {
            return Ok(None);
        }
        sale.reference.complete(session, &told, told.refunded_before)?;
    } else if !sale.reference.tell(session, &told) {
        return Ok(None);
    }
    let conversion = match (leading, conversion) {
        (Some(leading), Some(uuid)) => Some(convert(session, sale, leading, uuid, &told, events)?),
        _ => None,
    };
    Ok(Some((told, conversion)))
}

fn convert(
    session: &Session,
    sale: &Sale,
    leading: &Leading,
    uuid: Uuid,
    told: &Told,
    events: Events,
) -> Result<Conversion> {
    let Judgement { verdict, referrer_reward, referee_reward } = told.judgement;
    let program = &leading.program;
    let conversion = Conversion {
        uuid,
        program: program.key.clone(),
        code_uuid: leading.code_uuid,
        code: leading.code.clone(),
        referrer_uuid: leading.referrer,
        owner_type: leading.owner_type.clone(),
        referee_uuid: sale.referee,
        source_type: sale.reference.source_type.clone(),
        source_ref: sale.reference.source_ref.as_ref().into(),
        amount: told.amount,
        currency: told.currency.clone(),
        status: Status::Converted,
        reason: verdict.reason().into(),
        referrer_reward,
        referee_reward,
        reward_currency: program.currency.clone(),
        converted_at: sale.occurred_at,
        granted_at: verdict.grants().then(clock::now),
        decided_at: None,
        decided_by: None,
        decision_reason: None,
        approvals: None,
        hold_period: Some(program.hold_period),
        reward_scale: program.rewards.scale,
    };
    if !conversion.insert(session) {
        // A conversion of a release that told no sources, whose type was written in another case.
        return Err(Refusal::IdempotencyConflict.into());
    }
    conversion.tell(session, events);
    if verdict.grants() {
        rewards::grant(session, &conversion, program, events);
    }
    Ok(conversion)
}

/// Judges a sale of which something was missing, now that it is told.
pub fn complete(
    session: &Session,
    sale: &Sale,
    told: &Told,
    conversion: Conversion,
    events: Events,
) -> Result<Option<(Told, Conversion)>> {
    // What it may give back goes to the program's budget.
    referees::lock(session, &conversion.program, conversion.referee_uuid);
    budget::lock_if_any(session, &conversion.program);
    let program = programs::kept(session, &conversion.program);
    let program = program.ok_or_else(|| programs::unknown("program"))?;
    let mut leading = Leading {
        code_uuid: conversion.code_uuid,
        code: conversion.code.clone(),
        referrer: conversion.referrer_uuid,
        owner_type: conversion.owner_type.clone(),
        program,
        source: Source::Sale { code: State::Active },
        own: false,
    };
    let sale = Sale {
        reference: Reference {
            source_type: sale.reference.source_type.clone(),
            source_ref: sale.reference.source_ref.clone(),
        },
        currency: sale.currency.clone().or_else(|| told.currency.clone()),
        occurred_at: told.occurred_at,
        code: told.code.clone(),
        ..*sale
    };
    let refunded = Refunded::of(sale.reference.known(session).as_ref());
    let judgement = leading.judge(session, &sale, refunded)?;
    let Some(known) = sale.reference.lock(session) else { return Ok(None) };
    let is_same = known.refunded == refunded.amount
        && known.is_refunded == refunded.everything
        && known.told.as_ref().is_some_and(|told| told.amount.is_none());
    let locked = Conversion::lock(session, conversion.uuid);
    let Some(conversion) = locked.filter(|_| is_same) else { return Ok(None) };
    let is_judged =
        conversion.status.stands() && conversion.granted_at.is_none() && sale.amount.is_some();
    let program = &leading.program;
    let told = Told {
        amount: sale.amount,
        currency: sale.currency.clone().or_else(|| sale.amount.map(|_| program.currency.clone())),
        ..told.clone()
    };
    if !is_judged {
        return fill_in(session, &sale, told, &conversion, refunded, events).map(Some);
    }
    // Whoever has approved it before it was known what it comes to has approved it.
    let judgement = match judgement.verdict {
        Verdict::PendingReview if conversion.status == Status::Approved => {
            Judgement { verdict: Verdict::Rewarded, ..judgement }
        }
        _ => judgement,
    };
    let refunded_before = refunded.of_amount(sale.amount);
    let told = Told { judgement, refunded_before, ..told };
    sale.reference.complete(session, &told, refunded_before)?;
    let grants = judgement.verdict.grants();
    let args = [
        conversion.uuid.into(),
        told.amount.into(),
        told.currency.as_deref().into(),
        judgement.verdict.reason().into(),
        judgement.referrer_reward.into(),
        judgement.referee_reward.into(),
        program.currency.as_str().into(),
        grants.then(clock::now).into(),
        program.hold_period.into(),
        program.rewards.scale.into(),
    ];
    let written = session.write(&COMPLETE, &args).first().map(Conversion::read);
    let conversion = written.ok_or_else(|| Error::row_not_updated("conversion"))?;
    if grants {
        rewards::grant(session, &conversion, program, events);
    }
    Ok(Some((told, conversion)))
}

/// The same of a sale that was rewarded or decided on without it: it stays so, less the share of what was refunded while
/// there was nothing to have a share of.
fn fill_in(
    session: &Session,
    sale: &Sale,
    told: Told,
    conversion: &Conversion,
    refunded: Refunded,
    events: Events,
) -> Result<(Told, Conversion)> {
    let all_refunded = refunded.of_amount(told.amount);
    sale.reference.complete(session, &told, all_refunded)?;
    let args = [conversion.uuid.into(), told.amount.into(), told.currency.as_deref().into()];
    let written = session.write(&FILL_IN, &args).first().map(Conversion::read);
    let conversion = written.ok_or_else(|| Error::row_not_updated("conversion"))?;
    if let Some(amount) = told.judged_amount().filter(|amount| amount.is_positive()) {
        let share = |reward| {
            let since = all_refunded - told.refunded_before;
            taken_back(reward, amount, since, conversion.reward_scale)
        };
        let most = Most::Sides {
            referrer: share(conversion.referrer_reward),
            referee: share(conversion.referee_reward),
        };
        rewards::take_back(session, &conversion, most, "refund", events);
    }
    let is_all = told.amount == Some(all_refunded) && all_refunded.is_positive();
    if is_all && conversion.status.stands() {
        let conversion = conversion.reverse(session, "refund", events)?;
        return Ok((told, conversion));
    }
    Ok((told, conversion))
}
