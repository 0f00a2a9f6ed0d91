//! Which schema's tables a call works on, and the plans kept for them.

use std::cell::{Cell, RefCell};
use std::collections::BTreeMap;
use std::ffi::CString;
use std::mem::ManuallyDrop;
use std::rc::Rc;
use std::sync::OnceLock;

use pgrx::{PgRelation, pg_sys};

use super::changes;
use super::error::{Error, Result, raise};
use super::growth::Growth;
use super::guc;
use super::kept::Kept;
use super::statement::{Columns, Plan, Statement, text};
use super::texts;
use crate::rules::declaration::Declaration;
use crate::rules::template::{fill, without_comments};

pub const CODES: &str = "phoenix_kit_referral_codes";
pub const USAGE: &str = "phoenix_kit_referral_code_usage";
pub const SETTINGS: &str = "phoenix_kit_settings";
/// The host's: made by PhoenixKit, or by setup in their place.
pub const HOST_TABLES: [&str; 3] = [CODES, USAGE, SETTINGS];
/// The extension's own.
pub const CREATORS: &str = "referral_code_creators";
pub const CHECK_ATTEMPTS: &str = "referral_check_attempts";
pub const PROGRAMS: &str = "referral_programs";
pub const CODE_PROGRAMS: &str = "referral_code_programs";
pub const CODE_METADATA: &str = "referral_code_metadata";
pub const REFEREES: &str = "referral_referees";
pub const CONVERSIONS: &str = "referral_conversions";
pub const DECISIONS: &str = "referral_decisions";
pub const REWARDS: &str = "referral_rewards";
pub const PURCHASES: &str = "referral_purchases";
pub const REFUNDS: &str = "referral_refunds";
pub const TERMS: &str = "referral_terms";
pub const PAYEES: &str = "referral_payees";
pub const PAYOUT_BATCHES: &str = "referral_payout_batches";
pub const PAYOUTS: &str = "referral_payouts";
pub const STRIPES: &str = "referral_stripes";
pub const PROGRAM_STRIPES: &str = "referral_program_stripes";
pub const HOLDS: &str = "referral_holds";
pub const EVENTS: &str = "referral_events";
pub const EVENT_CONSUMERS: &str = "referral_event_consumers";
pub const EVENT_DELIVERIES: &str = "referral_event_deliveries";

/// In the order in which they can be made: a table after those that it refers to.
const DECLARATIONS: [&str; 21] = [
    text!("setup/tables/referral_code_creators.sql"),
    text!("setup/tables/referral_check_attempts.sql"),
    text!("setup/tables/referral_programs.sql"),
    text!("setup/tables/referral_code_programs.sql"),
    text!("setup/tables/referral_code_metadata.sql"),
    text!("setup/tables/referral_referees.sql"),
    text!("setup/tables/referral_stripes.sql"),
    text!("setup/tables/referral_program_stripes.sql"),
    text!("setup/tables/referral_holds.sql"),
    text!("setup/tables/referral_terms.sql"),
    text!("setup/tables/referral_purchases.sql"),
    text!("setup/tables/referral_refunds.sql"),
    text!("setup/tables/referral_conversions.sql"),
    text!("setup/tables/referral_decisions.sql"),
    text!("setup/tables/referral_rewards.sql"),
    text!("setup/tables/referral_payees.sql"),
    text!("setup/tables/referral_payout_batches.sql"),
    text!("setup/tables/referral_payouts.sql"),
    text!("setup/tables/referral_events.sql"),
    text!("setup/tables/referral_event_consumers.sql"),
    text!("setup/tables/referral_event_deliveries.sql"),
];

/// The extension's own tables, in the order in which they can be made.
pub fn own_tables() -> &'static [Declaration] {
    static PARSED: OnceLock<Vec<Declaration>> = OnceLock::new();
    PARSED.get_or_init(|| {
        let parsed: std::result::Result<Vec<_>, _> =
            DECLARATIONS.into_iter().map(Declaration::parse).collect();
        parsed.unwrap_or_else(|fault| raise(Error::internal(fault)))
    })
}

/// A backend that serves more tenants than this plans anew for those it has not seen for longest.
const MOST_SCHEMAS: usize = 64;

