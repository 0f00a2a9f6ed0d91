//! The house keeps its plan (docs/architecture.md): floors that hold, one noun a room, statements and SQL
//! functions where they are looked for. Reads the sources alone.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::Path;

/// Which rooms of the top floor a room may use, besides the floors below. No circle can come of it.
const ALLOWED: [(&str, &[&str]); 16] = [
    ("settings", &[]),
    ("stripes", &[]),
    ("usage", &[]),
    ("tree", &[]),
    ("privacy", &["codes", "events"]),
    ("events", &["settings"]),
    ("programs", &["settings", "stripes"]),
    ("codes", &["programs", "events", "settings", "stripes"]),
    ("redemption", &["codes", "programs", "usage", "events", "settings"]),
    ("conversions", &["codes", "programs", "usage", "events", "settings"]),
    ("payouts", &["events", "settings"]),
    ("analytics", &["usage", "codes", "programs", "payouts"]),
    ("guards", &["redemption", "codes", "usage", "events", "settings"]),
    ("signup", &["codes", "usage", "settings"]),
    ("setup", &["programs", "settings"]),
    ("retired", &[]),
];

/// A file that passes this holds two nouns.
const MOST_LINES: usize = 400;

/// The sources: what stands in each file, by its path from the project's folder.
#[derive(Clone, Default)]
struct House(BTreeMap<String, String>);

impl House {
    fn of_the_project() -> Self {
        let project = Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
        let mut files = BTreeMap::new();
        for folder in ["src", "sql", "docs", "admin/src"] {
            read(&project, &project.join(folder), &mut files);
        }
        House(files)
    }

    /// With another file, to see it found out.
    fn with(mut self, path: &str, text: &str) -> Self {
        self.0.insert(path.into(), text.into());
        self
    }

    fn below<'h>(&'h self, folder: &'h str, ending: &'h str) -> impl Iterator<Item = File<'h>> {
        let files = self
            .0
            .iter()
            .filter(move |(path, _)| path.starts_with(folder) && path.ends_with(ending));
        files.map(|(path, text)| File { path, text })
    }

    fn rust(&self) -> impl Iterator<Item = File<'_>> {
        self.below("src/", ".rs")
    }
}

fn read(project: &Path, folder: &Path, files: &mut BTreeMap<String, String>) {
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            read(project, &path, files);
        } else if let Ok(text) = fs::read_to_string(&path) {
            let name = path.strip_prefix(project).unwrap().to_string_lossy().into_owned();
            files.insert(name, text);
        }
    }
}

#[derive(Clone, Copy)]
struct File<'h> {
    path: &'h str,
    text: &'h str,
}

impl<'h> File<'h> {
    /// `codes/row` for src/codes/row.rs, `codes` for src/codes/mod.rs.
    fn module(self) -> &'h str {
        let module = self.path.trim_start_matches("src/").trim_end_matches(".rs");
        module.strip_suffix("/mod").unwrap_or(module)
    }

    /// The room, or the floor, that the file is in.
    fn room(self) -> &'h str {
        self.module().split('/').next().unwrap_or_default()
    }

    /// Line numbers (from 1) and lines, without the tests and without comments.
    fn code(self) -> impl Iterator<Item = (usize, &'h str)> {
        let tests = self.text.find("#[cfg(test)]").unwrap_or(self.text.len());
        let lines = (1..).zip(self.text[..tests].lines());
        lines.filter(|(_, line)| !line.trim_start().starts_with("//"))
    }

    /// What the file uses of this crate, as paths from its root: `pg::error::Error`.
    fn uses(self) -> Vec<String> {
        let code: String = self.code().flat_map(|(_, line)| ["\n", line]).collect();
        let here: Vec<&str> = self.module().split('/').collect();
        let mut uses = Vec::new();
        for (prefix, base) in [("crate::", &[][..]), ("super::", &here[..here.len() - 1])] {
            for (place, _) in code.match_indices(prefix) {
                let before = code[..place].chars().next_back().unwrap_or(' ');
                // An inner module's `super` is the file itself.
                let inner = prefix == "super::" && !code[..place].ends_with("\nuse ");
                if before.is_alphanumeric() || "_:".contains(before) || inner {
                    continue;
                }
                for path in expanded(&code[place + prefix.len()..]) {
                    uses.push(
                        base.iter().copied().chain([path.as_str()]).collect::<Vec<_>>().join("::"),
                    );
                }
            }
        }
        uses
    }
}

