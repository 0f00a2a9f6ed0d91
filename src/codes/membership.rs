//! Membership: which program a code belongs to, and whose code it is there.

use pgrx::datum::Uuid;
use pgrx::prelude::*;

use crate::codes::assigned;
use crate::codes::read;
use crate::codes::row::Code;
use crate::pg::args;
use crate::pg::error::{Result, answer, required};
use crate::pg::returns::RowSet;
use crate::pg::session::{Session, View};
use crate::pg::statement::statements;
use crate::pg::texts::Text;
use crate::programs::{cap, row};
use crate::rules::membership::Membership;
use crate::rules::refusal::Refusal;

statements! {
    OWNER_TYPE = "codes/owner_type.sql";
    ASSIGN = "codes/assign.sql";
    FIRST_ASSIGN = "codes/first_assign.sql";
    UNASSIGN = "codes/unassign.sql";
    TOUCH = "codes/touch.sql";
}

/// What the owner of a code is, where nobody has said.
pub const DEFAULT_OWNER_TYPE: &str = "user";

/// Where a code belongs by now.
pub fn of_code(session: &Session, code: Uuid, beneficiary: Option<Uuid>) -> Option<Membership> {
    Membership::of(assigned::of(session, code, View::Now), beneficiary.is_some())
}

/// Where a code belongs.
pub fn of(session: &Session, code: &Code, view: View) -> Option<Membership> {
    code.membership(assigned::of(session, code.uuid, view))
}

pub fn program_of(session: &Session, code: &Code, view: View) -> Option<String> {
    of(session, code, view).map(|membership| membership.program)
}

pub fn owner_type_of(session: &Session, code: Uuid, view: View) -> String {
    let found = view.run(session, &OWNER_TYPE, &[code.into()]);
    found.first().map_or_else(|| DEFAULT_OWNER_TYPE.into(), |row| row.need(1))
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
    if former.is_some() == next.is_some() || assigned::of(session, code, View::Now).is_some() {
        return Ok(());
    }
    let program = |beneficiary: Option<Uuid>| {
        Membership::of(None, beneficiary.is_some()).map(|membership| membership.program)
    };
    cap::move_uses(session, uses, program(former).as_deref(), program(next).as_deref())
}

/// A code is gone: its program forgets it and its uses.
pub fn forget(session: &Session, code: &Code) -> Result<()> {
    let former = program_of(session, code, View::Now);
    session.write(&UNASSIGN, &[code.uuid.into()]);
    cap::move_uses(session, code.limits.number_of_uses, former.as_deref(), None)?;
    former.iter().for_each(|program| cap::follow_codes(session, program));
    Ok(())
}

#[pg_extern(sql = false)]
fn referral_move_to_program(code_uuid: Option<Uuid>, program: Option<Text>) -> bool {
    answer(|| {
        let uuid = required(code_uuid, "code_uuid")?;
        let program = &*args::text(program, "program")?;
        let session = Session::open();
        row::named(&session, program, "program", View::Now)?;
        let code = read::lock_for_change(&session, uuid).ok_or(Refusal::CodeNotFound)?;
        if assigned::of(&session, uuid, View::Now).as_deref() == Some(program) {
            return Ok(false);
        }
        let former = program_of(&session, &code, View::Now);
        session.write(&TOUCH, &[uuid.into()]);
        let args = [uuid.into(), program.into()];
        if session.write(&ASSIGN, &args).count() == 0 {
            session.write(&FIRST_ASSIGN, &args);
        }
        let uses = code.limits.number_of_uses;
        cap::move_uses(&session, uses, former.as_deref(), Some(program))?;
        // In the order of their keys, as their uses are moved.
        let mut both = [former.as_deref(), Some(program)];
        both.sort_unstable();
        both.into_iter().flatten().for_each(|program| cap::follow_codes(&session, program));
        Ok(true)
    })
}

#[pg_extern(sql = false)]
fn referral_resolve(code: Option<Text>) -> RowSet<'static, (Uuid, String, Uuid, Option<String>)> {
    let find = |code: Option<&str>| {
        let session = Session::open();
        let code = read::by_text(&session, &read::lookup(code?)?, View::Query)?;
        let referrer = code.beneficiary_uuid.filter(|_| code.limits.status)?;
        let kind = owner_type_of(&session, code.uuid, View::Query);
        Some((referrer, kind, code.uuid, program_of(&session, &code, View::Query)))
    };
    answer(|| Ok(RowSet::new(find(args::optional_text(code, "code")?.as_deref()))))
}
