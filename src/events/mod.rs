//! Events: an outbox, written in the transaction in which something happens, and read by consumers.
//!
//! An event goes to each consumer as a delivery of its own, written with the event: one that becomes
//! visible late, behind newer ones, is delivered late and not passed over. What a consumer has no delivery
//! of, since it was written by who did not know the consumer yet, is filled in (`backfill`).
//!
//! Locks, always in this order: fillers and a prune against each other (advisory); the consumer's row; then
//! deliveries, of one consumer, by event id. Nothing is locked that a writer waits for. Poll and prune pass
//! over the deliveries that somebody has locked; acknowledging and dropping a consumer wait for them.

mod backfill;
mod consumers;
mod deliveries;
mod poll;
mod prune;
pub mod tell;
mod writers;
