//! Programs: what the codes of one are like, whom they admit, and how often all of them are used.

pub mod admission;
pub mod budget;
pub mod cap;
pub mod define;
pub mod own_terms;
pub mod referees;
pub mod row;
pub mod stripes;
pub mod terms;
