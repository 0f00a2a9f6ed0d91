//! How the extension's own tables are declared: files of SQL in a strict layout, from which both a new
//! table and the changes to an older one are taken.
//!
//! One CREATE TABLE, one column or constraint an entry, everything named; then CREATE INDEX, GRANT and
//! COMMENT, each statement ended by `;` at the end of its line. Types, defaults, constraints and indexes
//! are written as Postgres prints them with nothing but pg_catalog on the search_path, so that what is
//! declared and what stands in the catalogs can be compared as text.

/// A table as it is wanted.
pub struct Declaration {
    pub name: &'static str,
    /// CREATE TABLE, with its columns and constraints.
    pub create: &'static str,
    pub comment: String,
    pub columns: Vec<Column>,
    pub constraints: Vec<Named>,
    pub indexes: Vec<Named>,
    pub grants: Vec<Grant>,
}

pub struct Column {
    pub name: &'static str,
    /// As format_type prints it.
    pub kind: &'static str,
    pub not_null: bool,
    /// As pg_get_expr prints it.
    pub default: Option<&'static str>,
    /// GENERATED ALWAYS AS IDENTITY.
    pub identity: bool,
    pub comment: String,
    /// The whole entry, as ADD COLUMN takes it.
    pub entry: String,
}

/// A constraint or an index.
pub struct Named {
    pub name: &'static str,
    /// As pg_get_constraintdef or pg_get_indexdef prints it, with `host.` for the schema.
    pub definition: String,
}

/// Rights on the table, and whose they are.
pub struct Grant {
    pub rights: Vec<Right>,
    /// `writers_of_` or `changers_of_` and a host's table: those who may insert into it, or update it.
    pub to: &'static str,
}

#[derive(Debug, PartialEq, Eq)]
pub struct Right {
    /// SELECT, INSERT, UPDATE or DELETE.
    pub privilege: &'static str,
    /// None: the whole table.
    pub columns: Vec<&'static str>,
}

impl Right {
    /// Takes in another right of the same privilege.
    pub fn widen(&mut self, other: &Right) {
        if self.columns.is_empty() || other.columns.is_empty() {
            self.columns.clear();
            return;
        }
        for column in &other.columns {
            if !self.columns.contains(column) {
                self.columns.push(column);
            }
        }
    }

    /// As GRANT takes it.
    pub fn text(&self) -> String {
        match self.columns.as_slice() {
            [] => self.privilege.to_owned(),
            columns => format!("{} ({})", self.privilege, columns.join(", ")),
        }
    }
}

type Parsed<T> = Result<T, String>;

impl Declaration {
    /// Reads a file; the error says what is not in the layout.
    pub fn parse(sql: &'static str) -> Parsed<Self> {
        let mut statements = statements(sql);
        let create = statements.next().unwrap_or_default();
        let (head, body) =
            create.split_once(" (\n").ok_or("a file begins with CREATE TABLE … (")?;
        let name = after(head, "CREATE TABLE host.")?;
        // Behind it stands how the table is stored, if anything.
        let (body, _) = body.rsplit_once("\n)").ok_or_else(|| format!("{name} ends with no )"))?;
        let mut table = Declaration {
            name,
            create,
            comment: String::new(),
            columns: Vec::new(),
            constraints: Vec::new(),
            indexes: Vec::new(),
            grants: Vec::new(),
        };
        for entry in body.split(",\n").map(str::trim) {
            match entry.strip_prefix("CONSTRAINT ") {
                Some(constraint) => table.constraints.push(Named::parse(constraint)?),
                None => table.columns.push(Column::parse(entry)?),
            }
        }
        for statement in statements {
            table.take(statement)?;
        }
        match table.columns.iter().find(|column| column.comment.is_empty()) {
            Some(column) => Err(format!("{name}.{} has no comment", column.name)),
            None if table.comment.is_empty() => Err(format!("{name} has no comment")),
            None => Ok(table),
        }
    }

