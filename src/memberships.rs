//! Memberships: which program a code belongs to, whose code it is, and the one code that a person has in a
//! program.

use pgrx::datum::Uuid;
use pgrx::prelude::*;

use crate::code_changes::{NewCode, SystemLimits, told_of_created};
use crate::codes::{self, Code, CodeColumns};
use crate::generation::STANDARD_ATTEMPTS;
use crate::pg::clock;
use crate::pg::error::{Error, Result, answer, required};
use crate::pg::ids;
use crate::pg::rows::{Record, RowSet};
use crate::pg::session::{Session, View, statements};
use crate::programs::{self, Terms};
use crate::referees;
use crate::rules::code::Lookup;
use crate::rules::event::EventType;
use crate::rules::program::{DEFAULT_KEY, Program};
use crate::rules::refusal::{Membership, Refusal};
use crate::rules::time::Timestamp;

statements! {
    OF_CODE = "programs/of_code.sql";
    OWNER_TYPE = "programs/owner_type.sql";
    CODE_OF_OWNER = "programs/code_of_owner.sql";
    ADD_OWNER = "programs/add_owner.sql";
    REPLACE_CODE_OF_OWNER = "programs/replace_code_of_owner.sql";
    ASSIGN = "programs/assign.sql";
    FIRST_ASSIGN = "programs/first_assign.sql";
    UNASSIGN = "programs/unassign.sql";
    TOUCH_CODE = "programs/touch_code.sql";
}

/// What the owner of a code is, where nobody has said.
pub const DEFAULT_OWNER_TYPE: &str = "user";

const OWNER_TYPE_CHARS: usize = 64;

/// A code's place in a program.
#[derive(PartialEq)]
pub struct Member {
    pub program: String,
    /// Whether somebody has put it there. A code that merely has a beneficiary belongs to the default
    /// program too, but its redemption is not refused for the sake of one code for each user: it may be
    /// older than any program.
    assigned: bool,
}

/// Where a code belongs: in the program it is assigned to or, with a beneficiary, in the default one.
pub fn member(assigned: Option<String>, beneficiary: Option<Uuid>) -> Option<Member> {
    let by_default =
        || beneficiary.map(|_| Member { program: DEFAULT_KEY.to_owned(), assigned: false });
    assigned.map(|program| Member { program, assigned: true }).or_else(by_default)
}

/// The same, looked up.
pub fn member_of(session: &Session, code: &Code, view: View) -> Option<Member> {
    member(assigned(session, code.uuid, view), code.beneficiary_uuid)
}

pub fn program_of(session: &Session, code: &Code, view: View) -> Option<String> {
    member_of(session, code, view).map(|member| member.program)
}

fn assigned(session: &Session, code: Uuid, view: View) -> Option<String> {
    view.run(session, &OF_CODE, &[code.into()]).first().map(|row| row.need(1))
}

pub fn owner_type_of(session: &Session, code: Uuid, view: View) -> String {
    let found = view.run(session, &OWNER_TYPE, &[code.into()]);
    found.first().map_or_else(|| DEFAULT_OWNER_TYPE.into(), |row| row.need(1))
}

/// Takes a use of the code's program, whose rules hold; false where one does not. The code's row is locked.
///
/// Every redemption locks the code, then the referee, then the program: no two wait for each other in a
/// ring.
pub fn admit(session: &Session, member: &Member, code: Uuid, user: Uuid) -> bool {
    let program = member.program.as_str();
    let Some(terms) = Terms::read_newest(session, program) else {
        return true;
    };
    if !terms.run.is_active(clock::now()) {
        return false;
    }
    if terms.one_code_per_referee && member.assigned {
        referees::lock(session, program, user);
        if referees::has_other_use(session, program, user, code, View::Now) {
            return false;
        }
    }
    !terms.is_capped() || programs::take_use(session, program)
}

/// What the code's program has to say about a redemption; None where it belongs to none.
pub fn examine(
    session: &Session,
    code: &Code,
    user: Option<Uuid>,
    now: Timestamp,
    view: View,
) -> Option<Membership> {
    let Member { program, assigned } = member_of(session, code, view)?;
    let terms = Terms::read(session, &program, view)?;
    let one_code = terms.one_code_per_referee && assigned;
    let other_use = |user| referees::has_other_use(session, &program, user, code.uuid, view);
    Some(Membership {
        active: terms.run.is_active(now),
        already_referred: one_code && user.is_some_and(other_use),
        used_up: terms.used_up(),
    })
}

/// A code, whose row is locked, gets another beneficiary: with its first one it comes into the default
/// program, unless it is assigned to another.
pub fn follow_beneficiary(
    session: &Session,
    code: Uuid,
    uses: i32,
    former: Option<Uuid>,
    next: Option<Uuid>,
) -> Result<()> {
    if former.is_some() == next.is_some() || assigned(session, code, View::Now).is_some() {
        return Ok(());
    }
    let default = |beneficiary: Option<Uuid>| beneficiary.map(|_| DEFAULT_KEY);
    programs::move_uses(session, uses, default(former), default(next))
}

/// A code is gone: its program forgets it and its uses.
pub fn forget(session: &Session, code: &Code) -> Result<()> {
    let former = program_of(session, code, View::Now);
    session.write(&UNASSIGN, &[code.uuid.into()]);
    programs::move_uses(session, code.limits.number_of_uses, former.as_deref(), None)
}

