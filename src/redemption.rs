//! Redemption: one user takes one use of one code.

use pgrx::datum::Uuid;
use pgrx::prelude::*;

use serde_json::json;

use crate::codes::{self, Code};
use crate::events::Events;
use crate::memberships::{self, Member, member_of, program_of};
use crate::pg::clock;
use crate::pg::error::{Error, Result, answer, required};
use crate::pg::ids;
use crate::pg::rows::Record;
use crate::pg::session::{Row, Session, View, statements};
use crate::programs;
use crate::rules::code::Lookup;
use crate::rules::event::EventType;
use crate::rules::refusal::{self, Refusal};
use crate::rules::settings::{ALLOW_SELF_REFERRAL, ENABLED, EVENTS_ENABLED};
use crate::rules::state::Limits;
use crate::rules::time::Timestamp;
use crate::settings::Settings;
use crate::usage::{self, Use};

statements! {
    CLAIM = "redemption/claim.sql";
    CLAIM_LOCKED = "redemption/claim_locked.sql";
    RELEASE = "redemption/release.sql";
}

/// A use taken from a code's counter, whose row stays locked until the transaction ends.
struct Claim {
    code_uuid: Uuid,
    code: String,
    beneficiary_uuid: Option<Uuid>,
    limits: Limits,
    member: Option<Member>,
    events: Events,
}

/// A use taken and written down.
struct Redeemed {
    claim: Claim,
    usage: Use,
}

/// Why not, with what was found on the way.
struct Refused {
    refusal: Refusal,
    code: Option<Code>,
    /// The user's earlier use, where that is the reason.
    earlier: Option<Use>,
}

type Outcome = std::result::Result<Redeemed, Box<Refused>>;

/// What a refused claim finds when it looks for the reason.
struct Diagnosis {
    refusal: Option<Refusal>,
    code: Option<Code>,
    earlier: Option<Use>,
    events: Events,
}

impl Claim {
    fn read(row: Row) -> Self {
        let beneficiary_uuid = row.get(3);
        Claim {
            code_uuid: row.need(1),
            code: row.need(2),
            beneficiary_uuid,
            limits: Limits {
                status: true,
                number_of_uses: row.need(4),
                max_uses: row.need(5),
                expiration_date: row.get(6),
            },
            member: memberships::member(row.get(7), beneficiary_uuid),
            events: Events::new(row.get(8).unwrap_or(false)),
        }
    }

    /// Takes one use of the code that is stored under exactly this text, if every rule allows it.
    fn take(session: &Session, code: &str, user: Uuid) -> Option<Self> {
        let args = [code.into(), user.into(), clock::now().into()];
        session.write(&CLAIM, &args).first().map(Claim::read)
    }

    /// Takes one use of a code whose row is locked and has been judged.
    fn take_locked(session: &Session, code_uuid: Uuid) -> Result<Self> {
        let taken = session.write(&CLAIM_LOCKED, &[code_uuid.into()]);
        taken.first().map(Claim::read).ok_or_else(not_updatable)
    }

    /// Writes the use down, or gives it back where it turns out that the user may not have it.
    fn record(mut self, session: &Session, user: Uuid) -> Result<Option<Redeemed>> {
        let usage = Use { uuid: ids::new_uuid(), date_used: clock::now() };
        // The clock that the claim was judged by was read before it waited for the lock.
        if self.limits.expired(usage.date_used) || !self.admit(session, user) {
            release(session, self.code_uuid);
            return Ok(None);
        }
        let Some(written) = usage::insert_once(session, self.code_uuid, user, usage)? else {
            self.leave_program(session);
            release(session, self.code_uuid);
            return Ok(None);
        };
        if !self.follow(session, user, written.program) {
            usage::delete(session, usage.uuid);
            release(session, self.code_uuid);
            return Ok(None);
        }
        let told = Told {
            usage_uuid: usage.uuid,
            code_uuid: self.code_uuid,
            code: &self.code,
            user,
            beneficiary_uuid: self.beneficiary_uuid,
            program: self.member.as_ref().map(|member| member.program.as_str()),
        };
        told.tell(session, self.events);
        Ok(Some(Redeemed { claim: self, usage }))
    }

