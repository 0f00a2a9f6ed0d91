//! What a statement gives: rows of columns.

use std::marker::PhantomData;
use std::ptr::NonNull;

use pgrx::{PgList, PgTupleDesc, pg_sys};

use super::error::{Error, Unreadable, raise};
use super::texts;
use super::values::FromServer;

/// What a statement gave: rows, or a number of rows written.
pub struct Rows<'s> {
    table: Option<NonNull<pg_sys::SPITupleTable>>,
    processed: usize,
    source: Source,
    session: PhantomData<&'s ()>,
}

impl<'s> Rows<'s> {
    /// What SPI's last statement left, for as long as the session lives.
    ///
    /// # Safety
    /// To be called once, right after the statement; the plan, if any, is its plan and lives as long as the session.
    pub(super) unsafe fn fetched<S>(_: &'s S, plan: Option<pg_sys::SPIPlanPtr>) -> Self {
        // SAFETY: SPI's result variables belong to the statement just run.
        unsafe {
            Rows {
                table: NonNull::new(pg_sys::SPI_tuptable),
                processed: pg_sys::SPI_processed as usize,
                source: plan.map_or(Source::Unknown, Source::Plan),
                session: PhantomData,
            }
        }
    }
}

impl Rows<'_> {
    /// Rows returned, or rows written where none are returned.
    pub fn count(&self) -> usize {
        self.processed
    }

    pub fn iter(&self) -> impl Iterator<Item = Row<'_>> {
        let returned = if self.table.is_some() { self.processed } else { 0 };
        (0..returned).filter_map(|index| self.row(index))
    }

    pub fn first(&self) -> Option<Row<'_>> {
        self.iter().next()
    }

    fn row(&self, index: usize) -> Option<Row<'_>> {
        // SAFETY: SPI's table lives until `self` is dropped, and holds `processed` tuples.
        self.table.map(|table| unsafe {
            let table = table.as_ref();
            Row {
                tuple: *table.vals.add(index),
                descriptor: table.tupdesc,
                source: self.source,
                rows: PhantomData,
            }
        })
    }
}

impl Drop for Rows<'_> {
    fn drop(&mut self) {
        if let Some(table) = self.table {
            // SAFETY: the table is this value's; SPI ignores one it has freed already.
            unsafe { pg_sys::SPI_freetuptable(table.as_ptr()) };
        }
    }
}

/// Where a row's columns come from, to be asked when one of them cannot be read.
#[derive(Clone, Copy)]
pub(super) enum Source {
    Plan(pg_sys::SPIPlanPtr),
    /// The name of the table that a trigger was fired on.
    Table(pg_sys::Oid),
    Unknown,
}

/// One row of a result.
#[derive(Clone, Copy)]
pub struct Row<'r> {
    tuple: pg_sys::HeapTuple,
    descriptor: pg_sys::TupleDesc,
    source: Source,
    rows: PhantomData<&'r ()>,
}

