//! Codes: the rows of the host's table of codes, and what belongs to them.

pub mod change;
pub mod create;
pub mod membership;
pub mod new;
pub mod own_code;
pub mod read;
pub mod reserves;
pub mod row;
pub mod stripes;
pub mod striping;
pub mod told;
pub mod user_limit;
