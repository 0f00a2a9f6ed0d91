//! Payouts: what people have, and how it leaves their balance once and no more.

pub mod balance;
pub mod batch;
pub mod create;
pub mod list;
pub mod payees;
pub mod row;
pub mod settle;
