//! The cap that a program may set on the uses of all its codes together.

use crate::pg::error::{Error, Result};
use crate::pg::session::Session;
use crate::pg::statement::statements;
use crate::pg::transaction::MOST_LOOKS;
use crate::programs::terms;
use crate::rules::admission::Terms;
use crate::rules::judge::Judge;
use crate::rules::program::DEFAULT_KEY;
use crate::rules::refusal::Refusal;

statements! {
    TAKE_USE = "programs/take_use.sql";
    GIVE_BACK = "programs/give_back.sql";
    ADD_USES = "programs/add_uses.sql";
    COUNT_USES = "programs/count_uses.sql";
    LOCK_CODES = "programs/lock_codes.sql";
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
            return Ok(false);
        }
        if session.write(&ADD_USES, &[key.into(), uses.into()]).count() == 1 {
            return Ok(true);
        }
    }
    Err(keeps_changing())
}

/// Counts one use of a program that has a cap; false where it has none left, is paused and the judge
/// minds, or has changed by now.
pub fn take_use(session: &Session, key: &str, judge: Judge) -> bool {
    let args = [key.into(), judge.knows_every_rule().into()];
    session.write(&TAKE_USE, &args).count() == 1
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
pub fn count_uses(session: &Session, key: &str) -> i64 {
    session.write(&LOCK_CODES, &[]);
    let args = [key.into(), (key == DEFAULT_KEY).into()];
    session.write_latest(&COUNT_USES, &args).first().and_then(|row| row.get(1)).unwrap_or(0)
}
