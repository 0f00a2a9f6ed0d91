//! The one code that a person, or something else, has in a program.

use pgrx::datum::Uuid;
use pgrx::prelude::*;

use crate::codes::membership::DEFAULT_OWNER_TYPE;
use crate::codes::new::NewCode;
use crate::codes::placed;
use crate::codes::read;
use crate::codes::row::{Code, CodeColumns};
use crate::codes::told;
use crate::events::tell::Events;
use crate::pg::args;
use crate::pg::clock;
use crate::pg::error::{Error, Result, answer, required};
use crate::pg::ids;
use crate::pg::returns::Record;
use crate::pg::session::{Session, View};
use crate::pg::statement::statements;
use crate::pg::tables::PROGRAMS;
use crate::pg::texts::Text;
use crate::pg::transaction::MOST_LOOKS;
use crate::programs::row;
use crate::rules::event::EventType;
use crate::rules::membership::is_followed;
use crate::rules::program::Program;
use crate::rules::refusal::Refusal;
use crate::settings::Settings;

statements! {
    CODE_OF_OWNER = "codes/code_of_owner.sql";
    CODES_OF_OWNER = "codes/codes_of_owner.sql";
    ADD_OWNER = "codes/add_owner.sql";
    REPLACE_CODE_OF_OWNER = "codes/replace_code_of_owner.sql";
}

/// A person, or something else that has codes, one after another, in a program.
struct Owner<'a> {
    uuid: Uuid,
    kind: &'a str,
    program: &'a str,
}

impl Owner<'_> {
    /// The last of the codes, and which of them that is.
    fn code(&self, session: &Session, view: View) -> Option<(Uuid, i32)> {
        let args = [self.uuid.into(), self.program.into(), self.kind.into()];
        let found = view.run(session, &CODE_OF_OWNER, &args);
        found.first().map(|row| (row.need(1), row.need(2)))
    }

    /// Adds a code behind those that the owner has; false where somebody else has done so.
    fn add(&self, session: &Session, code: Uuid, generation: i32) -> bool {
        let (owner, program, kind) = (self.uuid, self.program, self.kind);
        let args = [code.into(), program.into(), owner.into(), kind.into(), generation.into()];
        session.write(&ADD_OWNER, &args).count() == 1
    }

    /// Makes the owner's code, which has its id already.
    fn make_code(&self, session: &Session, uuid: Uuid, program: &Program) -> Result<Code> {
        let settings = Settings::of_codes(session, View::Now);
        let limits = settings.system_limits();
        let born = program.code_lives_from(clock::now());
        let new = NewCode {
            uuid,
            description: "Referral code",
            status: true,
            max_uses: program.max_uses_per_code.min(limits.max_uses),
            created_by_uuid: self.uuid,
            beneficiary_uuid: Some(self.uuid),
            expiration_date: program.codes_expire_after.map(|span| clock::after(born, span)),
        };
        let generator = program
            .generator()
            .map_err(|fault| Error::stored("22023", PROGRAMS, &fault.column, &fault.message))?;
        let code = new.insert_generated(session, &generator)?;
        Events::of(&settings).tell(session, EventType::CodeCreated, || told::created(&code));
        Ok(code)
    }
}

/// The code that a user has been given in a program, as the calling query sees it.
pub fn own_code(session: &Session, user: Uuid, program: &str) -> Option<Code> {
    let owner = Owner { uuid: user, kind: DEFAULT_OWNER_TYPE, program };
    let (code, _) = owner.code(session, View::Query)?;
    read::by_uuid(session, code, View::Query)
}

/// Those that a user has been given in a program one after another, that one among them.
pub fn own_codes(session: &Session, user: Uuid, program: &str) -> Vec<Uuid> {
    let args = [user.into(), program.into(), DEFAULT_OWNER_TYPE.into()];
    session.read(&CODES_OF_OWNER, &args).iter().map(|row| row.need(1)).collect()
}

/// The owner's code in a program, which is made where there is none, or where the last is dead. Of a program that makes
/// none the dead one is given.
fn code_for(session: &Session, owner: &Owner) -> Result<Code> {
    let program = row::named(session, owner.program, "program", View::Now)?;
    for _ in 0..MOST_LOOKS {
        let known = owner.code(session, View::Now);
        let code = known.and_then(|(known, _)| read::by_uuid(session, known, View::Now));
        let (is_gone, now) = (code.is_none(), clock::now());
        let gives_codes = program.gives_codes(now);
        if let Some(code) = code {
            let leads_to_owner = code.beneficiary_uuid == Some(owner.uuid);
            let is_followed = is_followed(&code.limits, leads_to_owner, now);
            if !is_followed || leads_to_owner && !gives_codes {
                return Ok(code);
            }
        }
        if !gives_codes {
            return Err(Refusal::ProgramNotActive.into());
        }
        let uuid = ids::new_uuid();
        // Whoever is first writes the code; the others wait here until it has committed.
        let is_first = match known {
            Some((gone, _)) if is_gone => {
                session.write(&REPLACE_CODE_OF_OWNER, &[gone.into(), uuid.into()]).count() == 1
            }
            known => owner.add(session, uuid, known.map_or(1, |(_, last)| last + 1)),
        };
        if is_first {
            return owner.make_code(session, uuid, &program);
        }
    }
    let message = "the owner's code keeps changing while it is looked up";
    Err(Error::keeps_changing("code_keeps_changing", message))
}

#[pg_extern(sql = false)]
fn referral_code_for(
    owner_uuid: Option<Uuid>,
    program: Option<Text>,
    owner_type: Option<Text>,
) -> Record<CodeColumns> {
    answer(|| {
        let kind = &args::owner_type(owner_type)?;
        let owner = Owner {
            uuid: required(owner_uuid, "owner_uuid")?,
            kind,
            program: &args::text(program, "program")?,
        };
        let session = Session::open();
        let code = code_for(&session, &owner)?;
        Ok(Record(placed::place(&session, code, View::Now).into_columns(clock::now())))
    })
}