/// The paths of a use tree that a text begins with: `a::{b, c::d}` is `a::b` and `a::c::d`.
fn expanded(tree: &str) -> Vec<String> {
    let end = tree.find(|c: char| !(c.is_alphanumeric() || c == '_' || c == ':'));
    let (path, rest) = tree.split_at(end.unwrap_or(tree.len()));
    let Some(list) = rest.strip_prefix('{') else {
        return vec![path.trim_end_matches(':').into()];
    };
    let (mut depth, mut start, mut paths) = (0, 0, Vec::new());
    for (place, letter) in list.char_indices() {
        if depth == 0 && (letter == ',' || letter == '}') {
            let branches = expanded(list[start..place].trim());
            paths.extend(branches.iter().filter(|b| !b.is_empty()).map(|b| format!("{path}{b}")));
            start = place + 1;
        }
        match letter {
            '{' => depth += 1,
            '}' if depth == 0 => break,
            '}' => depth -= 1,
            _ => {}
        }
    }
    paths
}

impl House {
    /// The file that a path leads into, `codes/row` for `codes::row::Code`.
    fn file_of(&self, path: &str) -> Option<String> {
        let mut parts: Vec<&str> = path.split("::").collect();
        while !parts.is_empty() {
            let module = parts.join("/");
            let is_file = |path: String| self.0.contains_key(&path);
            if is_file(format!("src/{module}.rs")) || is_file(format!("src/{module}/mod.rs")) {
                return Some(module);
            }
            parts.pop();
        }
        None
    }

    /// The files that a file uses, itself left out.
    fn used_by(&self, file: File) -> BTreeSet<String> {
        let used = file.uses();
        let used = used.iter().filter_map(|path| self.file_of(path));
        used.filter(|module| module != file.module()).collect()
    }
}

fn floors_and_rooms(house: &House) -> Vec<String> {
    let mut broken = Vec::new();
    for file in house.rust().filter(|file| file.module() != "lib") {
        let room = file.room();
        let known = ALLOWED.iter().find(|(name, _)| *name == room);
        if known.is_none() && room != "pg" && room != "rules" {
            broken.push(format!("{}: a room that the plan does not know", file.path));
        }
        for used in house.used_by(file) {
            let other = used.split('/').next().unwrap_or_default();
            let may = match room {
                _ if other == room => true,
                "rules" => false,
                "pg" => other == "rules",
                _ if other == "pg" || other == "rules" => true,
                _ => known.is_some_and(|(_, allowed)| allowed.contains(&other)),
            };
            if !may {
                broken.push(format!("{}: uses {used}", file.path));
            }
        }
        if room == "rules" && file.code().any(|(_, line)| line.contains("pgrx")) {
            broken.push(format!("{}: a rule that knows Postgres", file.path));
        }
    }
    broken
}

fn no_circle(house: &House) -> Vec<String> {
    let mut uses: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
    for file in house.rust().filter(|file| file.module() != "lib") {
        uses.insert(file.module().into(), house.used_by(file));
    }
    // Whatever uses nothing that is left is in no circle.
    loop {
        let ends: Vec<String> =
            uses.iter().filter(|(_, used)| used.is_empty()).map(|(name, _)| name.clone()).collect();
        if ends.is_empty() {
            break;
        }
        for end in &ends {
            uses.remove(end);
        }
        uses.values_mut().for_each(|used| used.retain(|name| !ends.contains(name)));
    }
    // What is left leads into a circle, or is in one: those that nothing left uses only lead there.
    loop {
        let used: BTreeSet<String> = uses.values().flatten().cloned().collect();
        let before = uses.len();
        uses.retain(|name, _| used.contains(name));
        if uses.len() == before {
            break;
        }
    }
    uses.iter().map(|(name, used)| format!("{name} is in a circle with {used:?}")).collect()
}