/// The tables of one schema, with the plans that this backend has made for them.
pub struct Tables {
    schema: String,
    /// The same, as the server has it.
    name: CString,
    quoted: String,
    plans: RefCell<BTreeMap<*const Statement, Rc<Plan>>>,
    /// Whether usage (code, user) is unique, and the generation of the relation cache that said so.
    usage_is_unique: Cell<Option<(u64, bool)>>,
    growing: [Growth; 2],
    pub(super) kept: Kept,
    /// Those of tables, and the generation of the relation cache in which they were found.
    oids: RefCell<(u64, Vec<(&'static str, pg_sys::Oid)>)>,
}

/// The table whose trigger was fired last.
#[derive(Clone)]
struct Fired {
    table: pg_sys::Oid,
    /// Of the relation cache, when it was fired.
    generation: u64,
    /// Among which it is.
    tables: Rc<Tables>,
}

thread_local! {
    /// Most recently used first.
    /// Never dropped: as the backend exits there is no Postgres left to free a plan in.
    static KNOWN: ManuallyDrop<RefCell<Vec<Rc<Tables>>>> =
        const { ManuallyDrop::new(RefCell::new(Vec::new())) };
    static FIRED: ManuallyDrop<RefCell<Option<Fired>>> =
        const { ManuallyDrop::new(RefCell::new(None)) };
}

impl Tables {
    /// The tables that `referrals.schema` names.
    pub fn current() -> Rc<Tables> {
        changes::take_in();
        // Nearly always those of the call before.
        let latest = KNOWN.with(|known| known.borrow().first().cloned());
        let current = latest.filter(|tables| guc::schema_is(&tables.name));
        current.unwrap_or_else(|| Tables::of(&guc::schema()))
    }

    /// The tables of a schema; an error that names it where they are missing or outdated.
    pub fn of(schema: &str) -> Rc<Tables> {
        let known = KNOWN.with(|known| {
            let mut known = known.borrow_mut();
            let place = known.iter().position(|tables| tables.schema == schema)?;
            known[..=place].rotate_right(1);
            known.first().cloned()
        });
        known.unwrap_or_else(|| {
            let tables = Rc::new(Tables::unchecked(schema));
            tables.must_be_current();
            // Only now: one that setup has yet to see to is looked at anew each time.
            KNOWN.with(|known| {
                let mut known = known.borrow_mut();
                known.insert(0, Rc::clone(&tables));
                known.truncate(MOST_SCHEMAS);
            });
            tables
        })
    }

    /// The tables that one of them, whose trigger was fired, belongs to.
    pub fn around(
        table: pg_sys::Oid,
        schema: impl FnOnce() -> Result<String>,
    ) -> Result<Rc<Tables>> {
        let generation = changes::generation();
        let latest = FIRED.with(|fired| fired.borrow().clone());
        if let Some(fired) = latest
            && (fired.table, fired.generation) == (table, generation)
        {
            return Ok(fired.tables);
        }
        let tables = Tables::of(&schema()?);
        let fired = Fired { table, generation, tables: Rc::clone(&tables) };
        FIRED.with(|latest| latest.replace(Some(fired)));
        Ok(tables)
    }

    /// The tables of a schema, which setup may still have to make; never kept for later calls.
    pub fn unchecked(schema: &str) -> Tables {
        Tables {
            schema: schema.to_owned(),
            name: texts::for_server(schema),
            quoted: pgrx::spi::quote_identifier(schema),
            plans: RefCell::default(),
            usage_is_unique: Cell::new(None),
            growing: [Growth::of(CODES), Growth::of(USAGE)],
            kept: Kept::default(),
            oids: RefCell::default(),
        }
    }

    pub fn schema(&self) -> &str {
        &self.schema
    }

    /// The schema's name as it stands in SQL.
    pub fn quoted(&self) -> &str {
        &self.quoted
    }

    /// The text of a statement with `host.` replaced by the quoted schema.
    pub fn qualify(&self, sql: &str) -> String {
        self.fill(sql, &[])
    }

    /// The same, with further placeholders and what stands for them, quoted where it must be.
    pub fn fill(&self, sql: &str, values: &[(&str, &str)]) -> String {
        let schema = format!("{}.", self.quoted);
        let placeholders: Vec<(&str, &str)> =
            values.iter().copied().chain([("host.", schema.as_str())]).collect();
        fill(sql, &placeholders)
    }

    pub(super) fn plan(
        &self,
        statement: &'static Statement,
        prepare: impl FnOnce(&str) -> Plan,
    ) -> Rc<Plan> {
        for growing in &self.growing {
            growing.look(|name| self.table(name));
        }
        let key = std::ptr::from_ref(statement);
        let known = self.plans.borrow().get(&key).cloned();
        if let Some(plan) = known {
            // Only where some relation's definition has changed since is there anything to look for. What is there
            // now cannot go away before the statement has locked it, unless in that very moment.
            let generation = changes::generation();
            if plan.seen.get() != generation {
                self.must_still_have(&plan.tables);
                plan.seen.set(generation);
            }
            return plan;
        }
        // No borrow is held here: analysing a statement may run code that calls us again.
        let text = without_comments(statement.sql);
        let tables = tables_named(statement.sql);
        let seen = changes::generation();
        self.must_still_have(&tables);
        let columns = statement.columns.map(Columns::placeholder);
        let columns = columns.iter().map(|(star, list)| (star.as_str(), list.as_str()));
        let mut plan = prepare(&self.fill(&text, &columns.collect::<Vec<_>>()));
        plan.tables = tables;
        plan.seen = Cell::new(seen);
        let plan = Rc::new(plan);
        self.plans.borrow_mut().insert(key, Rc::clone(&plan));
        plan
    }

    /// The tables that a statement names, which may be gone since they were first used.
    fn must_still_have(&self, tables: &[&str]) {
        if let Err(error) = self.must_have(tables.iter().copied()) {
            self.schema_must_exist();
            raise(error);
        }
    }

    /// The oid of a table or index of the schema, if there is one.
    pub fn relation(&self, name: &str) -> Option<pg_sys::Oid> {
        let name = CString::new(name).ok()?;
        // SAFETY: both look a name up in the catalog caches and give InvalidOid where it is unknown.
        let oid = unsafe {
            let namespace = pg_sys::get_namespace_oid(self.name.as_ptr(), true);
            pg_sys::get_relname_relid(name.as_ptr(), namespace)
        };
        (oid != pg_sys::InvalidOid).then_some(oid)
    }

    /// The same, looked up anew only once some relation has changed.
    pub fn table(&self, name: &'static str) -> Option<pg_sys::Oid> {
        let generation = changes::generation();
        let mut known = self.oids.borrow_mut();
        if known.0 != generation {
            *known = (generation, Vec::new());
        }
        if let Some((_, oid)) = known.1.iter().find(|(known, _)| *known == name) {
            return Some(*oid);
        }
        let oid = self.relation(name)?;
        known.1.push((name, oid));
        Some(oid)
    }

    fn lacks(&self, name: &str) -> bool {
        self.relation(name).is_none()
    }

    /// Whether the host's tables are there, whatever there is of the extension's own.
    pub fn has_host_tables(&self) -> bool {
        HOST_TABLES.into_iter().all(|name| !self.lacks(name))
    }

    /// Whether setup has seen to the schema; the last stands for the tables that it makes.
    pub fn are_set_up(&self) -> bool {
        self.has_host_tables() && !self.lacks(CODE_PROGRAMS)
    }

    /// The declared columns that a table lacks which an older release has made.
    pub fn lacking_columns(&self, table: &Declaration) -> Vec<&'static str> {
        let Some(oid) = self.relation(table.name) else { return Vec::new() };
        let is_there = |name: &str| {
            let name = CString::new(name).unwrap_or_default();
            // SAFETY: looks a column up by name in the catalog cache, which gives 0 for an unknown one.
            let number = unsafe { pg_sys::get_attnum(oid, name.as_ptr()) };
            number != 0
        };
        table.columns.iter().map(|column| column.name).filter(|name| !is_there(name)).collect()
    }

    /// An error where a table is missing.
    fn must_have<'n>(&self, tables: impl Iterator<Item = &'n str>) -> Result<()> {
        let missing: Vec<&str> = tables.filter(|name| self.lacks(name)).collect();
        if missing.is_empty() {
            return Ok(());
        }
        let message = format!("schema \"{}\" has no table {}", self.schema, missing.join(", "));
        Err(Error::new("42P01", "tables_missing", message).with_hint(
            "SELECT * FROM referral_setup() makes the tables; the setting referrals.schema names \
             the schema they are in.",
        ))
    }

