//! Codes made, changed and taken away, and the dry run of each.

use std::str::FromStr;

use pgrx::JsonB;
use pgrx::datum::Uuid;
use pgrx::prelude::*;
use serde_json::{Map, Value, json};

use crate::codes::{self, Code, CodeColumns};
use crate::creators;
use crate::events::Events;
use crate::generation::{self, STANDARD_ATTEMPTS};
use crate::memberships;
use crate::pg::clock;
use crate::pg::error::{Error, Result, answer, required};
use crate::pg::ids;
use crate::pg::rows::{Record, RowSet};
use crate::pg::session::{Session, View, statements};
use crate::rules::attributes::Attributes;
use crate::rules::code::Lookup;
use crate::rules::draft::Draft;
use crate::rules::event::EventType;
use crate::rules::fields::FieldError;
use crate::rules::generator::Generator;
use crate::rules::refusal::Refusal;
use crate::rules::settings::{EVENTS_ENABLED, MAX_CODES_PER_USER, MAX_USES_PER_CODE};
use crate::rules::time::Timestamp;
use crate::settings::Settings;

statements! {
    INSERT = "codes/insert.sql";
    UPDATE = "codes/update.sql";
    DEACTIVATE = "codes/deactivate.sql";
    DELETE = "codes/delete.sql";
    DELETE_USAGE = "usage/delete_of_code.sql";
    OTHER_OF_CODE = "codes/other_of_code.sql";
}

/// The two limits that new codes are held to, and whether to tell of them.
pub struct SystemLimits {
    pub max_uses: i32,
    pub codes_per_user: i32,
    pub events: Events,
}

impl SystemLimits {
    pub fn read(session: &Session, view: View) -> Self {
        let keys = [MAX_USES_PER_CODE.key, MAX_CODES_PER_USER.key, EVENTS_ENABLED.key];
        let settings = Settings::read(session, &keys, view);
        SystemLimits {
            max_uses: settings.limit(MAX_USES_PER_CODE),
            codes_per_user: settings.limit(MAX_CODES_PER_USER),
            events: Events::of(&settings),
        }
    }

    /// The uses of a new code for which none are asked: the system limit, at most 100.
    pub fn default_max_uses(&self) -> i32 {
        self.max_uses.min(MAX_USES_PER_CODE.default)
    }
}

/// Whether a row other than `except` holds the code, which is in its normal form, in whatever case.
pub fn is_taken(session: &Session, code: &str, except: Option<Uuid>, view: View) -> bool {
    view.run(session, &OTHER_OF_CODE, &[code.into(), except.into()]).count() > 0
}

/// Every rule that a draft breaks, the code's being free among them.
fn check(
    session: &Session,
    draft: &mut Draft,
    except: Option<Uuid>,
    limits: &SystemLimits,
    view: View,
) -> Vec<FieldError> {
    let mut errors = draft.check(limits.max_uses, clock::now());
    let sound = errors.iter().all(|error| error.column != "code");
    if let Some(code) = &draft.code
        && sound
        && is_taken(session, code, except, view)
    {
        errors.push(FieldError::taken());
    }
    errors
}

pub fn first(errors: Vec<FieldError>) -> Result<()> {
    errors.into_iter().next().map_or(Ok(()), |error| Err(error.into()))
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
    fn insert(&self, session: &Session, code: &str) -> Option<Code> {
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
        for _ in 0..STANDARD_ATTEMPTS {
            let code = generation::draw_unused(session, generator, STANDARD_ATTEMPTS)?;
            if let Some(code) = self.insert(session, &code) {
                return Ok(code);
            }
        }
        Err(Refusal::NoUniqueCode { attempts: STANDARD_ATTEMPTS }.into())
    }
}