fn a_folder_is_entered_by_its_rooms(house: &House) -> Vec<String> {
    let mut broken = Vec::new();
    for file in house.rust() {
        if file.path.ends_with("/mod.rs") {
            let logic = file.code().find(|(_, line)| {
                !(line.is_empty() || line.starts_with("pub mod ") || line.starts_with("mod "))
            });
            if let Some((number, line)) = logic {
                broken
                    .push(format!("{}:{number}: more than a table of contents: {line}", file.path));
            }
        }
        for used in house.used_by(file) {
            if house.0.contains_key(&format!("src/{used}/mod.rs")) {
                broken.push(format!("{}: uses {used} and not a room of it", file.path));
            }
        }
    }
    broken
}

fn no_top_file_is_long(house: &House) -> Vec<String> {
    let top = house.rust().filter(|file| !["pg", "rules"].contains(&file.room()));
    let all = top.chain(house.below("admin/src/", ".rs"));
    let long = all.filter(|file| file.text.lines().count() > MOST_LINES);
    long.map(|file| format!("{}: over {MOST_LINES} lines", file.path)).collect()
}

/// The statements that a file names, by their paths from sql/.
fn statements(file: File) -> Vec<String> {
    let mut found = Vec::new();
    for (_, line) in file.code() {
        for text in line.split('"').skip(1).step_by(2).filter(|text| text.ends_with(".sql")) {
            found.push(text.trim_start_matches("../sql/").to_owned());
        }
    }
    found
}

fn a_statement_is_in_its_rooms_folder_and_used(house: &House) -> Vec<String> {
    let mut broken = Vec::new();
    let mut named = BTreeSet::new();
    for file in house.rust() {
        for path in statements(file) {
            let folder = path.split('/').next().unwrap_or_default();
            // The declarations of the extension's own tables: every session is held to them, not setup alone.
            let declared = file.module() == "pg/tables" && path.starts_with("setup/tables/");
            let listed = file.module() == "lib" && folder == "api";
            let at_home = folder == file.room() || declared || listed;
            if !at_home {
                broken.push(format!("{}: takes {path} out of another room", file.path));
            }
            if !house.0.contains_key(&format!("sql/{path}")) {
                broken.push(format!("{}: {path} is not there", file.path));
            }
            named.insert(format!("sql/{path}"));
        }
    }
    // Directly below sql/ are the scripts of releases.
    let kept = house.below("sql/", ".sql").filter(|file| file.path.matches('/').count() > 1);
    broken.extend(
        kept.filter(|file| !named.contains(file.path)).map(|file| format!("{}: unused", file.path)),
    );
    broken
}

/// `c.*` is what stands for the columns that are declared; any other star would read a host's own.
fn a_star_stands_for_declared_columns(house: &House) -> Vec<String> {
    let mut declared = BTreeMap::new();
    for file in house.rust() {
        let mut alias = None;
        for (_, line) in file.code() {
            let line = line.trim();
            if line.starts_with("statements! {") || line.starts_with("reports! {") {
                alias = None;
            } else if let Some((name, _)) = line.split_once(".* = ") {
                alias = Some(name.to_owned());
            } else if let Some(path) = line.split('"').nth(1).filter(|path| path.ends_with(".sql"))
            {
                declared.insert(format!("sql/{path}"), alias.clone());
            }
        }
    }
    let mut broken = Vec::new();
    for file in house.below("sql/", ".sql").filter(|file| !file.path.starts_with("sql/api/")) {
        let alias = declared.get(file.path).cloned().flatten();
        let own = alias.map(|alias| format!("{alias}.*")).unwrap_or_default();
        for (number, line) in (1..).zip(file.text.lines()).filter(|(_, l)| !l.starts_with("--")) {
            let rest = line.replace("pg_catalog.*", "").replace("count(*)", "");
            let rest = if own.is_empty() { rest } else { rest.replace(&own, "") };
            if rest.contains('*') {
                broken.push(format!("{}:{number}: whose columns? {line}", file.path));
            }
        }
    }
    broken
}

/// The functions that a page of sql/api declares: SQL name and C symbol.
fn declared(page: File) -> Vec<(String, String)> {
    let name = |text: &str| text.split('(').next().unwrap_or_default().trim().to_owned();
    let functions = page.text.split("CREATE FUNCTION ").skip(1);
    functions
        .map(|text| {
            let symbol = text.split("'MODULE_PATHNAME', '").nth(1).unwrap_or_default();
            let symbol = symbol.split('\'').next().unwrap_or_default();
            (name(text), symbol.trim_end_matches("_wrapper").to_owned())
        })
        .collect()
}

