//! The rules of referral codes, as plain Rust: no Postgres, no I/O, tested without a server.

pub mod attributes;
pub mod code;
pub mod draft;
pub mod event;
pub mod fields;
pub mod generator;
pub mod refusal;
pub mod settings;
pub mod signup;
pub mod state;
pub mod time;
