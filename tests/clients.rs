//! The programs of examples/clients, each over another driver, tell one story on a PhoenixKit host; and docs/clients.md
//! shows nothing of them that they do not say.

use std::collections::BTreeSet;
use std::fs;
use std::process::{Command, Stdio};

use crate::support::{Database, project_file, run};

/// A host with the extension, and what the story begins with.
fn shop() -> Database {
    let database = Database::with_host();
    let mut psql = database.address.program("psql");
    psql.args(["-qX", "--set", "ON_ERROR_STOP=1", "-d"]).arg(&database.name);
    run(psql.arg("-f").arg(project_file("examples/clients/shop.sql")));
    database
}

fn tells_the_story(program: &str, language: &str) {
    // Before the database, with whose life the test's deadline begins. What it says is progress.
    let mut packages = Command::new(project_file("tools/clients"));
    let made = packages.arg(language).stdin(Stdio::null()).status().unwrap();
    assert!(made.success(), "tools/clients {language} failed: what does it say above?");

    let shop = shop();
    let mut story = shop.address.program(project_file("examples/clients/run").to_str().unwrap());
    story.env("PGUSER", "postgres").env("PGDATABASE", &shop.name);
    let output = story.arg(program).stdin(Stdio::null()).output().unwrap();
    let told = String::from_utf8_lossy(&output.stdout);
    let complained = String::from_utf8_lossy(&output.stderr);
    let expected = fs::read_to_string(project_file("examples/clients/expected.txt")).unwrap();
    assert!(
        output.status.success() && complained.is_empty(),
        "{}\n{told}{complained}",
        output.status
    );
    assert_eq!(told, expected, "{told}");
}

#[test]
fn psycopg_tells_the_story() {
    tells_the_story("psycopg", "python");
}

#[test]
fn sqlalchemy_tells_the_story() {
    tells_the_story("sqlalchemy", "python");
}

#[test]
fn asyncpg_tells_the_story() {
    tells_the_story("asyncpg", "python");
}

#[test]
fn pg_tells_the_story() {
    tells_the_story("pg", "node");
}

#[test]
fn postgres_js_tells_the_story() {
    tells_the_story("postgres", "node");
}

#[test]
fn tokio_postgres_tells_the_story() {
    tells_the_story("tokio-postgres", "rust");
}

const PROGRAMS: [&str; 6] = [
    "python/with_psycopg.py",
    "python/with_sqlalchemy.py",
    "python/with_asyncpg.py",
    "node/with_pg.js",
    "node/with_postgres.js",
    "rust/src/main.rs",
];

/// Without the indentation that all lines have.
fn dedented(text: &str) -> String {
    let indentation = |line: &str| line.len() - line.trim_start().len();
    let lines = text.lines().filter(|line| !line.trim().is_empty());
    let common = lines.map(indentation).min().unwrap_or(0);
    let lines = text.lines().map(|line| line.get(common..).unwrap_or_default());
    lines.collect::<Vec<_>>().join("\n")
}

/// Whether lines of the program are those of the block, one after another.
fn says(program: &str, block: &str) -> bool {
    let lines: Vec<&str> = program.lines().collect();
    let height = block.lines().count().max(1);
    lines.windows(height).any(|lines| dedented(&lines.join("\n")) == dedented(block))
}

/// What is wrong with the code that a page shows. A block whose fence names a program, ```python python/with_psycopg.py,
/// is the program's own text; blocks of code that name none stand below a heading that says so.
fn misquoted(page: &str) -> Vec<String> {
    const NOT_RUN: &str = "## Written down, not run";
    const CODE: [&str; 6] = ["python", "js", "ts", "rust", "ruby", "elixir"];
    let mut wrong = Vec::new();
    let mut shown = BTreeSet::new();
    let mut run = true;
    let mut open: Option<(usize, &str, Vec<&str>)> = None;
    for (number, line) in (1..).zip(page.lines()) {
        match (open.take(), line.strip_prefix("```")) {
            (None, Some(fence)) => open = Some((number, fence, Vec::new())),
            (None, None) if line.starts_with("## ") => run = line != NOT_RUN,
            (None, None) => {}
            (Some((start, fence, mut block)), None) => {
                block.push(line);
                open = Some((start, fence, block));
            }
            (Some((start, fence, block)), Some(_)) => match fence.split_once(' ') {
                Some((_, path)) => {
                    shown.insert(path.to_owned());
                    let program = project_file("examples/clients").join(path);
                    let program = fs::read_to_string(program).unwrap_or_default();
                    if !says(&program, &block.join("\n")) {
                        wrong.push(format!("{start}: {path} does not say this"));
                    }
                }
                None if run && CODE.contains(&fence) => {
                    wrong.push(format!("{start}: whose code is this?"));
                }
                None => {}
            },
        }
    }
    let unseen = PROGRAMS.iter().filter(|program| !shown.contains(**program));
    wrong.extend(unseen.map(|program| format!("{program} is not shown")));
    wrong
}

#[test]
fn the_page_shows_what_the_programs_say() {
    let page = fs::read_to_string(project_file("docs/clients.md")).unwrap();
    let wrong = misquoted(&page);
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn a_page_that_misquotes_is_found_out() {
    let page = "\
        ```python python/with_psycopg.py\nreturn use.fetchone()\n```\n\
        ```python python/with_psycopg.py\nreturn use.fetchall()\n```\n\
        ```python python/gone.py\n```\n\
        ```js\nawait sql`SELECT 1`;\n```\n\
        ## Written down, not run\n\
        ```js\nawait sql`SELECT 1`;\n```\n\
        ## Again\n\
        ```rust\nmain();\n```\n";
    let wrong = misquoted(page);
    let lines: Vec<_> = wrong.iter().filter_map(|wrong| Some(wrong.split_once(':')?.0)).collect();
    assert_eq!(lines, ["4", "7", "9", "17"]);
    assert_eq!(wrong.len() - lines.len(), PROGRAMS.len() - 1);
}
