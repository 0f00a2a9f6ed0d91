//! A code's columns as JSON: `{"code": "SPRING", "max_uses": 10}`.

use serde_json::{Map, Value};
use uuid::Uuid;

use super::draft::Draft;
use super::fields::FieldError;
use super::json::{boolean, given, integer, optional, read, text, uuid};
use super::time::Timestamp;

/// What JSON may say of a code. The outer None of a value: the key is absent.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Attributes {
    pub draft: Draft,
    pub status: Option<bool>,
    pub created_by_uuid: Option<Uuid>,
    /// Some(None) takes the beneficiary away.
    pub beneficiary_uuid: Option<Option<Uuid>>,
    pub date_created: Option<Timestamp>,
}

/// Reads a moment from text, as the session's settings have it; None where it cannot be read.
pub type ReadTime<'a> = &'a dyn Fn(&str) -> Option<Timestamp>;

impl Attributes {
    /// Reads the known keys; the errors name each key that is unknown, or whose value is of no use.
    pub fn read(json: &Map<String, Value>, time: ReadTime) -> (Self, Vec<FieldError>) {
        let mut read = Attributes::default();
        let mut errors = Vec::new();
        for (key, value) in json {
            if let Err(error) = read.set(key, value, time) {
                errors.push(error);
            }
        }
        (read, errors)
    }

    fn set(&mut self, key: &str, value: &Value, time: ReadTime) -> Result<(), FieldError> {
        match key {
            "code" => self.draft.code = Some(text("code", given("code", value)?)?),
            "description" => {
                self.draft.description = Some(text("description", given("description", value)?)?);
            }
            "status" => self.status = Some(boolean("status", given("status", value)?)?),
            "max_uses" => {
                self.draft.max_uses = Some(integer("max_uses", given("max_uses", value)?)?);
            }
            "created_by_uuid" => {
                let value = given("created_by_uuid", value)?;
                self.created_by_uuid = Some(read("created_by_uuid", value, uuid)?);
            }
            "beneficiary_uuid" => {
                self.beneficiary_uuid = Some(optional("beneficiary_uuid", value, uuid)?);
            }
            "expiration_date" => {
                self.draft.expiration_date = Some(optional("expiration_date", value, time)?);
            }
            "date_created" => {
                let value = given("date_created", value)?;
                self.date_created = Some(read("date_created", value, time)?);
            }
            "number_of_uses" => {
                let message = "is counted by redemptions and cannot be set";
                return Err(FieldError { message: message.into(), ..FieldError::unknown(key) });
            }
            unknown => return Err(FieldError::unknown(unknown)),
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn read(json: Value) -> (Attributes, Vec<String>) {
        let seconds = |text: &str| text.parse().ok().map(Timestamp);
        let (attributes, errors) = Attributes::read(json.as_object().unwrap(), &seconds);
        let told = errors.iter().map(|e| format!("{} {}", e.column, e.message)).collect();
        (attributes, told)
    }

    #[test]
    fn every_known_key_is_read() {
        let id = "00000000-0000-0000-0000-00000000000a";
        let (attributes, errors) = read(json!({
            "code": "SPRING", "description": "x", "status": false, "max_uses": 7,
            "created_by_uuid": id, "beneficiary_uuid": id, "expiration_date": "5", "date_created": "3",
        }));
        let uuid = id.parse().unwrap();
        assert!(errors.is_empty(), "{errors:?}");
        assert_eq!(
            attributes,
            Attributes {
                draft: Draft {
                    code: Some("SPRING".into()),
                    description: Some("x".into()),
                    max_uses: Some(7),
                    expiration_date: Some(Some(Timestamp(5))),
                },
                status: Some(false),
                created_by_uuid: Some(uuid),
                beneficiary_uuid: Some(Some(uuid)),
                date_created: Some(Timestamp(3)),
            }
        );
    }

    #[test]
    fn null_takes_away_what_may_be_absent_and_nothing_else() {
        let (attributes, errors) =
            read(json!({ "beneficiary_uuid": null, "expiration_date": null, "code": null }));
        assert_eq!(attributes.beneficiary_uuid, Some(None));
        assert_eq!(attributes.draft.expiration_date, Some(None));
        assert_eq!(errors, ["code can't be blank"]);
    }

    #[test]
    fn wrong_types_and_unknown_keys_are_named() {
        let (_, errors) = read(json!({
            "code": 5, "max_uses": 1.5, "status": "yes", "created_by_uuid": "me",
            "expiration_date": "soon", "number_of_uses": 0, "colour": "red", "max_uses ": 99_999_999_999i64,
        }));
        assert_eq!(
            errors,
            [
                "code is invalid",
                "colour is no column that can be set",
                "created_by_uuid is invalid",
                "expiration_date is invalid",
                "max_uses is invalid",
                "max_uses  is no column that can be set",
                "number_of_uses is counted by redemptions and cannot be set",
                "status is invalid",
            ]
        );
    }
}
