//! The indexes that the functions rely on, and which of a table's own serve.

use pgrx::datum::Uuid;
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
    KNOWN_DUPLICATE = "setup/indexes/known_duplicate.sql";
    USAGE_OF_PAIR = "setup/indexes/usage_of_pair.sql";
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
    pub unique: Option<Unique>,
}

/// What could keep a unique index from being made.
pub struct Unique {
    columns: &'static [&'static str],
    duplicates: &'static Statement,
    duplicates_mean: &'static str,
    /// What is looked through where it cannot be made.
    pub stand_in: Option<&'static Wanted>,
}

/// A look under the code's lock for another use by the same user has to be short, however many uses the code has.
static CODE_USER: Wanted = Wanted {
    name: "referral_usage_code_user_idx",
    table: USAGE,
    create: text!("setup/indexes/usage_code_user_idx.sql"),
    lock: text!("setup/indexes/lock_usage.sql"),
    serves: |index| {
        index.keys.starts_with(&["code_uuid".into(), "used_by_uuid".into()])
            || index.keys.starts_with(&["used_by_uuid".into(), "code_uuid".into()])
    },
    unique: None,
};

/// In the order in which setup makes them.
pub const WANTED: [Wanted; 6] = [
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
            stand_in: None,
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
            stand_in: Some(&CODE_USER),
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
    Wanted {
        name: "referral_usage_user_idx",
        table: USAGE,
        create: text!("setup/indexes/usage_user_idx.sql"),
        lock: text!("setup/indexes/lock_usage.sql"),
        serves: |index| {
            index.keys.starts_with(&["used_by_uuid".into(), "date_used".into(), "uuid".into()])
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
    let lines = WANTED.iter().map(|wanted| see_to_one(session, wanted, build(wanted.table)));
    let mut lines: Vec<Line> = lines.collect::<Result<Vec<_>>>()?.into_iter().flatten().collect();
    lines.extend(retire(session)?);
    Ok(lines)
}

/// PhoenixKit's plain index on used_by_uuid, which setup made on tables of its own before it made a longer one.
const RETIRED: &str = "phoenix_kit_referral_code_usage_used_by_uuid_idx";

/// What PhoenixKit's own tables have, and those that setup makes have not.
const MARKS_OF_THE_HOST: [&str; 2] =
    ["phoenix_kit_referral_code_usage_uuid_idx", "phoenix_kit_referral_code_usage_code_uuid_idx"];

/// Takes the retired index away where setup has made the table; a host's indexes are the host's.
fn retire(session: &Session) -> Result<Option<Line>> {
    let is_there = |name: &&str| session.tables.relation(name).is_some();
    if !is_there(&RETIRED) || MARKS_OF_THE_HOST.iter().any(is_there) {
        return Ok(None);
    }
    let table = required(session.tables.relation(USAGE), USAGE)?;
    let indexes = of_table(session, table, View::Now);
    let is_superfluous = |(index, _): &(&Index, &Index)| index.name == RETIRED;
    let Some((_, other)) = redundant(&indexes).into_iter().find(is_superfluous) else {
        return Ok(None);
    };
    session.define(text!("setup/indexes/drop_index.sql"), &[("retired_index", RETIRED)]);
    let note = format!("{} serves", other.qualified(session));
    Ok(Some(Line {
        object: object(session, "index", RETIRED),
        action: Action::Removed,
        note: Some(note),
    }))
}

/// Makes the index where none serves, or the one in its place where it cannot be made.
fn see_to_one(session: &Session, wanted: &Wanted, build: bool) -> Result<Vec<Line>> {
    let object = object(session, "index", wanted.name);
    let table = required(session.tables.relation(wanted.table), wanted.table)?;
    let indexes = of_table(session, table, View::Now);
    if let Some(index) = indexes.iter().find(|index| (wanted.serves)(index)) {
        let own = index.name == wanted.name;
        let (action, note) = match own {
            true => (Action::Kept, None),
            false => (Action::Adopted, Some(format!("{} serves", index.qualified(session)))),
        };
        return Ok(vec![Line { object, action, note }]);
    }
    let skipped = |note| Line { object: object.clone(), action: Action::Skipped, note: Some(note) };
    if session.tables.relation(wanted.name).is_some() {
        let note = "an index of this name is invalid or has another definition: drop it and run \
                    referral_setup() again";
        return Ok(vec![skipped(note.into())]);
    }
    if let Some(unique) = &wanted.unique
        && let Some(obstacle) = obstacle(session, wanted, unique, &indexes, table, build)
    {
        let mut lines = vec![skipped(obstacle.note)];
        if let Some(stand_in) = unique.stand_in {
            lines.extend(see_to_one(session, stand_in, build)?);
            if let Some((code, user)) = obstacle.pair {
                remember(session, stand_in, code, user);
            }
        }
        return Ok(lines);
    }
    if !build {
        return Ok(vec![skipped(statement_to_run(session, wanted, table))]);
    }
    session.define(wanted.lock, &[]);
    announce(session, wanted.table, &format!("building index {}", wanted.name));
    session.define(wanted.create, &[]);
    Ok(vec![Line { object, action: Action::Created, note: None }])
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
pub fn foreign_partitioning(
    session: &Session,
    unique: &Unique,
    table: pg_sys::Oid,
    view: View,
) -> Option<String> {
    let partitioned = view.run(session, &PARTITION_COLUMNS, &[table.into()]);
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

/// Why a unique index cannot be made.
struct Obstacle {
    note: String,
    /// A code and a user of whom there are several rows.
    pair: Option<(Uuid, Uuid)>,
}

impl Obstacle {
    fn new(note: String) -> Self {
        Obstacle { note, pair: None }
    }
}

/// What keeps the unique index away; None where nothing does. Where it is to be built, the table is locked against
/// writers by then, so that the answer still holds.
///
/// All rows are counted only where nothing is known of them: writers would wait for that at each setup.
fn obstacle(
    session: &Session,
    wanted: &Wanted,
    unique: &Unique,
    indexes: &[Index],
    table: pg_sys::Oid,
    build: bool,
) -> Option<Obstacle> {
    if let Some(note) = foreign_partitioning(session, unique, table, View::Now) {
        return Some(Obstacle::new(note));
    }
    let count = || {
        announce(session, wanted.table, &format!("counting duplicates for index {}", wanted.name));
        duplicates(session, unique)
    };
    if let Some(stand_in) = unique.stand_in {
        if is_known_duplicate(session, stand_in) {
            return Some(Obstacle::new(unique.duplicates_mean.into()));
        }
        if !build || indexes.iter().any(stand_in.serves) {
            let found = count();
            if found.is_some() || !build {
                return found;
            }
        }
    }
    if !build {
        return None;
    }
    session.define(wanted.lock, &[]);
    count()
}

/// The duplicates that keep the unique index away, if there are any.
fn duplicates(session: &Session, unique: &Unique) -> Option<Obstacle> {
    let found = session.write(unique.duplicates, &[]);
    let row = found.first()?;
    let count: i64 = row.need(1);
    (count > 0).then(|| Obstacle {
        note: format!("{count} {}", unique.duplicates_mean),
        pair: unique.stand_in.map(|_| (row.need(2), row.need(3))),
    })
}

/// Whether the index's comment names a row that keeps the unique one away.
fn is_known_duplicate(session: &Session, stand_in: &Wanted) -> bool {
    session
        .tables
        .relation(stand_in.name)
        .is_some_and(|index| session.write(&KNOWN_DUPLICATE, &[index.into()]).count() > 0)
}

/// Notes a row of a pair that occurs more than once with the index that setup has made for it.
fn remember(session: &Session, stand_in: &Wanted, code: Uuid, user: Uuid) {
    if session.tables.relation(stand_in.name).is_none() {
        return;
    }
    let usage = session.write(&USAGE_OF_PAIR, &[code.into(), user.into()]);
    if let Some(usage) = usage.first().map(|row| row.need::<String>(1)) {
        let sql = text!("setup/indexes/remember_duplicate.sql");
        session.define(sql, &[("known_usage", &usage)]);
    }
}
