//! What a statement gives: rows of columns.

use std::marker::PhantomData;
use std::ptr::NonNull;

use pgrx::{FromDatum, IntoDatum, pg_sys};

use super::error::{Error, raise};

/// What a statement gave: rows, or a number of rows written.
pub struct Rows<'s> {
    table: Option<NonNull<pg_sys::SPITupleTable>>,
    processed: usize,
    session: PhantomData<&'s ()>,
}

impl<'s> Rows<'s> {
    /// What SPI's last statement left, for as long as the session lives.
    ///
    /// # Safety
    /// To be called once, right after the statement.
    pub(super) unsafe fn fetched<S>(_: &'s S) -> Self {
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
