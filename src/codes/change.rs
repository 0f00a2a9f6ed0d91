//! Codes changed and taken away; and the dry run of creating or changing one.

use pgrx::datum::Uuid;
use pgrx::prelude::*;
use serde_json::{Map, Value};

use crate::codes::membership;
use crate::codes::metadata;
use crate::codes::new::check;
use crate::codes::placed;
use crate::codes::read;
use crate::codes::reserves;
use crate::codes::row::{COLUMNS, Code, CodeColumns};
use crate::codes::stripes::{self, OF_CODES};
use crate::codes::told;
use crate::codes::user_limit;
use crate::events::tell::Events;
use crate::pg::args::{self, object};
use crate::pg::clock;
use crate::pg::error::{Error, answer, first, required};
use crate::pg::ids;
use crate::pg::json::Json;
use crate::pg::returns::{Record, RowSet};
use crate::pg::session::{Session, View};
use crate::pg::statement::statements;
use crate::pg::tables::HOLDS;
use crate::pg::texts::Text;
use crate::pg::values::read_time;
use crate::programs::cap;
use crate::rules::attributes::Attributes;
use crate::rules::event::EventType;
use crate::rules::fields::FieldError;
use crate::rules::program::DEFAULT_KEY;
use crate::rules::refusal::Refusal;
use crate::settings::Settings;

statements! {
    c.* = COLUMNS;
    UPDATE = "codes/update.sql";
}

statements! {
    DEACTIVATE = "codes/deactivate.sql";
    DELETE = "codes/delete.sql";
    DELETE_USAGE = "codes/delete_usage.sql";
    DELETE_HOLDS = "codes/delete_holds.sql";
}

fn read_attributes(json: &Map<String, Value>) -> (Attributes, Vec<FieldError>) {
    Attributes::read(json, &read_time)
}

fn new_creator(attributes: &Attributes, code: &Code) -> Option<Uuid> {
    let wanted = attributes.created_by_uuid.map(ids::from_standard);
    wanted.filter(|creator| *creator != code.created_by_uuid)
}

#[pg_extern(sql = false)]
fn referral_update_code(code_uuid: Option<Uuid>, changes: Option<Json>) -> Record<CodeColumns> {
    answer(|| {
        let uuid = required(code_uuid, "code_uuid")?;
        let (attributes, errors) = read_attributes(&object(changes, "changes")?);
        first(errors)?;
        let session = Session::open();
        let code = read::lock_for_change(&session, uuid).ok_or(Refusal::CodeNotFound)?;
        let settings = Settings::of_codes(&session, View::Now);
        let limits = settings.system_limits();
        let mut draft = attributes.draft.clone().changes(&code.draft());
        first(check(&session, &mut draft, Some(uuid), limits, View::Now))?;
        let creator = new_creator(&attributes, &code);
        if let Some(creator) = creator {
            user_limit::hold_limit(&session, creator, 1, limits.codes_per_user)?;
        }
        let beneficiary = match attributes.beneficiary_uuid {
            Some(beneficiary) => beneficiary.map(ids::from_standard),
            None => code.beneficiary_uuid,
        };
        let is_renamed = draft.code.is_some();
        let (former, uses) = (code.beneficiary_uuid, code.limits.number_of_uses);
        let args = [
            uuid.into(),
            draft.code.unwrap_or_else(|| code.code.clone()).into(),
            draft.description.unwrap_or_else(|| code.description.clone()).into(),
            attributes.status.unwrap_or(code.limits.status).into(),
            draft.max_uses.unwrap_or(code.limits.max_uses).into(),
            creator.unwrap_or(code.created_by_uuid).into(),
            beneficiary.into(),
            attributes.date_created.unwrap_or(code.date_created).into(),
            draft.expiration_date.unwrap_or(code.limits.expiration_date).into(),
        ];
        let updated = session.write(&UPDATE, &args);
        let updated =
            updated.first().map(Code::read).ok_or_else(|| Error::row_not_updated("code"))?;
        if is_renamed {
            stripes::follow_text(&session);
        }
        // Behind the row's own write, which waits for a program's first cap: whoever waits for that must not
        // have locked a program.
        membership::follow_beneficiary(&session, uuid, uses, former, beneficiary)?;
        if former.is_some() != beneficiary.is_some() {
            cap::follow_codes(&session, DEFAULT_KEY);
        }
        let updated = reserves::complete(&session, updated, View::Now);
        told::tell_changes(&session, Events::of(&settings), &code, &updated);
        Ok(Record(placed::place(&session, updated, View::Now).into_columns(clock::now())))
    })
}

