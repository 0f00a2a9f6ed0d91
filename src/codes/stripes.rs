//! Stripes of a hot code: each has leased uses from the code's counter, which counts them, and serves them under its
//! own row's lock.
//!
//! Locks come in one order, the code's row and then its stripes: whoever has a stripe of a code waits for no other
//! lock of that code. So a redemption that finds its stripe empty gives it back before it goes to the code's row.

use std::collections::HashMap;
use std::rc::Rc;

use pgrx::datum::Uuid;

use crate::codes::row::Code;
use crate::codes::{read, reserves};
use crate::pg::session::{Session, View};
use crate::pg::statement::statements;
use crate::pg::tables::STRIPES;
use crate::pg::{backend, changes};
use crate::rules::lease;
use crate::rules::state::Limits;

statements! {
    STRIPED = "codes/stripes/striped.sql";
    LOCK = "codes/stripes/lock.sql";
    TOUCH = "codes/stripes/touch.sql";
    SET = "codes/stripes/set.sql";
    INSERT = "codes/stripes/insert.sql";
    DELETE = "codes/stripes/delete.sql";
    LEASE = "codes/stripes/lease.sql";
    ADD = "codes/stripes/add.sql";
    LOCK_ONE = "codes/stripes/lock_one.sql";
    FULLEST = "codes/stripes/fullest.sql";
    WAITED_FOR = "codes/stripes/waited_for.sql";
    TRY_LOCK_CODE = "codes/stripes/try_lock_code.sql";
}

/// A code that has stripes.
#[derive(Clone, Copy)]
pub struct Striped {
    pub code: Uuid,
    pub stripes: i32,
}

/// Those of a schema, by their text. Each backend keeps it until a code gets stripes or loses some.
struct StripedCodes(HashMap<String, Striped>);

impl StripedCodes {
    /// Where there never was a stripe nobody needs the right to look.
    fn read(session: &Session) -> Self {
        if !session.may_have_rows(STRIPES) {
            return StripedCodes(HashMap::new());
        }
        let rows = session.write_latest(&STRIPED, &[]);
        let codes = rows.iter().map(|row| {
            let stripes = i32::try_from(row.need::<i64>(3)).unwrap_or(i32::MAX);
            (row.need(1), Striped { code: row.need(2), stripes })
        });
        StripedCodes(codes.collect())
    }
}

/// Those of the schema.
fn all(session: &Session) -> Rc<StripedCodes> {
    session.keep(STRIPES, || StripedCodes::read(session))
}

/// The code that is stored under exactly this text, if it has stripes.
pub fn of_text(session: &Session, text: &str) -> Option<Striped> {
    all(session).0.get(text).copied()
}

/// Whether a code has stripes.
pub fn are_of(session: &Session, code: Uuid) -> bool {
    all(session).0.values().any(|striped| striped.code == code)
}

impl Striped {
    /// The stripe that this backend takes from: as long as there are fewer backends, nobody else's.
    pub fn own(&self) -> i32 {
        backend::place_among(self.stripes)
    }

    /// Gives the backend's stripe, which has `uses_left` and is locked, some more before it is empty; unless somebody
    /// has the code's row, who need not be waited for yet. How many.
    pub fn refill_early(&self, session: &Session, uses_left: i32, left: i32) -> i32 {
        if !lease::is_low(uses_left, left, self.stripes) {
            return 0;
        }
        let locked = session.write(&TRY_LOCK_CODE, &[self.code.into()]);
        let left = locked.first().map_or(0, |row| {
            let (uses, most): (i32, i32) = (row.need(1), row.need(2));
            most.saturating_sub(uses)
        });
        self.lease(session, left)
    }

    /// The same for a code whose row is locked, where nobody is taking from the stripe.
    pub fn refill(&self, session: &Session, left: i32) -> i32 {
        let locked = session.write(&LOCK_ONE, &[self.code.into(), self.own().into()]);
        let is_low = locked.first().is_some_and(|row| {
            let uses_left = row.need(1);
            lease::is_low(uses_left, left, self.stripes)
        });
        if is_low { self.lease(session, left) } else { 0 }
    }

    fn lease(&self, session: &Session, left: i32) -> i32 {
        let uses = lease::size(left, self.stripes);
        if uses > 0 {
            session.write(&LEASE, &[self.code.into(), uses.into()]);
            session.write(&ADD, &[self.code.into(), self.own().into(), uses.into()]);
        }
        uses
    }
}

