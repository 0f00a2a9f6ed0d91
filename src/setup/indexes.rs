//! The indexes that the functions rely on, and which of a table's own serve.

use pgrx::pg_sys;
use pgrx::spi::quote_identifier;

use crate::pg::catalog::{self, Kind};
use crate::pg::error::{Result, required};
use crate::pg::progress::announce;
use crate::pg::result::Row;
use crate::pg::session::{Session, View};
use crate::pg::statement::{Statement, statements, text};
use crate::pg::tables::{CODES, USAGE};
use crate::rules::declaration::one_line;
use crate::setup::report::{Action, Line, object};

statements! {
    INDEXES = "setup/indexes/of_table.sql";
    PARTITION_COLUMNS = "setup/indexes/partition_columns.sql";
    DUPLICATE_CODES = "setup/indexes/duplicate_codes.sql";
    DUPLICATE_USAGES = "setup/indexes/duplicate_usages.sql";
}

/// A valid b-tree index of a table, without a predicate, in the default order of its types.
pub struct Index {
    /// As the catalog has it, without the schema, which is the table's.
    pub name: String,
    pub unique: bool,
    /// A primary key, a unique constraint or a foreign key of another table stands on it.
    pub constraint: bool,
    /// Key columns and expressions, in order.
    pub keys: Vec<String>,
    /// The keys and what is included beside them.
    pub columns: Vec<String>,
}

impl Index {
    /// Its name as it stands in SQL.
    pub fn qualified(&self, session: &Session) -> String {
        session.tables.qualify(&format!("host.{}", quote_identifier(&self.name)))
    }
}

/// An index that setup sees to.
pub struct Wanted {
    pub name: &'static str,
    pub table: &'static str,
    create: &'static str,
    lock: &'static str,
    pub serves: fn(&Index) -> bool,
    /// For a unique index.
    unique: Option<Unique>,
}

/// What could keep a unique index from being made.
struct Unique {
    columns: &'static [&'static str],
    duplicates: &'static Statement,
    duplicates_mean: &'static str,
}

/// In the order in which setup makes them.
pub const WANTED: [Wanted; 5] = [
    Wanted {
        name: "phoenix_kit_referral_codes_code_uidx",
        table: CODES,
        create: text!("setup/indexes/code_uidx.sql"),
        lock: text!("setup/indexes/lock_codes.sql"),
        serves: |index| index.unique && index.keys == ["code"],
        unique: Some(Unique {
            columns: &["code"],
            duplicates: &DUPLICATE_CODES,
            duplicates_mean: "codes are held by more than one row; until they differ, two sessions \
                              may create one code at the same moment",
        }),
    },
    Wanted {
        name: "referral_codes_upper_code_idx",
        table: CODES,
        create: text!("setup/indexes/upper_code_idx.sql"),
        lock: text!("setup/indexes/lock_codes.sql"),
        serves: |index| {
            matches!(
                index.keys.first().map(String::as_str),
                Some("upper(code::text)" | "upper(code)")
            )
        },
        unique: None,
    },
    Wanted {
        name: "referral_codes_newest_idx",
        table: CODES,
        create: text!("setup/indexes/codes_newest_idx.sql"),
        lock: text!("setup/indexes/lock_codes.sql"),
        serves: |index| index.keys == ["date_created", "uuid"],
        unique: None,
    },
    Wanted {
        name: "referral_usage_code_user_uidx",
        table: USAGE,
        create: text!("setup/indexes/usage_code_user_uidx.sql"),
        lock: text!("setup/indexes/lock_usage.sql"),
        serves: |index| {
            let keys = &index.keys;
            index.unique
                && (keys == &["code_uuid", "used_by_uuid"]
                    || keys == &["used_by_uuid", "code_uuid"])
        },
        unique: Some(Unique {
            columns: &["code_uuid", "used_by_uuid"],
            duplicates: &DUPLICATE_USAGES,
            duplicates_mean: "pairs of code and user occur more than once; repeats are still refused, \
                              by a look under the code's lock",
        }),
    },
    Wanted {
        name: "referral_usage_newest_idx",
        table: USAGE,
        create: text!("setup/indexes/usage_newest_idx.sql"),
        lock: text!("setup/indexes/lock_usage.sql"),
        serves: |index| {
            index.keys.starts_with(&["code_uuid".into(), "date_used".into()])
                && index.columns.iter().any(|column| column == "used_by_uuid")
        },
        unique: None,
    },
];

pub fn of_table(session: &Session, table: pg_sys::Oid, view: View) -> Vec<Index> {
    let rows = view.run(session, &INDEXES, &[table.into()]);
    let index = |row: Row| Index {
        name: row.need(1),
        unique: row.need(2),
        keys: row.need(3),
        columns: row.need(4),
        constraint: row.need(5),
    };
    rows.iter().map(index).collect()
}

