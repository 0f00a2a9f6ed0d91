//! Many users redeem one code: judged one behind the other, and written down together.

use std::collections::{HashMap, HashSet};

use pgrx::datum::{Array, Uuid};
use pgrx::prelude::*;

use crate::codes::row::Code;
use crate::codes::stripes::OF_CODES;
use crate::codes::{membership, read};
use crate::events::tell::Events;
use crate::pg::args;
use crate::pg::error::{Error, Result, answer, required};
use crate::pg::ids;
use crate::pg::returns::RowSet;
use crate::pg::session::{Session, View};
use crate::pg::statement::statements;
use crate::pg::texts::Text;
use crate::pg::{changes, clock};
use crate::programs::stripes::OF_PROGRAMS;
use crate::programs::{cap, referees, terms};
use crate::redemption::claim::UseEvent;
use crate::redemption::held::{self, Hold};
use crate::rules::event::EventType;
use crate::rules::membership::Membership;
use crate::rules::queue::{Applicant, Queue};
use crate::rules::refusal::Refusal;
use crate::rules::time::Timestamp;
use crate::settings::Switches;
use crate::usage::{self, Use};

statements! {
    TAKE_USES = "redemption/take_uses.sql";
}

/// Users of one call: they are held in memory together.
const MOST_USERS: usize = 100_000;

/// What came of one user: refused, for already_used with the earlier use, or a use.
type Verdict = (Option<Refusal>, Option<Uuid>);

/// Redeems a code for each of the users, as if each had called for themselves, in their order. Locks are taken as a
/// redemption takes them: the code, then the people in theirs, then the program.
fn redeem_each(session: &Session, text: &str, users: &[Uuid]) -> Result<Vec<Verdict>> {
    let all = |refusal| Ok(vec![(Some(refusal), None); users.len()]);
    if !Switches::read(session, View::Now).enabled {
        return all(Refusal::SystemDisabled);
    }
    let lookup = read::lookup(text);
    let locked = lookup.map_or(Ok(None), |lookup| read::lock_by_text(session, &lookup))?;
    let Some(code) = locked else {
        return all(Refusal::CodeNotFound);
    };
    Batch::over(session, code, users).redeem(users)
}

/// A code, whose row is locked, and what is true of its users.
struct Batch<'s> {
    session: &'s Session,
    now: Timestamp,
    events: Events,
    membership: Option<Membership>,
    queue: Queue,
    code: Code,
    /// The use that each user has had.
    uses: HashMap<Uuid, Uuid>,
    holds: HashMap<Uuid, Hold>,
    /// Who has redeemed another code of the program.
    referred: HashSet<Uuid>,
}

impl<'s> Batch<'s> {
    fn over(session: &'s Session, code: Code, users: &[Uuid]) -> Self {
        // The lock may have been waited for.
        changes::take_in();
        let (now, switches) = (clock::now(), Switches::read(session, View::Now));
        let membership = membership::of_code(session, code.uuid, code.beneficiary_uuid);
        let terms = membership.as_ref().and_then(|of| {
            let terms = terms::read_newest(session, of)?;
            let most = users.len() as i32;
            Some(terms::less_reserves(session, &of.program, terms, most, now, View::Now))
        });
        let one_code = membership.as_ref().is_some_and(|of| of.assigned);
        Batch {
            session,
            now,
            events: Events::new(switches.events),
            queue: Queue {
                system_enabled: switches.enabled,
                self_referral_allowed: switches.self_referral_allowed,
                code: Some(code.limits),
                program: terms.map(|terms| (terms, one_code)),
            },
            membership,
            uses: usage::earliest_of_each(session, code.uuid, users.to_vec()),
            holds: held::of_each(session, code.uuid, users.to_vec()),
            referred: HashSet::new(),
            code,
        }
    }

