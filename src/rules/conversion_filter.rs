//! What a list of conversions is narrowed to.

use serde_json::{Map, Value};
use uuid::Uuid;

use super::conversion::{STATUS_RULE, Status};

/// Each key narrows the list further; one that is left out does not.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Filter {
    pub program: Option<String>,
    pub status: Option<Status>,
    pub reason: Option<String>,
    /// Whether a decision is due.
    pub waiting: Option<bool>,
    /// Whose turn it is in a chain of approvals.
    pub approver: Option<Uuid>,
    pub referrer: Option<Uuid>,
    pub referee: Option<Uuid>,
}

const KEYS: &str = "program, status, reason, waiting, approver_uuid, referrer_uuid, referee_uuid";

impl Filter {
    /// Reads a filter. What is wrong with it completes a sentence that begins with its name.
    pub fn read(object: &Map<String, Value>) -> Result<Self, String> {
        let mut filter = Filter::default();
        for (key, value) in object {
            match key.as_str() {
                "program" => filter.program = Some(text(key, value)?.to_owned()),
                "status" => {
                    let status = value.as_str().and_then(Status::parse);
                    filter.status = Some(status.ok_or_else(|| fault(key, STATUS_RULE))?);
                }
                "reason" => filter.reason = Some(text(key, value)?.to_owned()),
                "waiting" => {
                    let waiting = value.as_bool();
                    filter.waiting = Some(waiting.ok_or_else(|| fault(key, "must be a boolean"))?);
                }
                "approver_uuid" => filter.approver = Some(uuid(key, value)?),
                "referrer_uuid" => filter.referrer = Some(uuid(key, value)?),
                "referee_uuid" => filter.referee = Some(uuid(key, value)?),
                _ => return Err(format!("has an unknown key \"{key}\": its keys are {KEYS}")),
            }
        }
        Ok(filter)
    }
}

fn fault(key: &str, rule: &str) -> String {
    format!("is invalid: {key} {rule}")
}

fn text<'v>(key: &str, value: &'v Value) -> Result<&'v str, String> {
    value.as_str().ok_or_else(|| fault(key, "must be a text"))
}

fn uuid(key: &str, value: &Value) -> Result<Uuid, String> {
    let uuid = value.as_str().and_then(|text| text.parse().ok());
    uuid.ok_or_else(|| fault(key, "must be a uuid"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn read(filter: Value) -> Result<Filter, String> {
        Filter::read(filter.as_object().unwrap())
    }

    #[test]
    fn every_key_narrows() {
        let id = Uuid::from_u128(7);
        let all = json!({
            "program": "default", "status": "approved", "reason": "rewarded", "waiting": false,
            "approver_uuid": id, "referrer_uuid": id, "referee_uuid": id,
        });
        let filter = Filter {
            program: Some("default".into()),
            status: Some(Status::Approved),
            reason: Some("rewarded".into()),
            waiting: Some(false),
            approver: Some(id),
            referrer: Some(id),
            referee: Some(id),
        };
        assert_eq!(read(all), Ok(filter));
        assert_eq!(read(json!({})), Ok(Filter::default()));
    }

    #[test]
    fn what_is_wrong_is_named() {
        let fault = |filter| read(filter).unwrap_err();
        assert!(fault(json!({ "colour": 1 })).starts_with("has an unknown key \"colour\""));
        assert!(fault(json!({ "Status": "approved" })).contains("\"Status\""));
        for key in KEYS.split(", ") {
            for wrong in [json!(null), json!(1), json!([]), json!({})] {
                assert!(fault(json!({ key: wrong })).starts_with(&format!("is invalid: {key} ")));
            }
        }
        assert_eq!(fault(json!({ "status": "open" })), format!("is invalid: status {STATUS_RULE}"));
        assert_eq!(fault(json!({ "waiting": "true" })), "is invalid: waiting must be a boolean");
        assert_eq!(
            fault(json!({ "referee_uuid": "x" })),
            "is invalid: referee_uuid must be a uuid"
        );
    }
}