    fn admit(&self, session: &Session, user: Uuid) -> bool {
        let admit = |member| memberships::admit(session, member, self.code_uuid, user);
        self.member.as_ref().is_none_or(admit)
    }

    /// Gives the program its use back.
    fn leave_program(&self, session: &Session) {
        self.member.iter().for_each(|member| programs::give_back(session, &member.program, 1));
    }

    /// What a claim that waited for the lock reads of other rows is as old as its statement. The usage row's
    /// own statement tells where the code is by now: had it been assigned meanwhile, the use goes along, if
    /// the program there admits it.
    fn follow(&mut self, session: &Session, user: Uuid, assigned: Option<String>) -> bool {
        let newest = memberships::member(assigned, self.beneficiary_uuid);
        if newest == self.member {
            return true;
        }
        self.leave_program(session);
        self.member = newest;
        self.admit(session, user)
    }
}

/// What an event says of a use.
struct Told<'a> {
    usage_uuid: Uuid,
    code_uuid: Uuid,
    code: &'a str,
    user: Uuid,
    beneficiary_uuid: Option<Uuid>,
    program: Option<&'a str>,
}

impl Told<'_> {
    fn tell(&self, session: &Session, events: Events) {
        events.tell(session, EventType::CodeUsed, || {
            json!({
                "usage_uuid": self.usage_uuid.to_string(),
                "code_uuid": self.code_uuid.to_string(),
                "code": self.code,
                "used_by_uuid": self.user.to_string(),
                "beneficiary_uuid": self.beneficiary_uuid.map(|uuid| uuid.to_string()),
                "program": self.program,
            })
        });
    }
}

/// The row is there, nothing speaks against its use, and yet it does not let itself be written to.
fn not_updatable() -> Error {
    let message = "the code may be used, but its row could not be updated";
    Error::new("42501", "row_not_updated", message)
        .with_hint("Row-level security lets the caller see the code and not update it.")
}

fn release(session: &Session, code_uuid: Uuid) {
    session.write(&RELEASE, &[code_uuid.into()]);
}

/// How often a code is looked for anew that is renamed again and again under the eyes of a redemption.
const MOST_LOOKS: u32 = 10;

/// Redeems a code, or says why not. On the good path two statements: the claim and the usage row.
fn redeem(session: &Session, text: &str, user: Uuid) -> Result<Outcome> {
    let lookup = Lookup::new(text);
    if let Some(lookup) = &lookup
        && let Some(claim) = Claim::take(session, &lookup.normal, user)
        && let Some(redeemed) = claim.record(session, user)?
    {
        return Ok(Ok(redeemed));
    }
    let find = || codes::by_text(session, lookup.as_ref()?, View::Now);
    let (mut locked, mut unlockable) = (None, None);
    for _ in 0..MOST_LOOKS {
        let found = diagnose(session, find(), Some(user), None, View::Now);
        let code = match found.judge() {
            Ok(code) => code.uuid,
            Err(refused) => return Ok(Err(refused)),
        };
        // Nothing speaks against it: the row is stored in another case, or it was freed a moment ago.
        // What is judged once more under its lock is final.
        if locked == Some(code) {
            if let Some(redeemed) = Claim::take_locked(session, code)?.record(session, user)? {
                return Ok(Ok(redeemed));
            }
        } else if codes::lock(session, code).is_some() {
            locked = Some(code);
        } else if unlockable.replace(code) == Some(code) {
            return Err(not_updatable());
        }
    }
    let message = "the code keeps changing while it is redeemed";
    Err(Error::new("40001", "code_keeps_changing", message).with_hint("Try again."))
}

