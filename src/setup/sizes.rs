//! What takes long says so before it begins.

use pgrx::prelude::*;

use crate::pg::catalog;
use crate::pg::session::Session;

/// From either on a table is one over which a step may take long.
const MANY_ROWS: i64 = 10_000;
const MANY_BYTES: i64 = 8 << 20;

/// Tells the client by NOTICE what is about to be done over a table, where that may take long.
pub fn announce(session: &Session, table: &str, step: &str) {
    let Some(oid) = session.tables.relation(table) else { return };
    let Some(size) = catalog::size(session, oid) else { return };
    if size.rows < MANY_ROWS && size.bytes < MANY_BYTES {
        return;
    }
    let table = session.tables.qualify(&format!("host.{table}"));
    let rows = match size.rows {
        0 => String::new(),
        rows => format!(", some {} rows", grouped(rows)),
    };
    notice!("{step} over {table}: {}{rows}", size.bytes_text);
}

/// 1234567 as 1,234,567.
fn grouped(number: i64) -> String {
    let digits = number.to_string();
    let mut text = String::new();
    for (place, digit) in digits.chars().enumerate() {
        if place > 0 && (digits.len() - place).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}

#[cfg(test)]
mod tests {
    use super::grouped;

    #[test]
    fn thousands_are_set_apart() {
        let numbers = [7, 100, 1_000, 12_345, 123_456, 1_234_567];
        let texts = ["7", "100", "1,000", "12,345", "123,456", "1,234,567"];
        assert_eq!(numbers.map(grouped), texts);
    }
}