impl Row<'_> {
    /// A row that a trigger was fired for, which lives as long as its call.
    pub(super) fn of_trigger(
        tuple: pg_sys::HeapTuple,
        descriptor: pg_sys::TupleDesc,
        table: pg_sys::Oid,
    ) -> Self {
        Row { tuple, descriptor, source: Source::Table(table), rows: PhantomData }
    }

    /// The column at a place (from 1), which may be NULL. A column of another type is an error, and so is a value
    /// that cannot be read; either names the column and its table.
    pub fn get<T: FromServer>(&self, column: i32) -> Option<T> {
        self.look(column).unwrap_or_else(|Unreadable { sqlstate, rule }| {
            raise(self.error(column, sqlstate, &rule));
        })
    }

    /// The same; None also where the value cannot be read.
    pub fn readable<T: FromServer>(&self, column: i32) -> Option<T> {
        self.look(column).unwrap_or_default()
    }

    pub(super) fn look<T: FromServer>(
        &self,
        column: i32,
    ) -> std::result::Result<Option<T>, Unreadable> {
        // SAFETY: tuple and descriptor belong together; the type is checked before the datum is read, and no type
        // accepts InvalidOid, which stands for a column that does not exist.
        unsafe {
            let columns = PgTupleDesc::from_pg_unchecked(self.descriptor);
            let declared = usize::try_from(column - 1).ok().and_then(|place| columns.get(place));
            let found = declared.map_or(pg_sys::InvalidOid, |column| column.atttypid);
            if !T::accepts(found) {
                let error =
                    self.error(column, "42804", "has an unexpected type").because("column_type");
                raise(error.with_hint("SELECT * FROM referral_setup() checks the tables."));
            }
            let mut null = false;
            let datum = pg_sys::SPI_getbinval(self.tuple, self.descriptor, column, &mut null);
            if null { Ok(None) } else { T::from_server(datum).map(Some) }
        }
    }

    /// The column at a place (from 1), which is declared NOT NULL.
    pub fn need<T: FromServer>(&self, column: i32) -> T {
        self.get(column)
            .unwrap_or_else(|| raise(self.error(column, "22004", "is null").because("null_column")))
    }

    /// What is wrong with the value of a column; `rule` completes a sentence that begins with its name.
    pub fn error(&self, column: i32, sqlstate: &'static str, rule: &str) -> Error {
        let (table, name) = self.origin(column).unwrap_or_default();
        if table.is_empty() {
            return Error::new(
                sqlstate,
                "unreadable_value",
                format!("column {column} of a referral table {rule}"),
            );
        }
        Error::stored(sqlstate, &table, &name, rule)
    }

    /// The table and the name of a column. Of one that is computed: the tables that the statement reads.
    fn origin(&self, column: i32) -> Option<(String, String)> {
        // SAFETY: a descriptor has the name of each of its columns; SPI gives NULL for others.
        let shown = unsafe { name(pg_sys::SPI_fname(self.descriptor, column)) }?;
        match self.source {
            // SAFETY: looks the oid up in the catalog cache.
            Source::Table(table) => Some((unsafe { name(pg_sys::get_rel_name(table)) }?, shown)),
            Source::Unknown => None,
            // SAFETY: the plan lives as long as the row, as who made it has said.
            Source::Plan(plan) => unsafe { origin_in_plan(plan, column, shown) },
        }
    }
}

/// # Safety
/// A C string of the server's, or NULL.
unsafe fn name(name: *const std::ffi::c_char) -> Option<String> {
    // SAFETY: as the caller promises.
    let name = (!name.is_null()).then(|| unsafe { std::ffi::CStr::from_ptr(name) })?;
    texts::from_server(name, "a name").ok()
}

/// # Safety
/// The plan is one that SPI keeps.
unsafe fn origin_in_plan(
    plan: pg_sys::SPIPlanPtr,
    column: i32,
    shown: String,
) -> Option<(String, String)> {
    // SAFETY: a kept plan has its sources, and each of them its analysed queries; names are looked up in the catalog
    // caches, which give NULL for what is gone.
    unsafe {
        let sources =
            PgList::<pg_sys::CachedPlanSource>::from_pg(pg_sys::SPI_plan_get_plan_sources(plan));
        let source = &*sources.get_ptr(0)?;
        let query = &*PgList::<pg_sys::Query>::from_pg(source.query_list).get_ptr(0)?;
        let is_select = query.commandType == pg_sys::CmdType::CMD_SELECT;
        let list = if is_select { query.targetList } else { query.returningList };
        let entry = PgList::<pg_sys::TargetEntry>::from_pg(list)
            .iter_ptr()
            .map(|entry| &*entry)
            .find(|entry| i32::from(entry.resno) == column)?;
        let column_of = |table, number| {
            let column = name(pg_sys::get_attname(table, number, true))?;
            Some((name(pg_sys::get_rel_name(table))?, column))
        };
        if entry.resorigtbl != pg_sys::InvalidOid {
            return column_of(entry.resorigtbl, entry.resorigcol);
        }
        // Of a sum: the first column that it is made of.
        let flags = pg_sys::PVC_RECURSE_AGGREGATES
            | pg_sys::PVC_RECURSE_WINDOWFUNCS
            | pg_sys::PVC_RECURSE_PLACEHOLDERS;
        let made_of = pg_sys::pull_var_clause(entry.expr.cast(), flags as i32);
        let first = PgList::<pg_sys::Var>::from_pg(made_of).get_ptr(0).map(|var| &*var);
        if let Some(var) = first {
            let range = PgList::<pg_sys::RangeTblEntry>::from_pg(query.rtable);
            let entry = range.get_ptr(usize::try_from(var.varno).ok()?.checked_sub(1)?)?;
            if (*entry).rtekind == pg_sys::RTEKind::RTE_RELATION {
                return column_of((*entry).relid, var.varattno);
            }
        }
        let tables = PgList::<pg_sys::Oid>::from_pg(source.relationOids);
        let tables: Vec<String> =
            tables.iter_oid().filter_map(|table| name(pg_sys::get_rel_name(table))).collect();
        Some((tables.join("\" or \""), shown))
    }
}