/// Judges a redemption as `view` has things; `written` is the row of the use in question, where it is in
/// the table already. Without a user only what is true for all users is judged.
fn diagnose(
    session: &Session,
    code: Option<Code>,
    user: Option<Uuid>,
    written: Option<Uuid>,
    view: View,
) -> Diagnosis {
    let keys = [ENABLED.key, ALLOW_SELF_REFERRAL.key, EVENTS_ENABLED.key];
    let settings = Settings::read(session, &keys, view);
    let now = match view {
        View::Query => clock::statement_start(),
        View::Now => clock::now(),
    };
    let earlier = code
        .as_ref()
        .zip(user)
        .and_then(|(code, user)| usage::earliest(session, code.uuid, user, written, view));
    let beneficiary = code.as_ref().and_then(|code| code.beneficiary_uuid);
    let redemption = refusal::Redemption {
        system_enabled: settings.flag(ENABLED),
        code: code.as_ref().map(|code| code.limits),
        already_used: earlier.is_some(),
        is_beneficiary: user.is_some() && beneficiary == user,
        self_referral_allowed: settings.flag(ALLOW_SELF_REFERRAL),
        program: code
            .as_ref()
            .and_then(|code| memberships::examine(session, code, user, now, view)),
    };
    let events = Events::of(&settings);
    Diagnosis { refusal: redemption.refusal(now), code, earlier, events }
}

impl Diagnosis {
    /// The code that may be used, or why not.
    fn judge(self) -> std::result::Result<Code, Box<Refused>> {
        let (refusal, code) = match (self.refusal, self.code) {
            (None, Some(code)) => return Ok(code),
            // Without a code there is a refusal always: the rules say so first.
            (refusal, code) => (refusal.unwrap_or(Refusal::CodeNotFound), code),
        };
        // What is found of a switched-off system is no business of the caller's.
        let told = refusal != Refusal::SystemDisabled;
        Err(Box::new(Refused {
            refusal,
            code: code.filter(|_| told),
            earlier: self.earlier.filter(|_| refusal == Refusal::AlreadyUsed),
        }))
    }
}

/// Makes a redemption of a usage row that somebody has inserted by hand: holds every rule, and takes
/// the use from the counter unless the same transaction has done so itself (`claimed`).
///
/// The code's row is locked by then, so that one look at it is final.
pub fn redeem_written(session: &Session, written: &WrittenUse, claimed: bool) -> Result<()> {
    let WrittenUse { uuid, code_uuid, user } = *written;
    let mut code = codes::by_uuid(session, code_uuid, View::Now);
    if let Some(code) = &mut code
        && claimed
    {
        // Judged as it was before the caller's own claim.
        code.limits.number_of_uses -= 1;
    }
    let judge = |code| diagnose(session, code, Some(user), Some(uuid), View::Now);
    let diagnosis = judge(code.clone());
    let events = diagnosis.events;
    let found = diagnosis.judge().map_err(|refused| refused.refusal)?;
    if !claimed {
        Claim::take_locked(session, code_uuid)?;
    }
    let member = member_of(session, &found, View::Now);
    if let Some(member) = &member
        && !memberships::admit(session, member, code_uuid, user)
    {
        // Another session was faster: what was free at the first look is not any more.
        judge(code).judge().map_err(|refused| refused.refusal)?;
        return Err(Refusal::UsageLimitReached.into());
    }
    let told = Told {
        usage_uuid: uuid,
        code_uuid,
        code: &found.code,
        user,
        beneficiary_uuid: found.beneficiary_uuid,
        program: member.as_ref().map(|member| member.program.as_str()),
    };
    told.tell(session, events);
    Ok(())
}

/// A usage row that somebody has inserted by hand.
#[derive(Clone, Copy)]
pub struct WrittenUse {
    pub uuid: Uuid,
    pub code_uuid: Uuid,
    pub user: Uuid,
}

/// usage_uuid, code_uuid, code, used_by_uuid, date_used, beneficiary_uuid, number_of_uses, remaining_uses
type UseColumns = (Uuid, Uuid, String, Uuid, Timestamp, Option<Uuid>, i32, i32);