    fn redeem(mut self, users: &[Uuid]) -> Result<Vec<Verdict>> {
        self.prepare(users)?;
        let mut had = Vec::new();
        let mut queue = self.queue;
        let mut verdicts: Vec<Verdict> = Vec::with_capacity(users.len());
        for &user in users {
            check_for_interrupts!();
            let refusal = queue.next(self.applicant(user), self.now);
            if refusal.is_none() {
                let usage = self.holds.get(&user).map_or_else(ids::new_uuid, |hold| hold.uuid);
                self.uses.insert(user, usage);
                had.push((user, usage));
            }
            let told = matches!(refusal, None | Some(Refusal::AlreadyUsed));
            verdicts.push((refusal, self.uses.get(&user).copied().filter(|_| told)));
        }
        self.take(had.iter().filter(|(user, _)| !self.is_held(*user)).count())?;
        let written = self.write(&had)?;
        let made = written.iter().filter_map(|(user, _)| self.holds.get(user));
        let made: Vec<Uuid> = made.map(|hold| hold.uuid).collect();
        if !made.is_empty() {
            held::remove(self.session, made);
        }
        self.tell(&written);
        if written.len() < had.len() {
            self.give_back(users, &written, &mut verdicts);
        }
        Ok(verdicts)
    }

    fn is_held(&self, user: Uuid) -> bool {
        self.holds.get(&user).is_some_and(|hold| hold.is_counted)
    }

    fn applicant(&self, user: Uuid) -> Applicant {
        Applicant {
            already_used: self.uses.contains_key(&user),
            is_beneficiary: self.code.beneficiary_uuid == Some(user),
            already_referred: self.referred.contains(&user),
            is_held: self.is_held(user),
        }
    }

    /// Finds out who has been referred already and, where somebody may have a use, keeps it so: locks the people and
    /// sees to it that there are as many uses as are needed.
    fn prepare(&mut self, users: &[Uuid]) -> Result<()> {
        let mut queue = self.queue;
        let mut judged = HashSet::new();
        let (mut may_come_up, mut is_free, mut needed) = (Vec::new(), false, 0);
        for &user in users.iter().filter(|user| judged.insert(**user)) {
            let refusal = queue.next(self.applicant(user), self.now);
            is_free |= refusal.is_none();
            needed += i32::from(refusal.is_none() && !self.is_held(user));
            if Queue::may_come_up(refusal) {
                may_come_up.push(user);
            }
        }
        if let Some((terms, true)) = self.queue.program
            && let Some(Membership { program, .. }) = &self.membership
            && terms.one_code_per_referee
            && !may_come_up.is_empty()
        {
            if is_free {
                referees::lock_each(self.session, program, may_come_up.clone());
            }
            let code = self.code.uuid;
            self.referred = referees::who_has_other_use(self.session, program, may_come_up, code);
        }
        if needed > 0 { self.make_room(users, needed) } else { Ok(()) }
    }

    /// Locks the program, if it counts uses, behind the people; what expired holds have to give up is free.
    fn make_room(&mut self, users: &[Uuid], needed: i32) -> Result<()> {
        let session = self.session;
        let freed = held::make_room(session, &self.code, needed);
        let mut is_changed = freed > 0;
        let limits = self.code.limits;
        if limits.reserves.leased > 0 && limits.free().saturating_add(freed) < needed {
            is_changed |= OF_CODES.settle(session, self.code.uuid) > 0;
        }
        if let Some((terms, one_code)) = self.queue.program
            && let Some(Membership { program, .. }) = &self.membership
            && terms.is_capped()
        {
            cap::give_back(session, program, freed);
            let mut locked = terms::lock(session, program);
            if locked.is_some_and(|terms| !terms.has_room(needed))
                && OF_PROGRAMS.settle(session, program.as_str()) > 0
            {
                locked = terms::lock(session, program);
            }
            if locked.is_some_and(|terms| !terms.has_room(needed))
                && held::make_room_in_program(session, program)
            {
                locked = terms::lock(session, program);
                is_changed = true;
            }
            self.queue.program = locked.map(|terms| (terms, one_code));
        }
        if is_changed {
            let code = read::by_uuid(session, self.code.uuid, View::Now);
            self.code = code.ok_or_else(read::keeps_changing)?;
            self.queue.code = Some(self.code.limits);
            // Some of them may be theirs.
            self.holds = held::of_each(session, self.code.uuid, users.to_vec());
        }
        self.now = clock::now();
        Ok(())
    }

    fn program(&self) -> Option<&str> {
        self.membership.as_ref().map(|of| of.program.as_str())
    }

