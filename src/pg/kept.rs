//! What a backend keeps of a schema's tables, until it is told that they have changed.

use std::any::{Any, TypeId};
use std::cell::RefCell;
use std::rc::Rc;

use pgrx::pg_sys;

use super::changes;

/// The facts kept for one schema.
#[derive(Default)]
pub struct Kept(RefCell<Vec<Fact>>);

pub struct Fact {
    kind: TypeId,
    /// Who was allowed to read it.
    user: pg_sys::Oid,
    table: pg_sys::Oid,
    /// Of the table, before it was read.
    change: u64,
    value: Rc<dyn Any>,
}

impl Fact {
    pub fn new<T: 'static>(
        user: pg_sys::Oid,
        table: pg_sys::Oid,
        change: u64,
        value: &Rc<T>,
    ) -> Self {
        let kind = TypeId::of::<T>();
        Fact { kind, user, table, change, value: Rc::clone(value) as Rc<dyn Any> }
    }
}

/// A backend that serves more roles than this reads anew for some.
const MOST_FACTS: usize = 64;

impl Kept {
    pub fn find<T: 'static>(&self, user: pg_sys::Oid) -> Option<Rc<T>> {
        let kind = TypeId::of::<T>();
        let mut facts = self.0.borrow_mut();
        let place = facts.iter().position(|fact| fact.kind == kind && fact.user == user)?;
        let fact = &facts[place];
        if fact.change != changes::of(fact.table) {
            facts.swap_remove(place);
            return None;
        }
        Rc::clone(&fact.value).downcast().ok()
    }

    pub fn add(&self, fact: Fact) {
        let mut facts = self.0.borrow_mut();
        if facts.len() >= MOST_FACTS {
            facts.clear();
        }
        facts.push(fact);
    }
}
