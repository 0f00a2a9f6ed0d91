//! Which codes are looked for: `{"prefix": "SPRING", "state": "active"}`.

use serde_json::{Map, Value};
use uuid::Uuid;

use super::json::uuid;
use super::state::{STATES, State};

/// What JSON asks for; None: whatever it is.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct CodeFilter {
    /// As it was typed.
    pub prefix: Option<String>,
    pub state: Option<State>,
    pub program: Option<String>,
    pub created_by_uuid: Option<Uuid>,
    pub beneficiary_uuid: Option<Uuid>,
    /// What the code's metadata contains.
    pub metadata: Option<Map<String, Value>>,
}

const KEYS: &str = "prefix, state, program, created_by_uuid, beneficiary_uuid, metadata";

/// How much of an unknown key is told.
const KEY_CHARS: usize = 64;

impl CodeFilter {
    /// The error completes a sentence that the filter's name begins.
    pub fn read(json: Map<String, Value>) -> Result<Self, String> {
        let mut filter = CodeFilter::default();
        for (key, value) in json {
            match key.as_str() {
                "prefix" => filter.prefix = Some(text(&key, &value)?.trim().to_owned()),
                "state" => filter.state = Some(state(&value)?),
                "program" => filter.program = Some(text(&key, &value)?.to_owned()),
                "created_by_uuid" => filter.created_by_uuid = Some(id(&key, &value)?),
                "beneficiary_uuid" => filter.beneficiary_uuid = Some(id(&key, &value)?),
                "metadata" => match value {
                    Value::Object(object) => filter.metadata = Some(object),
                    _ => return Err("must have a JSON object as \"metadata\"".into()),
                },
                unknown => {
                    let unknown: String = unknown.chars().take(KEY_CHARS).collect();
                    return Err(format!("has the unknown key \"{unknown}\"; known are {KEYS}"));
                }
            }
        }
        Ok(filter)
    }

    /// What `LIKE` takes for a text that begins so.
    pub fn pattern(prefix: &str) -> String {
        let mut pattern = String::with_capacity(prefix.len() + 1);
        for letter in prefix.chars() {
            if matches!(letter, '\\' | '%' | '_') {
                pattern.push('\\');
            }
            pattern.push(letter);
        }
        pattern.push('%');
        pattern
    }

    /// The status of every code in the state that is asked for.
    pub fn status(&self) -> Option<bool> {
        self.state.map(|state| state != State::Inactive)
    }
}

fn text<'v>(key: &str, value: &'v Value) -> Result<&'v str, String> {
    value.as_str().ok_or_else(|| format!("must have a text as \"{key}\""))
}

fn id(key: &str, value: &Value) -> Result<Uuid, String> {
    let id = value.as_str().and_then(uuid);
    id.ok_or_else(|| format!("must have a uuid as \"{key}\""))
}

fn state(value: &Value) -> Result<State, String> {
    value.as_str().and_then(State::parse).ok_or_else(|| {
        let names = STATES.map(State::name).join(", ");
        format!("must have one of {names} as \"state\"")
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn read(json: Value) -> Result<CodeFilter, String> {
        CodeFilter::read(json.as_object().unwrap().clone())
    }

    #[test]
    fn every_known_key_is_read_and_an_empty_filter_asks_for_nothing() {
        let id = "00000000-0000-0000-0000-00000000000a";
        let filter = read(json!({
            "prefix": " sp", "state": "program_not_active", "program": "spring",
            "created_by_uuid": id, "beneficiary_uuid": id, "metadata": { "tags": ["a"] },
        }));
        let expected = CodeFilter {
            prefix: Some("sp".into()),
            state: Some(State::ProgramNotActive),
            program: Some("spring".into()),
            created_by_uuid: id.parse().ok(),
            beneficiary_uuid: id.parse().ok(),
            metadata: json!({ "tags": ["a"] }).as_object().cloned(),
        };
        assert_eq!(filter, Ok(expected));
        assert_eq!(read(json!({})), Ok(CodeFilter::default()));
    }

    #[test]
    fn what_is_unknown_or_of_no_use_is_named() {
        let told = |json| read(json).unwrap_err();
        assert_eq!(
            told(json!({ "colour": 1 })),
            format!("has the unknown key \"colour\"; known are {KEYS}")
        );
        assert_eq!(told(json!({ "prefix": 7 })), "must have a text as \"prefix\"");
        assert_eq!(told(json!({ "program": null })), "must have a text as \"program\"");
        assert_eq!(
            told(json!({ "created_by_uuid": "me" })),
            "must have a uuid as \"created_by_uuid\""
        );
        assert_eq!(told(json!({ "metadata": [] })), "must have a JSON object as \"metadata\"");
        assert_eq!(
            told(json!({ "state": "dead" })),
            "must have one of active, inactive, expired, program_not_active, limit_reached as \"state\""
        );
    }

    #[test]
    fn a_prefix_means_itself() {
        assert_eq!(CodeFilter::pattern("10%_\\X"), "10\\%\\_\\\\X%");
        assert_eq!(CodeFilter::pattern(""), "%");
    }
}