    /// A statement behind CREATE TABLE.
    fn take(&mut self, statement: &'static str) -> Parsed<()> {
        if statement.starts_with("CREATE ") {
            let (_, rest) = statement.split_once("INDEX ").ok_or_else(|| unknown(statement))?;
            let name = rest.split_whitespace().next().unwrap_or_default();
            self.indexes.push(Named { name, definition: one_line(statement) });
        } else if let Some(grant) = statement.strip_prefix("GRANT ") {
            self.grants.push(Grant::parse(grant, self.name)?);
        } else if let Some(comment) = statement.strip_prefix("COMMENT ON ") {
            let (object, text) = comment.split_once(" IS\n").ok_or_else(|| unknown(statement))?;
            let text = text.strip_prefix('\'').and_then(|text| text.strip_suffix('\''));
            let text = text.ok_or_else(|| unknown(statement))?.replace("''", "'");
            if let Some(column) = object.strip_prefix(&format!("COLUMN host.{}.", self.name)) {
                let found = self.columns.iter_mut().find(|known| known.name == column);
                found.ok_or_else(|| unknown(statement))?.comment = text;
            } else if object == format!("TABLE host.{}", self.name) {
                self.comment = text;
            } else {
                return Err(unknown(statement));
            }
        } else {
            return Err(unknown(statement));
        }
        Ok(())
    }

    /// The constraint that tells the extension's table from one that merely bears its name.
    pub fn primary_key(&self) -> Option<&Named> {
        self.constraints.iter().find(|named| named.definition.starts_with("PRIMARY KEY "))
    }
}

impl Column {
    fn parse(entry: &'static str) -> Parsed<Self> {
        const IDENTITY: &str = " GENERATED ALWAYS AS IDENTITY";
        let (name, rest) = entry.split_once(' ').ok_or_else(|| unknown(entry))?;
        let (rest, identity) = match rest.strip_suffix(IDENTITY) {
            Some(rest) => (rest, true),
            None => (rest, false),
        };
        let (rest, default) = match rest.split_once(" DEFAULT ") {
            Some((rest, default)) => (rest, Some(default.trim())),
            None => (rest, None),
        };
        let (kind, not_null) = match rest.strip_suffix(" NOT NULL") {
            Some(kind) => (kind, true),
            None => (rest, false),
        };
        let kind = kind.trim();
        Ok(Column {
            name,
            kind,
            not_null,
            default,
            identity,
            comment: String::new(),
            entry: one_line(entry),
        })
    }
}

impl Named {
    fn parse(constraint: &'static str) -> Parsed<Self> {
        let (name, definition) =
            constraint.split_once(char::is_whitespace).ok_or_else(|| unknown(constraint))?;
        Ok(Named { name, definition: one_line(definition) })
    }
}

impl Grant {
    fn parse(grant: &'static str, table: &str) -> Parsed<Self> {
        let (rights, rest) = grant.split_once("\n").ok_or_else(|| unknown(grant))?;
        let (on, to) = rest.split_once("\n").ok_or_else(|| unknown(grant))?;
        if on.trim() != format!("ON host.{table}") {
            return Err(unknown(grant));
        }
        Ok(Grant { rights: rights_of(rights), to: after(to.trim(), "TO ")? })
    }
}

/// `SELECT, UPDATE (a, b)`.
pub fn rights_of(mut text: &'static str) -> Vec<Right> {
    let mut rights = Vec::new();
    while !text.is_empty() {
        let end = text.find([',', '(']).unwrap_or(text.len());
        let (privilege, rest) = text.split_at(end);
        let (columns, rest) = match rest.strip_prefix('(').and_then(|rest| rest.split_once(')')) {
            Some((columns, rest)) => (columns.split(',').map(str::trim).collect(), rest),
            None => (Vec::new(), rest),
        };
        rights.push(Right { privilege: privilege.trim(), columns });
        text = rest.trim_start_matches(',').trim_start();
    }
    rights
}

