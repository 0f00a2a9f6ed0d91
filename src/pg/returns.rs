//! What functions give back: one row of OUT parameters, or a set of rows.

use pgrx::callconv::{BoxRet, FcInfo};
use pgrx::datum::Datum;
use pgrx::pgrx_sql_entity_graph::metadata::{
    ArgumentError, ReturnsError, ReturnsRef, SqlMappingRef, SqlTranslatable, TypeOrigin,
};
use pgrx::{IntoDatum, PgMemoryContexts, check_for_interrupts, pg_sys};

use super::error::{Error, raise};
use super::values::IntoServer;

/// A tuple that can stand as a row: each field knows its Postgres type.
pub trait Columns: Sized {
    /// The type of each column, to be held against what the SQL declaration says.
    fn accepts() -> Vec<fn(pg_sys::Oid) -> bool>;
    fn into_datums(self, datums: &mut [pg_sys::Datum], nulls: &mut [bool]);
}

/// A row of at most this many columns is formed on the stack.
const MOST_COLUMNS: usize = 40;

macro_rules! columns {
    ($($field:ident $index:tt),+) => {
        impl<$($field: IntoServer),+> Columns for ($($field,)+) {
            fn accepts() -> Vec<fn(pg_sys::Oid) -> bool> {
                vec![$($field::Sent::is_compatible_with),+]
            }

            fn into_datums(self, datums: &mut [pg_sys::Datum], nulls: &mut [bool]) {
                $(match self.$index.into_server().into_datum() {
                    Some(datum) => datums[$index] = datum,
                    None => nulls[$index] = true,
                })+
            }
        }
    };
}

columns!(A 0);
columns!(A 0, B 1);
columns!(A 0, B 1, C 2);
columns!(A 0, B 1, C 2, D 3);
columns!(A 0, B 1, C 2, D 3, E 4);
columns!(A 0, B 1, C 2, D 3, E 4, F 5);
columns!(A 0, B 1, C 2, D 3, E 4, F 5, G 6);
columns!(A 0, B 1, C 2, D 3, E 4, F 5, G 6, H 7);
columns!(A 0, B 1, C 2, D 3, E 4, F 5, G 6, H 7, I 8);
columns!(A 0, B 1, C 2, D 3, E 4, F 5, G 6, H 7, I 8, J 9);
columns!(A 0, B 1, C 2, D 3, E 4, F 5, G 6, H 7, I 8, J 9, K 10);
columns!(A 0, B 1, C 2, D 3, E 4, F 5, G 6, H 7, I 8, J 9, K 10, L 11);
columns!(A 0, B 1, C 2, D 3, E 4, F 5, G 6, H 7, I 8, J 9, K 10, L 11, M 12, N 13, O 14, P 15, Q 16, R 17, S 18);
columns!(A 0, B 1, C 2, D 3, E 4, F 5, G 6, H 7, I 8, J 9, K 10, L 11, M 12, N 13, O 14, P 15, Q 16, R 17, S 18, T 19, U 20, V 21, W 22, X 23, Y 24, Z 25, Aa 26, Ab 27, Ac 28, Ad 29, Ae 30, Af 31, Ag 32, Ah 33, Ai 34, Aj 35, Ak 36);

/// The one row of a function with OUT parameters: a third of the price of a set of one.
pub struct Record<T>(pub T);

/// The one value of a function, where it is text or JSON.
pub struct Scalar<T>(pub T);

/// The rows of a function that RETURNS TABLE. They are taken from the iterator one at a time and kept
/// in a tuplestore, which spills to disk: a long list costs no memory.
pub struct RowSet<'a, T>(Box<dyn Iterator<Item = T> + 'a>);

impl<'a, T> RowSet<'a, T> {
    pub fn new(rows: impl IntoIterator<Item = T> + 'a) -> Self {
        RowSet(Box::new(rows.into_iter()))
    }
}

// SAFETY: returns a composite datum of the type that the catalog declares for the function, which
// `descriptor` has held against T's columns.
unsafe impl<T: Columns> BoxRet for Record<T> {
    unsafe fn box_into<'fcx>(self, fcinfo: &mut FcInfo<'fcx>) -> Datum<'fcx> {
        unsafe {
            let call = fcinfo.as_mut_ptr();
            let flinfo = (*call).flinfo;
            // Looked up once for each place in a query that calls the function.
            if (*flinfo).fn_extra.is_null() {
                let descriptor = descriptor::<T>(call);
                let outer = pg_sys::MemoryContextSwitchTo((*flinfo).fn_mcxt);
                let kept = pg_sys::BlessTupleDesc(pg_sys::CreateTupleDescCopy(descriptor));
                pg_sys::MemoryContextSwitchTo(outer);
                (*flinfo).fn_extra = kept.cast();
            }
            let descriptor: pg_sys::TupleDesc = (*flinfo).fn_extra.cast();
            let tuple = form_tuple(descriptor, self.0);
            fcinfo.return_raw_datum(pg_sys::HeapTupleHeaderGetDatum((*tuple).t_data))
        }
    }
}

