//! Forms: what is sent, the fields that a page shows, and what of them was changed.

use std::collections::HashMap;

use serde_json::{Map, Value};

use crate::problem::Told;

/// What a form sent. The guard has seen that it was one of ours.
#[derive(Clone, Default)]
pub struct Sent(HashMap<String, String>);

impl Sent {
    pub fn read(body: &[u8]) -> Sent {
        Sent(form_urlencoded::parse(body).into_owned().collect())
    }

    /// A field without space around it; "" where it is absent.
    pub fn text(&self, name: &str) -> &str {
        self.0.get(name).map(|value| value.trim()).unwrap_or_default()
    }

    /// The same, or NULL where nothing was written.
    pub fn or_null(&self, name: &str) -> Option<&str> {
        Some(self.text(name)).filter(|value| !value.is_empty())
    }

    pub fn has(&self, name: &str) -> bool {
        self.0.contains_key(name)
    }
}

#[derive(Clone, Copy, PartialEq)]
pub enum Kind {
    Text,
    Number,
    /// A moment in UTC.
    Time,
    /// Several lines.
    Lines,
    /// JSON in several lines.
    Json,
    Choice(&'static [&'static str]),
}

#[derive(Clone)]
pub struct Field {
    /// The name of the argument, or of the key of a JSON argument.
    pub name: &'static str,
    pub label: &'static str,
    pub kind: Kind,
    pub note: &'static str,
    pub value: String,
    /// What the form was shown with: a field that still says so was not changed, whatever the row says by now.
    pub was: String,
    pub error: String,
}

impl Field {
    pub fn new(name: &'static str, label: &'static str, kind: Kind, note: &'static str) -> Field {
        let (value, was, error) = (String::new(), String::new(), String::new());
        Field { name, label, kind, note, value, was, error }
    }

    /// Shown with a value that the row has, or that is proposed.
    pub fn with(mut self, value: &str) -> Field {
        self.value = match self.kind {
            // As a browser's field of a moment takes it.
            Kind::Time => value.get(..19).unwrap_or(value).replace(' ', "T"),
            _ => value.to_owned(),
        };
        self.was = self.value.clone();
        self
    }

    pub fn is_lines(&self) -> bool {
        matches!(self.kind, Kind::Lines | Kind::Json)
    }

    pub fn choices(&self) -> &'static [&'static str] {
        match self.kind {
            Kind::Choice(choices) => choices,
            _ => &[],
        }
    }

    pub fn input(&self) -> &'static str {
        match self.kind {
            Kind::Number => "number",
            Kind::Time => "datetime-local",
            _ => "text",
        }
    }

    /// As an argument of its own; a moment is one of UTC, which is the session's zone.
    pub fn argument(&self) -> Option<&str> {
        Some(self.value.as_str()).filter(|value| !value.is_empty())
    }

    /// As a value of a JSON argument: a blank field is null.
    fn json(&self) -> Result<Value, String> {
        let Some(text) = self.argument() else {
            return Ok(Value::Null);
        };
        match self.kind {
            Kind::Json => {
                serde_json::from_str(text).map_err(|error| format!("is no JSON: {error}"))
            }
            Kind::Number => Ok(text.parse::<i64>().map_or_else(|_| text.into(), Value::from)),
            Kind::Choice(["true", "false"]) => Ok(Value::Bool(text == "true")),
            // Amounts are texts too: no float comes near them.
            _ => Ok(text.into()),
        }
    }
}

#[derive(Clone, Default)]
pub struct Form {
    pub fields: Vec<Field>,
    pub problem: Option<Told>,
}

impl Form {
    pub fn of(fields: Vec<Field>) -> Form {
        Form { fields, problem: None }
    }

    /// The same form with what was written into it.
    pub fn filled(mut self, sent: &Sent) -> Form {
        for field in &mut self.fields {
            field.value = sent.text(field.name).to_owned();
            field.was = sent.text(&format!("was_{}", field.name)).to_owned();
        }
        self
    }

    pub fn argument(&self, name: &str) -> Option<&str> {
        self.fields.iter().find(|field| field.name == name).and_then(Field::argument)
    }

    /// A JSON object of the fields that were written to, or of those alone that were changed. None: a field cannot
    /// be read, and says so.
    pub fn object(&mut self, which: Which) -> Option<String> {
        let mut object = Map::new();
        for field in &mut self.fields {
            let left_out = match which {
                Which::Written => field.value.is_empty(),
                Which::Changed => field.value == field.was,
            };
            if left_out {
                continue;
            }
            match field.json() {
                Ok(value) => _ = object.insert(field.name.to_owned(), value),
                Err(told) => field.error = told,
            }
        }
        self.is_valid().then(|| Value::Object(object).to_string())
    }

    /// Says beside its field what is wrong with it, and above the form what is about none of them.
    pub fn complain(&mut self, about: &str, message: &str) {
        match self.fields.iter_mut().find(|field| field.name == about) {
            Some(field) => field.error = message.to_owned(),
            None => {
                let message = format!("{about} {message}");
                self.problem = Some(Told { message, ..Told::default() });
            }
        }
    }

    pub fn is_valid(&self) -> bool {
        self.problem.is_none() && self.fields.iter().all(|field| field.error.is_empty())
    }
}

#[derive(Clone, Copy, PartialEq)]
pub enum Which {
    Written,
    Changed,
}
