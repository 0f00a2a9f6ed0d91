//! Something tried in a savepoint of its own.

use pgrx::pg_sys;

/// A savepoint, rolled back unless it is kept: also where an error passes, which goes on as it is.
struct Savepoint {
    context: pg_sys::MemoryContext,
    owner: pg_sys::ResourceOwner,
    is_open: bool,
}

impl Savepoint {
    fn begin() -> Self {
        // SAFETY: begins an internal subtransaction, and goes on in the memory of whoever asked for it, so that what
        // is made within outlives it.
        unsafe {
            let context = pg_sys::CurrentMemoryContext;
            let owner = pg_sys::CurrentResourceOwner;
            pg_sys::BeginInternalSubTransaction(std::ptr::null());
            pg_sys::CurrentMemoryContext = context;
            Savepoint { context, owner, is_open: true }
        }
    }

    fn keep(mut self) {
        self.is_open = false;
        // SAFETY: the savepoint is the innermost: whatever was begun within has ended.
        unsafe { pg_sys::ReleaseCurrentSubTransaction() };
        self.go_on_outside();
    }

    fn go_on_outside(&self) {
        // SAFETY: both are those that were current before the savepoint, and outlive it.
        unsafe {
            pg_sys::CurrentMemoryContext = self.context;
            pg_sys::CurrentResourceOwner = self.owner;
        }
    }
}

impl Drop for Savepoint {
    fn drop(&mut self) {
        if self.is_open {
            // SAFETY: as in `keep`; an error that passes stays on Postgres's stack, as it does where a transaction
            // is aborted.
            unsafe { pg_sys::RollbackAndReleaseCurrentSubTransaction() };
            self.go_on_outside();
        }
    }
}

/// What `body` gives, where it gives something; where it gives nothing, or fails, nothing has happened: its writes
/// are undone and its locks given back.
pub fn attempt<T, E>(body: impl FnOnce() -> Result<Option<T>, E>) -> Result<Option<T>, E> {
    let savepoint = Savepoint::begin();
    let outcome = body();
    if matches!(outcome, Ok(Some(_))) {
        savepoint.keep();
    }
    outcome
}
