//! The rules of referral codes, as plain Rust: no Postgres, no I/O, tested without a server.

pub mod admission;
pub mod approval;
pub mod attributes;
pub mod code;
pub mod conversion;
pub mod declaration;
pub mod draft;
pub mod eligibility;
pub mod event;
pub mod fields;
pub mod generator;
pub mod json;
pub mod judge;
pub mod lease;
pub mod letters;
pub mod membership;
pub mod money;
pub mod program;
pub mod refusal;
pub mod settings;
pub mod signup;
pub mod state;
pub mod template;
pub mod time;
pub mod written;
