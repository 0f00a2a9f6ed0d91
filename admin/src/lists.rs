//! Lists in pages by key: a page begins behind the last row of the one before.

use serde_json::{Map, Value};

use crate::page::{Page, ROWS, encoded};

/// What a list is narrowed by, as the address has it.
pub struct Filter {
    object: Map<String, Value>,
    /// `&prefix=au`, to go on with in links.
    pub query: String,
}

impl Filter {
    /// Of the keys those that the address has a value for.
    pub fn of(page: &Page, keys: &[&str]) -> Filter {
        let mut filter = Filter { object: Map::new(), query: String::new() };
        for key in keys {
            if let Some(value) = page.asked_or_null(key) {
                filter.object.insert((*key).into(), value.into());
                filter.query += &format!("&{key}={}", encoded(value));
            }
        }
        filter
    }

    pub fn set(&mut self, key: &str, value: Value) {
        self.object.insert(key.into(), value);
    }

    pub fn json(&self) -> String {
        Value::Object(self.object.clone()).to_string()
    }
}

/// One more than is shown, to know whether there is a next page.
pub fn asked_for() -> String {
    (ROWS + 1).to_string()
}

/// Cuts the rows to a page's; the key of its last where more follow.
pub fn next_page<R>(rows: &mut Vec<R>, key: impl Fn(&R) -> &str) -> Option<String> {
    let more = rows.len() > ROWS;
    rows.truncate(ROWS);
    rows.last().filter(|_| more).map(|last| key(last).to_owned())
}
