//! New codes: drawn, checked and written, one at a time.

use std::cell::OnceCell;
use std::collections::HashSet;

use pgrx::datum::Uuid;
use pgrx::prelude::*;

use crate::codes::row::{COLUMNS, Code};
use crate::pg::args;
use crate::pg::clock;
use crate::pg::encoding;
use crate::pg::error::{Error, Result, answer, required};
use crate::pg::returns::Scalar;
use crate::pg::session::{Session, View};
use crate::pg::statement::{statements, text};
use crate::pg::texts::{self, Text};
use crate::rules::code;
use crate::rules::code::OddLetters;
use crate::rules::draft::Draft;
use crate::rules::fields::FieldError;
use crate::rules::generator::{DEFAULT_ALPHABET, DEFAULT_ATTEMPTS, Generator};
use crate::rules::refusal::Refusal;
use crate::rules::settings::SystemLimits;
use crate::rules::time::Timestamp;

statements! {
    c.* = COLUMNS;
    INSERT = "codes/insert.sql";
}

statements! {
    OTHER_OF_CODE = "codes/other_of_code.sql";
}

/// What the database's `upper()` makes of the texts that are the same code: by Unicode's default mapping, as functions
/// and guards store codes, or by its own, by which they are looked up. `normal` is the code's normal form.
pub fn spellings(normal: &str, typed: &str) -> Vec<String> {
    thread_local! {
        /// Asked for once: a backend never leaves its database.
        static ODD: OnceCell<OddLetters> = const { OnceCell::new() };
    }
    let mut spellings =
        ODD.with(|odd| odd.get_or_init(|| OddLetters::of(texts::upper)).spellings(normal));
    let typed = typed.trim();
    // The capitals of ASCII are everybody's.
    if !typed.bytes().all(|byte| byte.is_ascii() && !byte.is_ascii_lowercase()) {
        spellings.insert(texts::upper_of(typed));
    }
    spellings.into_iter().collect()
}

/// Whether a row other than `except` holds the code, in whatever case.
fn is_taken(
    session: &Session,
    normal: &str,
    typed: &str,
    except: Option<Uuid>,
    view: View,
) -> bool {
    let args = [spellings(normal, typed).into(), except.into()];
    view.run(session, &OTHER_OF_CODE, &args).count() > 0
}

/// Which of the spellings some row has.
pub fn taken<'a>(
    session: &Session,
    spellings: impl Iterator<Item = &'a String>,
) -> HashSet<String> {
    let all: Vec<&str> = spellings.map(String::as_str).collect();
    // Planned anew for each batch: a plan from when the table was small would read it whole for every code.
    let taken = session.write_once(text!("codes/taken_spellings.sql"), &[], &[all.into()]);
    taken.iter().map(|row| row.need(1)).collect()
}

/// Codes in their normal form, without those that a row holds in whatever case.
pub fn without_taken(session: &Session, mut codes: Vec<String>) -> Vec<String> {
    let spellings: Vec<Vec<String>> = codes.iter().map(|code| spellings(code, code)).collect();
    let taken = taken(session, spellings.iter().flatten());
    if !taken.is_empty() {
        let mut spellings = spellings.iter();
        let free = |spellings: &Vec<String>| !spellings.iter().any(|s| taken.contains(s));
        codes.retain(|_| spellings.next().is_none_or(free));
    }
    codes
}

/// Refuses a code that another row holds, in whatever case.
pub fn must_be_free(session: &Session, text: &str, except: Option<Uuid>) -> Result<()> {
    // What the database cannot hold in capitals was left as it is.
    let normal = code::normalize(text);
    let normal = if encoding::can_hold(&normal) { normal.as_str() } else { text };
    match is_taken(session, normal, text, except, View::Now) {
        true => Err(FieldError::taken().into()),
        false => Ok(()),
    }
}

/// Every rule that a draft breaks, the code's being free among them.
pub fn check(
    session: &Session,
    draft: &mut Draft,
    except: Option<Uuid>,
    limits: SystemLimits,
    view: View,
) -> Vec<FieldError> {
    let typed = draft.code.clone().unwrap_or_default();
    let mut errors = draft.check(limits.max_uses, clock::now());
    let sound = errors.iter().all(|error| error.column != "code");
    if let Some(code) = &draft.code
        && sound
    {
        if !encoding::can_hold(code) {
            errors.push(FieldError::not_in_encoding("code", encoding::name()));
        } else if is_taken(session, code, &typed, except, view) {
            errors.push(FieldError::taken());
        }
    }
    errors
}

/// A code to be written, its rules checked.
pub struct NewCode<'a> {
    pub uuid: Uuid,
    pub description: &'a str,
    pub status: bool,
    pub max_uses: i32,
    pub created_by_uuid: Uuid,
    pub beneficiary_uuid: Option<Uuid>,
    pub expiration_date: Option<Timestamp>,
}

impl NewCode<'_> {
    /// None where another session holds the code by now.
    pub fn insert(&self, session: &Session, code: &str) -> Option<Code> {
        let args = [
            self.uuid.into(),
            code.into(),
            self.description.into(),
            self.status.into(),
            self.max_uses.into(),
            self.created_by_uuid.into(),
            self.beneficiary_uuid.into(),
            clock::now().into(),
            self.expiration_date.into(),
        ];
        session.write(&INSERT, &args).first().map(Code::read)
    }

    pub fn insert_generated(&self, session: &Session, generator: &Generator) -> Result<Code> {
        for _ in 0..DEFAULT_ATTEMPTS {
            let code = draw_unused(session, generator, DEFAULT_ATTEMPTS)?;
            if let Some(code) = self.insert(session, &code) {
                return Ok(code);
            }
        }
        Err(Refusal::NoUniqueCode { attempts: DEFAULT_ATTEMPTS }.into())
    }
}

/// Draws codes until one is free. Another session may still take it first.
fn draw_unused(session: &Session, generator: &Generator, attempts: u32) -> Result<String> {
    let mut rng = rand::rng();
    for _ in 0..attempts {
        check_for_interrupts!();
        let code = generator.draw(&mut rng);
        if !is_taken(session, &code, &code, None, View::Now) {
            return Ok(code);
        }
    }
    Err(Refusal::NoUniqueCode { attempts }.into())
}

#[pg_extern(sql = false)]
fn referral_generate_code(
    length: Option<i32>,
    alphabet: Option<Text>,
    prefix: Option<Text>,
) -> Scalar<String> {
    answer(|| {
        let length = required(length, "length")?;
        let alphabet = args::optional_text(alphabet, "alphabet")?;
        let prefix = args::optional_text(prefix, "prefix")?;
        let alphabet = alphabet.as_deref().unwrap_or(DEFAULT_ALPHABET);
        let generator = Generator::new(length, alphabet, prefix.as_deref().unwrap_or_default())?;
        Ok(Scalar(generator.draw(&mut rand::rng())))
    })
}

#[pg_extern(sql = false)]
fn referral_generate_unique_code(attempts: Option<i32>) -> Scalar<String> {
    answer(|| {
        let attempts = u32::try_from(required(attempts, "attempts")?)
            .ok()
            .filter(|attempts| (1..=1000).contains(attempts))
            .ok_or_else(|| Error::out_of_range("attempts", "must be from 1 to 1000"))?;
        draw_unused(&Session::open(), &Generator::standard(), attempts).map(Scalar)
    })
}
