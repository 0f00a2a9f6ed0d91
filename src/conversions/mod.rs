//! Conversions: what people bought, what a code had to do with it, and what is owed for it.

pub mod decisions;
pub mod judge;
pub mod lists;
pub mod purchase;
pub mod record;
pub mod refund;
pub mod review;
pub mod rewards;
pub mod row;
pub mod sale;
pub mod told;
