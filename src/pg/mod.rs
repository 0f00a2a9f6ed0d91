//! What talks to Postgres and knows no rule of referrals.

pub mod args;
pub mod backend;
pub mod catalog;
pub mod changes;
pub mod clock;
pub mod encoding;
pub mod error;
pub mod facts;
pub mod growth;
pub mod guc;
pub mod ids;
pub mod json;
pub mod kept;
pub mod progress;
pub mod result;
pub mod returns;
pub mod savepoint;
pub mod session;
pub mod statement;
pub mod tables;
pub mod texts;
pub mod transaction;
pub mod trigger;
pub mod values;