    /// Counts the uses, which are there: both rows are locked.
    fn take(&self, uses: usize) -> Result<()> {
        let uses = i32::try_from(uses).unwrap_or(i32::MAX);
        if uses == 0 {
            return Ok(());
        }
        if self.session.write(&TAKE_USES, &[self.code.uuid.into(), uses.into()]).count() == 0 {
            return Err(read::not_updatable());
        }
        match self.program().map(|program| cap::add_uses(self.session, program, uses)) {
            None | Some(Ok(true)) => Ok(()),
            Some(Ok(false)) => Err(cap::keeps_changing()),
            Some(Err(error)) => Err(error),
        }
    }

    /// Writes the uses down; gives those that are.
    fn write(&self, had: &[(Uuid, Uuid)]) -> Result<Vec<(Uuid, Uuid)>> {
        if had.is_empty() {
            return Ok(Vec::new());
        }
        let (users, uses): (Vec<Uuid>, Vec<Uuid>) = had.iter().copied().unzip();
        let (session, code) = (self.session, self.code.uuid);
        let count = usage::insert_many(session, code, users.clone(), uses, self.now);
        if count == had.len() {
            return Ok(had.to_vec());
        }
        // Somebody has written a row without the code's lock, or a rule of the host's stands in the way: that speaks
        // for itself where the row is written alone.
        let found = usage::earliest_of_each(session, code, users);
        let mut written = Vec::with_capacity(had.len());
        for &(user, uuid) in had {
            let usage = Use { uuid, date_used: self.now };
            let is_written = match found.get(&user) {
                Some(earliest) => *earliest == uuid,
                None => usage::insert_once(session, code, user, usage)?,
            };
            written.extend(is_written.then_some((user, uuid)));
        }
        Ok(written)
    }

    /// Who has a use by now that was written without the code's lock gives back the one taken here.
    fn give_back(&self, users: &[Uuid], written: &[(Uuid, Uuid)], verdicts: &mut [Verdict]) {
        let (session, code) = (self.session, self.code.uuid);
        let found = usage::earliest_of_each(session, code, users.to_vec());
        let written: HashSet<Uuid> = written.iter().map(|(_, usage)| *usage).collect();
        for (&user, (refusal, usage)) in users.iter().zip(verdicts) {
            if refusal.is_none() && !usage.is_some_and(|usage| written.contains(&usage)) {
                if !self.is_held(user) {
                    held::release(session, code, 1);
                    self.program().iter().for_each(|program| cap::give_back(session, program, 1));
                }
                *refusal = Some(Refusal::AlreadyUsed);
            }
            if *refusal == Some(Refusal::AlreadyUsed) {
                *usage = found.get(&user).copied();
            }
        }
    }

    fn tell(&self, written: &[(Uuid, Uuid)]) {
        let payload = |&(user, usage_uuid): &(Uuid, Uuid)| {
            let used = UseEvent {
                usage_uuid,
                code_uuid: self.code.uuid,
                code: &self.code.code,
                user,
                beneficiary_uuid: self.code.beneficiary_uuid,
                program: self.program(),
            };
            used.payload()
        };
        let payloads = || written.iter().map(payload).collect();
        self.events.tell_each(self.session, EventType::CodeUsed, payloads);
    }
}

/// The users whom an argument names, none of them NULL.
fn users_of(user_uuids: &Array<Uuid>) -> Result<Vec<Uuid>> {
    if user_uuids.len() > MOST_USERS {
        let rule = format!("must have at most {MOST_USERS} elements");
        return Err(Error::out_of_range("user_uuids", rule));
    }
    let named = |(place, user): (usize, Option<Uuid>)| {
        user.ok_or_else(|| Error::null_element("user_uuids", place + 1))
    };
    user_uuids.iter().enumerate().map(named).collect()
}

#[pg_extern(sql = false)]
fn referral_use_codes(
    code: Option<Text>,
    user_uuids: Option<Array<Uuid>>,
) -> RowSet<'static, (Uuid, bool, Option<&'static str>, Option<Uuid>)> {
    answer(|| {
        let code = args::text(code, "code")?;
        let users = users_of(&required(user_uuids, "user_uuids")?)?;
        let verdicts = redeem_each(&Session::open(), &code, &users)?;
        let row = |(user, (refusal, usage)): (Uuid, Verdict)| {
            (user, refusal.is_none(), refusal.map(Refusal::reason), usage)
        };
        Ok(RowSet::new(users.into_iter().zip(verdicts).map(row)))
    })
}
