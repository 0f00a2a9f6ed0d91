//! Codes: the rows of the host's table of codes, and what belongs to them.

pub mod alike;
pub mod assigned;
pub mod change;
pub mod create;
pub mod find;
pub mod import;
pub mod membership;
pub mod metadata;
pub mod new;
pub mod own_code;
pub mod placed;
pub mod read;
pub mod reserves;
pub mod row;
pub mod stripes;
pub mod striping;
pub mod told;
pub mod user_limit;
