//! Codes created: one, or many at once.

use std::borrow::Cow;
use std::collections::{BTreeSet, btree_set};
use std::rc::Rc;

use pgrx::datum::Uuid;
use pgrx::prelude::*;

use crate::codes::alike::{Alike, BATCH};
use crate::codes::new::{self, NewCode, check};
use crate::codes::placed;
use crate::codes::row::CodeColumns;
use crate::codes::told;
use crate::codes::user_limit;
use crate::events::tell::Events;
use crate::pg::args;
use crate::pg::clock;
use crate::pg::encoding;
use crate::pg::error::{Error, answer, first, required};
use crate::pg::ids;
use crate::pg::progress::Progress;
use crate::pg::returns::{Record, RowSet};
use crate::pg::session::{Session, View};
use crate::pg::tables::Tables;
use crate::pg::texts::Text;
use crate::programs::row as programs;
use crate::rules::code;
use crate::rules::draft::Draft;
use crate::rules::event::EventType;
use crate::rules::fields::FieldError;
use crate::rules::generator::{DEFAULT_ALPHABET, Generator};
use crate::rules::time::Timestamp;
use crate::settings::Settings;

/// Codes drawn together, and written in their order: neighbours meet the same pages of the indexes.
const DRAWN: usize = 100_000;

#[pg_extern(sql = false)]
fn referral_create_code(
    created_by_uuid: Option<Uuid>,
    code: Option<Text>,
    description: Option<Text>,
    max_uses: Option<i32>,
    beneficiary_uuid: Option<Uuid>,
    expiration_date: Option<TimestampWithTimeZone>,
    status: Option<bool>,
) -> Record<CodeColumns> {
    answer(|| {
        let created_by_uuid = required(created_by_uuid, "created_by_uuid")?;
        let code = args::optional_text(code, "code")?;
        let description = args::text(description, "description")?;
        let status = required(status, "status")?;
        let expiration_date = expiration_date.map(Timestamp::from);
        let session = Session::open();
        let settings = Settings::of_codes(&session, View::Now);
        let limits = settings.system_limits();
        let max_uses = max_uses.unwrap_or(limits.default_max_uses());
        let mut draft = Draft {
            code: code.map(Cow::into_owned),
            description: Some(description.clone().into_owned()),
            max_uses: Some(max_uses),
            expiration_date: Some(expiration_date),
        };
        first(check(&session, &mut draft, None, limits, View::Now))?;
        user_limit::hold_limit(&session, created_by_uuid, 1, limits.codes_per_user)?;
        let new = NewCode {
            uuid: ids::new_uuid(),
            description: &description,
            status,
            max_uses,
            created_by_uuid,
            beneficiary_uuid,
            expiration_date,
        };
        let code = match draft.code {
            None => new.insert_generated(&session, &Generator::standard())?,
            Some(code) => new.insert(&session, &code).ok_or_else(FieldError::taken)?,
        };
        Events::of(&settings).tell(&session, EventType::CodeCreated, || told::created(&code));
        Ok(Record(placed::place_new(&session, code).into_columns(clock::now())))
    })
}

/// A bulk creation under way: an iterator over the codes it has written, batch by batch.
struct Bulk {
    tables: Rc<Tables>,
    generator: Generator,
    alike: Alike,
    progress: Progress,
    count: usize,
    /// Codes that are still to be written.
    missing: usize,
    drawn: btree_set::IntoIter<String>,
    written: std::vec::IntoIter<(Uuid, String)>,
}

impl Bulk {
    /// Writes one batch; codes that some row holds are drawn anew in a later one.
    fn write_batch(&mut self) -> Vec<(Uuid, String)> {
        if self.drawn.len() == 0 {
            self.drawn = self.draw().into_iter();
        }
        // What a batch sends is freed with its session.
        let session = Session::over(Rc::clone(&self.tables));
        let codes = new::without_taken(&session, self.drawn.by_ref().take(BATCH).collect());
        let uuids: Vec<Uuid> = codes.iter().map(|_| ids::new_uuid()).collect();
        self.alike.write(&session, uuids, codes)
    }

    fn draw(&self) -> BTreeSet<String> {
        let size = self.missing.min(DRAWN);
        let mut rng = rand::rng();
        let mut drawn = BTreeSet::new();
        while drawn.len() < size {
            drawn.insert(self.generator.draw(&mut rng));
        }
        drawn
    }
}

impl Iterator for Bulk {
    type Item = (Uuid, String);

    fn next(&mut self) -> Option<(Uuid, String)> {
        loop {
            if let Some(written) = self.written.next() {
                return Some(written);
            }
            if self.missing == 0 {
                return None;
            }
            self.progress.at(self.count - self.missing, self.count);
            let written = self.write_batch();
            self.missing -= written.len();
            self.written = written.into_iter();
        }
    }
}

#[pg_extern(sql = false)]
#[allow(clippy::too_many_arguments)] // The contract's.
fn referral_create_codes_in_program(
    count: Option<i32>,
    created_by_uuid: Option<Uuid>,
    description: Option<Text>,
    max_uses: Option<i32>,
    expiration_date: Option<TimestampWithTimeZone>,
    beneficiary_uuid: Option<Uuid>,
    length: Option<i32>,
    prefix: Option<Text>,
    enforce_user_limit: Option<bool>,
    program: Option<Text>,
) -> RowSet<'static, (Uuid, String)> {
    answer(|| {
        let count = required(count, "count")?;
        let codes = usize::try_from(count)
            .ok()
            .filter(|&count| count > 0)
            .ok_or_else(|| Error::out_of_range("count", "must be greater than 0"))?;
        let created_by_uuid = required(created_by_uuid, "created_by_uuid")?;
        let description = args::text(description, "description")?.into_owned();
        let max_uses = required(max_uses, "max_uses")?;
        let length = required(length, "length")?;
        let enforce = required(enforce_user_limit, "enforce_user_limit")?;
        let prefix = args::optional_text(prefix, "prefix")?;
        let program = args::optional_text(program, "program")?.map(Cow::into_owned);
        let prefix = code::normalize(prefix.as_deref().unwrap_or_default());
        if !encoding::can_hold(&prefix) {
            return Err(Error::not_in_encoding("prefix"));
        }
        let generator = Generator::new(length, DEFAULT_ALPHABET, &prefix)?;
        generator.must_hold(codes)?;

        let session = Session::open();
        if let Some(program) = &program {
            programs::named(&session, program, "program", View::Now)?;
        }
        let settings = Settings::of_codes(&session, View::Now);
        let limits = settings.system_limits();
        let alike = Alike {
            description,
            max_uses,
            created_by_uuid,
            beneficiary_uuid,
            expiration_date: expiration_date.map(Timestamp::from),
            program,
            events: Events::of(&settings),
        };
        // Every code of the bulk is as long and as clean as this one.
        alike.check(Some(generator.draw(&mut rand::rng())), limits)?;
        if enforce {
            user_limit::hold_limit(&session, created_by_uuid, count, limits.codes_per_user)?;
        }
        Ok(RowSet::new(Bulk {
            tables: Rc::clone(&session.tables),
            generator,
            alike,
            progress: Progress::begin("creating codes"),
            count: codes,
            missing: codes,
            drawn: BTreeSet::new().into_iter(),
            written: Vec::new().into_iter(),
        }))
    })
}