#[pg_extern(sql = false)]
fn referral_delete_code(code_uuid: Option<Uuid>) -> bool {
    answer(|| {
        let uuid = required(code_uuid, "code_uuid")?;
        let session = Session::open();
        let Some(code) = read::lock_for_change(&session, uuid) else { return Ok(false) };
        let deleted = session.write(&DELETE, &[uuid.into()]).count() > 0;
        if deleted {
            OF_CODES.remove(&session, uuid, 0);
            session.write(&DELETE_USAGE, &[uuid.into()]);
            if session.may_have_rows(HOLDS) {
                session.write(&DELETE_HOLDS, &[uuid.into()]);
            }
            metadata::remove(&session, uuid);
            membership::forget(&session, &code)?;
            Events::read(&session)
                .tell(&session, EventType::CodeDeleted, || told::named(uuid, &code.code));
        }
        Ok(deleted)
    })
}

#[pg_extern(sql = false)]
fn referral_deactivate_code(code: Option<Text>) -> bool {
    answer(|| {
        let code = args::text(code, "code")?;
        let lookup = read::lookup(&code);
        let session = Session::open();
        let found = lookup.and_then(|lookup| read::by_text(&session, &lookup, View::Now));
        if let Some(code) = &found
            && read::lock_for_change(&session, code.uuid).is_some()
        {
            let deactivated = session.write(&DEACTIVATE, &[code.uuid.into()]);
            if let Some(row) = deactivated.first() {
                Events::read(&session).tell(&session, EventType::CodeDeactivated, || {
                    told::named(code.uuid, &row.need::<String>(1))
                });
            }
        }
        Ok(found.is_some())
    })
}

/// What `referral_create_code` (no code) or `referral_update_code` would refuse.
fn foresee(session: &Session, json: &Map<String, Value>, code: Option<&Code>) -> Vec<FieldError> {
    let limits = Settings::of_codes(session, View::Query).system_limits();
    let (attributes, mut errors) = read_attributes(json);
    let mut draft = match code {
        Some(code) => attributes.draft.clone().changes(&code.draft()),
        None => attributes.draft.clone(),
    };
    let except = code.map(|code| code.uuid);
    errors.extend(check(session, &mut draft, except, limits, View::Query));
    let creator = match code {
        Some(code) => new_creator(&attributes, code),
        None => attributes.created_by_uuid.map(ids::from_standard),
    };
    if let Some(creator) = creator
        && let Err(refusal) = user_limit::foresee_limit(session, creator, limits.codes_per_user)
    {
        errors.push(FieldError::invalid("created_by_uuid", refusal.message()));
    } else if code.is_none() && !json.contains_key("created_by_uuid") {
        errors.push(FieldError::invalid("created_by_uuid", "can't be blank"));
    }
    errors
}

#[pg_extern(sql = false)]
fn referral_code_errors(
    attributes: Option<Json>,
    code_uuid: Option<Uuid>,
) -> RowSet<'static, (String, String)> {
    answer(|| {
        let json = object(attributes, "attributes")?;
        let session = Session::open();
        let code = match code_uuid {
            Some(uuid) => {
                let found = read::by_uuid(&session, uuid, View::Query);
                Some(found.ok_or(Refusal::CodeNotFound)?)
            }
            None => None,
        };
        let errors = foresee(&session, &json, code.as_ref());
        Ok(RowSet::new(errors.into_iter().map(|e| (e.column.into_owned(), e.message))))
    })
}
