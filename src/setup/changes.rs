//! What an older release made, brought to what this one declares. One subcommand an ALTER; a table that is
//! as declared is not even locked.

use pgrx::pg_sys;
use pgrx::spi::quote_literal;

use crate::pg::catalog::{self, Column};
use crate::pg::progress::announce;
use crate::pg::session::{Session, View};
use crate::pg::statement::text;
use crate::rules::declaration::{self, Declaration, Named};

/// Why a table is not the extension's though it bears the name of one of those; None where it is, or is
/// missing.
///
/// It is where the declared primary key stands under its declared name and no declared column has another
/// type. So a release that changes either has to say here what the older ones made.
pub fn foreign(session: &Session, table: &Declaration, view: View) -> Option<String> {
    let oid = session.tables.relation(table.name)?;
    let key = table.primary_key()?;
    let constraints = catalog::constraints(session, oid, view);
    if !constraints.iter().any(|found| is_as_declared(session, found, key)) {
        return Some(format!("{} has no {} named {}", table.name, key.definition, key.name));
    }
    let columns = catalog::columns(session, oid, view);
    table.columns.iter().find_map(|wanted| {
        let found = columns.iter().find(|column| column.name == wanted.name)?;
        (found.kind != wanted.kind).then(|| {
            let (table, column) = (table.name, wanted.name);
            format!("{table}.{column} has type {}, not {}", found.kind, wanted.kind)
        })
    })
}

/// What keeps a table of the extension's from getting a column that it lacks: rows that need a value there
/// which nobody knows.
pub fn unmakeable(session: &Session, table: &Declaration) -> Option<String> {
    let lacking = session.tables.lacking_columns(table);
    let column = table.columns.iter().find(|column| {
        let needs_value = column.not_null && column.default.is_none() && !column.identity;
        needs_value && lacking.contains(&column.name)
    })?;
    let names = [("own_table", table.name)];
    let has_rows =
        session.write_once(text!("setup/own_tables/has_rows.sql"), &names, &[]).count() > 0;
    let why = "which nobody can make up for the rows that it has";
    has_rows.then(|| format!("{} lacks column {}, {why}", table.name, column.name))
}

fn is_as_declared(session: &Session, found: &(String, String), wanted: &Named) -> bool {
    found.0 == wanted.name && found.1 == session.tables.qualify(&wanted.definition)
}

/// What one table needs.
pub struct Changes<'s> {
    session: &'s Session,
    table: &'static Declaration,
    oid: pg_sys::Oid,
    /// Whether what is needed is done, or merely noted.
    apply: bool,
    /// What has been changed, or would be.
    pub notes: Vec<String>,
    /// What cannot be changed, and why.
    pub obstacles: Vec<String>,
}

impl<'s> Changes<'s> {
    /// Brings the table to what is declared.
    pub fn make(session: &'s Session, table: &'static Declaration, oid: pg_sys::Oid) -> Self {
        Changes::see_to(session, table, oid, true)
    }

    /// Says what `make` would do. Reads only.
    pub fn needed(session: &'s Session, table: &'static Declaration, oid: pg_sys::Oid) -> Self {
        Changes::see_to(session, table, oid, false)
    }

    fn see_to(
        session: &'s Session,
        table: &'static Declaration,
        oid: pg_sys::Oid,
        apply: bool,
    ) -> Self {
        let (notes, obstacles) = (Vec::new(), Vec::new());
        let mut changes = Changes { session, table, oid, apply, notes, obstacles };
        changes.columns();
        changes.constraints();
        changes.indexes();
        changes.comments();
        changes
    }

    fn view(&self) -> View {
        if self.apply { View::Now } else { View::Query }
    }

    fn announce(&self, step: &str) {
        if self.apply {
            announce(self.session, self.table.name, step);
        }
    }

    fn define(&self, sql: &str, names: &[(&str, &str)]) {
        if self.apply {
            let own = ("own_table", self.table.name);
            let names: Vec<_> = names.iter().copied().chain([own]).collect();
            self.session.define(sql, &names);
        }
    }

    fn change(&mut self, sql: &str, names: &[(&str, &str)], note: String) {
        self.define(sql, names);
        self.notes.push(note);
    }

