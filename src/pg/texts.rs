//! Text on its way in and out: arguments, names, parameters, and the database's own upper case.

use std::borrow::Cow;
use std::ffi::{CStr, CString};

use pgrx::callconv::{Arg, ArgAbi};
use pgrx::pgrx_sql_entity_graph::metadata::{
    ArgumentError, ReturnsError, ReturnsRef, SqlMappingRef, SqlTranslatable, TypeOrigin,
};
use pgrx::{FromDatum, IntoDatum, pg_sys};

use super::encoding::{self, can_hold, decode, encode, no_text};
use super::error::{Error, Result, raise};

/// Text for the server's own functions: a name, a statement.
pub fn for_server(text: &str) -> CString {
    let bytes = encode(text).unwrap_or_else(|| raise(not_held(text)));
    CString::new(bytes)
        .unwrap_or_else(|_| raise(Error::new("22021", "no_text", "a text holds a NUL character")))
}

/// A name as the server has it, which `what` describes.
pub fn from_server(name: &CStr, what: &str) -> Result<String> {
    let text = decode(name.to_bytes()).map(Cow::into_owned);
    text.ok_or_else(|| Error::new("22021", "no_text", format!("{what} {}", no_text())))
}

fn not_held(text: &str) -> Error {
    let first = text.chars().find(|c| !can_hold(c.encode_utf8(&mut [0; 4])));
    let first = first.map(|c| format!(" U+{:04X}", u32::from(c))).unwrap_or_default();
    let message = format!("the database's encoding {} has no character{first}", encoding::name());
    Error::new("22021", "not_in_encoding", message)
}

/// The capital form that the database's own `upper()` gives a letter, by the database's collation; None where its
/// encoding lacks the letter.
pub fn upper(letter: char) -> Option<String> {
    let letter = letter.encode_utf8(&mut [0; 4]).to_owned();
    can_hold(&letter).then(|| upper_of(&letter))
}

/// The same for a whole text.
pub fn upper_of(text: &str) -> String {
    let Some(stored) = Encoded(text.into()).into_datum() else { return text.to_owned() };
    let (function, collation) =
        (pg_sys::Oid::from(pg_sys::F_UPPER_TEXT), pg_sys::DEFAULT_COLLATION_OID);
    // SAFETY: the function takes a text and gives one, which is read like a bytea.
    let upper = unsafe {
        <&[u8]>::from_datum(pg_sys::OidFunctionCall1Coll(function, collation, stored), false)
    };
    upper.and_then(decode).map_or_else(|| text.to_owned(), Cow::into_owned)
}

/// An argument of type text, as the database has it.
#[derive(Clone, Copy)]
pub struct Text<'a>(&'a [u8]);

impl<'a> Text<'a> {
    pub fn read(self, argument: &str) -> Result<Cow<'a, str>> {
        decode(self.0).ok_or_else(|| {
            Error::new("22021", "no_text", format!("argument \"{argument}\" {}", no_text()))
        })
    }
}

/// An element of an argument that is an array of texts.
pub fn element(element: Option<&[u8]>, argument: &str) -> Result<Option<String>> {
    element.map(|bytes| Text(bytes).read(argument).map(Cow::into_owned)).transpose()
}

// SAFETY: the datum of an argument of type text, which lives as long as the call.
unsafe impl<'fcx> ArgAbi<'fcx> for Text<'fcx> {
    unsafe fn unbox_arg_unchecked(arg: Arg<'_, 'fcx>) -> Self {
        // SAFETY: a text is read like a bytea.
        let bytes = unsafe { arg.unbox_arg_using_from_datum() };
        Text(bytes.unwrap_or_default())
    }
}

// SAFETY: the name is not used: sql/api declares the functions.
unsafe impl SqlTranslatable for Text<'_> {
    const TYPE_IDENT: &'static str = "referrals::Text";
    const TYPE_ORIGIN: TypeOrigin = TypeOrigin::External;
    const ARGUMENT_SQL: std::result::Result<SqlMappingRef, ArgumentError> =
        Ok(SqlMappingRef::literal("text"));
    const RETURN_SQL: std::result::Result<ReturnsRef, ReturnsError> =
        Ok(ReturnsRef::One(SqlMappingRef::literal("text")));
}

/// A text on its way to the database. One that its encoding cannot hold is an error.
pub struct Encoded<'a>(pub Cow<'a, str>);

impl IntoDatum for Encoded<'_> {
    fn into_datum(self) -> Option<pg_sys::Datum> {
        match encode(&self.0) {
            Some(bytes) => bytes.as_ref().into_datum(),
            None => raise(not_held(&self.0)),
        }
    }

    fn type_oid() -> pg_sys::Oid {
        pg_sys::TEXTOID
    }

    fn is_compatible_with(other: pg_sys::Oid) -> bool {
        other == pg_sys::TEXTOID || other == pg_sys::VARCHAROID
    }
}
