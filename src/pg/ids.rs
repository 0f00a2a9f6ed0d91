//! New row ids.

use pgrx::datum::Uuid;

/// A UUIDv7: ordered by time, so that new rows go to the end of the primary key's index.
pub fn new_uuid() -> Uuid {
    Uuid::from_bytes(*uuid::Uuid::now_v7().as_bytes())
}

/// A UUID that says nothing, not even when it was made.
pub fn random_uuid() -> Uuid {
    from_standard(uuid::Uuid::new_v4())
}

/// A UUID as the uuid crate has it, which the rules use.
pub fn from_standard(uuid: uuid::Uuid) -> Uuid {
    Uuid::from_bytes(*uuid.as_bytes())
}

pub fn to_standard(uuid: Uuid) -> uuid::Uuid {
    uuid::Uuid::from_bytes(*uuid.as_bytes())
}
