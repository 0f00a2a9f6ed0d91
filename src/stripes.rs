//! Stripes of a hot counter: each has leased uses from the counter, which counts them, and serves them under its own
//! row's lock. Those of codes (`codes/stripes.rs`) and those of programs (`programs/stripes.rs`) are a pool each.
//!
//! Locks come in one order, the counter's row and then its stripes: whoever has a stripe waits for no other lock of
//! that counter.

use crate::pg::backend;
use crate::pg::session::{Session, View};
use crate::pg::statement::{Parameter, Statement};
use crate::rules::lease;

/// What a counter and its stripes are known by: a code's id, a program's key.
pub trait Key: Copy + for<'p> Into<Parameter<'p>> {}

impl<K: Copy + for<'p> Into<Parameter<'p>>> Key for K {}

/// Stripes of one kind: their table, and the statements that lock, lease and give back. The first parameter of each
/// is the key.
pub struct Pool {
    pub table: &'static str,
    /// All stripes, locked in the order of their numbers; what each has.
    pub lock: &'static Statement,
    /// One of them, where nobody takes from it.
    pub lock_one: &'static Statement,
    /// What the counter has left for stripes to lease, its row locked, where nobody has it.
    pub try_lock_counter: &'static Statement,
    /// Counts uses that stripes lease or, below nothing, give back.
    pub lease: &'static Statement,
    /// Adds uses to a stripe.
    pub add: &'static Statement,
    /// Gives each stripe as many uses.
    pub set: &'static Statement,
    /// The stripe that has most, of those that nobody takes from.
    pub fullest: &'static Statement,
    /// A stripe that has a use after whoever takes one has done.
    pub waited_for: &'static Statement,
    /// What all stripes have.
    pub leased: &'static Statement,
    /// The first so many stripes, as far as they are missing.
    pub insert: &'static Statement,
    /// Takes away those from a number on.
    pub delete: &'static Statement,
}

/// The stripe that this backend takes from: as long as there are fewer backends, nobody else's.
#[derive(Clone, Copy)]
pub struct Own<K> {
    pool: &'static Pool,
    key: K,
    stripes: i32,
    pub stripe: i32,
}

impl<K: Key> Own<K> {
    /// Gives the stripe, which has `uses_left` and is locked, some more before it is empty; unless somebody has the
    /// counter's row, who need not be waited for yet. `left`: what the counter has left. How many.
    pub fn refill_early(&self, session: &Session, uses_left: i32, left: i32) -> i32 {
        if !lease::is_low(uses_left, left, self.stripes) {
            return 0;
        }
        let locked = session.write(self.pool.try_lock_counter, &[self.key.into()]);
        let left = locked.first().and_then(|row| row.get(1)).map_or(0, small);
        self.lease(session, left)
    }

    /// The same under the lock of the counter's row, where nobody is taking from the stripe.
    pub fn refill(&self, session: &Session, left: i32) -> i32 {
        let locked = session.write(self.pool.lock_one, &[self.key.into(), self.stripe.into()]);
        let is_low =
            locked.first().is_some_and(|row| lease::is_low(row.need(1), left, self.stripes));
        if is_low { self.lease(session, left) } else { 0 }
    }

    fn lease(&self, session: &Session, left: i32) -> i32 {
        let uses = lease::size(left, self.stripes);
        if uses > 0 {
            self.pool.lease(session, self.key, uses);
            self.pool.put(session, self.key, self.stripe, uses);
        }
        uses
    }
}

impl Pool {
    /// Where there never was a stripe nobody needs the right to look.
    pub fn may_be(&self, session: &Session) -> bool {
        session.may_have_rows(self.table)
    }

    /// This backend's, of so many.
    pub fn own<K: Key>(&'static self, key: K, stripes: i32) -> Own<K> {
        Own { pool: self, key, stripes, stripe: backend::place_among(stripes) }
    }

