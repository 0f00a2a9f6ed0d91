//! What the doctor finds, and what its findings say of the schema that is examined.

use pgrx::spi::quote_literal;

use crate::pg::session::Session;
use crate::rules::declaration::one_line;

/// How bad a finding is.
#[derive(Clone, Copy)]
pub enum Severity {
    /// Data that breaks a limit.
    Error,
    /// Something that will bite.
    Warning,
    /// Something worth knowing.
    Info,
}

impl Severity {
    pub fn name(self) -> &'static str {
        match self {
            Severity::Error => "error",
            Severity::Warning => "warning",
            Severity::Info => "info",
        }
    }
}

pub struct Finding {
    pub severity: Severity,
    pub subject: String,
    pub finding: String,
    pub remedy: String,
}

/// The call that makes what is missing.
pub fn setup_call(session: &Session) -> String {
    format!("SELECT * FROM referral_setup({})", quote_literal(session.tables.schema()))
}

/// A remedy about the schema that is examined.
pub fn remedy(session: &Session, text: &str) -> String {
    let schema = quote_literal(session.tables.schema());
    one_line(&session.tables.fill(text, &[("examined_schema", &schema)]))
}

pub fn subject(session: &Session, table: &str) -> String {
    session.tables.qualify(&format!("host.{table}"))
}
