//! Codes that differ by case alone, by Unicode's mapping of letters to capitals, and that the database's own `upper()`
//! tells apart: `invite` and `INVITE` where it is Turkish. They cannot be found by the index on `upper(code)`.

use std::collections::{BTreeMap, BTreeSet};

use crate::pg::encoding::can_hold;
use crate::pg::session::Session;
use crate::pg::statement::statements;
use crate::rules::code::normalize;

statements! {
    CODES_AS_STORED = "setup/doctor/codes_as_stored.sql";
    CODES_OF_TEXTS = "setup/doctor/codes_of_texts.sql";
}

pub const FINDING: &str = "groups of codes that are one code by Unicode's upper case and several by the database's \
                           upper(), so that redemption tells them apart";
pub const REMEDY: &str = "SET referrals.schema = examined_schema; -- then rename or delete all but one of each group: \
                          referral_update_code(), referral_delete_code(); new codes are refused where they are an old one by either";

/// Codes in another form than new ones have that are looked at together: what is held in memory.
const MOST_ROWS: usize = 100_000;

/// How many groups there are, and a few of them.
pub fn told_apart(session: Session) -> Option<(usize, String)> {
    // By normal form: the codes as stored, each with the database's capitals.
    let mut groups: BTreeMap<String, BTreeMap<String, String>> = BTreeMap::new();
    let tables = std::rc::Rc::clone(&session.tables);
    let stored = session.stream(&CODES_AS_STORED, &[], |row| row.readable(1).zip(row.readable(2)));
    let others = stored.flatten().filter_map(|(code, upper): (String, String)| {
        let normal = normalize(&code);
        (normal != code).then_some((normal, code, upper))
    });
    for (normal, code, upper) in others.take(MOST_ROWS) {
        groups.entry(normal).or_default().insert(code, upper);
    }
    let session = Session::over(tables);
    // What the encoding cannot hold no row has.
    let normals = groups.keys().map(String::as_str).filter(|normal| can_hold(normal));
    let normals: Vec<&str> = normals.collect();
    let normal = session.read(&CODES_OF_TEXTS, &[normals.into()]);
    let normal: Vec<(String, String)> =
        normal.iter().filter_map(|row| row.readable(1).zip(row.readable(2))).collect();
    for (code, upper) in normal {
        groups.entry(code.clone()).or_default().insert(code, upper);
    }
    let is_told_apart =
        |group: &BTreeMap<String, String>| group.values().collect::<BTreeSet<_>>().len() > 1;
    let found: Vec<String> = groups
        .into_values()
        .filter(is_told_apart)
        .map(|group| {
            let codes: Vec<String> = group.keys().map(|code| format!("\"{code}\"")).collect();
            codes.join(" and ")
        })
        .collect();
    let more = if found.len() > 3 { ", ..." } else { "" };
    let examples = found.iter().take(3).cloned().collect::<Vec<_>>().join(", ");
    (!found.is_empty()).then(|| (found.len(), examples + more))
}
