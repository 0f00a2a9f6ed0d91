//! Codes imported: those that somebody else has printed.

use std::collections::{HashMap, HashSet};

use pgrx::datum::{Array, Uuid};
use pgrx::prelude::*;

use crate::codes::alike::{Alike, BATCH};
use crate::codes::new::{self, spellings};
use crate::events::tell::Events;
use crate::pg::args;
use crate::pg::encoding;
use crate::pg::error::{Error, Result, answer, required};
use crate::pg::ids;
use crate::pg::progress::Progress;
use crate::pg::returns::RowSet;
use crate::pg::session::{Session, View};
use crate::pg::texts::{self, Text};
use crate::programs::row as programs;
use crate::rules::code;
use crate::rules::fields::{self, FieldError};
use crate::rules::time::Timestamp;
use crate::settings::Settings;

/// Codes of one call: they are held in memory together.
const MOST_CODES: usize = 100_000;

/// A text that somebody wants to be a code, and what comes of it.
struct Printed {
    /// As it is stored, or would be.
    code: Option<String>,
    /// What the database's `upper()` makes of the texts that are the same code.
    spellings: Vec<String>,
    verdict: Verdict,
}

enum Verdict {
    Sound,
    Written(Uuid),
    Refused(FieldError),
}

impl Printed {
    /// Judged by itself: whether it is free is for the database to say.
    fn read(text: Option<String>) -> Self {
        let typed = text.as_deref().unwrap_or_default();
        let refused = match fields::code(typed) {
            Ok(normal) if encoding::can_hold(&normal) => {
                let spellings = spellings(&normal, typed);
                return Printed { code: Some(normal), spellings, verdict: Verdict::Sound };
            }
            Ok(_) => FieldError::not_in_encoding("code", encoding::name()),
            Err(error) => error,
        };
        let normal = |text: String| {
            Some(code::normalize(&text)).filter(|normal| encoding::can_hold(normal)).or(Some(text))
        };
        Printed {
            code: text.and_then(normal),
            spellings: Vec::new(),
            verdict: Verdict::Refused(refused),
        }
    }

    fn is_sound(&self) -> bool {
        matches!(self.verdict, Verdict::Sound)
    }

    fn into_columns(self) -> ImportColumns {
        let (uuid, error) = match self.verdict {
            Verdict::Written(uuid) => (Some(uuid), None),
            Verdict::Refused(error) => (None, Some(error)),
            Verdict::Sound => (None, Some(FieldError::taken())),
        };
        (self.code, uuid, uuid.is_some(), error.map(|error| error.message))
    }
}

/// Of those that are the same code the first counts.
fn refuse_repeats(printed: &mut [Printed]) {
    let mut held: HashSet<String> = HashSet::new();
    for one in printed.iter_mut().filter(|one| one.is_sound()) {
        if one.spellings.iter().any(|spelling| held.contains(spelling)) {
            one.verdict = Verdict::Refused(FieldError::taken());
        } else if let Some(code) = &one.code {
            held.insert(texts::upper_of(code));
        }
    }
}

/// Writes those that are free, in the order of their texts, as every bulk does: of two that write the same codes one
/// waits for the other, and neither for each other.
fn write(printed: &mut [Printed], alike: &Alike) {
    let mut sound: Vec<&mut Printed> = printed.iter_mut().filter(|one| one.is_sound()).collect();
    sound.sort_unstable_by(|one, other| one.code.cmp(&other.code));
    let (mut progress, mut done, total) = (Progress::begin("importing codes"), 0, sound.len());
    for batch in sound.chunks_mut(BATCH) {
        progress.at(done, total);
        done += batch.len();
        // What a batch sends is freed with its session.
        let session = Session::open();
        let taken = new::taken(&session, batch.iter().flat_map(|one| &one.spellings));
        let is_free = |one: &Printed| !one.spellings.iter().any(|s| taken.contains(s));
        let mut free: Vec<&mut Printed> = Vec::with_capacity(batch.len());
        for one in batch.iter_mut().filter(|one| is_free(one)) {
            free.push(one);
        }
        let uuids: Vec<Uuid> = free.iter().map(|_| ids::new_uuid()).collect();
        let codes = free.iter().filter_map(|one| one.code.clone()).collect();
        let written = alike.write(&session, uuids.clone(), codes);
        let mut written: HashMap<Uuid, String> = written.into_iter().collect();
        for (one, uuid) in free.into_iter().zip(uuids) {
            if let Some(code) = written.remove(&uuid) {
                one.code = Some(code);
                one.verdict = Verdict::Written(uuid);
            }
        }
    }
}

/// code, uuid, ok, message
type ImportColumns = (Option<String>, Option<Uuid>, bool, Option<String>);

#[pg_extern(sql = false)]
fn referral_import_codes(
    codes: Option<Array<&[u8]>>,
    created_by_uuid: Option<Uuid>,
    description: Option<Text>,
    max_uses: Option<i32>,
    expiration_date: Option<TimestampWithTimeZone>,
    program: Option<Text>,
) -> RowSet<'static, ImportColumns> {
    answer(|| {
        let codes = required(codes, "codes")?;
        if codes.len() > MOST_CODES {
            let rule = format!("must have at most {MOST_CODES} elements");
            return Err(Error::out_of_range("codes", rule));
        }
        let read = |code: Option<&[u8]>| -> Result<Printed> {
            check_for_interrupts!();
            Ok(Printed::read(texts::element(code, "codes")?))
        };
        let mut printed = codes.iter().map(read).collect::<Result<Vec<Printed>>>()?;
        let program = args::optional_text(program, "program")?;
        let session = Session::open();
        if let Some(program) = &program {
            programs::named(&session, program, "program", View::Now)?;
        }
        let settings = Settings::of_codes(&session, View::Now);
        let alike = Alike {
            description: args::text(description, "description")?.into_owned(),
            max_uses: required(max_uses, "max_uses")?,
            created_by_uuid: required(created_by_uuid, "created_by_uuid")?,
            beneficiary_uuid: None,
            expiration_date: expiration_date.map(Timestamp::from),
            program: program.map(|program| program.into_owned()),
            events: Events::of(&settings),
        };
        alike.check(None, settings.system_limits())?;
        refuse_repeats(&mut printed);
        write(&mut printed, &alike);
        Ok(RowSet::new(printed.into_iter().map(Printed::into_columns)))
    })
}