// SAFETY: sql/api declares the type that T is sent as.
unsafe impl<T: IntoServer> BoxRet for Scalar<T> {
    unsafe fn box_into<'fcx>(self, fcinfo: &mut FcInfo<'fcx>) -> Datum<'fcx> {
        match self.0.into_server().into_datum() {
            // SAFETY: as above.
            Some(datum) => unsafe { fcinfo.return_raw_datum(datum) },
            None => fcinfo.return_null(),
        }
    }
}

// SAFETY: fills the tuplestore that the caller's ReturnSetInfo asks for and returns NULL, as
// materialize mode wants it; the rows have the declared type, as above.
unsafe impl<T: Columns> BoxRet for RowSet<'_, T> {
    unsafe fn box_into<'fcx>(self, fcinfo: &mut FcInfo<'fcx>) -> Datum<'fcx> {
        unsafe {
            let call = fcinfo.as_mut_ptr();
            let result = (*call).resultinfo.cast::<pg_sys::ReturnSetInfo>();
            let materialize = pg_sys::SetFunctionReturnMode::SFRM_Materialize;
            if result.is_null() || (*result).allowedModes as u32 & materialize == 0 {
                raise(Error::new("0A000", "set_not_accepted", "a set is not accepted here"));
            }
            let query_context = (*(*result).econtext).ecxt_per_query_memory;
            let outer = pg_sys::MemoryContextSwitchTo(query_context);
            let descriptor = pg_sys::CreateTupleDescCopy(descriptor::<T>(call));
            let store = pg_sys::tuplestore_begin_heap(true, false, pg_sys::work_mem);
            pg_sys::MemoryContextSwitchTo(outer);
            let mut row_context = PgMemoryContexts::new("referrals: one row");
            for row in self.0 {
                check_for_interrupts!();
                row_context.switch_to(|_| {
                    pg_sys::tuplestore_puttuple(store, form_tuple(descriptor, row));
                });
                row_context.reset();
            }
            (*result).returnMode = materialize;
            (*result).setResult = store;
            (*result).setDesc = descriptor;
            fcinfo.return_null()
        }
    }
}

/// The row type declared for the running function, held against T: a declaration that has drifted from
/// the code is an error, never a misread datum.
unsafe fn descriptor<T: Columns>(call: pg_sys::FunctionCallInfo) -> pg_sys::TupleDesc {
    let mut descriptor = std::ptr::null_mut();
    let mut scalar = pg_sys::InvalidOid;
    // SAFETY: `call` is the running call; the descriptor it gives lives as long as the call.
    let declared = unsafe {
        let class = pg_sys::get_call_result_type(call, &mut scalar, &mut descriptor);
        if class == pg_sys::TypeFuncClass::TYPEFUNC_SCALAR {
            // SETOF one type: a row of one column.
            descriptor = pg_sys::CreateTemplateTupleDesc(1);
            pg_sys::TupleDescInitEntry(descriptor, 1, c"value".as_ptr(), scalar, -1, 0);
        } else if class != pg_sys::TypeFuncClass::TYPEFUNC_COMPOSITE {
            raise(Error::internal("the function is not declared to return rows"));
        }
        (*descriptor).natts as usize
    };
    let accepts = T::accepts();
    let matches = accepts.len() == declared
        && accepts.len() <= MOST_COLUMNS
        && accepts.iter().enumerate().all(|(index, accepts)| {
            // SAFETY: attribute numbers run from 1 to natts.
            accepts(unsafe { pg_sys::SPI_gettypeid(descriptor, index as i32 + 1) })
        });
    if !matches {
        raise(Error::internal("the function is declared with other columns than its code returns"));
    }
    descriptor
}

unsafe fn form_tuple<T: Columns>(descriptor: pg_sys::TupleDesc, row: T) -> pg_sys::HeapTuple {
    let mut datums = [pg_sys::Datum::from(0); MOST_COLUMNS];
    let mut nulls = [false; MOST_COLUMNS];
    row.into_datums(&mut datums, &mut nulls);
    // SAFETY: `descriptor` has as many columns as T, of T's types, and no more than the arrays hold.
    unsafe { pg_sys::heap_form_tuple(descriptor, datums.as_mut_ptr(), nulls.as_mut_ptr()) }
}

/// `#[pg_extern]` asks each type for its SQL name, also where the declaration stands in sql/api.
macro_rules! declared_in_sql {
    ($(<$lifetime:lifetime>)? $type:ident) => {
        // SAFETY: the name is not used: sql/api declares the functions.
        unsafe impl<T> SqlTranslatable for $type<$($lifetime,)? T> {
            const TYPE_IDENT: &'static str = concat!("referrals::", stringify!($type));
            const TYPE_ORIGIN: TypeOrigin = TypeOrigin::External;
            const ARGUMENT_SQL: std::result::Result<SqlMappingRef, ArgumentError> =
                Ok(SqlMappingRef::literal("record"));
            const RETURN_SQL: std::result::Result<ReturnsRef, ReturnsError> =
                Ok(ReturnsRef::One(SqlMappingRef::literal("record")));
        }
    };
}

declared_in_sql!(Record);
declared_in_sql!(Scalar);
declared_in_sql!(<'_> RowSet);