fn a_function_is_declared_beside_its_code_and_documented(house: &House) -> Vec<String> {
    let mut broken = Vec::new();
    let pages: String = house.below("docs/", ".md").map(|page| page.text).collect();
    let lib = house.0.get("src/lib.rs").map(String::as_str).unwrap_or_default();
    for page in house.below("sql/api/", ".sql") {
        if !lib.contains(&format!("\"../{}\"", page.path)) {
            broken.push(format!("{}: not in src/lib.rs", page.path));
        }
        let module = page.path.trim_start_matches("sql/api/").trim_end_matches(".sql");
        let code = house.0.get(&format!("src/{module}.rs")).map(String::as_str).unwrap_or_default();
        for (name, symbol) in declared(page) {
            if !code.contains(&format!("fn {symbol}(")) {
                broken.push(format!("{}: {name} is not in src/{module}.rs", page.path));
            }
            if !page.text.contains(&format!("COMMENT ON FUNCTION {name}(")) {
                broken.push(format!("{}: {name} has no comment", page.path));
            }
            let ends = |rest: &str| !rest.starts_with(|c: char| c.is_alphanumeric() || c == '_');
            let stands = |text: &str| {
                text.match_indices(&name).any(|(at, _)| ends(&text[at + name.len()..]))
            };
            if !stands(&pages) {
                broken.push(format!("{}: {name} stands on no page of docs/", page.path));
            }
        }
    }
    broken
}

fn unsafe_is_in_pg_and_says_why(house: &House) -> Vec<String> {
    let mut broken = Vec::new();
    for file in house.rust() {
        let lines: Vec<&str> = file.text.lines().collect();
        for (number, line) in file.code() {
            let words = line.split(|c: char| !(c.is_alphanumeric() || c == '_'));
            if !words.clone().any(|word| word == "unsafe") {
                continue;
            }
            if file.room() != "pg" {
                broken.push(format!("{}:{number}: unsafe outside pg/", file.path));
            }
            // What only declares: its callers, or its body, say why.
            let declares = words.clone().any(|word| word == "fn" || word == "extern");
            let reasons = lines[number.saturating_sub(9)..number].iter();
            let reason = |line: &&str| line.contains("SAFETY:") || line.contains("# Safety");
            if !declares && !reasons.clone().any(reason) {
                broken.push(format!("{}:{number}: unsafe without SAFETY", file.path));
            }
        }
    }
    broken
}

fn sql_is_not_written_in_rust(house: &House) -> Vec<String> {
    const DEFINES: [&str; 8] = [
        "\"CREATE ",
        "\"DROP ",
        "\"ALTER ",
        "\"GRANT ",
        "\"REVOKE ",
        "\"COMMENT ",
        "\"LOCK ",
        "\"DO ",
    ];
    const QUERIES: [&str; 5] = ["SELECT", "INSERT INTO", "UPDATE", "DELETE FROM", "WITH"];
    let mut broken = Vec::new();
    // The rules run nothing; one of them reads the declarations of tables.
    for file in house.rust().filter(|file| file.room() != "rules") {
        let code: Vec<(usize, &str)> = file.code().collect();
        for (number, line) in &code {
            // A text for a person: a remedy of the doctor's, a line long, or a sentence.
            let told = file.module() == "setup/doctor"
                || line.contains(".\"")
                || line.contains('\\')
                || line.contains("with_hint(");
            let defines = !told && DEFINES.iter().any(|word| line.contains(word));
            let rest = QUERIES.iter().find_map(|word| line.trim_start().strip_prefix(word));
            let goes_on = rest.is_some_and(|rest| !rest.starts_with(" = "));
            if defines || goes_on {
                broken.push(format!("{}:{number}: SQL in Rust: {}", file.path, line.trim()));
            }
        }
    }
    broken
}

