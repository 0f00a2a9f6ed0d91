//! Statements: their text in sql/, the plan that Postgres makes of it, and the values of its parameters.

use std::cell::Cell;
use std::ptr::NonNull;

use pgrx::datum::DatumWithOid;
use pgrx::pg_sys;

use super::error::{Error, raise};
use super::texts;
use super::values::IntoServer;

/// The columns that statements give of a table, in the order in which they are read.
///
/// A statement says `c.*` where `c` is the alias of the list: no column of the host's own is ever read by it.
pub struct Columns {
    pub alias: &'static str,
    pub names: &'static [&'static str],
}

impl Columns {
    /// `c.*`, and what stands for it.
    pub(super) fn placeholder(&self) -> (String, String) {
        let Columns { alias, names } = self;
        let list: Vec<String> = names.iter().map(|name| format!("{alias}.{name}")).collect();
        (format!("{alias}.*"), list.join(", "))
    }
}

/// Declares the columns of a table once: as the list that statements give, and as the places (from 1) by which
/// a row of it is read: `columns! { c: uuid, code }` makes `COLUMNS`, `at::uuid` and `at::code`.
macro_rules! columns {
    ($alias:ident: $($name:ident),+ $(,)?) => {
        pub const COLUMNS: $crate::pg::statement::Columns = $crate::pg::statement::Columns {
            alias: stringify!($alias),
            names: &[$(stringify!($name)),+],
        };

        #[allow(non_camel_case_types)] // The columns' own names.
        enum Index {
            $($name),+
        }

        #[allow(non_upper_case_globals)]
        mod at {
            use super::Index;

            $(pub const $name: i32 = Index::$name as i32 + 1;)+
        }
    };
}
pub(crate) use columns;

/// A statement of sql/. `host.` in its text stands for the schema that holds the tables, `c.*` for the columns
/// that are declared with it.
///
/// Every statement qualifies names and operators, so that nothing on the caller's search_path can
/// take their place.
pub struct Statement {
    pub(super) sql: &'static str,
    pub(super) columns: Option<&'static Columns>,
    planning: Planning,
}

/// When Postgres plans a statement.
#[derive(Clone, Copy)]
pub enum Planning {
    /// A few times, and then once for whatever values: planning would cost more than running.
    Once,
    /// Once for whatever values: a plan for those of one call would be led astray by what is known of them.
    ForAnyValues,
    /// As `Once`, for a list that is mostly read from its beginning and seldom to its end.
    ForFirstRows,
    /// For the values of each call and, where Postgres sees fit, for several processes.
    EachTime,
}

impl Planning {
    /// SPI's cursor options.
    fn options(self) -> i32 {
        match self {
            Planning::Once => 0,
            Planning::ForAnyValues => pg_sys::CURSOR_OPT_GENERIC_PLAN as i32,
            Planning::ForFirstRows => pg_sys::CURSOR_OPT_FAST_PLAN as i32,
            Planning::EachTime => {
                (pg_sys::CURSOR_OPT_CUSTOM_PLAN | pg_sys::CURSOR_OPT_PARALLEL_OK) as i32
            }
        }
    }
}

impl Statement {
    pub const fn new(
        sql: &'static str,
        columns: Option<&'static Columns>,
        planning: Planning,
    ) -> Self {
        Statement { sql, columns, planning }
    }

    pub(super) fn prepare(&self, sql: &str, args: &[Parameter]) -> Plan {
        Plan::prepare(sql, args, self.planning)
    }
}

/// Declares statements by name and file: `statements! { CLAIM = "redemption/claim.sql"; }`, those that give
/// the columns of a table behind it: `statements! { c.* = row::COLUMNS; BY_UUID = "codes/by_uuid.sql"; }`.
macro_rules! statements {
    ($alias:ident.* = $columns:path; $($name:ident = $file:literal;)+) => {
        $crate::pg::statement::declared! { Once, Some(&$columns), $($name = $file;)+ }
    };
    ($($name:ident = $file:literal;)+) => {
        $crate::pg::statement::declared! { Once, None, $($name = $file;)+ }
    };
}
pub(crate) use statements;

/// Declares, in the same way, statements that read much of a table: their plans fit the values of each call.
macro_rules! reports {
    ($alias:ident.* = $columns:path; $($name:ident = $file:literal;)+) => {
        $crate::pg::statement::declared! { EachTime, Some(&$columns), $($name = $file;)+ }
    };
    ($($name:ident = $file:literal;)+) => {
        $crate::pg::statement::declared! { EachTime, None, $($name = $file;)+ }
    };
}
pub(crate) use reports;

