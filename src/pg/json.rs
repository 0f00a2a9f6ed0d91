//! JSON at the border: jsonb on the database's side, which may be nested as deep as it likes.

use std::ffi::CStr;
use std::marker::PhantomData;

use pgrx::callconv::{Arg, ArgAbi};
use pgrx::pgrx_sql_entity_graph::metadata::{
    ArgumentError, ReturnsError, ReturnsRef, SqlMappingRef, SqlTranslatable, TypeOrigin,
};
use pgrx::{FromDatum, IntoDatum, direct_function_call_as_datum, pg_sys};
use serde_json::Value;

use super::encoding;
use super::error::{Error, Result, Unreadable, raise};
use super::texts;
use crate::rules::json::{MOST_LEVELS, is_deeper_than};

/// An argument of type jsonb, as the database has it.
pub struct Json<'a>(pg_sys::Datum, PhantomData<&'a ()>);

impl Json<'_> {
    pub fn read(&self, argument: &str) -> Result<Value> {
        // SAFETY: the datum of an argument, which lives as long as the call.
        let read = unsafe { value_of(self.0) };
        read.map_err(|Unreadable { sqlstate, rule }| {
            Error::new(sqlstate, "out_of_range", format!("argument \"{argument}\" {rule}"))
        })
    }
}

/// What a datum of type jsonb says.
///
/// # Safety
/// The datum is of type jsonb, and not NULL.
pub(super) unsafe fn value_of(datum: pg_sys::Datum) -> std::result::Result<Value, Unreadable> {
    // SAFETY: as the caller promises; the text is palloc'ed by its maker, who goes through the levels in a loop.
    let (json, copy) = unsafe {
        let stored = datum.cast_mut_ptr::<pg_sys::varlena>();
        let jsonb = pg_sys::pg_detoast_datum(stored);
        let root = &raw mut (*jsonb.cast::<pg_sys::Jsonb>()).root;
        let length = pgrx::varsize_any_exhdr(jsonb) as std::ffi::c_int;
        let text = pg_sys::JsonbToCString(std::ptr::null_mut(), root, length);
        (text, (jsonb != stored).then_some(jsonb))
    };
    // SAFETY: the C string just made.
    let value = parse(unsafe { CStr::from_ptr(json) });
    // SAFETY: both were palloc'ed above and are read no more.
    unsafe {
        pg_sys::pfree(json.cast());
        if let Some(copy) = copy {
            pg_sys::pfree(copy.cast());
        }
    }
    value
}

fn parse(json: &CStr) -> std::result::Result<Value, Unreadable> {
    let json = encoding::decode(json.to_bytes());
    let json =
        json.ok_or_else(|| Unreadable { sqlstate: "22021", rule: encoding::no_text().into() })?;
    if is_deeper_than(&json, MOST_LEVELS) {
        let rule = format!("must not be nested deeper than {MOST_LEVELS} levels");
        return Err(Unreadable { sqlstate: "22023", rule: rule.into() });
    }
    serde_json::from_str(&json).map_err(|error| {
        let rule = format!("cannot be read: {error}");
        Unreadable { sqlstate: "22023", rule: rule.into() }
    })
}

impl FromDatum for Json<'_> {
    unsafe fn from_polymorphic_datum(
        datum: pg_sys::Datum,
        is_null: bool,
        _: pg_sys::Oid,
    ) -> Option<Self> {
        (!is_null).then_some(Json(datum, PhantomData))
    }
}

// SAFETY: the datum of an argument of type jsonb, which lives as long as the call.
unsafe impl<'fcx> ArgAbi<'fcx> for Json<'fcx> {
    unsafe fn unbox_arg_unchecked(arg: Arg<'_, 'fcx>) -> Self {
        // SAFETY: it is not NULL: Option asks for that first.
        let json = unsafe { arg.unbox_arg_using_from_datum() };
        json.unwrap_or_else(|| raise(Error::internal("an argument of type jsonb is null")))
    }
}

// SAFETY: the name is not used: sql/api declares the functions.
unsafe impl SqlTranslatable for Json<'_> {
    const TYPE_IDENT: &'static str = "referrals::Json";
    const TYPE_ORIGIN: TypeOrigin = TypeOrigin::External;
    const ARGUMENT_SQL: std::result::Result<SqlMappingRef, ArgumentError> =
        Ok(SqlMappingRef::literal("jsonb"));
    const RETURN_SQL: std::result::Result<ReturnsRef, ReturnsError> =
        Ok(ReturnsRef::One(SqlMappingRef::literal("jsonb")));
}

/// JSON on its way to the database.
pub struct Written(pub Value);

impl IntoDatum for Written {
    fn into_datum(self) -> Option<pg_sys::Datum> {
        let json = texts::for_server(&self.0.to_string());
        // SAFETY: jsonb_in takes a C string, and keeps nothing of it.
        unsafe { direct_function_call_as_datum(pg_sys::jsonb_in, &[Some(json.as_ptr().into())]) }
    }

    fn type_oid() -> pg_sys::Oid {
        pg_sys::JSONBOID
    }
}

/// jsonb that a function gives as a statement gave it, unread.
pub struct AsStored(Vec<u8>);

impl AsStored {
    /// # Safety
    /// The datum is of type jsonb, and not NULL.
    pub(super) unsafe fn copy(datum: pg_sys::Datum) -> Self {
        // SAFETY: as the caller promises; a detoasted datum is as long as it says.
        unsafe {
            let stored = datum.cast_mut_ptr::<pg_sys::varlena>();
            let jsonb = pg_sys::pg_detoast_datum(stored);
            let bytes = std::slice::from_raw_parts(jsonb.cast::<u8>(), pgrx::varsize_any(jsonb));
            let copy = AsStored(bytes.to_vec());
            if jsonb != stored {
                pg_sys::pfree(jsonb.cast());
            }
            copy
        }
    }
}

impl IntoDatum for AsStored {
    fn into_datum(self) -> Option<pg_sys::Datum> {
        // SAFETY: the copy is as long as what was allocated, and is a whole datum with its header.
        unsafe {
            let copy = pg_sys::palloc(self.0.len()).cast::<u8>();
            copy.copy_from_nonoverlapping(self.0.as_ptr(), self.0.len());
            Some(copy.into())
        }
    }

    fn type_oid() -> pg_sys::Oid {
        pg_sys::JSONBOID
    }
}