    fn columns(&mut self) {
        let found = catalog::columns(self.session, self.oid, self.view());
        for wanted in &self.table.columns {
            match found.iter().find(|column| column.name == wanted.name) {
                None => {
                    let names = [("wanted_column", &*wanted.entry)];
                    let note = format!("column {} added", wanted.name);
                    self.change(text!("setup/changes/add_column.sql"), &names, note);
                }
                Some(found) => self.column(wanted, found),
            }
        }
    }

    fn column(&mut self, wanted: &declaration::Column, found: &Column) {
        let name = ("column_name", wanted.name);
        if found.default.as_deref() != wanted.default {
            let note = format!("default of {}", wanted.name);
            match wanted.default {
                None => {
                    self.change(text!("setup/changes/drop_default.sql"), &[name], note + " dropped")
                }
                Some(default) => {
                    let names = [name, ("wanted_default", default)];
                    self.change(text!("setup/changes/set_default.sql"), &names, note + " set");
                }
            }
        }
        if found.not_null != wanted.not_null {
            let sql = match wanted.not_null {
                true => text!("setup/changes/set_not_null.sql"),
                false => text!("setup/changes/drop_not_null.sql"),
            };
            let state = if wanted.not_null { "NOT NULL" } else { "no longer NOT NULL" };
            self.change(sql, &[name], format!("{} made {state}", wanted.name));
        }
        if wanted.identity && !found.identity {
            let note = format!("numbering of {} set", wanted.name);
            self.change(text!("setup/changes/add_identity.sql"), &[name], note);
            if self.apply {
                let names = [name, ("own_table", self.table.name)];
                let oid = [self.oid.into()];
                self.session.write_once(text!("setup/changes/restart_identity.sql"), &names, &oid);
            }
        }
    }

    fn constraints(&mut self) {
        let found = catalog::constraints(self.session, self.oid, self.view());
        for wanted in &self.table.constraints {
            let same_name = found.iter().find(|(name, _)| name == wanted.name);
            if same_name.is_some_and(|found| is_as_declared(self.session, found, wanted)) {
                continue;
            }
            self.announce(&format!("adding constraint {}", wanted.name));
            let definition = self.session.tables.qualify(&wanted.definition);
            let names =
                [("constraint_name", wanted.name), ("wanted_constraint", definition.as_str())];
            if same_name.is_some() {
                self.define(text!("setup/changes/drop_constraint.sql"), &names[..1]);
            }
            let verb = if same_name.is_some() { "replaced" } else { "added" };
            let note = format!("constraint {} {verb}", wanted.name);
            self.change(text!("setup/changes/add_constraint.sql"), &names, note);
        }
    }

    fn indexes(&mut self) {
        for wanted in &self.table.indexes {
            let relation = self.session.tables.relation(wanted.name);
            if let Some(oid) = relation {
                let found = catalog::index(self.session, oid, self.oid, self.view());
                let Some(found) = found.filter(|found| found.is_of_table) else {
                    let why = "is not made: its name belongs to something else";
                    self.obstacles.push(format!("index {} {why}", wanted.name));
                    continue;
                };
                let definition = self.session.tables.qualify(&wanted.definition);
                if found.is_valid && found.definition == definition {
                    continue;
                }
                let names = [("index_name", wanted.name)];
                self.define(text!("setup/changes/drop_index.sql"), &names);
            }
            self.announce(&format!("building index {}", wanted.name));
            let verb = if relation.is_some() { "replaced" } else { "made" };
            let note = format!("index {} {verb}", wanted.name);
            self.change(&wanted.definition, &[], note);
        }
    }

    fn comments(&mut self) {
        let mut told = false;
        if catalog::comment(self.session, self.oid, self.view()).as_ref()
            != Some(&self.table.comment)
        {
            let comment = quote_literal(&self.table.comment);
            self.define(
                text!("setup/changes/comment_on_table.sql"),
                &[("wanted_comment", &comment)],
            );
            told = true;
        }
        let found = catalog::columns(self.session, self.oid, self.view());
        for wanted in &self.table.columns {
            let found = found.iter().find(|column| column.name == wanted.name);
            if found.and_then(|column| column.comment.as_ref()) == Some(&wanted.comment) {
                continue;
            }
            let comment = quote_literal(&wanted.comment);
            let names = [("column_name", wanted.name), ("wanted_comment", comment.as_str())];
            self.define(text!("setup/changes/comment_on_column.sql"), &names);
            told = true;
        }
        if told {
            self.notes.push("comments set".into());
        }
    }
}