/// Declares, in the same way, statements that give a list of which the first rows are wanted soon.
macro_rules! lists {
    ($alias:ident.* = $columns:path; $($name:ident = $file:literal;)+) => {
        $crate::pg::statement::declared! { ForFirstRows, Some(&$columns), $($name = $file;)+ }
    };
}
pub(crate) use lists;

/// Declares, in the same way, statements that are planned for any values alike: of a code with many uses Postgres would
/// look for the newest along an index of all dates, and find none near where nobody uses it any more.
macro_rules! for_any_values {
    ($alias:ident.* = $columns:path; $($name:ident = $file:literal;)+) => {
        $crate::pg::statement::declared! { ForAnyValues, Some(&$columns), $($name = $file;)+ }
    };
}
pub(crate) use for_any_values;

macro_rules! declared {
    ($planning:ident, $columns:expr, $($name:ident = $file:literal;)+) => {
        $(static $name: $crate::pg::statement::Statement = $crate::pg::statement::Statement::new(
            $crate::pg::statement::text!($file),
            $columns,
            $crate::pg::statement::Planning::$planning,
        );)+
    };
}
pub(crate) use declared;

/// The text of a file of sql/ that is run as it is, as DDL is: `text!("setup/grants/grant.sql")`
macro_rules! text {
    ($file:literal) => {
        include_str!(concat!(env!("CARGO_MANIFEST_DIR"), "/sql/", $file))
    };
}
pub(crate) use text;

/// A statement as Postgres has analysed it for one schema, kept until the backend ends.
pub(super) struct Plan {
    plan: NonNull<pg_sys::_SPI_plan>,
    /// The tables that it names, and the generation of the relation cache in which they were last seen to be there.
    pub tables: Vec<&'static str>,
    pub seen: Cell<u64>,
}

impl Plan {
    pub(super) fn prepare(sql: &str, args: &[Parameter], planning: Planning) -> Self {
        let mut types: Vec<pg_sys::Oid> = args.iter().map(|arg| arg.0.oid()).collect();
        let text = texts::for_server(sql);
        // SAFETY: SPI is connected, as every caller holds a Session; text and types outlive the call.
        unsafe {
            let plan = pg_sys::SPI_prepare_cursor(
                text.as_ptr(),
                types.len() as i32,
                types.as_mut_ptr(),
                planning.options(),
            );
            let Some(plan) = NonNull::new(plan) else {
                let status = pg_sys::SPI_result;
                raise(Error::internal(format!("SPI_prepare failed: {status}")));
            };
            pg_sys::SPI_keepplan(plan.as_ptr());
            Plan { plan, tables: Vec::new(), seen: Cell::new(0) }
        }
    }

    pub(super) fn as_ptr(&self) -> pg_sys::SPIPlanPtr {
        self.plan.as_ptr()
    }
}

impl Drop for Plan {
    fn drop(&mut self) {
        // SAFETY: the plan was kept by this value alone.
        unsafe { pg_sys::SPI_freeplan(self.plan.as_ptr()) };
    }
}

/// A value for a statement, in the database's form.
pub struct Parameter<'a>(DatumWithOid<'a>);

impl<T: IntoServer> From<T> for Parameter<'_> {
    fn from(value: T) -> Self {
        Parameter(value.into_server().into())
    }
}

/// The most parameters that a statement of sql/ has.
const MOST_PARAMETERS: usize = 40;

/// The values of a statement's parameters, and which of them are NULL, as SPI wants them.
pub(super) struct Parameters {
    pub values: [pg_sys::Datum; MOST_PARAMETERS],
    pub nulls: [std::ffi::c_char; MOST_PARAMETERS],
}

impl Parameters {
    pub fn of(args: &[Parameter]) -> Self {
        assert!(args.len() <= MOST_PARAMETERS, "a statement has too many parameters");
        let mut parameters = Parameters {
            values: [pg_sys::Datum::from(0); MOST_PARAMETERS],
            nulls: [b'n' as std::ffi::c_char; MOST_PARAMETERS],
        };
        for (index, arg) in args.iter().enumerate() {
            if let Some(value) = arg.0.datum() {
                parameters.values[index] = value.sans_lifetime();
                parameters.nulls[index] = b' ' as std::ffi::c_char;
            }
        }
        parameters
    }
}