#[pg_extern(sql = false)]
fn referral_create_code(
    created_by_uuid: Option<Uuid>,
    code: Option<&str>,
    description: Option<&str>,
    max_uses: Option<i32>,
    beneficiary_uuid: Option<Uuid>,
    expiration_date: Option<TimestampWithTimeZone>,
    status: Option<bool>,
) -> Record<CodeColumns> {
    answer(|| {
        let created_by_uuid = required(created_by_uuid, "created_by_uuid")?;
        let description = required(description, "description")?;
        let status = required(status, "status")?;
        let expiration_date = expiration_date.map(Timestamp::from);
        let session = Session::open();
        let limits = SystemLimits::read(&session, View::Now);
        let max_uses = max_uses.unwrap_or(limits.default_max_uses());
        let mut draft = Draft {
            code: code.map(str::to_owned),
            description: Some(description.to_owned()),
            max_uses: Some(max_uses),
            expiration_date: Some(expiration_date),
        };
        first(check(&session, &mut draft, None, &limits, View::Now))?;
        creators::hold_limit(&session, created_by_uuid, 1, limits.codes_per_user)?;
        let new = NewCode {
            uuid: ids::new_uuid(),
            description,
            status,
            max_uses,
            created_by_uuid,
            beneficiary_uuid,
            expiration_date,
        };
        let created = match draft.code {
            None => new.insert_generated(&session, &Generator::standard())?,
            Some(code) => new.insert(&session, &code).ok_or_else(FieldError::taken)?,
        };
        limits.events.tell(&session, EventType::CodeCreated, || told_of_created(&created));
        Ok(Record(created.into_columns(clock::now())))
    })
}

pub fn told_of_created(code: &Code) -> Value {
    let (creator, beneficiary) = (code.created_by_uuid, code.beneficiary_uuid);
    told_of_new(code.uuid, &code.code, creator, beneficiary, code.limits.max_uses)
}

/// What `code.created` tells.
pub fn told_of_new(
    uuid: Uuid,
    code: &str,
    created_by_uuid: Uuid,
    beneficiary_uuid: Option<Uuid>,
    max_uses: i32,
) -> Value {
    json!({
        "code_uuid": uuid.to_string(),
        "code": code,
        "created_by_uuid": created_by_uuid.to_string(),
        "beneficiary_uuid": beneficiary_uuid.map(|uuid| uuid.to_string()),
        "max_uses": max_uses,
    })
}

/// What `code.deactivated` tells.
pub fn told_of_deactivated(uuid: Uuid, code: &str) -> Value {
    json!({ "code_uuid": uuid.to_string(), "code": code })
}

pub fn object(json: Option<JsonB>, argument: &str) -> Result<Map<String, Value>> {
    match required(json, argument)?.0 {
        Value::Object(map) => Ok(map),
        _ => Err(Error::out_of_range(argument, "must be a JSON object of names and values")),
    }
}

fn read_attributes(json: &Map<String, Value>) -> (Attributes, Vec<FieldError>) {
    let time = |text: &str| TimestampWithTimeZone::from_str(text).ok().map(Timestamp::from);
    Attributes::read(json, &time)
}

fn new_creator(attributes: &Attributes, code: &Code) -> Option<Uuid> {
    let wanted = attributes.created_by_uuid.map(ids::from_standard);
    wanted.filter(|creator| *creator != code.created_by_uuid)
}

#[pg_extern(sql = false)]
fn referral_update_code(code_uuid: Option<Uuid>, changes: Option<JsonB>) -> Record<CodeColumns> {
    answer(|| {
        let uuid = required(code_uuid, "code_uuid")?;
        let (attributes, errors) = read_attributes(&object(changes, "changes")?);
        first(errors)?;
        let session = Session::open();
        let code = codes::lock(&session, uuid).ok_or(Refusal::CodeNotFound)?;
        let limits = SystemLimits::read(&session, View::Now);
        let mut draft = attributes.draft.clone().changes(&code.draft());
        first(check(&session, &mut draft, Some(uuid), &limits, View::Now))?;
        let creator = new_creator(&attributes, &code);
        if let Some(creator) = creator {
            creators::hold_limit(&session, creator, 1, limits.codes_per_user)?;
        }
        let beneficiary = match attributes.beneficiary_uuid {
            Some(beneficiary) => beneficiary.map(ids::from_standard),
            None => code.beneficiary_uuid,
        };
        let uses = code.limits.number_of_uses;
        memberships::follow_beneficiary(&session, uuid, uses, code.beneficiary_uuid, beneficiary)?;
        let args = [
            uuid.into(),
            draft.code.unwrap_or(code.code).into(),
            draft.description.unwrap_or(code.description).into(),
            attributes.status.unwrap_or(code.limits.status).into(),
            draft.max_uses.unwrap_or(code.limits.max_uses).into(),
            creator.unwrap_or(code.created_by_uuid).into(),
            beneficiary.into(),
            attributes.date_created.unwrap_or(code.date_created).into(),
            draft.expiration_date.unwrap_or(code.limits.expiration_date).into(),
        ];
        let updated = session.write(&UPDATE, &args);
        let updated = updated.first().map(Code::read).ok_or_else(not_updated)?;
        if code.limits.status && !updated.limits.status {
            limits.events.tell(&session, EventType::CodeDeactivated, || {
                told_of_deactivated(uuid, &updated.code)
            });
        }
        Ok(Record(updated.into_columns(clock::now())))
    })
}

