//! Stripes of a hot code: which codes have some, and what is done under the lock of a code's row.
//!
//! Whoever has a stripe of a code waits for no other lock of that code: a redemption that finds its stripe empty gives
//! it back before it goes to the code's row.

use std::collections::HashMap;
use std::rc::Rc;

use pgrx::datum::Uuid;

use crate::codes::row::Code;
use crate::pg::changes;
use crate::pg::session::Session;
use crate::pg::statement::statements;
use crate::pg::tables::STRIPES;
use crate::rules::state::Limits;
use crate::stripes::{Own, Pool, small};

statements! {
    STRIPED = "codes/stripes/striped.sql";
    TEXTS = "codes/stripes/texts.sql";
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
    LEASED = "codes/stripes/leased.sql";
}

/// Those of codes, by the code's id.
pub static OF_CODES: Pool = Pool {
    table: STRIPES,
    lock: &LOCK,
    lock_one: &LOCK_ONE,
    try_lock_counter: &TRY_LOCK_CODE,
    lease: &LEASE,
    add: &ADD,
    set: &SET,
    fullest: &FULLEST,
    waited_for: &WAITED_FOR,
    leased: &LEASED,
    insert: &INSERT,
    delete: &DELETE,
};

/// A code that has stripes.
#[derive(Clone, Copy)]
pub struct Striped {
    pub code: Uuid,
    stripes: i32,
}

impl Striped {
    pub fn own(&self) -> Own<Uuid> {
        OF_CODES.own(self.code, self.stripes)
    }
}

/// Those of a schema, by their text. Each backend keeps it until a code gets stripes or loses some.
struct StripedCodes(HashMap<String, Striped>);

impl StripedCodes {
    fn read(session: &Session) -> Self {
        if !OF_CODES.may_be(session) {
            return StripedCodes(HashMap::new());
        }
        let striped = session.write_latest(&STRIPED, &[]);
        let stripes: HashMap<Uuid, i32> =
            striped.iter().map(|row| (row.need(1), small(row.need(2)))).collect();
        if stripes.is_empty() {
            return StripedCodes(HashMap::new());
        }
        let uuids: Vec<Uuid> = stripes.keys().copied().collect();
        let texts = session.write_latest(&TEXTS, &[uuids.into()]);
        let codes = texts.iter().filter_map(|row| {
            let code = row.need(2);
            Some((row.need(1), Striped { code, stripes: *stripes.get(&code)? }))
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

/// Sees to it that the counter of a code, whose row is locked, has a use that is not taken: from the stripes, where
/// they have leased the last. False where no stripe has any by now, and nobody who may yet give one back. `freed`: uses
/// that the counter has got back since it was read.
pub fn make_room(session: &Session, code: &Code, freed: i32) -> bool {
    let Limits { number_of_uses, max_uses, .. } = code.limits;
    let needed = number_of_uses.saturating_sub(freed).saturating_sub(max_uses).saturating_add(1);
    OF_CODES.make_room(session, code.uuid, needed)
}

/// Waits for the redemptions of a code, whose row is locked, that are under way by its stripes, and keeps others from
/// beginning; the uses that are leased.
pub fn wait_for_redemptions(session: &Session, code: Uuid) -> i32 {
    let Some(leased) = OF_CODES.lock(session, code) else { return 0 };
    session.write(&TOUCH, &[code.into()]);
    leased
}

/// Gives back the leases of a code whose row is locked.
pub fn give_back_leases(session: &Session, code: &mut Code) -> i32 {
    let leased = OF_CODES.settle(session, code.uuid);
    code.limits.number_of_uses = code.limits.number_of_uses.saturating_sub(leased);
    code.limits.reserves.leased = 0;
    leased
}

/// Backends know striped codes by their text.
pub fn follow_text(session: &Session) {
    if OF_CODES.may_be(session)
        && let Some(table) = session.tables.relation(STRIPES)
    {
        changes::announce(table);
    }
}
