//! Setup: makes or adopts the tables of a schema, with all that goes with them, and looks after them.

mod access_findings;
mod changes;
mod defaults;
mod detach;
mod distributed;
mod doctor;
mod examination;
mod face;
mod finding;
mod grants;
mod guard_findings;
mod index_findings;
mod indexes;
mod ledger_findings;
mod moves;
mod page_findings;
mod report;
mod setting_findings;
mod signup_trigger;
mod spelling;
mod tables;
mod target;
mod tasks;
mod triggers;
mod version;