    fn lease(&self, session: &Session, key: impl Key, uses: i32) {
        session.write(self.lease, &[key.into(), uses.into()]);
    }

    /// Adds uses to a stripe, or takes some from it.
    pub fn put(&self, session: &Session, key: impl Key, stripe: i32, uses: i32) {
        session.write(self.add, &[key.into(), stripe.into(), uses.into()]);
    }

    /// Sees to it that the counter, whose row is locked, has so many uses more that are not taken: from the stripes,
    /// where they have leased the last. False where no stripe has any by now, and nobody who may yet give one back.
    pub fn make_room(&self, session: &Session, key: impl Key, mut needed: i32) -> bool {
        while needed > 0 {
            let Some((stripe, uses_left)) = self.some_stripe(session, key) else { return false };
            let returned = lease::returned(uses_left, needed);
            self.put(session, key, stripe, -returned);
            self.lease(session, key, -returned);
            needed -= returned;
        }
        true
    }

    /// A stripe that has a use, locked. Under the lock of the counter's row no stripe gets more: who is waited for has
    /// one less then, or has given it back.
    fn some_stripe(&self, session: &Session, key: impl Key) -> Option<(i32, i32)> {
        if !self.may_be(session) {
            return None;
        }
        loop {
            for statement in [self.fullest, self.waited_for] {
                let found = session.write(statement, &[key.into()]);
                if let Some(row) = found.first() {
                    return Some((row.need(1), row.need(2)));
                }
            }
            if self.leased(session, key, View::Now) == 0 {
                return None;
            }
        }
    }

    /// What the stripes of a counter have.
    pub fn leased(&self, session: &Session, key: impl Key, view: View) -> i32 {
        if !self.may_be(session) {
            return 0;
        }
        let leased = view.run(session, self.leased, &[key.into()]);
        leased.first().and_then(|row| row.get(1)).map_or(0, small)
    }

    /// Locks the stripes of a counter whose row is locked: none of the redemptions that are under way by them commits
    /// after a change that this transaction makes. The uses that they have; None where there are no stripes.
    pub fn lock(&self, session: &Session, key: impl Key) -> Option<i32> {
        if !self.may_be(session) {
            return None;
        }
        let locked = session.lock_rows(self.table, self.lock, &[key.into()]);
        let leased = locked.iter().map(|row| i64::from(row.need::<i32>(1))).sum();
        (locked.count() > 0).then(|| small(leased))
    }

    /// The same, and gives the leases back, how many: nobody redeems by the stripes until the transaction ends, nor
    /// with an older snapshot after it.
    pub fn settle(&self, session: &Session, key: impl Key) -> i32 {
        let Some(leased) = self.lock(session, key) else { return 0 };
        session.write(self.set, &[key.into(), 0.into()]);
        if leased > 0 {
            self.lease(session, key, -leased);
        }
        leased
    }

    /// Takes away the stripes from a number on, which have no leases or whose counter is gone.
    pub fn remove(&self, session: &Session, key: impl Key, from: i32) {
        if self.may_be(session) {
            session.write(self.delete, &[key.into(), from.into()]);
        }
    }

    /// Gives a counter, whose row is locked, the first so many stripes; how many it had not.
    pub fn add(&self, session: &Session, key: impl Key, stripes: i32) -> usize {
        session.write(self.insert, &[key.into(), stripes.into()]).count()
    }

    /// First leases for all stripes of a counter, which have none and whose row has so many uses left; how many uses.
    pub fn lease_first(&self, session: &Session, key: impl Key, stripes: i32, left: i32) -> i32 {
        let each = lease::first(left, stripes);
        if each > 0 {
            session.write(self.set, &[key.into(), each.into()]);
            self.lease(session, key, each * stripes);
        }
        each * stripes
    }
}

/// A count, of which a counter holds no more than it can.
pub fn small(count: i64) -> i32 {
    let nearest = if count < 0 { i32::MIN } else { i32::MAX };
    i32::try_from(count).unwrap_or(nearest)
}
