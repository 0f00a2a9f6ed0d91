//! New row ids.

use pgrx::datum::Uuid;

/// A UUIDv7: ordered by time, so that new rows go to the end of the primary key's index.
pub fn new_uuid() -> Uuid {
    Uuid::from_bytes(*uuid::Uuid::now_v7().as_bytes())
}
