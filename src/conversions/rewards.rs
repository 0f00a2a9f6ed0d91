//! Rewards: the ledger. A grant is a positive row, a reversal a negative one that names its grant; no row
//! is ever changed.

use pgrx::datum::Uuid;
use serde_json::{Value, json};

use crate::conversions::row::Conversion;
use crate::conversions::told::{Known, Reference};
use crate::events::tell::Events;
use crate::pg::clock;
use crate::pg::ids;
use crate::pg::result::Row;
use crate::pg::session::Session;
use crate::pg::statement::statements;
use crate::programs::budget;
use crate::programs::row::StoredProgram;
use crate::rules::eligibility::Verdict;
use crate::rules::event::EventType;
use crate::rules::money::Money;
use crate::rules::program::Program;
use crate::rules::reward::taken_back;
use crate::rules::time::Timestamp;

statements! {
    INSERT = "conversions/insert_reward.sql";
    INSERT_GRANTS = "conversions/insert_grants.sql";
    GRANTS_LEFT = "conversions/grants_left.sql";
}

const REFERRER: &str = "referrer";
const REFEREE: &str = "referee";

/// A row of referral_rewards on its way in.
struct Entry<'a> {
    side: &'a str,
    user: Uuid,
    amount: Money,
    currency: &'a str,
    available_at: Timestamp,
    reverses: Option<Uuid>,
    reason: Option<&'a str>,
}

impl Entry<'_> {
    fn write(&self, session: &Session, conversion: &Conversion, events: Events) {
        let uuid = ids::new_uuid();
        let args = [
            uuid.into(),
            conversion.uuid.into(),
            conversion.program.as_str().into(),
            self.side.into(),
            self.user.into(),
            self.amount.into(),
            self.currency.into(),
            clock::now().into(),
            self.available_at.into(),
            self.reverses.into(),
            self.reason.into(),
        ];
        session.write(&INSERT, &args);
        self.tell(session, uuid, conversion, events);
    }

    fn tell(&self, session: &Session, uuid: Uuid, conversion: &Conversion, events: Events) {
        let kind = match self.reverses {
            None => EventType::RewardGranted,
            Some(_) => EventType::RewardReversed,
        };
        events.tell(session, kind, || self.payload(uuid, conversion));
    }

    fn payload(&self, uuid: Uuid, conversion: &Conversion) -> Value {
        json!({
            "reward_uuid": uuid.to_string(),
            "conversion_uuid": conversion.uuid.to_string(),
            "program": conversion.program,
            "side": self.side,
            "user_uuid": self.user.to_string(),
            "amount": self.amount.to_string(),
            "currency": self.currency,
            "reverses_uuid": self.reverses.map(|uuid| uuid.to_string()),
        })
    }
}

/// Writes the grants of both sides in one statement: what each statement over the ledger costs, its guard among it, is
/// as much as a row does.
fn write_both(
    session: &Session,
    conversion: &Conversion,
    [referrer, referee]: [&Entry; 2],
    events: Events,
) {
    let uuids = [ids::new_uuid(), ids::new_uuid()];
    let args = [
        uuids[0].into(),
        conversion.uuid.into(),
        conversion.program.as_str().into(),
        referrer.user.into(),
        referrer.amount.into(),
        referrer.currency.into(),
        clock::now().into(),
        referrer.available_at.into(),
        uuids[1].into(),
        referee.user.into(),
        referee.amount.into(),
    ];
    session.write(&INSERT_GRANTS, &args);
    referrer.tell(session, uuids[0], conversion, events);
    referee.tell(session, uuids[1], conversion, events);
}

