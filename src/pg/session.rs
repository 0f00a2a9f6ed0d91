//! Statements: kept plans, run through SPI, and the rows they give.

use std::marker::PhantomData;
use std::ptr::NonNull;
use std::rc::Rc;

use pgrx::datum::DatumWithOid;
use pgrx::{FromDatum, IntoDatum, pg_sys};

use super::error::{Error, raise};
use super::tables::{Tables, without_comments};
use super::transaction::OwnWrite;

/// A statement of sql/. `host.` in its text stands for the schema that holds the tables.
///
/// Every statement qualifies names and operators, so that nothing on the caller's search_path can
/// take their place.
pub struct Statement {
    pub(super) sql: &'static str,
}

impl Statement {
    pub const fn new(sql: &'static str) -> Self {
        Statement { sql }
    }
}

/// Declares statements by name and file: `statements! { CLAIM = "redemption/claim.sql"; }`
macro_rules! statements {
    ($($name:ident = $file:literal;)+) => {
        $(static $name: $crate::pg::session::Statement = $crate::pg::session::Statement::new(
            include_str!(concat!(env!("CARGO_MANIFEST_DIR"), "/sql/", $file)),
        );)+
    };
}
pub(crate) use statements;

/// A statement as Postgres has analysed it for one schema, kept until the backend ends.
pub(super) struct Plan(NonNull<pg_sys::_SPI_plan>);

impl Plan {
    fn prepare(sql: &str, args: &[DatumWithOid]) -> Self {
        let mut types: Vec<pg_sys::Oid> = args.iter().map(DatumWithOid::oid).collect();
        let Ok(text) = std::ffi::CString::new(sql) else {
            raise(Error::internal("a statement holds a NUL character"));
        };
        // SAFETY: SPI is connected, as every caller holds a Session; text and types outlive the call.
        unsafe {
            let plan = pg_sys::SPI_prepare(text.as_ptr(), types.len() as i32, types.as_mut_ptr());
            let Some(plan) = NonNull::new(plan) else {
                let status = pg_sys::SPI_result;
                raise(Error::internal(format!("SPI_prepare failed: {status}")));
            };
            pg_sys::SPI_keepplan(plan.as_ptr());
            Plan(plan)
        }
    }
}

impl Drop for Plan {
    fn drop(&mut self) {
        // SAFETY: the plan was kept by this value alone.
        unsafe { pg_sys::SPI_freeplan(self.0.as_ptr()) };
    }
}

/// A connection to SPI, over the tables of one schema.
pub struct Session {
    pub tables: Rc<Tables>,
}

impl Session {
    /// Over the schema that `referrals.schema` names.
    pub fn open() -> Self {
        Session::over(Tables::current())
    }

    pub fn over(tables: Rc<Tables>) -> Self {
        // SAFETY: matched by SPI_finish in drop, also while unwinding.
        unsafe { pg_sys::SPI_connect() };
        Session { tables }
    }

