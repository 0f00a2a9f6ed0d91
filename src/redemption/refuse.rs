//! Why a redemption is refused: judged by the rules, over all that is found by then.

use pgrx::datum::Uuid;

use crate::codes::row::Code;
use crate::codes::{membership, stripes};
use crate::pg::session::{Session, View};
use crate::programs::admission;
use crate::redemption::held::{self, Hold};
use crate::rules::judge::{Counted, Judge};
use crate::rules::redemption::Redemption;
use crate::rules::refusal::Refusal;
use crate::settings::Switches;
use crate::usage::{self, Use};

/// Why not, with what was found on the way.
pub struct Refused {
    pub refusal: Refusal,
    pub code: Option<Code>,
    /// The user's earlier use, where that is the reason.
    pub earlier: Option<Use>,
}

impl Refused {
    pub fn of(code: Option<Code>, refusal: Refusal, earlier: Option<Use>) -> Self {
        // What is found of a switched-off system is no business of the caller's.
        let code = code.filter(|_| refusal != Refusal::SystemDisabled);
        Refused { refusal, code, earlier: earlier.filter(|_| refusal == Refusal::AlreadyUsed) }
    }

    /// What the counter of a code says that is full, where stripes may have leased of it.
    pub fn counter_beside_leases(&self, session: &Session) -> Option<i32> {
        let code = self.code.as_ref().filter(|_| self.refusal == Refusal::UsageLimitReached)?;
        stripes::are_of(session, code.uuid).then_some(code.limits.number_of_uses)
    }
}

/// A code that may be used, and the user's hold of it, if there is one.
pub struct Free {
    pub code: Code,
    pub hold: Option<Hold>,
}

/// What a refused claim finds when it looks for the reason.
pub struct Diagnosis {
    refusal: Option<Refusal>,
    code: Option<Code>,
    hold: Option<Hold>,
    earlier: Option<Use>,
}

/// Judges a redemption by a function, as `view` has things. Without a user only what is true for all users is
/// judged.
pub fn diagnose(
    session: &Session,
    code: Option<Code>,
    user: Option<Uuid>,
    view: View,
) -> Diagnosis {
    let switches = Switches::read(session, view);
    let trial =
        Trial { judge: Judge::Everything, counted: Counted::Nowhere, user, written: None, view };
    trial.of(session, switches, code)
}

/// How a redemption is judged.
#[derive(Clone, Copy)]
pub struct Trial {
    pub judge: Judge,
    pub counted: Counted,
    pub user: Option<Uuid>,
    /// The row of the use in question, where it is in the table already.
    pub written: Option<Uuid>,
    pub view: View,
}

impl Trial {
    pub fn of(self, session: &Session, switches: Switches, code: Option<Code>) -> Diagnosis {
        let Trial { judge, counted, user, written, view } = self;
        let now = view.moment();
        // Beside a row that is written the unique index lets no other be.
        let may_be_used = written.is_none() || !session.tables.usage_is_unique();
        let earlier = code
            .as_ref()
            .zip(user)
            .filter(|_| may_be_used)
            .and_then(|(code, user)| usage::earliest(session, code.uuid, user, written, view));
        // What is held for somebody is counted, and nobody else can have it.
        let hold = code
            .as_ref()
            .zip(user)
            .and_then(|(code, user)| held::of(session, code.uuid, user, view));
        let counted = if hold.is_some_and(|hold| hold.is_counted) {
            Counted::InCodeAndProgram
        } else {
            counted
        };
        let beneficiary = code.as_ref().and_then(|code| code.beneficiary_uuid);
        let redemption = Redemption {
            judge,
            counted,
            system_enabled: switches.enabled,
            code: code.as_ref().map(|code| code.limits),
            already_used: earlier.is_some(),
            is_beneficiary: user.is_some() && beneficiary == user,
            self_referral_allowed: switches.self_referral_allowed,
            program: code.as_ref().and_then(|code| {
                let membership = membership::of(session, code, view)?;
                admission::examine(session, &membership, judge, code.uuid, user, now, view)
            }),
        };
        Diagnosis { refusal: redemption.refusal(now), code, hold, earlier }
    }
}

impl Diagnosis {
    /// The code that may be used, or why not.
    pub fn judge(self) -> std::result::Result<Free, Box<Refused>> {
        let (refusal, code) = match (self.refusal, self.code) {
            (None, Some(code)) => return Ok(Free { code, hold: self.hold }),
            // Without a code there is a refusal always: the rules say so first.
            (refusal, code) => (refusal.unwrap_or(Refusal::CodeNotFound), code),
        };
        Err(Box::new(Refused::of(code, refusal, self.earlier)))
    }
}