/// Grants both sides what the conversion has promised them; a side without a reward gets no row. The program's row is
/// locked where it has a budget.
pub fn grant(session: &Session, conversion: &Conversion, program: &Program, events: Events) {
    let hold_period = conversion.hold_period.unwrap_or(program.hold_period);
    // From the statement's start, by which balances are told: a reward without a hold is available to
    // whoever asks in the same call or block.
    let available_at = clock::after(clock::statement_start(), hold_period);
    let entry = |side, user, amount| {
        let currency = conversion.reward_currency.as_str();
        Entry { side, user, amount, currency, available_at, reverses: None, reason: None }
    };
    let referrer = entry(REFERRER, conversion.referrer_uuid, conversion.referrer_reward);
    let referee = entry(REFEREE, conversion.referee_uuid, conversion.referee_reward);
    if referrer.amount.is_positive() && referee.amount.is_positive() {
        write_both(session, conversion, [&referrer, &referee], events);
    } else if referrer.amount.is_positive() {
        referrer.write(session, conversion, events);
    } else if referee.amount.is_positive() {
        referee.write(session, conversion, events);
    }
    if program.limits.budget.is_some() {
        let granted = conversion.referrer_reward + conversion.referee_reward;
        budget::spend(session, &conversion.program, &conversion.reward_currency, granted);
    }
}

/// What a conversion that a review has approved is to be granted: less what was refunded meanwhile, if the budget has as
/// much left; else nothing, and the reason says so. The source's row is locked.
pub fn judge_reviewed(
    session: &Session,
    conversion: &mut Conversion,
    source: Option<&Known>,
    stored: &StoredProgram,
) {
    let told = source.and_then(|known| known.told.as_ref().map(|told| (told, known.refunded)));
    let told = told.filter(|(told, all)| *all > told.refunded_before);
    // Without an amount a refund is no share of it yet.
    if let Some((told, refunded)) = told
        && let Some(amount) = told.judged_amount()
    {
        let since = refunded - told.refunded_before;
        let left = |reward| reward - taken_back(reward, amount, since, conversion.reward_scale);
        let left = (left(conversion.referrer_reward), left(conversion.referee_reward));
        (conversion.referrer_reward, conversion.referee_reward) = left;
        Reference::of(conversion).judge_less(session);
    }
    let granted = stored.rewards_granted + conversion.referrer_reward + conversion.referee_reward;
    if stored.program.limits.budget.is_some_and(|budget| granted > budget) {
        conversion.reason = Verdict::BudgetSpent.reason().into();
        return;
    }
    conversion.reason = Verdict::Rewarded.reason().into();
    conversion.granted_at = Some(clock::now());
}

/// A grant, and what is left of it.
struct Grant {
    uuid: Uuid,
    side: String,
    user: Uuid,
    currency: String,
    available_at: Timestamp,
    left: Money,
}

impl Grant {
    fn read(row: Row) -> Self {
        Grant {
            uuid: row.need(1),
            side: row.need(2),
            user: row.need(3),
            currency: row.need(4),
            available_at: row.need(5),
            left: row.need(6),
        }
    }
}

/// What was taken back from both sides, and what is left of both.
#[derive(Clone, Copy, Default)]
pub struct Taken {
    pub referrer: Money,
    pub referee: Money,
    pub left: Money,
}

/// The most that is taken back from one side.
#[derive(Clone, Copy)]
pub enum Most {
    All,
    Each(Money),
    Sides { referrer: Money, referee: Money },
}

/// Takes back from each side what is left of its grant, or at most so much of it. The conversion's row is locked, and
/// the program's where it has a budget.
pub fn take_back(
    session: &Session,
    conversion: &Conversion,
    most: Most,
    reason: &str,
    events: Events,
) -> Taken {
    let rows = session.write(&GRANTS_LEFT, &[conversion.uuid.into()]);
    let grants: Vec<Grant> = rows.iter().map(Grant::read).collect();
    let mut all = Taken::default();
    for grant in &grants {
        let is_referrers = grant.side == REFERRER;
        let most = match most {
            Most::All => grant.left,
            Most::Each(amount) => amount,
            Most::Sides { referrer, .. } if is_referrers => referrer,
            Most::Sides { referee, .. } => referee,
        };
        let taken = most.min(grant.left);
        if taken.is_positive() {
            let entry = Entry {
                side: &grant.side,
                user: grant.user,
                amount: -taken,
                currency: &grant.currency,
                available_at: grant.available_at,
                reverses: Some(grant.uuid),
                reason: Some(reason),
            };
            entry.write(session, conversion, events);
        }
        let of_side = if is_referrers { &mut all.referrer } else { &mut all.referee };
        *of_side = *of_side + taken;
        all.left = all.left + (grant.left - taken);
    }
    let taken = -(all.referrer + all.referee);
    budget::spend(session, &conversion.program, &conversion.reward_currency, taken);
    all
}