    /// Runs a read: sees what the calling query sees, takes no transaction id, works on a standby.
    pub fn read(&self, statement: &'static Statement, args: &[DatumWithOid]) -> Rows<'_> {
        self.execute(statement, args, true)
    }

    /// Runs a statement that writes or locks, under a snapshot of its own. The guards' triggers let
    /// what it writes pass: whoever calls this has kept the rules.
    pub fn write(&self, statement: &'static Statement, args: &[DatumWithOid]) -> Rows<'_> {
        let _own = OwnWrite::begin();
        self.execute(statement, args, false)
    }

    /// As `write`, but sees all that is committed by now, also where the transaction sees everything
    /// else through one older snapshot (REPEATABLE READ, SERIALIZABLE).
    pub fn write_latest(&self, statement: &'static Statement, args: &[DatumWithOid]) -> Rows<'_> {
        let _own = OwnWrite::begin();
        let plan = self.tables.plan(statement, |sql| Plan::prepare(sql, args));
        let mut parameters = Parameters::of(args);
        // SAFETY: as in `run`; SPI takes a copy of the snapshot, and no crosscheck is asked for.
        unsafe {
            pg_sys::SPI_tuptable = std::ptr::null_mut();
            let status = pg_sys::SPI_execute_snapshot(
                plan.0.as_ptr(),
                parameters.values.as_mut_ptr(),
                parameters.nulls.as_ptr(),
                pg_sys::GetLatestSnapshot(),
                std::ptr::null_mut(),
                false,
                true,
                0,
            );
            if status < 0 {
                raise(Error::internal(format!("SPI_execute_snapshot failed: {status}")));
            }
            Rows::fetched(self)
        }
    }

    /// Runs a read and gives its rows a batch at a time, so that a long list costs no memory.
    pub fn stream<T>(
        self,
        statement: &'static Statement,
        args: &[DatumWithOid],
        read: fn(Row) -> T,
    ) -> Stream<T> {
        let plan = self.tables.plan(statement, |sql| Plan::prepare(sql, args));
        let mut parameters = Parameters::of(args);
        // SAFETY: as in `execute`; the portal keeps what it needs of the plan and the values.
        let portal = unsafe {
            let name = std::ptr::null();
            pg_sys::SPI_cursor_open(
                name,
                plan.0.as_ptr(),
                parameters.values.as_mut_ptr(),
                parameters.nulls.as_ptr(),
                true,
            )
        };
        Stream { portal, session: self, batch: Vec::new().into_iter(), read }
    }

    /// As `write`, for a text with placeholders for names of the caller's choice: its plan is not kept.
    pub fn write_once(&self, sql: &str, names: &[(&str, &str)], args: &[DatumWithOid]) -> Rows<'_> {
        let _own = OwnWrite::begin();
        self.run(&Plan::prepare(&self.tables.fill(sql, names), args), args, false)
    }

    fn execute(
        &self,
        statement: &'static Statement,
        args: &[DatumWithOid],
        read: bool,
    ) -> Rows<'_> {
        // Held across the call, so that a recursive call that evicts it from the cache cannot free it.
        let plan = self.tables.plan(statement, |sql| Plan::prepare(sql, args));
        self.run(&plan, args, read)
    }

    fn run(&self, plan: &Plan, args: &[DatumWithOid], read: bool) -> Rows<'_> {
        let mut parameters = Parameters::of(args);
        // SAFETY: one value and one null flag for each parameter the plan was prepared with: a
        // statement is always run with arguments of the same types.
        unsafe {
            pg_sys::SPI_tuptable = std::ptr::null_mut();
            let status = pg_sys::SPI_execute_plan(
                plan.0.as_ptr(),
                parameters.values.as_mut_ptr(),
                parameters.nulls.as_ptr(),
                read,
                0,
            );
            if status < 0 {
                raise(Error::internal(format!("SPI_execute_plan failed: {status}")));
            }
            Rows::fetched(self)
        }
    }

    /// Runs DDL, with placeholders for names and what stands for them: prepared anew each time.
    pub fn define(&self, sql: &str, names: &[(&str, &str)]) {
        let text = self.tables.fill(&without_comments(sql), names);
        let Ok(text) = std::ffi::CString::new(text) else {
            raise(Error::internal("a statement holds a NUL character"));
        };
        // SAFETY: SPI is connected; the text outlives the call.
        let status = unsafe { pg_sys::SPI_execute(text.as_ptr(), false, 0) };
        if status < 0 {
            raise(Error::internal(format!("SPI_execute failed: {status}")));
        }
    }
}

impl Drop for Session {
    fn drop(&mut self) {
        // SAFETY: matches SPI_connect; after an error the transaction's end would do the same.
        unsafe { pg_sys::SPI_finish() };
    }
}

/// Whether a question is answered as the calling query sees things, or as they are by now.
#[derive(Clone, Copy)]
pub enum View {
    Query,
    Now,
}

impl View {
    pub fn run<'s>(
        self,
        session: &'s Session,
        statement: &'static Statement,
        args: &[DatumWithOid],
    ) -> Rows<'s> {
        match self {
            View::Query => session.read(statement, args),
            View::Now => session.write(statement, args),
        }
    }
}

/// The most parameters that a statement of sql/ has.
const MOST_PARAMETERS: usize = 24;

/// The values of a statement's parameters, and which of them are NULL, as SPI wants them.
struct Parameters {
    values: [pg_sys::Datum; MOST_PARAMETERS],
    nulls: [std::ffi::c_char; MOST_PARAMETERS],
}

