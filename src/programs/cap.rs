//! The cap that a program may set on the uses of all its codes together.

use pgrx::datum::Uuid;

use crate::pg::error::{Error, Result};
use crate::pg::result::Rows;
use crate::pg::session::{Session, Snapshot};
use crate::pg::statement::{reports, statements};
use crate::pg::tables::STRIPES;
use crate::pg::transaction::MOST_LOOKS;
use crate::programs::stripes::{self, OF_PROGRAMS};
use crate::programs::terms;
use crate::rules::admission::Terms;
use crate::rules::judge::Judge;
use crate::rules::program::DEFAULT_KEY;
use crate::rules::refusal::Refusal;

statements! {
    TAKE_USE = "programs/take_use.sql";
    GIVE_BACK = "programs/give_back.sql";
    ADD_USES = "programs/add_uses.sql";
    COUNT_USES_OF_CODES = "programs/count_uses_of_codes.sql";
    COUNT_LEASES = "programs/count_leases.sql";
    COUNT_CODES = "programs/count_codes.sql";
    CHANGED_CODES = "programs/changed_codes.sql";
    LOCK_CODES = "programs/lock_codes.sql";
}

reports! {
    COUNT_USES = "programs/count_uses.sql";
}

pub fn is_capped(session: &Session, key: &str) -> bool {
    terms::newest(session, key).as_ref().is_some_and(Terms::is_capped)
}

pub fn keeps_changing() -> Error {
    Error::keeps_changing("program_keeps_changing", "the program keeps changing while it is used")
}

/// Counts uses of a program, if it has a cap; false where there is no room for them. Its row may have been
/// waited for while the cap was changed, or taken away: then it is asked anew.
pub fn add_uses(session: &Session, key: &str, uses: i32) -> Result<bool> {
    for _ in 0..MOST_LOOKS {
        let terms = terms::newest(session, key);
        let Some(terms) = terms.filter(Terms::is_capped) else { return Ok(true) };
        if !terms.has_room(uses) {
            // Who moves uses here has a use of the stripes as well as whoever redeems.
            if settle(session, key) == 0 {
                return Ok(false);
            }
            continue;
        }
        if session.write(&ADD_USES, &[key.into(), uses.into()]).count() == 1 {
            return Ok(true);
        }
    }
    Err(keeps_changing())
}

/// Gives the leases of a program back, if it has stripes, under its row's lock; how many uses these were.
fn settle(session: &Session, key: &str) -> i32 {
    if stripes::count(session, key) == 0 {
        return 0;
    }
    terms::lock(session, key).map_or(0, |_| OF_PROGRAMS.settle(session, key))
}

/// Counts one use of a program that has a cap, and locks its row; what is left then. None where it has none left, is
/// paused and the judge minds, or has changed by now.
pub fn take_use(session: &Session, key: &str, judge: Judge) -> Option<i32> {
    let args = [key.into(), judge.knows_every_rule().into()];
    session.write(&TAKE_USE, &args).first().map(|row| row.need(1))
}

/// Sees to it that a program that is full has a use that only its stripes have leased; false where they have none.
pub fn make_room(session: &Session, key: &str) -> bool {
    stripes::count(session, key) > 0
        && terms::lock(session, key)
            .is_some_and(|terms| terms.has_room(1) || stripes::make_room(session, key, &terms))
}

/// Gives a program that has a cap as many stripes as the code of it has that has most: none where none is striped.
/// Codes are locked before.
pub fn follow_codes(session: &Session, key: &str) {
    if !session.may_have_rows(STRIPES) || !is_capped(session, key) {
        return;
    }
    let Some(terms) = terms::lock(session, key).filter(Terms::is_capped) else { return };
    let (wanted, found) = (stripes::most_of_codes(session, key), stripes::count(session, key));
    if wanted == found {
        return;
    }
    let left = terms.left().saturating_add(OF_PROGRAMS.settle(session, key));
    if wanted < found {
        OF_PROGRAMS.remove(session, key, wanted);
    }
    if wanted > 0 {
        OF_PROGRAMS.add(session, key, wanted);
        OF_PROGRAMS.lease_first(session, key, wanted, left);
    }
}

/// The same for the program of a code that has just got stripes, while it is redeemed. One that has some already is
/// left as it is: this transaction may have one of them, and must not wait for the program's row.
pub fn follow_hot_code(session: &Session, key: &str) {
    if stripes::count(session, key) == 0 {
        follow_codes(session, key);
    }
}

/// Uncounts uses; nothing where the program has no cap.
pub fn give_back(session: &Session, key: &str, uses: i32) {
    if uses > 0 && is_capped(session, key) {
        session.write(&GIVE_BACK, &[key.into(), uses.into()]);
    }
}

/// Moves the uses of a code, whose row is locked, from one program's count to another's: in the order of
/// their keys, so that two codes that change places do not wait for each other.
pub fn move_uses(session: &Session, uses: i32, from: Option<&str>, to: Option<&str>) -> Result<()> {
    if uses == 0 || from == to {
        return Ok(());
    }
    if from < to {
        from.iter().for_each(|key| give_back(session, key, uses));
    }
    if let Some(to) = to
        && !add_uses(session, to, uses)?
    {
        return Err(Refusal::UsageLimitReached.into());
    }
    if from > to {
        from.iter().for_each(|key| give_back(session, key, uses));
    }
    Ok(())
}

/// The uses that a program's codes have had when it is given a cap. None goes uncounted: redemptions under
/// way are waited for, and new ones wait until the transaction ends.
///
/// So what takes long is done before: all codes are counted as of one moment and, once nobody redeems, those are counted
/// anew whose rows have changed since.
pub fn count_uses(session: &Session, key: &str) -> i64 {
    let takes_unassigned = key == DEFAULT_KEY;
    let args = || [key.into(), takes_unassigned.into()];
    let before = Snapshot::latest();
    let uses_before = number(&session.write_as_of(&before, &COUNT_USES, &args()));
    let codes = session.write_as_of(&before, &COUNT_CODES, &[]);
    let codes = codes.first().map_or((0, 0), |row| (row.need::<i64>(1), row.need::<i32>(2)));
    let (codes_before, age) = codes;

    session.write(&LOCK_CODES, &[]);
    let now = Snapshot::latest();
    let changed = session.write_as_of(&now, &CHANGED_CODES, &[age.into()]);
    let changed = changed.first().map(|row| (row.need::<i64>(1), row.need::<Vec<Uuid>>(2)));
    let (codes_now, changed) = changed.unwrap_or_default();
    let of_changed = |moment: &Snapshot| {
        let args = [key.into(), takes_unassigned.into(), changed.clone().into()];
        let counted = session.write_as_of(moment, &COUNT_USES_OF_CODES, &args);
        counted.first().map_or((0, 0), |row| (row.need::<i64>(1), row.need::<i64>(2)))
    };
    let ((was, were), (is, are)) = (of_changed(&before), of_changed(&now));
    // A code that was deleted has no row that would tell.
    let uses = if codes_before - were == codes_now - are {
        uses_before - was + is
    } else {
        number(&session.write_as_of(&now, &COUNT_USES, &args()))
    };
    uses - number(&session.write_as_of(&now, &COUNT_LEASES, &args()))
}

fn number(rows: &Rows) -> i64 {
    rows.first().map_or(0, |row| row.need(1))
}