/// A person, or something else that has a code, in a program.
struct Owner<'a> {
    uuid: Uuid,
    kind: &'a str,
    program: &'a str,
}

impl Owner<'_> {
    fn code(&self, session: &Session, view: View) -> Option<Uuid> {
        let args = [self.uuid.into(), self.program.into(), self.kind.into()];
        view.run(session, &CODE_OF_OWNER, &args).first().map(|row| row.need(1))
    }

    /// Makes the owner's code, which has its id already.
    fn make_code(&self, session: &Session, uuid: Uuid, program: &Program) -> Result<Code> {
        let limits = SystemLimits::read(session, View::Now);
        let now = clock::now();
        let new = NewCode {
            uuid,
            description: "Referral code",
            status: true,
            max_uses: program.max_uses_per_code.min(limits.max_uses),
            created_by_uuid: self.uuid,
            beneficiary_uuid: Some(self.uuid),
            expiration_date: program.codes_expire_after.map(|span| clock::after(now, span)),
        };
        let code = new.insert_generated(session, &program.generator()?)?;
        limits.events.tell(session, EventType::CodeCreated, || told_of_created(&code));
        Ok(code)
    }
}

/// The code that a user has been given in a program, as the calling query sees it.
pub fn own_code(session: &Session, user: Uuid, program: &str) -> Option<Code> {
    let owner = Owner { uuid: user, kind: DEFAULT_OWNER_TYPE, program };
    let code = owner.code(session, View::Query)?;
    codes::by_uuid(session, code, View::Query)
}

/// How often a code is looked for that others make and delete under the eyes of the search.
const MOST_LOOKS: u32 = 10;

/// The owner's code in a program, which is made where there is none.
fn code_for(session: &Session, owner: &Owner) -> Result<Code> {
    let program = programs::named(session, owner.program, "program", View::Now)?;
    for _ in 0..MOST_LOOKS {
        let known = owner.code(session, View::Now);
        if let Some(known) = known
            && let Some(code) = codes::by_uuid(session, known, View::Now)
        {
            return Ok(code);
        }
        if !program.is_active(clock::now()) {
            return Err(Refusal::ProgramNotActive.into());
        }
        let uuid = ids::new_uuid();
        // Whoever is first writes the code; the others wait here until it has committed.
        let is_first = match known {
            Some(gone) => session.write(&REPLACE_CODE_OF_OWNER, &[gone.into(), uuid.into()]),
            None => {
                let (program, kind) = (owner.program, owner.kind);
                let args = [uuid.into(), program.into(), owner.uuid.into(), kind.into()];
                session.write(&ADD_OWNER, &args)
            }
        };
        if is_first.count() == 1 {
            return owner.make_code(session, uuid, &program);
        }
    }
    Err(Refusal::NoUniqueCode { attempts: STANDARD_ATTEMPTS }.into())
}

#[pg_extern(sql = false)]
fn referral_code_for(
    owner_uuid: Option<Uuid>,
    program: Option<&str>,
    owner_type: Option<&str>,
) -> Record<CodeColumns> {
    answer(|| {
        let kind = required(owner_type, "owner_type")?.trim();
        if kind.is_empty() || kind.chars().nth(OWNER_TYPE_CHARS).is_some() {
            return Err(Error::out_of_range("owner_type", "must be 1 to 64 characters"));
        }
        let owner = Owner {
            uuid: required(owner_uuid, "owner_uuid")?,
            kind,
            program: required(program, "program")?,
        };
        let code = code_for(&Session::open(), &owner)?;
        Ok(Record(code.into_columns(clock::now())))
    })
}

#[pg_extern(sql = false)]
fn referral_assign_program(code_uuid: Option<Uuid>, program: Option<&str>) {
    answer(|| {
        let uuid = required(code_uuid, "code_uuid")?;
        let program = required(program, "program")?;
        let session = Session::open();
        programs::named(&session, program, "program", View::Now)?;
        let code = codes::lock(&session, uuid).ok_or(Refusal::CodeNotFound)?;
        if assigned(&session, uuid, View::Now).as_deref() == Some(program) {
            return Ok(());
        }
        let former = program_of(&session, &code, View::Now);
        session.write(&TOUCH_CODE, &[uuid.into()]);
        let args = [uuid.into(), program.into()];
        if session.write(&ASSIGN, &args).count() == 0 {
            session.write(&FIRST_ASSIGN, &args);
        }
        programs::move_uses(&session, code.limits.number_of_uses, former.as_deref(), Some(program))
    })
}

#[pg_extern(sql = false)]
fn referral_resolve(code: Option<&str>) -> RowSet<'static, (Uuid, String, Uuid, Option<String>)> {
    let find = || {
        let session = Session::open();
        let code = codes::by_text(&session, &Lookup::new(code?)?, View::Query)?;
        let referrer = code.beneficiary_uuid.filter(|_| code.limits.status)?;
        let kind = owner_type_of(&session, code.uuid, View::Query);
        Some((referrer, kind, code.uuid, program_of(&session, &code, View::Query)))
    };
    RowSet::new(find())
}
