//! Setup: makes or adopts the tables of a schema, with all that goes with them, and looks after them.

mod changes;
mod defaults;
mod detach;
mod doctor;
mod face;
mod grants;
mod indexes;
mod report;
mod signup_trigger;
mod sizes;
mod spelling;
mod tables;
mod target;
mod tasks;
mod triggers;
mod version;