/// The row was seen and locked, and yet no row was updated.
fn not_updated() -> Error {
    Error::new("42501", "row_not_updated", "the code's row could not be updated")
        .with_hint("Row-level security or a trigger of the host's stands in the way.")
}

#[pg_extern(sql = false)]
fn referral_delete_code(code_uuid: Option<Uuid>) -> bool {
    answer(|| {
        let uuid = required(code_uuid, "code_uuid")?;
        let session = Session::open();
        let Some(code) = codes::lock(&session, uuid) else { return Ok(false) };
        let deleted = session.write(&DELETE, &[uuid.into()]).count() > 0;
        if deleted {
            session.write(&DELETE_USAGE, &[uuid.into()]);
            memberships::forget(&session, &code)?;
        }
        Ok(deleted)
    })
}

#[pg_extern(sql = false)]
fn referral_deactivate_code(code: Option<&str>) -> bool {
    answer(|| {
        let lookup = Lookup::new(required(code, "code")?);
        let session = Session::open();
        let found = lookup.and_then(|lookup| codes::by_text(&session, &lookup, View::Now));
        if let Some(code) = &found {
            let deactivated = session.write(&DEACTIVATE, &[code.uuid.into()]);
            if let Some(row) = deactivated.first() {
                Events::read(&session).tell(&session, EventType::CodeDeactivated, || {
                    told_of_deactivated(code.uuid, &row.need::<String>(1))
                });
            }
        }
        Ok(found.is_some())
    })
}

/// What `referral_create_code` (no code) or `referral_update_code` would refuse.
fn foresee(session: &Session, json: &Map<String, Value>, code: Option<&Code>) -> Vec<FieldError> {
    let limits = SystemLimits::read(session, View::Query);
    let (attributes, mut errors) = read_attributes(json);
    let mut draft = match code {
        Some(code) => attributes.draft.clone().changes(&code.draft()),
        None => attributes.draft.clone(),
    };
    let except = code.map(|code| code.uuid);
    errors.extend(check(session, &mut draft, except, &limits, View::Query));
    let creator = match code {
        Some(code) => new_creator(&attributes, code),
        None => attributes.created_by_uuid.map(ids::from_standard),
    };
    if let Some(creator) = creator
        && let Err(refusal) = creators::foresee_limit(session, creator, limits.codes_per_user)
    {
        errors.push(FieldError::invalid("created_by_uuid", refusal.message()));
    } else if code.is_none() && !json.contains_key("created_by_uuid") {
        errors.push(FieldError::invalid("created_by_uuid", "can't be blank"));
    }
    errors
}

#[pg_extern(sql = false)]
fn referral_code_errors(
    attributes: Option<JsonB>,
    code_uuid: Option<Uuid>,
) -> RowSet<'static, (String, String)> {
    answer(|| {
        let json = object(attributes, "attributes")?;
        let session = Session::open();
        let code = match code_uuid {
            Some(uuid) => {
                let found = codes::by_uuid(&session, uuid, View::Query);
                Some(found.ok_or(Refusal::CodeNotFound)?)
            }
            None => None,
        };
        let errors = foresee(&session, &json, code.as_ref());
        Ok(RowSet::new(errors.into_iter().map(|e| (e.column.into_owned(), e.message))))
    })
}