impl Parameters {
    fn of(args: &[DatumWithOid]) -> Self {
        assert!(args.len() <= MOST_PARAMETERS, "a statement has too many parameters");
        let mut parameters = Parameters {
            values: [pg_sys::Datum::from(0); MOST_PARAMETERS],
            nulls: [b'n' as std::ffi::c_char; MOST_PARAMETERS],
        };
        for (index, arg) in args.iter().enumerate() {
            if let Some(value) = arg.datum() {
                parameters.values[index] = value.sans_lifetime();
                parameters.nulls[index] = b' ' as std::ffi::c_char;
            }
        }
        parameters
    }
}

/// Rows that are fetched as they are asked for.
pub struct Stream<T> {
    portal: pg_sys::Portal,
    /// Open as long as the portal is; closed after it.
    session: Session,
    batch: std::vec::IntoIter<T>,
    read: fn(Row) -> T,
}

/// How many rows of a stream are held at a time.
const BATCH_ROWS: std::ffi::c_long = 100;

impl<T> Iterator for Stream<T> {
    type Item = T;

    fn next(&mut self) -> Option<T> {
        if let Some(row) = self.batch.next() {
            return Some(row);
        }
        // SAFETY: the portal is open until drop; what it fetches is read before the next fetch.
        let rows = unsafe {
            pg_sys::SPI_tuptable = std::ptr::null_mut();
            pg_sys::SPI_cursor_fetch(self.portal, true, BATCH_ROWS);
            Rows::fetched(&self.session)
        };
        self.batch = rows.iter().map(self.read).collect::<Vec<_>>().into_iter();
        self.batch.next()
    }
}

impl<T> Drop for Stream<T> {
    fn drop(&mut self) {
        // After an error the portal is the aborting transaction's to close.
        if !std::thread::panicking() {
            // SAFETY: opened by `stream`, closed once.
            unsafe { pg_sys::SPI_cursor_close(self.portal) };
        }
    }
}

/// What a statement gave: rows, or a number of rows written.
pub struct Rows<'s> {
    table: Option<NonNull<pg_sys::SPITupleTable>>,
    processed: usize,
    session: PhantomData<&'s Session>,
}

impl<'s> Rows<'s> {
    /// What SPI's last statement left.
    ///
    /// # Safety
    /// To be called once, right after the statement.
    unsafe fn fetched(_: &'s Session) -> Self {
        // SAFETY: SPI's result variables belong to the statement just run.
        unsafe {
            Rows {
                table: NonNull::new(pg_sys::SPI_tuptable),
                processed: pg_sys::SPI_processed as usize,
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
            Row { tuple: *table.vals.add(index), descriptor: table.tupdesc, rows: PhantomData }
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

/// One row of a result.
#[derive(Clone, Copy)]
pub struct Row<'r> {
    tuple: pg_sys::HeapTuple,
    descriptor: pg_sys::TupleDesc,
    rows: PhantomData<&'r ()>,
}

impl Row<'_> {
    /// A row that a trigger was fired for, which lives as long as its call.
    pub(super) fn of_trigger(tuple: pg_sys::HeapTuple, descriptor: pg_sys::TupleDesc) -> Self {
        Row { tuple, descriptor, rows: PhantomData }
    }

    /// The column at a place (from 1), which may be NULL. A column of another type is an error.
    pub fn get<T: FromDatum + IntoDatum>(&self, column: i32) -> Option<T> {
        // SAFETY: tuple and descriptor belong together; the type is checked before the datum is read,
        // and SPI gives InvalidOid, which no type accepts, for a column that does not exist.
        unsafe {
            let found = pg_sys::SPI_gettypeid(self.descriptor, column);
            if !T::is_compatible_with(found) {
                raise(
                    Error::new(
                        "42804",
                        "column_type",
                        format!("column {column} of a referral table has an unexpected type"),
                    )
                    .with_hint("SELECT * FROM referral_setup() says which column it is."),
                );
            }
            let mut null = false;
            let datum = pg_sys::SPI_getbinval(self.tuple, self.descriptor, column, &mut null);
            T::from_datum(datum, null)
        }
    }

    /// The column at a place (from 1), which is declared NOT NULL.
    pub fn need<T: FromDatum + IntoDatum>(&self, column: i32) -> T {
        self.get(column).unwrap_or_else(|| {
            raise(Error::new(
                "22004",
                "null_column",
                format!("column {column} of a referral table is null"),
            ))
        })
    }
}