/// Sees to it that the counter of a code, whose row is locked, has a use that is not taken: from the stripes, where
/// they have leased the last. False where no stripe has any by now, and nobody who may yet give one back. `freed`: uses
/// that the counter has got back since it was read.
pub fn make_room(session: &Session, code: &Code, freed: i32) -> bool {
    let Limits { number_of_uses, max_uses, .. } = code.limits;
    let mut needed =
        number_of_uses.saturating_sub(freed).saturating_sub(max_uses).saturating_add(1);
    while needed > 0 {
        let Some((stripe, uses_left)) = some_stripe(session, code.uuid) else { return false };
        let returned = lease::returned(uses_left, needed);
        session.write(&ADD, &[code.uuid.into(), stripe.into(), (-returned).into()]);
        session.write(&LEASE, &[code.uuid.into(), (-returned).into()]);
        needed -= returned;
    }
    true
}

/// A stripe that has a use, locked. Under the lock of the code's row no stripe gets more: who is waited for has one
/// less then, or has given it back.
fn some_stripe(session: &Session, code: Uuid) -> Option<(i32, i32)> {
    if !session.may_have_rows(STRIPES) {
        return None;
    }
    loop {
        for statement in [&FULLEST, &WAITED_FOR] {
            let found = session.write(statement, &[code.into()]);
            if let Some(row) = found.first() {
                return Some((row.need(1), row.need(2)));
            }
        }
        if reserves::of(session, code, View::Now).leased == 0 {
            return None;
        }
    }
}

/// Locks the stripes of a code whose row is locked: none of the redemptions that are under way by them commits after
/// a change that this transaction makes. The uses that they have left; None where there are no stripes.
pub fn lock(session: &Session, code: Uuid) -> Option<i32> {
    if !session.may_have_rows(STRIPES) {
        return None;
    }
    let locked = session.lock_rows(STRIPES, &LOCK, &[code.into()]);
    (locked.count() > 0).then(|| locked.iter().map(|row| row.need::<i32>(1)).sum())
}

/// Waits for the redemptions of a code, whose row is locked, that are under way by its stripes, and keeps others from
/// beginning; the uses that are leased.
pub fn wait_for_redemptions(session: &Session, code: Uuid) -> i32 {
    let leased = lock(session, code);
    if leased.is_some() {
        session.write(&TOUCH, &[code.into()]);
    }
    leased.unwrap_or(0)
}

/// The same, and gives the leases back.
pub fn settle(session: &Session, code: Uuid) -> i32 {
    let leased = lock(session, code);
    if leased.is_some() {
        session.write(&SET, &[code.into(), 0.into()]);
    }
    let leased = leased.unwrap_or(0);
    if leased > 0 {
        session.write(&LEASE, &[code.into(), (-leased).into()]);
    }
    leased
}

/// Gives back the leases of a code whose row is locked.
pub fn give_back_leases(session: &Session, code: &mut Code) -> i32 {
    let leased = settle(session, code.uuid);
    code.limits.number_of_uses -= leased;
    code.limits.reserves.leased = 0;
    leased
}

/// A code that is to be changed: its row is locked, no redemption of it is under way, and its counter holds no leases.
pub fn lock_for_change(session: &Session, uuid: Uuid) -> Option<Code> {
    let mut code = read::lock(session, uuid)?;
    give_back_leases(session, &mut code);
    Some(code)
}

/// Backends know striped codes by their text.
pub fn follow_text(session: &Session) {
    if session.may_have_rows(STRIPES)
        && let Some(table) = session.tables.relation(STRIPES)
    {
        changes::announce(table);
    }
}

/// Takes the stripes of a code away from one on, which have no leases or whose code is gone.
pub fn remove(session: &Session, code: Uuid, from: i32) {
    if session.may_have_rows(STRIPES) {
        session.write(&DELETE, &[code.into(), from.into()]);
    }
}

/// Gives a code, whose row is locked, the first so many stripes; how many it had not.
pub fn add(session: &Session, code: Uuid, stripes: i32) -> usize {
    session.write(&INSERT, &[code.into(), stripes.into()]).count()
}

/// First leases for the stripes of a code, whose row is locked, which have none; how many uses.
pub fn lease_first(session: &Session, code: &Code, stripes: i32) -> i32 {
    let each = lease::first(code.limits.free(), stripes);
    if each > 0 {
        session.write(&SET, &[code.uuid.into(), each.into()]);
        session.write(&LEASE, &[code.uuid.into(), (each * stripes).into()]);
    }
    each * stripes
}