/// ok, reason, usage_uuid, code_uuid, date_used, beneficiary_uuid, remaining_uses
type TryColumns = (
    bool,
    Option<&'static str>,
    Option<Uuid>,
    Option<Uuid>,
    Option<Timestamp>,
    Option<Uuid>,
    Option<i32>,
);

#[pg_extern(sql = false)]
fn referral_use_code(code: Option<&str>, user_uuid: Option<Uuid>) -> Record<UseColumns> {
    answer(|| {
        let code = required(code, "code")?;
        let user = required(user_uuid, "user_uuid")?;
        let outcome = redeem(&Session::open(), code, user)?;
        let Redeemed { claim, usage } = outcome.map_err(|refused| refused.refusal)?;
        Ok(Record((
            usage.uuid,
            claim.code_uuid,
            claim.code,
            user,
            usage.date_used,
            claim.beneficiary_uuid,
            claim.limits.number_of_uses,
            claim.limits.remaining_uses(),
        )))
    })
}

#[pg_extern(sql = false)]
fn referral_try_use_code(code: Option<&str>, user_uuid: Option<Uuid>) -> Record<TryColumns> {
    answer(|| {
        let code = required(code, "code")?;
        let user = required(user_uuid, "user_uuid")?;
        Ok(Record(match redeem(&Session::open(), code, user)? {
            Ok(Redeemed { claim, usage }) => (
                true,
                None,
                Some(usage.uuid),
                Some(claim.code_uuid),
                Some(usage.date_used),
                claim.beneficiary_uuid,
                Some(claim.limits.remaining_uses()),
            ),
            Err(refused) => {
                let Refused { refusal, code, earlier } = *refused;
                (
                    false,
                    Some(refusal.reason()),
                    earlier.map(|usage| usage.uuid),
                    code.as_ref().map(|code| code.uuid),
                    earlier.map(|usage| usage.date_used),
                    code.as_ref().and_then(|code| code.beneficiary_uuid),
                    code.as_ref().map(|code| code.limits.remaining_uses()),
                )
            }
        }))
    })
}

#[pg_extern(sql = false)]
fn referral_undo_use(usage_uuid: Option<Uuid>) -> bool {
    answer(|| {
        let usage_uuid = required(usage_uuid, "usage_uuid")?;
        let session = Session::open();
        let Some(code_uuid) = usage::code_of(&session, usage_uuid) else {
            return Ok(false);
        };
        // The code's row is locked first, as redemption does: two orders would deadlock.
        let code = codes::lock(&session, code_uuid);
        let undone = usage::delete(&session, usage_uuid);
        if undone {
            release(&session, code_uuid);
        }
        if undone
            && let Some(program) = code.and_then(|code| program_of(&session, &code, View::Now))
        {
            programs::give_back(&session, &program, 1);
        }
        Ok(undone)
    })
}

/// valid, reason, message, referrer_uuid, remaining_uses
type ValidateColumns = (bool, Option<&'static str>, String, Option<Uuid>, Option<i32>);

#[pg_extern(sql = false)]
fn referral_validate_code(code: Option<&str>, user_uuid: Option<Uuid>) -> Record<ValidateColumns> {
    answer(|| {
        let lookup = Lookup::new(required(code, "code")?);
        let session = Session::open();
        let found = lookup.and_then(|lookup| codes::by_text(&session, &lookup, View::Query));
        let (refusal, code) = match diagnose(&session, found, user_uuid, None, View::Query).judge()
        {
            Ok(code) => (None, Some(code)),
            Err(refused) => (Some(refused.refusal), refused.code),
        };
        Ok(Record((
            refusal.is_none(),
            refusal.map(Refusal::reason),
            match refusal {
                None => "Referral code is valid".into(),
                Some(Refusal::CodeNotFound) => "Invalid referral code".into(),
                Some(refusal) => refusal.message(),
            },
            code.as_ref().and_then(|code| code.beneficiary_uuid),
            code.as_ref().map(|code| code.limits.remaining_uses()),
        )))
    })
}
