//! Random codes: one, one that is free, or many at once.

use std::collections::HashSet;

use pgrx::datum::Uuid;
use pgrx::prelude::*;

use crate::code_changes::{SystemLimits, is_taken, told_of_new};
use crate::creators;
use crate::events::Events;
use crate::pg::clock;
use crate::pg::error::{Error, Result, answer, required};
use crate::pg::ids;
use crate::pg::rows::RowSet;
use crate::pg::session::{Session, View, statements};
use crate::rules::code;
use crate::rules::draft::Draft;
use crate::rules::event::EventType;
use crate::rules::generator::{DEFAULT_ALPHABET, DEFAULT_ATTEMPTS, Generator};
use crate::rules::refusal::Refusal;
use crate::rules::time::Timestamp;

statements! {
    INSERT_MANY = "codes/insert_many.sql";
}

/// How many times a generated code is drawn anew, where nobody says how many.
pub const STANDARD_ATTEMPTS: u32 = DEFAULT_ATTEMPTS;

/// Codes written by one statement of a bulk creation: what it holds in memory at a time.
const BATCH: usize = 1_000;

/// Draws codes until one is free. Another session may still take it first.
pub fn draw_unused(session: &Session, generator: &Generator, attempts: u32) -> Result<String> {
    let mut rng = rand::rng();
    for _ in 0..attempts {
        check_for_interrupts!();
        let code = generator.draw(&mut rng);
        if !is_taken(session, &code, None, View::Now) {
            return Ok(code);
        }
    }
    Err(Refusal::NoUniqueCode { attempts }.into())
}

#[pg_extern(sql = false)]
fn referral_generate_code(
    length: Option<i32>,
    alphabet: Option<&str>,
    prefix: Option<&str>,
) -> String {
    answer(|| {
        let length = required(length, "length")?;
        let alphabet = alphabet.unwrap_or(DEFAULT_ALPHABET);
        let generator = Generator::new(length, alphabet, prefix.unwrap_or_default())?;
        Ok(generator.draw(&mut rand::rng()))
    })
}

#[pg_extern(sql = false)]
fn referral_generate_unique_code(attempts: Option<i32>) -> String {
    answer(|| {
        let attempts = u32::try_from(required(attempts, "attempts")?)
            .ok()
            .filter(|attempts| (1..=1000).contains(attempts))
            .ok_or_else(|| Error::out_of_range("attempts", "must be from 1 to 1000"))?;
        draw_unused(&Session::open(), &Generator::standard(), attempts)
    })
}

/// A bulk creation under way: an iterator over the codes it has written, batch by batch.
struct Bulk {
    session: Session,
    events: Events,
    generator: Generator,
    description: String,
    max_uses: i32,
    created_by_uuid: Uuid,
    beneficiary_uuid: Option<Uuid>,
    expiration_date: Option<Timestamp>,
    /// Codes that are still to be written.
    missing: usize,
    written: std::vec::IntoIter<String>,
}

impl Bulk {
    /// Draws and writes one batch; codes that some row holds are drawn anew in a later one.
    fn write_batch(&self) -> Vec<String> {
        let size = self.missing.min(BATCH);
        let mut rng = rand::rng();
        let mut drawn = HashSet::with_capacity(size);
        while drawn.len() < size {
            drawn.insert(self.generator.draw(&mut rng));
        }
        let uuids: Vec<Uuid> = (0..size).map(|_| ids::new_uuid()).collect();
        let codes: Vec<String> = drawn.into_iter().collect();
        let args = [
            uuids.into(),
            codes.into(),
            self.description.as_str().into(),
            self.max_uses.into(),
            self.created_by_uuid.into(),
            self.beneficiary_uuid.into(),
            clock::now().into(),
            self.expiration_date.into(),
        ];
        let written = self.session.write(&INSERT_MANY, &args);
        self.events.tell_each(&self.session, EventType::CodeCreated, || {
            let told = written.iter().map(|row| {
                let (uuid, code) = (row.need(2), row.need::<String>(1));
                let beneficiary = self.beneficiary_uuid;
                told_of_new(uuid, &code, self.created_by_uuid, beneficiary, self.max_uses)
            });
            told.collect()
        });
        written.iter().map(|row| row.need(1)).collect()
    }
}

impl Iterator for Bulk {
    type Item = (String,);

    fn next(&mut self) -> Option<(String,)> {
        loop {
            if let Some(code) = self.written.next() {
                return Some((code,));
            }
            if self.missing == 0 {
                return None;
            }
            check_for_interrupts!();
            let written = self.write_batch();
            self.missing -= written.len();
            self.written = written.into_iter();
        }
    }
}

#[pg_extern(sql = false)]
#[allow(clippy::too_many_arguments)] // The contract's.
fn referral_create_codes(
    count: Option<i32>,
    created_by_uuid: Option<Uuid>,
    description: Option<&str>,
    max_uses: Option<i32>,
    expiration_date: Option<TimestampWithTimeZone>,
    beneficiary_uuid: Option<Uuid>,
    length: Option<i32>,
    prefix: Option<&str>,
    enforce_user_limit: Option<bool>,
) -> RowSet<'static, (String,)> {
    answer(|| {
        let count = required(count, "count")?;
        let missing = usize::try_from(count)
            .ok()
            .filter(|&count| count > 0)
            .ok_or_else(|| Error::out_of_range("count", "must be greater than 0"))?;
        let created_by_uuid = required(created_by_uuid, "created_by_uuid")?;
        let description = required(description, "description")?.to_owned();
        let max_uses = required(max_uses, "max_uses")?;
        let length = required(length, "length")?;
        let enforce = required(enforce_user_limit, "enforce_user_limit")?;
        let prefix = code::normalize(prefix.unwrap_or_default());
        let generator = Generator::new(length, DEFAULT_ALPHABET, &prefix)?;
        generator.must_hold(missing)?;

        let session = Session::open();
        let limits = SystemLimits::read(&session, View::Now);
        let expiration_date = expiration_date.map(Timestamp::from);
        let mut draft = Draft {
            // Every code of the batch is as long and as clean as this one.
            code: Some(generator.draw(&mut rand::rng())),
            description: Some(description.clone()),
            max_uses: Some(max_uses),
            expiration_date: Some(expiration_date),
        };
        if let Some(error) = draft.check(limits.max_uses, clock::now()).into_iter().next() {
            return Err(error.into());
        }
        if enforce {
            creators::hold_limit(&session, created_by_uuid, count, limits.codes_per_user)?;
        }
        Ok(RowSet::new(Bulk {
            session,
            events: limits.events,
            generator,
            description,
            max_uses,
            created_by_uuid,
            beneficiary_uuid,
            expiration_date,
            missing,
            written: Vec::new().into_iter(),
        }))
    })
}