    /// An error where a table is missing, or is older than the functions.
    pub fn check(&self) -> Result<()> {
        let own = own_tables();
        let names = HOST_TABLES.into_iter().chain(own.iter().map(|table| table.name));
        self.must_have(names)?;
        let lacking = own.iter().map(|table| (table.name, self.lacking_columns(table)));
        let lacking: Vec<String> = lacking
            .filter(|(_, columns)| !columns.is_empty())
            .map(|(name, columns)| format!("{name} lacks {}", columns.join(", ")))
            .collect();
        if lacking.is_empty() {
            return Ok(());
        }
        let message = format!(
            "the referral tables of schema \"{}\" are older than the extension's functions: {}",
            self.schema,
            lacking.join("; ")
        );
        let schema = pgrx::spi::quote_literal(&self.schema);
        let hint = format!("SELECT * FROM referral_setup({schema}) brings them up to date.");
        Err(Error::new("55000", "tables_outdated", message).with_hint(hint))
    }

    /// What `check` says, raised.
    pub fn must_be_current(&self) {
        self.schema_must_exist();
        if let Err(error) = self.check() {
            raise(error);
        }
    }

    pub fn schema_must_exist(&self) {
        // SAFETY: looks the name up in the catalog cache.
        let namespace = unsafe { pg_sys::get_namespace_oid(self.name.as_ptr(), true) };
        if namespace == pg_sys::InvalidOid {
            let message = format!("schema \"{}\" does not exist", self.schema);
            raise(Error::new("3F000", "schema_missing", message).with_hint(
                "CREATE SCHEMA makes it; the setting referrals.schema names the one that is meant.",
            ));
        }
    }