fn statements(sql: &'static str) -> impl Iterator<Item = &'static str> {
    let mut begin = sql;
    while begin.starts_with("--") {
        begin = begin.split_once('\n').map_or("", |(_, rest)| rest);
    }
    begin.split(";\n").map(str::trim).filter(|statement| !statement.is_empty())
}

fn after<'a>(text: &'a str, prefix: &str) -> Parsed<&'a str> {
    text.strip_prefix(prefix).ok_or_else(|| format!("{prefix} expected: {text}"))
}

fn unknown(text: &str) -> String {
    format!("not in the layout: {text}")
}

pub fn one_line(sql: &str) -> String {
    sql.split_whitespace().collect::<Vec<_>>().join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;

    const PETS: &str = "-- Why.
-- And more.
CREATE TABLE host.pets (
       id    bigint       NOT NULL GENERATED ALWAYS AS IDENTITY,
       born  timestamp with time zone NOT NULL DEFAULT now(),
       owner numeric(20,4),
       CONSTRAINT pets_pkey PRIMARY KEY (id),
       CONSTRAINT pets_owner_fkey FOREIGN KEY (owner)
                  REFERENCES host.owners(id)
);

CREATE UNIQUE INDEX pets_owner_idx
    ON host.pets USING btree (owner, born DESC)
 WHERE (owner IS NOT NULL);

GRANT SELECT (id, born), UPDATE
   ON host.pets
   TO PUBLIC;

COMMENT ON TABLE host.pets IS
'An owner''s pets.';
COMMENT ON COLUMN host.pets.id IS
'Which.';
COMMENT ON COLUMN host.pets.born IS
'When.';
COMMENT ON COLUMN host.pets.owner IS
'Whose.';
";

    #[test]
    fn a_declaration_gives_what_it_says() {
        let table = Declaration::parse(PETS).unwrap();
        assert_eq!((table.name, &*table.comment), ("pets", "An owner's pets."));
        let columns: Vec<_> = table
            .columns
            .iter()
            .map(|c| (c.name, c.kind, c.not_null, c.default, c.identity, &*c.comment))
            .collect();
        let time = "timestamp with time zone";
        assert_eq!(
            columns,
            [
                ("id", "bigint", true, None, true, "Which."),
                ("born", time, true, Some("now()"), false, "When."),
                ("owner", "numeric(20,4)", false, None, false, "Whose."),
            ]
        );
        assert_eq!(table.columns[1].entry, "born timestamp with time zone NOT NULL DEFAULT now()");
        assert_eq!(table.primary_key().unwrap().definition, "PRIMARY KEY (id)");
        assert_eq!(table.constraints[1].name, "pets_owner_fkey");
        assert_eq!(
            table.constraints[1].definition,
            "FOREIGN KEY (owner) REFERENCES host.owners(id)"
        );
        assert_eq!(table.indexes[0].name, "pets_owner_idx");
        assert_eq!(
            table.indexes[0].definition,
            "CREATE UNIQUE INDEX pets_owner_idx ON host.pets USING btree (owner, born DESC) \
             WHERE (owner IS NOT NULL)"
        );
        assert_eq!(table.grants[0].to, "PUBLIC");
        assert_eq!(
            table.grants[0].rights,
            [
                Right { privilege: "SELECT", columns: vec!["id", "born"] },
                Right { privilege: "UPDATE", columns: vec![] },
            ]
        );
        assert!(table.create.ends_with("REFERENCES host.owners(id)\n)"));
    }

    #[test]
    fn what_is_not_in_the_layout_is_named() {
        let mangled = |from: &str, to: &str| {
            let sql: &'static str = PETS.replace(from, to).leak();
            Declaration::parse(sql).err().unwrap()
        };
        assert!(
            mangled("COMMENT ON COLUMN host.pets.born", "COMMENT ON COLUMN host.pets.bred")
                .contains("bred")
        );
        assert!(mangled("'Whose.'", "''").contains("pets.owner has no comment"));
        assert!(mangled("GRANT SELECT", "REVOKE SELECT").contains("REVOKE SELECT"));
        assert!(mangled("TABLE host.pets IS", "TABLE host.cats IS").contains("host.cats"));
    }
}
