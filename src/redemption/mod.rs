//! Redemption: one user takes one use of one code, or learns why not.

pub mod batch;
pub mod claim;
pub mod face;
pub mod held;
pub mod holds;
pub mod redeem;
pub mod refuse;
pub mod striped;
pub mod written;
