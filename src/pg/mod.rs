//! What talks to Postgres and knows no rule of referrals.

pub mod catalog;
pub mod clock;
pub mod declaration;
pub mod error;
pub mod guc;
pub mod ids;
pub mod rows;
pub mod session;
pub mod tables;
pub mod transaction;
pub mod trigger;
pub mod values;
