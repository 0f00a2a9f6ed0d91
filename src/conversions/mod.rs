//! Conversions: what people bought, what a code had to do with it, and what is owed for it.

pub mod decisions;
pub mod lists;
pub mod purchase;
pub mod record;
pub mod review;
pub mod rewards;
pub mod row;
pub mod sale;