    /// Whether Postgres itself keeps (code, user) unique in the usage table.
    ///
    /// Asked with the table locked for writing: the lock keeps the index from going away until the transaction
    /// ends, so that the answer holds for a row that is written next.
    pub fn usage_is_unique(&self) -> bool {
        let generation = changes::generation();
        match self.usage_is_unique.get() {
            Some((seen, unique)) if seen == generation => unique,
            _ => {
                let unique = self.table(USAGE).is_some_and(is_unique_by_code_and_user);
                // Opening the relation may itself have taken in a change: what was seen then is newer.
                self.usage_is_unique.set(Some((generation, unique)));
                unique
            }
        }
    }
}

/// The tables of `host.` that a statement names.
fn tables_named(sql: &'static str) -> Vec<&'static str> {
    let is_name = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '_';
    let name = |rest: &'static str| rest.split(|c| !is_name(c)).next().unwrap_or_default();
    let named = sql.split("host.").skip(1).map(name);
    let mut names: Vec<&str> = named.filter(|name| !name.is_empty()).collect();
    names.sort_unstable();
    names.dedup();
    names
}

/// Whether a usage table has a unique index on exactly (code_uuid, used_by_uuid), in any order.
fn is_unique_by_code_and_user(usage: pg_sys::Oid) -> bool {
    // SAFETY: the oid was just found; the lock is the one any reader takes.
    let usage = unsafe { PgRelation::with_lock(usage, pg_sys::AccessShareLock as i32) };
    let column = |name: &std::ffi::CStr| {
        // SAFETY: looks a column up by name in the catalog cache.
        unsafe { pg_sys::get_attnum(usage.oid(), name.as_ptr()) }
    };
    let wanted = [column(c"code_uuid"), column(c"used_by_uuid")];
    usage.indices(pg_sys::AccessShareLock as i32).any(|index| {
        // SAFETY: an open index has its pg_index row at hand, and indkey holds indnatts numbers.
        let (form, keys) = unsafe {
            let form = &*index.rd_index;
            (form, form.indkey.values.as_slice(form.indnkeyatts as usize))
        };
        let partial_or_expression = unsafe {
            // SAFETY: reads the same row's two nullable columns through the relation cache.
            !pg_sys::RelationGetIndexPredicate(index.as_ptr()).is_null()
                || !pg_sys::RelationGetIndexExpressions(index.as_ptr()).is_null()
        };
        form.indisunique
            && form.indisvalid
            && form.indimmediate
            && !partial_or_expression
            && keys.len() == wanted.len()
            && wanted.iter().all(|column| keys.contains(column))
    })
}
