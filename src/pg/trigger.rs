//! What a row trigger is told: the row, the table and the trigger's arguments.

use std::borrow::Cow;
use std::ffi::CStr;
use std::marker::PhantomData;

use pgrx::callconv::{BoxRet, FcInfo};
use pgrx::datum::Datum;
use pgrx::pgrx_sql_entity_graph::metadata::{
    ArgumentError, ReturnsError, ReturnsRef, SqlMappingRef, SqlTranslatable, TypeOrigin,
};
use pgrx::{IntoDatum, PgList, PgTupleDesc, pg_sys};

use super::error::{Error, Result};
use super::result::Row;
use super::texts;
use super::values::{FromServer, IntoServer};

/// What a column declares that sets no length.
const ANY_LENGTH: i32 = -1;

/// The firing of a row trigger.
pub struct Firing<'c> {
    data: &'c pg_sys::TriggerData,
    /// What lives as long as the row that the trigger gives back: a session's own memory ends with it.
    context: pg_sys::MemoryContext,
}

/// A row on its way into a table or out of it.
#[derive(Clone, Copy)]
pub struct TriggerRow<'c> {
    tuple: pg_sys::HeapTuple,
    descriptor: pg_sys::TupleDesc,
    table: pg_sys::Oid,
    context: pg_sys::MemoryContext,
    firing: PhantomData<&'c ()>,
}

impl<'c> Firing<'c> {
    /// An error where the function is called by hand.
    pub fn of(call: pg_sys::FunctionCallInfo) -> Result<Self> {
        let firing = Firing::of_statement(call)?;
        if firing.data.tg_trigtuple.is_null() { Err(not_fired()) } else { Ok(firing) }
    }

    /// The same for a trigger of a statement, which is told of no row.
    pub fn of_statement(call: pg_sys::FunctionCallInfo) -> Result<Self> {
        // SAFETY: the running call; its context, if a trigger manager set it, is a TriggerData that
        // lives as long as the call.
        let data = unsafe {
            let context = (*call).context;
            let called = !context.is_null() && (*context).type_ == pg_sys::NodeTag::T_TriggerData;
            called.then(|| &*context.cast::<pg_sys::TriggerData>())
        };
        let data = data.ok_or_else(not_fired)?;
        // SAFETY: reads a variable of this backend: no session is open yet.
        Ok(Firing { data, context: unsafe { pg_sys::CurrentMemoryContext } })
    }

    fn row(&self, tuple: pg_sys::HeapTuple) -> TriggerRow<'c> {
        // SAFETY: the relation is open while its trigger runs.
        let descriptor = unsafe { (*self.data.tg_relation).rd_att };
        TriggerRow {
            tuple,
            descriptor,
            table: self.table(),
            context: self.context,
            firing: PhantomData,
        }
    }

    /// The row inserted, or as it will be updated.
    pub fn new_row(&self) -> TriggerRow<'c> {
        match self.old_row() {
            Some(_) => self.row(self.data.tg_newtuple),
            None => self.row(self.data.tg_trigtuple),
        }
    }

    /// The row before its update; None for an insert.
    pub fn old_row(&self) -> Option<TriggerRow<'c>> {
        (!self.data.tg_newtuple.is_null()).then(|| self.row(self.data.tg_trigtuple))
    }

    /// The table that the trigger was fired on.
    pub fn table(&self) -> pg_sys::Oid {
        // SAFETY: the relation is open while its trigger runs.
        unsafe { (*self.data.tg_relation).rd_id }
    }

    /// Its name.
    pub fn table_name(&self) -> &CStr {
        // SAFETY: the relation is open while its trigger runs, and its name is a C string.
        unsafe { CStr::from_ptr((*(*self.data.tg_relation).rd_rel).relname.data.as_ptr()) }
    }

    /// Whether the table is a partition of another.
    pub fn is_partition(&self) -> bool {
        // SAFETY: the relation is open while its trigger runs.
        unsafe { (*(*self.data.tg_relation).rd_rel).relispartition }
    }

    /// The schema of the table, or of the table that it is a partition of.
    pub fn schema(&self) -> Result<String> {
        // SAFETY: the relation is open while its trigger runs; its ancestors are looked up in the catalogs,
        // and the last of them is the table that it is a partition of in the end.
        let name = unsafe {
            let relation = self.data.tg_relation;
            let mut table = (*relation).rd_id;
            if self.is_partition() {
                let ancestors =
                    PgList::<pg_sys::Oid>::from_pg(pg_sys::get_partition_ancestors(table));
                table = ancestors.iter_oid().last().unwrap_or(table);
            }
            let namespace = pg_sys::get_namespace_name(pg_sys::get_rel_namespace(table));
            CStr::from_ptr(namespace)
        };
        texts::from_server(name, "the name of the table's schema")
    }

    /// An argument of CREATE TRIGGER, from 0.
    pub fn argument(&self, index: usize) -> Result<Option<String>> {
        // SAFETY: tgargs holds tgnargs C strings.
        let argument = unsafe {
            let trigger = &*self.data.tg_trigger;
            let exists = index < usize::try_from(trigger.tgnargs).unwrap_or_default();
            exists.then(|| CStr::from_ptr(*trigger.tgargs.add(index)))
        };
        argument.map(|name| texts::from_server(name, "an argument of the trigger")).transpose()
    }
}