/// The first index of `indexes` that another makes superfluous, with that other, for each such pair.
/// A unique index is superfluous beside another on the same columns; a plain one also beside a longer.
pub fn redundant(indexes: &[Index]) -> Vec<(&Index, &Index)> {
    let covers = |longer: &Index, shorter: &Index| {
        let same = longer.keys == shorter.keys;
        let kept = longer.constraint || longer.name < shorter.name;
        let equal = same && longer.unique && (longer.unique != shorter.unique || kept);
        let prefix = !same && !shorter.unique && longer.keys.starts_with(&shorter.keys);
        let whole = shorter.columns.len() == shorter.keys.len();
        !shorter.constraint && whole && (equal || prefix)
    };
    let cover = |shorter| indexes.iter().find(|longer| covers(longer, shorter));
    indexes.iter().filter_map(|shorter| Some((shorter, cover(shorter)?))).collect()
}

/// Makes the indexes that are missing, on the tables on which any may be built.
pub fn see_to(session: &Session, build: impl Fn(&str) -> bool) -> Result<Vec<Line>> {
    WANTED.iter().map(|wanted| see_to_one(session, wanted, build(wanted.table))).collect()
}

/// Makes the index where none serves.
fn see_to_one(session: &Session, wanted: &Wanted, build: bool) -> Result<Line> {
    let object = object(session, "index", wanted.name);
    let table = required(session.tables.relation(wanted.table), wanted.table)?;
    let found =
        of_table(session, table, View::Now).into_iter().find(|index| (wanted.serves)(index));
    if let Some(index) = found {
        let own = index.name == wanted.name;
        let (action, note) = match own {
            true => (Action::Kept, None),
            false => (Action::Adopted, Some(format!("{} serves", index.qualified(session)))),
        };
        return Ok(Line { object, action, note });
    }
    let skipped = |note| Line { object: object.clone(), action: Action::Skipped, note: Some(note) };
    if session.tables.relation(wanted.name).is_some() {
        let note = "an index of this name is invalid or has another definition: drop it and run \
                    referral_setup() again";
        return Ok(skipped(note.into()));
    }
    if let Some(unique) = &wanted.unique
        && let Some(note) = foreign_partitioning(session, unique, table)
    {
        return Ok(skipped(note));
    }
    if !build {
        return Ok(skipped(statement_to_run(session, wanted, table)));
    }
    session.define(wanted.lock, &[]);
    if let Some(unique) = &wanted.unique {
        announce(session, wanted.table, &format!("counting duplicates for index {}", wanted.name));
        if let Some(note) = duplicates(session, unique) {
            return Ok(skipped(note));
        }
    }
    announce(session, wanted.table, &format!("building index {}", wanted.name));
    session.define(wanted.create, &[]);
    Ok(Line { object, action: Action::Created, note: None })
}

/// The statement that builds the index while the table is written to; where Postgres has none, one that
/// locks writers out.
fn statement_to_run(session: &Session, wanted: &Wanted, table: pg_sys::Oid) -> String {
    let create = one_line(&session.tables.qualify(wanted.create));
    if catalog::kind(table) == Kind::PartitionedTable {
        return format!(
            "{create}; -- not CONCURRENTLY, which a partitioned table does not take: its writers wait \
             until the index is built"
        );
    }
    format!("{};", create.replacen(" INDEX ", " INDEX CONCURRENTLY ", 1))
}

/// Why no unique index can be made over partitions; None where it can, or there are none.
fn foreign_partitioning(session: &Session, unique: &Unique, table: pg_sys::Oid) -> Option<String> {
    let partitioned = session.write(&PARTITION_COLUMNS, &[table.into()]);
    let column = partitioned
        .iter()
        .map(|row| row.need::<String>(1))
        .find(|by| !unique.columns.contains(&by.as_str()))?;
    let by = if column.is_empty() { "an expression".into() } else { format!("\"{column}\"") };
    Some(format!(
        "the table is partitioned by {by}, over which Postgres keeps nothing unique; repeats are still \
         refused, by a look under the code's lock"
    ))
}

/// Why the unique index cannot be made over the rows there are; None where it can. The table is locked
/// against writers, so that the answer still holds when the index is made.
fn duplicates(session: &Session, unique: &Unique) -> Option<String> {
    let duplicates: i64 = session.write(unique.duplicates, &[]).first()?.need(1);
    (duplicates > 0).then(|| format!("{duplicates} {}", unique.duplicates_mean))
}
