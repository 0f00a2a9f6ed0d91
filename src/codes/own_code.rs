//! The one code that a person, or something else, has in a program.

use pgrx::datum::Uuid;
use pgrx::prelude::*;

use crate::codes::membership::DEFAULT_OWNER_TYPE;
use crate::codes::new::NewCode;
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
use crate::rules::program::Program;
use crate::rules::refusal::Refusal;
use crate::settings::Settings;

statements! {
    CODE_OF_OWNER = "codes/code_of_owner.sql";
    ADD_OWNER = "codes/add_owner.sql";
    REPLACE_CODE_OF_OWNER = "codes/replace_code_of_owner.sql";
}

const OWNER_TYPE_CHARS: usize = 64;

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
        let settings = Settings::of_codes(session, View::Now);
        let limits = settings.system_limits();
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
    let code = owner.code(session, View::Query)?;
    read::by_uuid(session, code, View::Query)
}

/// The owner's code in a program, which is made where there is none.
fn code_for(session: &Session, owner: &Owner) -> Result<Code> {
    let program = row::named(session, owner.program, "program", View::Now)?;
    for _ in 0..MOST_LOOKS {
        let known = owner.code(session, View::Now);
        if let Some(known) = known
            && let Some(code) = read::by_uuid(session, known, View::Now)
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
        let kind = args::text(owner_type, "owner_type")?;
        let kind = kind.trim();
        if kind.is_empty() || kind.chars().nth(OWNER_TYPE_CHARS).is_some() {
            return Err(Error::out_of_range("owner_type", "must be 1 to 64 characters"));
        }
        let owner = Owner {
            uuid: required(owner_uuid, "owner_uuid")?,
            kind,
            program: &args::text(program, "program")?,
        };
        let code = code_for(&Session::open(), &owner)?;
        Ok(Record(code.into_columns(clock::now())))
    })
}
