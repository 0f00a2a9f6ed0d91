//! A connection to SPI, through which statements are run over the tables of one schema.

use std::rc::Rc;

use pgrx::pg_sys;

use super::clock;
use super::error::{Error, raise};
use super::result::{Row, Rows};
use super::statement::{Parameter, Parameters, Plan, Planning, Statement};
use super::tables::Tables;
use super::texts;
use super::transaction::OwnWrite;
use crate::rules::template::without_comments;
use crate::rules::time::Timestamp;

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
    pub fn read(&self, statement: &'static Statement, args: &[Parameter]) -> Rows<'_> {
        self.execute(statement, args, true)
    }

    /// Runs a statement that writes or locks, under a snapshot of its own. The guards' triggers let
    /// what it writes pass: whoever calls this has kept the rules.
    pub fn write(&self, statement: &'static Statement, args: &[Parameter]) -> Rows<'_> {
        let _own = OwnWrite::begin();
        self.execute(statement, args, false)
    }

    /// As `write`, for a statement that locks rows of a table which are to be written to next. The table's own
    /// lock for writing comes first: taken after the rows', it could be waited for behind somebody who waits
    /// for a writer who waits for these rows.
    pub fn lock_rows(
        &self,
        table: &'static str,
        statement: &'static Statement,
        args: &[Parameter],
    ) -> Rows<'_> {
        self.lock_for_writing(table);
        self.write(statement, args)
    }

    /// Takes the lock of a table that writing to it takes.
    pub fn lock_for_writing(&self, table: &'static str) {
        if let Some(oid) = self.tables.table(table) {
            // SAFETY: the lock is kept until the transaction ends, as the one that the write would take.
            unsafe { pg_sys::LockRelationOid(oid, pg_sys::RowExclusiveLock as i32) };
        }
    }

    /// As `write`, but sees all that is committed by now, also where the transaction sees everything
    /// else through one older snapshot (REPEATABLE READ, SERIALIZABLE).
    pub fn write_latest(&self, statement: &'static Statement, args: &[Parameter]) -> Rows<'_> {
        // SAFETY: SPI takes a copy of the snapshot at once.
        self.write_under(statement, args, || unsafe { pg_sys::GetLatestSnapshot() })
    }

    /// As `write`, but sees what was committed by a moment.
    pub fn write_as_of(
        &self,
        moment: &Snapshot,
        statement: &'static Statement,
        args: &[Parameter],
    ) -> Rows<'_> {
        self.write_under(statement, args, || moment.0)
    }

    fn write_under(
        &self,
        statement: &'static Statement,
        args: &[Parameter],
        snapshot: impl FnOnce() -> pg_sys::Snapshot,
    ) -> Rows<'_> {
        let _own = OwnWrite::begin();
        let plan = self.tables.plan(statement, |sql| statement.prepare(sql, args));
        let mut parameters = Parameters::of(args);
        // SAFETY: as in `run`; SPI takes a copy of the snapshot, and no crosscheck is asked for.
        unsafe {
            pg_sys::SPI_tuptable = std::ptr::null_mut();
            let status = pg_sys::SPI_execute_snapshot(
                plan.as_ptr(),
                parameters.values.as_mut_ptr(),
                parameters.nulls.as_ptr(),
                snapshot(),
                std::ptr::null_mut(),
                false,
                true,
                0,
            );
            if status < 0 {
                raise(Error::internal(format!("SPI_execute_snapshot failed: {status}")));
            }
            Rows::fetched(self, Some(plan.as_ptr()))
        }
    }

    /// Runs a read and gives its rows a batch at a time, so that a long list costs no memory.
    pub fn stream<T>(
        self,
        statement: &'static Statement,
        args: &[Parameter],
        read: fn(Row) -> T,
    ) -> Stream<T> {
        let plan = self.tables.plan(statement, |sql| statement.prepare(sql, args));
        let mut parameters = Parameters::of(args);
        // SAFETY: as in `execute`; the portal keeps what it needs of the plan and the values.
        let portal = unsafe {
            let name = std::ptr::null();
            pg_sys::SPI_cursor_open(
                name,
                plan.as_ptr(),
                parameters.values.as_mut_ptr(),
                parameters.nulls.as_ptr(),
                true,
            )
        };
        let plan = plan.as_ptr();
        Stream { portal, plan, session: self, batch: Vec::new().into_iter(), read }
    }

    /// The same, for a report of which few rows may be asked: those are held together, so that several processes can
    /// work for them, which they cannot for a cursor.
    pub fn report<T: 'static>(
        self,
        statement: &'static Statement,
        args: &[Parameter],
        limit: Option<i64>,
        read: fn(Row) -> T,
    ) -> Box<dyn Iterator<Item = T>> {
        if limit.is_some_and(|limit| limit <= FEW_ROWS) {
            let rows: Vec<T> = self.read(statement, args).iter().map(read).collect();
            return Box::new(rows.into_iter());
        }
        Box::new(self.stream(statement, args, read))
    }

    /// As `write`, for a text with placeholders for names of the caller's choice: its plan is not kept.
    pub fn write_once(&self, sql: &str, names: &[(&str, &str)], args: &[Parameter]) -> Rows<'_> {
        let _own = OwnWrite::begin();
        let plan = Plan::prepare(&self.tables.fill(sql, names), args, Planning::Once);
        self.run(&plan, args, false, false)
    }

    fn execute(&self, statement: &'static Statement, args: &[Parameter], read: bool) -> Rows<'_> {
        // Held across the call, so that a recursive call that evicts it from the cache cannot free it.
        let plan = self.tables.plan(statement, |sql| statement.prepare(sql, args));
        self.run(&plan, args, read, true)
    }

    /// `kept`: the plan lives as long as the session.
    fn run(&self, plan: &Plan, args: &[Parameter], read: bool, kept: bool) -> Rows<'_> {
        let mut parameters = Parameters::of(args);
        // SAFETY: one value and one null flag for each parameter the plan was prepared with: a
        // statement is always run with arguments of the same types.
        unsafe {
            pg_sys::SPI_tuptable = std::ptr::null_mut();
            let status = pg_sys::SPI_execute_plan(
                plan.as_ptr(),
                parameters.values.as_mut_ptr(),
                parameters.nulls.as_ptr(),
                read,
                0,
            );
            if status < 0 {
                raise(Error::internal(format!("SPI_execute_plan failed: {status}")));
            }
            Rows::fetched(self, kept.then_some(plan.as_ptr()))
        }
    }

    /// Runs DDL, with placeholders for names and what stands for them: prepared anew each time.
    pub fn define(&self, sql: &str, names: &[(&str, &str)]) {
        let text = texts::for_server(&self.tables.fill(&without_comments(sql), names));
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

/// What is committed by a moment, which can be looked at again later.
pub struct Snapshot(pg_sys::Snapshot);

impl Snapshot {
    pub fn latest() -> Self {
        // SAFETY: a copy that the resource owner of the call keeps, until drop or an error.
        Snapshot(unsafe { pg_sys::RegisterSnapshot(pg_sys::GetLatestSnapshot()) })
    }
}

impl Drop for Snapshot {
    fn drop(&mut self) {
        // After an error the snapshot is the resource owner's to release.
        if !std::thread::panicking() {
            // SAFETY: registered by `latest`, released once.
            unsafe { pg_sys::UnregisterSnapshot(self.0) };
        }
    }
}

/// Whether a question is answered as the calling query sees things, or as they are by now.
#[derive(Clone, Copy)]
pub enum View {
    Query,
    Now,
}

impl View {
    /// The clock that goes with it.
    pub fn moment(self) -> Timestamp {
        match self {
            View::Query => clock::statement_start(),
            View::Now => clock::now(),
        }
    }

    pub fn run<'s>(
        self,
        session: &'s Session,
        statement: &'static Statement,
        args: &[Parameter],
    ) -> Rows<'s> {
        match self {
            View::Query => session.read(statement, args),
            View::Now => session.write(statement, args),
        }
    }
}

/// Rows that are fetched as they are asked for.
pub struct Stream<T> {
    portal: pg_sys::Portal,
    plan: pg_sys::SPIPlanPtr,
    /// Open as long as the portal is; closed after it.
    session: Session,
    batch: std::vec::IntoIter<T>,
    read: fn(Row) -> T,
}

/// The most rows that are held together.
const FEW_ROWS: i64 = 1_000;
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
            Rows::fetched(&self.session, Some(self.plan))
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