fn what_cannot_fail_says_why(house: &House) -> Vec<String> {
    let mut broken = Vec::new();
    for file in house.rust() {
        let lines: Vec<&str> = file.text.lines().collect();
        for (number, line) in file.code() {
            let may_panic = [".unwrap()", ".expect(", "panic!(", "todo!(", "unimplemented!("];
            let above = number.checked_sub(2).map_or("", |above| lines[above].trim_start());
            if may_panic.iter().any(|call| line.contains(call)) && !above.starts_with("//") {
                broken.push(format!(
                    "{}:{number}: why can it not fail? {}",
                    file.path,
                    line.trim()
                ));
            }
        }
    }
    broken
}

/// The admin pages read what functions give, and catalogs; they write by functions alone.
fn the_admin_pages_call_functions(house: &House) -> Vec<String> {
    const GIVES_ROWS: [&str; 6] =
        ["referral_", "pg_catalog.", "generate_series(", "unnest(", "LATERAL", "{call}"];
    let mut broken = Vec::new();
    for file in house.below("admin/src/", ".rs") {
        for (number, line) in file.code() {
            let writes = ["INSERT INTO", "UPDATE ONLY", "DELETE FROM", "MERGE INTO", "TRUNCATE"];
            let sources = line.split("FROM ").skip(1).chain(line.split("JOIN ").skip(1));
            let reads = |source: &str| GIVES_ROWS.iter().any(|word| source.starts_with(word));
            let strange = sources.into_iter().any(|source| !reads(source) && !source.is_empty());
            if strange || writes.iter().any(|word| line.contains(word)) {
                broken.push(format!("{}:{number}: no function: {}", file.path, line.trim()));
            }
        }
    }
    broken
}

/// Each rule, and a file that breaks it, to see it found out.
type Rule = (fn(&House) -> Vec<String>, &'static str, &'static str);

const RULES: [Rule; 11] = [
    (floors_and_rooms, "src/settings.rs", "use crate::codes::{row::Code, read};"),
    (no_circle, "src/rules/money.rs", "use super::{time, terms};\nuse super::refusal::Refusal;"),
    (a_folder_is_entered_by_its_rooms, "src/codes/mod.rs", "pub mod row;\nfn logic() {}"),
    (no_top_file_is_long, "src/tree.rs", LONG),
    (a_statement_is_in_its_rooms_folder_and_used, "sql/codes/of_nobody.sql", "SELECT 1"),
    (a_star_stands_for_declared_columns, "sql/codes/delete.sql", "DELETE … RETURNING c.*"),
    (
        a_function_is_declared_beside_its_code_and_documented,
        "sql/api/tree.sql",
        "CREATE FUNCTION referral_forest()\nAS 'MODULE_PATHNAME', 'referral_forest_wrapper';",
    ),
    (unsafe_is_in_pg_and_says_why, "src/pg/ids.rs", "fn id() {\n    unsafe { id_of() }\n}"),
    (sql_is_not_written_in_rust, "src/usage.rs", "const A: &str = \"\n    SELECT 1\";"),
    (
        the_admin_pages_call_functions,
        "admin/src/codes/all.rs",
        "const ALL: &str = \"SELECT code FROM phoenix_kit_referral_codes\";",
    ),
    (what_cannot_fail_says_why, "src/usage.rs", "fn a() {\n    b().unwrap()\n}"),
];

const LONG: &str = include_str!("tidy.rs");

#[test]
fn the_house_keeps_its_plan() {
    let house = House::of_the_project();
    let broken: Vec<String> = RULES.iter().flat_map(|(rule, ..)| rule(&house)).collect();
    assert!(broken.is_empty(), "\n{}\n", broken.join("\n"));
}

#[test]
fn a_house_that_breaks_a_rule_is_found_out() {
    for (number, (rule, path, text)) in RULES.into_iter().enumerate() {
        let sound = House::of_the_project();
        let before = rule(&sound);
        let broken = rule(&sound.with(path, text));
        assert!(
            broken.iter().any(|line| !before.contains(line)),
            "rule {number} does not mind {path}"
        );
    }
}

#[test]
fn use_trees_are_read_whole() {
    assert_eq!(expanded("a::{b, c::{d, e}, f};"), ["a::b", "a::c::d", "a::c::e", "a::f"]);
    assert_eq!(expanded("a::b as c;"), ["a::b"]);
}
