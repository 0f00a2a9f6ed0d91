//! The tree of who has referred whom: downward a level at a time, upward a person at a time.
//!
//! A person's referrer is the beneficiary of the code of their earliest redemption, of those that lead to
//! somebody else. So nobody has two, and a walk downward can only come back to where it began.

use std::rc::Rc;

use pgrx::datum::Uuid;
use pgrx::prelude::*;

use crate::pg::args;
use crate::pg::error::{Error, Result, answer, required};
use crate::pg::result::Row;
use crate::pg::returns::RowSet;
use crate::pg::session::{Session, Stream};
use crate::pg::statement::statements;
use crate::pg::tables::Tables;
use crate::rules::time::Timestamp;

statements! {
    REFERRED = "tree/referred.sql";
    REFERRER = "tree/referrer.sql";
}

const MOST_LEVELS: i32 = 100;

/// Whose referrals one statement reads.
const BATCH_PEOPLE: usize = 1_000;

fn levels(max_depth: Option<i32>) -> Result<i32> {
    let depth = required(max_depth, "max_depth")?;
    if (1..=MOST_LEVELS).contains(&depth) {
        Ok(depth)
    } else {
        let rule = format!("must be from 1 to {MOST_LEVELS}");
        Err(Error::out_of_range("max_depth", rule))
    }
}

/// Somebody who was referred.
struct Referral {
    user: Uuid,
    referrer: Uuid,
    code: String,
    referred_at: Timestamp,
}

impl Referral {
    fn read(row: Row) -> Self {
        Referral {
            user: row.need(1),
            referrer: row.need(2),
            code: row.need(3),
            referred_at: row.need(4),
        }
    }
}

/// Everybody below a person, breadth first. Holds the ids of two levels, however large the tree is.
struct Tree {
    tables: Rc<Tables>,
    start: Uuid,
    depth: i32,
    max_depth: i32,
    /// Those of the level above whose referrals are still to be read.
    above: std::vec::IntoIter<Uuid>,
    /// Those of this level who may have referred others that are asked for.
    level: Vec<Uuid>,
    rows: Option<Stream<Referral>>,
}

impl Tree {
    fn below(start: Uuid, max_depth: i32) -> Self {
        Tree {
            tables: Tables::current(),
            start,
            depth: 0,
            max_depth,
            above: Vec::new().into_iter(),
            level: vec![start],
            rows: None,
        }
    }

    /// Opens the next batch, of the next level where this one is read; None at the end.
    fn open_batch(&mut self) -> Option<Stream<Referral>> {
        if self.above.len() == 0 {
            if self.level.is_empty() {
                return None;
            }
            self.above = std::mem::take(&mut self.level).into_iter();
            self.depth += 1;
        }
        let people: Vec<Uuid> = self.above.by_ref().take(BATCH_PEOPLE).collect();
        // Opened first, so that the arguments' memory goes with it.
        let session = Session::over(Rc::clone(&self.tables));
        let args = [people.into(), self.start.into()];
        Some(session.stream(&REFERRED, &args, Referral::read))
    }
}

/// depth, user_uuid, referrer_uuid, code, referred_at
type TreeColumns = (i32, Uuid, Uuid, String, Timestamp);

impl Iterator for Tree {
    type Item = TreeColumns;

    fn next(&mut self) -> Option<TreeColumns> {
        loop {
            if let Some(found) = self.rows.as_mut().and_then(Iterator::next) {
                if self.depth < self.max_depth {
                    self.level.push(found.user);
                }
                let Referral { user, referrer, code, referred_at } = found;
                return Some((self.depth, user, referrer, code, referred_at));
            }
            check_for_interrupts!();
            // Closed before another is opened: connections to SPI are a stack.
            self.rows = None;
            self.rows = Some(self.open_batch()?);
        }
    }
}

/// depth, referrer_uuid, code, referred_at
type UplineColumns = (i32, Uuid, String, Timestamp);

/// Those above a person, the nearest first. It ends where it would come to somebody again, which need not be
/// where it began.
fn upline(session: &Session, start: Uuid, max_depth: i32) -> Vec<UplineColumns> {
    let mut path: Vec<UplineColumns> = Vec::new();
    let mut person = start;
    for depth in 1..=max_depth {
        let found = session.read(&REFERRER, &[person.into()]);
        let Some(row) = found.first() else { break };
        person = row.need(1);
        if person == start || path.iter().any(|(_, passed, ..)| *passed == person) {
            break;
        }
        path.push((depth, person, row.need(2), row.need(3)));
    }
    path
}

#[pg_extern(sql = false)]
fn referral_tree_at_most(
    user_uuid: Option<Uuid>,
    max_depth: Option<i32>,
    max_rows: Option<i32>,
) -> RowSet<'static, TreeColumns> {
    answer(|| {
        let start = required(user_uuid, "user_uuid")?;
        let tree = Tree::below(start, levels(max_depth)?);
        Ok(RowSet::new(tree.take(args::max_rows(max_rows)?)))
    })
}

#[pg_extern(sql = false)]
fn referral_upline(
    user_uuid: Option<Uuid>,
    max_depth: Option<i32>,
) -> RowSet<'static, UplineColumns> {
    answer(|| {
        let start = required(user_uuid, "user_uuid")?;
        Ok(RowSet::new(upline(&Session::open(), start, levels(max_depth)?)))
    })
}
