//! A code in its program: what both say together is its state, and how many uses it has left.

use std::collections::HashMap;

use crate::codes::assigned;
use crate::codes::row::{Code, CodeColumns};
use crate::pg::session::{Session, View};
use crate::programs::terms;
use crate::rules::admission::Terms;
use crate::rules::judge::Judge;
use crate::rules::membership::Membership;
use crate::rules::state::State;
use crate::rules::time::Timestamp;

/// A code, and the terms of its program, if it is in one: those that are the same for whoever comes.
pub struct Placed {
    pub code: Code,
    terms: Option<Terms>,
}

impl Placed {
    pub fn state(&self, now: Timestamp) -> State {
        let standing = self.terms.map(|terms| terms.standing(Judge::Everything, now));
        self.code.limits.state(now).within(standing)
    }

    /// The code's own, or its program's where that has less.
    pub fn remaining_uses(&self) -> i32 {
        let left = self.terms.map_or(i32::MAX, |terms| terms.left().max(0));
        self.code.limits.remaining_uses().min(left)
    }

    /// The row that SQL gets, with the state at `now`.
    pub fn into_columns(self, now: Timestamp) -> CodeColumns {
        let (remaining_uses, state) = (self.remaining_uses(), self.state(now));
        let Code { limits, .. } = self.code;
        (
            self.code.uuid,
            self.code.code,
            self.code.description,
            limits.status,
            limits.uses_made(),
            limits.max_uses,
            self.code.created_by_uuid,
            self.code.beneficiary_uuid,
            self.code.date_created,
            limits.expiration_date,
            remaining_uses,
            state.name(),
        )
    }
}

/// The terms of the programs that have been met, each read once.
#[derive(Default)]
struct Met(HashMap<String, Option<Terms>>);

impl Met {
    fn terms(&mut self, session: &Session, of: &Membership, view: View) -> Option<Terms> {
        if let Some(met) = self.0.get(&of.program) {
            return *met;
        }
        let read = terms::read(session, of, view).map(|terms| {
            let now = view.moment();
            terms::less_reserves(session, &of.program, terms, i32::MAX, now, view)
        });
        self.0.insert(of.program.clone(), read);
        read
    }
}

pub fn place(session: &Session, code: Code, view: View) -> Placed {
    let membership = code.membership(assigned::of(session, code.uuid, view));
    place_in(session, code, membership, view)
}

/// The same of a code that has just been made, and that nobody can have assigned.
pub fn place_new(session: &Session, code: Code) -> Placed {
    let membership = code.membership(None);
    place_in(session, code, membership, View::Now)
}

fn place_in(session: &Session, code: Code, of: Option<Membership>, view: View) -> Placed {
    let terms = of.and_then(|membership| Met::default().terms(session, &membership, view));
    Placed { code, terms }
}

/// How many codes are asked for their programs together.
const BATCH: usize = 100;

/// Codes as they come, each in its program.
pub fn each(codes: impl Iterator<Item = Code>) -> impl Iterator<Item = Placed> {
    Each { codes, met: Met::default(), placed: Vec::new().into_iter() }
}

struct Each<I> {
    codes: I,
    met: Met,
    placed: std::vec::IntoIter<Placed>,
}

impl<I: Iterator<Item = Code>> Iterator for Each<I> {
    type Item = Placed;

    fn next(&mut self) -> Option<Placed> {
        if let Some(placed) = self.placed.next() {
            return Some(placed);
        }
        let codes: Vec<Code> = self.codes.by_ref().take(BATCH).collect();
        if codes.is_empty() {
            return None;
        }
        let session = Session::open();
        let uuids = codes.iter().map(|code| code.uuid).collect();
        let mut assigned = assigned::of_each(&session, uuids);
        let place = |code: Code| {
            let membership = code.membership(assigned.remove(&code.uuid));
            let terms = membership.and_then(|of| self.met.terms(&session, &of, View::Query));
            Placed { code, terms }
        };
        let placed: Vec<Placed> = codes.into_iter().map(place).collect();
        self.placed = placed.into_iter();
        self.placed.next()
    }
}
