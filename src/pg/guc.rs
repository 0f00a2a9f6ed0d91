//! The settings of the server's own kind (`SET referrals.…`).

use std::ffi::{CStr, CString};

use pgrx::guc::{GucContext, GucFlags, GucRegistry, GucSetting};
use pgrx::pg_sys;

use super::error::raise;
use super::texts;

static SCHEMA: GucSetting<Option<CString>> = GucSetting::<Option<CString>>::new(Some(c"public"));

/// Declares the settings; called once, as the library is loaded.
pub fn register() {
    GucRegistry::define_string_guc(
        c"referrals.schema",
        c"The schema whose referral tables the functions of the extension work on.",
        c"ALTER DATABASE app SET referrals.schema = 'shop', or SET LOCAL for one tenant's transaction.",
        &SCHEMA,
        GucContext::Userset,
        GucFlags::default(),
    );
    // SAFETY: the prefix is a static C string. A misspelt referrals.shcema is an error from here on.
    unsafe { reserve_prefix(c"referrals".as_ptr()) };
}

#[cfg(not(feature = "pg14"))]
use pg_sys::MarkGUCPrefixReserved as reserve_prefix;

#[cfg(feature = "pg14")]
use pg_sys::EmitWarningsOnPlaceholders as reserve_prefix;

/// The value of `referrals.schema`.
pub fn schema() -> String {
    let value = SCHEMA.get().unwrap_or_default();
    texts::from_server(&value, "the setting referrals.schema").unwrap_or_else(|error| raise(error))
}

/// Whether `referrals.schema` has this value, as the server has it: what `schema() == name` says, without a copy.
pub fn schema_is(name: &CStr) -> bool {
    // SAFETY: the setting's C string, which stays as it is until the next SET.
    unsafe {
        let value = *SCHEMA.as_ptr();
        !value.is_null() && CStr::from_ptr(value) == name
    }
}
