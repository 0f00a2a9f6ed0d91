//! What events tell of codes.

use pgrx::datum::Uuid;
use serde_json::{Map, Value, json};

use crate::codes::row::Code;
use crate::events::tell::Events;
use crate::pg::clock;
use crate::pg::session::Session;
use crate::rules::event::EventType;
use crate::rules::time::Timestamp;

pub fn created(code: &Code) -> Value {
    let (creator, beneficiary) = (code.created_by_uuid, code.beneficiary_uuid);
    created_with(code.uuid, &code.code, creator, beneficiary, code.limits.max_uses)
}

/// What `code.created` tells.
pub fn created_with(
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

/// What `code.activated`, `code.deactivated` and `code.deleted` tell.
pub fn named(uuid: Uuid, code: &str) -> Value {
    json!({ "code_uuid": uuid.to_string(), "code": code })
}

/// Each column that differs, but for the status, by its name: from what to what.
fn changes(former: &Code, code: &Code) -> Map<String, Value> {
    let time = |time: Option<Timestamp>| json!(time.map(clock::text));
    let of = |code: &Code| {
        [
            ("code", json!(code.code)),
            ("description", json!(code.description)),
            ("max_uses", json!(code.limits.max_uses)),
            ("created_by_uuid", json!(code.created_by_uuid.to_string())),
            ("beneficiary_uuid", json!(code.beneficiary_uuid.map(|uuid| uuid.to_string()))),
            ("date_created", time(Some(code.date_created))),
            ("expiration_date", time(code.limits.expiration_date)),
        ]
    };
    let pairs = of(former).into_iter().zip(of(code));
    let differ = pairs.filter(|((_, from), (_, to))| from != to);
    differ
        .map(|((column, from), (_, to))| (column.into(), json!({"from": from, "to": to})))
        .collect()
}

/// Tells that a code's row was changed, if events are on and it was.
pub fn tell_changes(session: &Session, events: Events, former: &Code, code: &Code) {
    events.tell_each(session, EventType::CodeUpdated, || {
        let changes = changes(former, code);
        let told =
            || json!({ "code_uuid": code.uuid.to_string(), "code": code.code, "changes": changes });
        if changes.is_empty() { Vec::new() } else { vec![told()] }
    });
    let kind = match (former.limits.status, code.limits.status) {
        (false, true) => EventType::CodeActivated,
        (true, false) => EventType::CodeDeactivated,
        _ => return,
    };
    events.tell(session, kind, || named(code.uuid, &code.code));
}