impl TriggerRow<'_> {
    /// The column of that name, which may be NULL.
    pub fn get<T: FromServer>(&self, column: &str) -> Result<Option<T>> {
        let number = self.number(column)?;
        Ok(self.row().get(number))
    }

    /// The same; None also where it cannot be read, as text of a database in SQL_ASCII.
    pub fn readable<T: FromServer>(&self, column: &str) -> Result<Option<T>> {
        let number = self.number(column)?;
        Ok(self.row().look(number).unwrap_or_default())
    }

    fn row(&self) -> Row<'_> {
        Row::of_trigger(self.tuple, self.descriptor, self.table)
    }

    /// The same row with another text in one column, which its type may refuse as too long.
    pub fn with_text(self, column: &str, text: &str) -> Result<Self> {
        let mut number = self.number(column)?;
        let mut null = false;
        // SAFETY: the column is one of the row's own descriptor, which outlives the borrow; varchar() takes a
        // text, the length that the column declares, and whether more may be cut off.
        let mut datum = unsafe {
            let columns = PgTupleDesc::from_pg_unchecked(self.descriptor);
            let length = columns.get(number as usize - 1).map(|column| column.atttypmod);
            let length = length.unwrap_or(ANY_LENGTH).into_datum();
            let args = [text.into_server().into_datum(), length, false.into_datum()];
            pgrx::direct_function_call::<pg_sys::Datum>(pg_sys::varchar, &args)
        }
        .unwrap_or(pg_sys::Datum::from(0));
        // SAFETY: one column of the row's own descriptor; the new tuple is palloc'ed in the context that the trigger was
        // called in, as Postgres expects of what a trigger returns, and not in that of a session that may be open.
        let tuple = unsafe {
            let outer = pg_sys::MemoryContextSwitchTo(self.context);
            let tuple = pg_sys::heap_modify_tuple_by_cols(
                self.tuple,
                self.descriptor,
                1,
                &mut number,
                &mut datum,
                &mut null,
            );
            pg_sys::MemoryContextSwitchTo(outer);
            tuple
        };
        Ok(TriggerRow { tuple, ..self })
    }

    fn number(&self, column: &str) -> Result<i32> {
        // SAFETY: the row's own descriptor, which outlives the borrow.
        let columns = unsafe { PgTupleDesc::from_pg_unchecked(self.descriptor) };
        let wanted = if column.is_ascii() {
            Cow::Borrowed(column.as_bytes())
        } else {
            Cow::Owned(texts::for_server(column).into_bytes())
        };
        let is_named = |named: &pg_sys::FormData_pg_attribute| {
            // SAFETY: a column's name is a C string.
            let name = unsafe { CStr::from_ptr(named.attname.data.as_ptr()) };
            !named.attisdropped && *name.to_bytes() == *wanted
        };
        let number = columns.iter().position(is_named).map_or(0, |place| place as i32 + 1);
        if number <= 0 {
            let message = format!("the table has no column \"{column}\"");
            return Err(Error::new("42703", "column_missing", message)
                .with_hint("SELECT * FROM referral_setup() checks the tables."));
        }
        Ok(number)
    }
}

// SAFETY: a trigger returns the bare address of the row.
unsafe impl BoxRet for TriggerRow<'_> {
    unsafe fn box_into<'fcx>(self, fcinfo: &mut FcInfo<'fcx>) -> Datum<'fcx> {
        // SAFETY: the tuple outlives the call.
        unsafe { fcinfo.return_raw_datum(pg_sys::Datum::from(self.tuple)) }
    }
}

// SAFETY: the name is not used: sql/api declares the functions.
unsafe impl SqlTranslatable for TriggerRow<'_> {
    const TYPE_IDENT: &'static str = "referrals::TriggerRow";
    const TYPE_ORIGIN: TypeOrigin = TypeOrigin::External;
    const ARGUMENT_SQL: std::result::Result<SqlMappingRef, ArgumentError> =
        Ok(SqlMappingRef::literal("trigger"));
    const RETURN_SQL: std::result::Result<ReturnsRef, ReturnsError> =
        Ok(ReturnsRef::One(SqlMappingRef::literal("trigger")));
}

fn not_fired() -> Error {
    Error::new("39P01", "not_a_trigger", "this function can only be called as a row trigger")
}

/// Whether it is a table, partitioned or not: no view, index or sequence.
pub fn is_table(oid: pg_sys::Oid) -> bool {
    // SAFETY: looks the oid up in the catalog cache, which gives 0 where it is unknown.
    let kind = unsafe { pg_sys::get_rel_relkind(oid) } as u8;
    matches!(kind, pg_sys::RELKIND_RELATION | pg_sys::RELKIND_PARTITIONED_TABLE)
}

/// The name of a table as it stands in SQL, quoted, and its schema; None where there is no such table.
pub fn name_of_table(table: pg_sys::Oid) -> Result<Option<(String, String)>> {
    // SAFETY: looks the oid up in the catalog caches, which give NULL where it is unknown.
    let (name, schema) = unsafe {
        let name = pg_sys::get_rel_name(table);
        let schema = pg_sys::get_namespace_name(pg_sys::get_rel_namespace(table));
        if name.is_null() || schema.is_null() {
            return Ok(None);
        }
        (CStr::from_ptr(name), CStr::from_ptr(schema))
    };
    let name = texts::from_server(name, "the name of the table")?;
    let schema = texts::from_server(schema, "the name of the table's schema")?;
    let quoted = pgrx::spi::quote_qualified_identifier(&schema, &name);
    Ok(Some((quoted, schema)))
}
