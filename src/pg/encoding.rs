//! Text at the border: the database's encoding on its side, UTF-8 on ours.
//!
//! In a database in UTF8 nothing is converted or copied. In one in SQL_ASCII, whose bytes may be anything, those that
//! are UTF-8 are taken as such, and others cannot be read.

use std::borrow::Cow;
use std::cell::Cell;
use std::ffi::{CStr, CString, c_int};

use pgrx::pg_sys;

const UTF8: c_int = pg_sys::pg_enc::PG_UTF8 as c_int;
const SQL_ASCII: c_int = pg_sys::pg_enc::PG_SQL_ASCII as c_int;

thread_local! {
    /// Asked for once: a backend never leaves its database.
    static ENCODING: Cell<Option<c_int>> = const { Cell::new(None) };
}

fn encoding() -> c_int {
    ENCODING.get().unwrap_or_else(|| {
        // SAFETY: reads a variable of this backend.
        let encoding = unsafe { pg_sys::GetDatabaseEncoding() };
        ENCODING.set(Some(encoding));
        encoding
    })
}

/// The name of the database's encoding.
pub fn name() -> &'static str {
    // SAFETY: the name is a static C string.
    unsafe { CStr::from_ptr(pg_sys::GetDatabaseEncodingName()) }.to_str().unwrap_or_default()
}

/// Whether the database's bytes are UTF-8, or are to be taken as such.
fn is_utf8() -> bool {
    matches!(encoding(), UTF8 | SQL_ASCII)
}

/// Text of the database; None where its bytes are none.
pub fn decode(bytes: &[u8]) -> Option<Cow<'_, str>> {
    if is_utf8() || bytes.is_ascii() {
        return str::from_utf8(bytes).ok().map(Cow::Borrowed);
    }
    let converted = convert(bytes, encoding(), UTF8, None)?;
    String::from_utf8(converted).ok().map(Cow::Owned)
}

/// Text for the database; None where its encoding lacks a character.
pub(super) fn encode(text: &str) -> Option<Cow<'_, [u8]>> {
    if is_utf8() || text.is_ascii() {
        return Some(Cow::Borrowed(text.as_bytes()));
    }
    convert(text.as_bytes(), UTF8, encoding(), None).map(Cow::Owned)
}

/// Whether the database's encoding has every character of the text.
pub fn can_hold(text: &str) -> bool {
    is_utf8() || encode(text).is_some()
}

/// Text that somebody is to read: a character that the encoding lacks becomes a question mark.
pub fn for_people(text: &str) -> CString {
    let without_nul = text.replace('\0', "");
    let bytes = if is_utf8() || text.is_ascii() {
        without_nul.into_bytes()
    } else {
        // Without a way into the encoding what is left is ASCII.
        convert(without_nul.as_bytes(), UTF8, encoding(), Some(b'?')).unwrap_or_else(|| {
            without_nul
                .chars()
                .map(|c| u8::try_from(c).ok().filter(u8::is_ascii).unwrap_or(b'?'))
                .collect()
        })
    };
    CString::new(bytes).unwrap_or_default()
}

/// Completes a sentence that begins with the name of what cannot be read.
pub(super) fn no_text() -> String {
    match encoding() {
        UTF8 | SQL_ASCII => "holds bytes that are not valid in encoding \"UTF8\"".into(),
        _ => format!("holds bytes that are not valid in encoding \"{}\"", name()),
    }
}

/// Converts text of one encoding into another; None where that cannot be done, unless something is to stand for each
/// character of UTF-8 that the other lacks.
fn convert(bytes: &[u8], from: c_int, to: c_int, substitute: Option<u8>) -> Option<Vec<u8>> {
    // SAFETY: looks a conversion up in the catalogs; InvalidOid where there is none.
    let procedure = unsafe { pg_sys::FindDefaultConversionProc(from, to) };
    if procedure == pg_sys::InvalidOid {
        return None;
    }
    let mut converted = Vec::with_capacity(bytes.len() + bytes.len() / 2);
    let mut part = [0u8; 4096];
    let mut rest = bytes;
    while !rest.is_empty() {
        let length = c_int::try_from(rest.len()).unwrap_or(c_int::MAX);
        part[0] = 0;
        // SAFETY: source and destination are as long as is said; no more is read of the source than fits the
        // destination in the worst case, which is ended by a NUL. Told to raise no error, it stops.
        let taken = unsafe {
            pg_sys::pg_do_encoding_conversion_buf(
                procedure,
                from,
                to,
                rest.as_ptr().cast_mut(),
                length,
                part.as_mut_ptr(),
                part.len() as c_int,
                true,
            )
        };
        let written = part.iter().position(|byte| *byte == 0).unwrap_or(part.len());
        converted.extend_from_slice(&part[..written]);
        let mut taken = usize::try_from(taken).unwrap_or_default();
        if taken == 0 {
            converted.push(substitute?);
            taken = 1 + rest[1..].iter().take_while(|byte| **byte & 0xC0 == 0x80).count();
        }
        rest = rest.get(taken..)?;
    }
    Some(converted)
}
