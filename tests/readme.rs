//! The documentation is true: its SQL runs, block after block, and gives the output shown.
//!
//! Each page is one psql session in a fresh database. A statement that must fail says so behind its
//! semicolon: `-- error: RF004`. A ```text block is the output of the ```sql block before it; ids made
//! at random and times are not compared.

use std::collections::HashSet;
use std::fmt::Write as _;
use std::fs;
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::process::Stdio;

use uuid::Uuid;

use crate::support::{Address, Database, project_file};

/// A ```sql block, with the ```text block that follows it.
#[derive(Debug, Default, PartialEq)]
struct Block {
    line: usize,
    sql: String,
    output: Option<String>,
}

impl Block {
    /// The SQLSTATEs of the statements that must fail, in order.
    fn errors(&self) -> Vec<&str> {
        let marked = self.sql.lines();
        marked.filter_map(|line| Some(line.split_once("-- error: ")?.1.trim())).collect()
    }
}

fn blocks(page: &str) -> Vec<Block> {
    let mut blocks: Vec<Block> = Vec::new();
    let mut open: Option<(usize, &str, String)> = None;
    for (line, text) in (1..).zip(page.lines()) {
        match (&mut open, text.strip_prefix("```")) {
            // A fence may name a file behind its language.
            (None, Some(fence)) => {
                let language = fence.split(' ').next().unwrap_or_default();
                open = Some((line, language, String::new()));
            }
            (None, None) => {}
            (Some((_, _, body)), None) => writeln!(body, "{text}").unwrap(),
            (Some(_), Some(_)) => match open.take().unwrap() {
                (line, "sql", sql) => blocks.push(Block { line, sql, output: None }),
                (line, "text", output) => {
                    let block = blocks.last_mut();
                    let block = block.filter(|block| block.output.is_none());
                    let block = block.unwrap_or_else(|| panic!("line {line}: the output of what?"));
                    block.output = Some(output);
                }
                (_, "sh" | "elixir" | "python" | "js" | "ts" | "rust" | "ruby", _) => {}
                (line, other, _) => panic!("line {line}: a block of \"{other}\""),
            },
        }
    }
    assert!(open.is_none(), "a block is not closed: {open:?}");
    blocks
}

/// What psql printed for each block of a page, errors in their place.
fn run(database: &Database, blocks: &[Block]) -> Vec<String> {
    const MARK: &str = "@@@ end of block @@@";
    let mut script = String::from("\\set VERBOSITY verbose\nSET client_min_messages = warning;\n");
    for block in blocks {
        writeln!(script, "{}\n\\echo '{MARK}'", block.sql).unwrap();
    }
    // One pipe for both, so that errors stand where they occur.
    let (mut reader, writer) = std::io::pipe().unwrap();
    let mut psql = database.address.program("psql");
    psql.args(["-qX", "-U", "postgres", "-d", &database.name]);
    psql.env("PGTZ", "UTC").stdin(Stdio::piped());
    psql.stdout(writer.try_clone().unwrap()).stderr(writer);
    let mut child = psql.spawn().unwrap();
    drop(psql);
    let mut stdin = child.stdin.take().unwrap();
    let feed = std::thread::spawn(move || stdin.write_all(script.as_bytes()));
    let printed = std::io::read_to_string(&mut reader).unwrap();
    feed.join().unwrap().unwrap();
    assert!(child.wait().unwrap().success(), "{printed}");

    let mut outputs: Vec<String> = printed.split(MARK).map(str::to_owned).collect();
    let rest = outputs.pop().unwrap_or_default();
    assert_eq!(rest.trim(), "", "after the last block");
    assert_eq!(outputs.len(), blocks.len(), "{printed}");
    outputs
}

/// The SQLSTATEs of the errors that psql printed, and what else was not to be expected.
fn errors(printed: &str) -> Vec<&str> {
    let told = printed.lines().filter_map(|line| {
        if let Some((_, error)) = line.split_once("ERROR:  ") {
            return Some(error.get(..5).unwrap_or(error));
        }
        // psql's own.
        line.starts_with("invalid command").then_some(line)
    });
    told.collect()
}

/// The words of an output, without what differs from run to run and what only the VERBOSITY shows.
fn words(output: &str) -> Vec<String> {
    let mut words = Vec::new();
    let mut in_context = false;
    for line in output.lines() {
        // A context goes over several lines, up to the location.
        in_context = line.starts_with("CONTEXT:") || in_context && !line.starts_with("LOCATION:");
        let name = line.split_once(" NAME:").is_some_and(|(of, _)| !of.contains(' '));
        let rule = !line.is_empty() && line.chars().all(|c| "-+".contains(c));
        if in_context || name || rule || line.starts_with("LOCATION:") {
            continue;
        }
        let error = line.strip_prefix("ERROR:  ").and_then(|e| e.split_once(": "));
        let message = error.filter(|(state, _)| state.len() == 5);
        let line = message.map_or(line.to_owned(), |(_, message)| format!("ERROR: {message}"));
        words.extend(line.split_whitespace().map(mask));
    }
    words
}

fn mask(word: &str) -> String {
    let date = |word: &str| {
        let parts: Vec<_> = word.split('-').map(str::len).collect();
        parts == [4, 2, 2] && word.chars().all(|c| c.is_ascii_digit() || c == '-')
    };
    let time = |word: &str| word.len() >= 8 && word.ends_with("+00") && word.contains(':');
    match word.parse::<Uuid>() {
        Ok(uuid) if uuid.get_version_num() != 0 => "<uuid>".into(),
        _ if date(word) => "<date>".into(),
        _ if time(word) => "<time>".into(),
        _ => word.into(),
    }
}

/// What is wrong with a page.
fn problems(page: &str, name: &str) -> Vec<String> {
    let blocks = blocks(page);
    assert!(!blocks.is_empty(), "{name} has no block of SQL");
    let outputs = run(&Database::empty(), &blocks);
    let mut problems = Vec::new();
    for (block, printed) in blocks.iter().zip(&outputs) {
        let place = format!("{name}:{}", block.line);
        if errors(printed) != block.errors() {
            let wanted = block.errors();
            problems.push(format!("{place}: errors {wanted:?} expected\n{printed}"));
        } else if let Some(shown) = &block.output
            && words(shown) != words(printed)
        {
            problems.push(format!("{place}: another output than is shown:\n{printed}"));
        }
    }
    problems
}

fn roles() -> HashSet<String> {
    let mut client = Address::scratch().connect("postgres");
    let rows = client.query("SELECT rolname::text FROM pg_roles", &[]);
    rows.unwrap().iter().map(|row| row.get(0)).collect()
}

/// Roles belong to the whole server: those that a page made go with its database.
fn forget_roles(kept: &HashSet<String>) {
    let mut client = Address::scratch().connect("postgres");
    for role in roles().difference(kept) {
        client.batch_execute(&format!("DROP ROLE \"{role}\"")).unwrap();
    }
}

/// README.md, and the pages of docs/.
fn pages() -> Vec<PathBuf> {
    let docs = fs::read_dir(project_file("docs")).into_iter().flatten();
    let docs = docs.map(|entry| entry.unwrap().path());
    let docs = docs.filter(|path| path.extension().is_some_and(|ending| ending == "md"));
    std::iter::once(project_file("README.md")).chain(docs).collect()
}

#[test]
fn the_sql_of_the_documentation_runs_and_gives_what_is_shown() {
    let mut found = Vec::new();
    for path in pages() {
        let name = path.file_name().unwrap().to_string_lossy();
        let roles_before = roles();
        found.extend(problems(&fs::read_to_string(&path).unwrap(), &name));
        forget_roles(&roles_before);
    }
    assert!(found.is_empty(), "{}", found.join("\n\n"));
}

#[test]
fn a_page_that_lies_is_found_out() {
    let lies = "\
        ```sql\nSELECT 1;\n```\n```text\n ?column?\n----------\n        2\n(1 row)\n```\n\
        ```sql\nSELECT 1/0;\n```\n\
        ```sql\nSELECT 1; -- error: RF004\n```\n\
        ```sql\nSELECT 1/0; -- error: RF004\n```\n\
        ```sql\n\\nonsense\n```\n\
        ```sql\nSELECT 1/0; -- error: 22012\n```\n```text\nERROR:  division by zero\n```\n";
    let found = problems(lies, "lies");
    let lines: Vec<_> = found.iter().map(|p| p.split(' ').next().unwrap()).collect();
    assert_eq!(lines, ["lies:1:", "lies:10:", "lies:13:", "lies:16:", "lies:19:"]);
}

/// The lines of a page that are no code, numbered.
fn prose(page: &str) -> Vec<(usize, &str)> {
    let mut in_code = false;
    let prose = (1..).zip(page.lines()).filter(|(_, line)| {
        let fence = line.starts_with("```");
        in_code ^= fence;
        !fence && !in_code
    });
    prose.collect()
}

/// What GitHub calls the headings of a page in a link: a repeated one is numbered.
fn anchors(page: &str) -> HashSet<String> {
    let mut anchors = HashSet::new();
    for (_, line) in prose(page) {
        let title = line.trim_start_matches('#');
        if title.len() == line.len() || !title.starts_with(' ') {
            continue;
        }
        let kept = |c: &char| c.is_alphanumeric() || "-_ ".contains(*c);
        let slug: String = title.trim().to_lowercase().chars().filter(kept).collect();
        let slug = slug.replace(' ', "-");
        let numbered = (1..).map(|number| format!("{slug}-{number}"));
        let free = std::iter::once(slug.clone()).chain(numbered).find(|s| !anchors.contains(s));
        anchors.extend(free);
    }
    anchors
}

/// Where a page's links lead, each with its line; what stands in backticks is no link.
fn links(page: &str) -> Vec<(usize, String)> {
    let mut links = Vec::new();
    let mut in_code = false;
    for (number, line) in prose(page) {
        // Code may go over several lines of a paragraph.
        in_code &= !line.is_empty();
        let mut text = String::new();
        for (place, part) in line.split('`').enumerate() {
            in_code ^= place > 0;
            text.push_str(if in_code { "" } else { part });
        }
        let targets = text.split("](").skip(1).filter_map(|rest| Some(rest.split_once(')')?.0));
        links.extend(targets.map(|target| (number, target.to_owned())));
    }
    links
}

/// The relative links of a page that lead nowhere.
fn broken_links(path: &Path, page: &str) -> Vec<String> {
    let leads = |target: &str| {
        let (file, anchor) = target.split_once('#').unwrap_or((target, ""));
        let file =
            if file.is_empty() { path.to_owned() } else { path.parent().unwrap().join(file) };
        let is_page = file.extension().is_some_and(|ending| ending == "md");
        match anchor {
            "" => file.exists(),
            _ if file == path => anchors(page).contains(anchor),
            _ if is_page => {
                fs::read_to_string(&file).is_ok_and(|page| anchors(&page).contains(anchor))
            }
            _ => false,
        }
    };
    let relative = links(page).into_iter().filter(|(_, target)| !target.contains(':'));
    let broken = relative.filter(|(_, target)| !leads(target));
    let name = path.display();
    broken.map(|(line, target)| format!("{name}:{line}: {target} leads nowhere")).collect()
}

#[test]
fn the_links_of_the_documentation_lead_somewhere() {
    let others = ["CONTRIBUTING.md", "RELEASE.md", "benches/README.md"].map(project_file);
    let mut followed = 0;
    let mut broken = Vec::new();
    for path in pages().into_iter().chain(others).filter(|path| path.exists()) {
        let page = fs::read_to_string(&path).unwrap();
        followed += links(&page).len();
        broken.extend(broken_links(&path, &page));
    }
    assert!(broken.is_empty(), "{}", broken.join("\n"));
    assert!(followed > 0, "no link was found");
}

#[test]
fn a_link_that_leads_nowhere_is_found_out() {
    let page = "\
        # A `tour_of` it: one, two!\n## Twice\n## Twice\n\
        [a](#a-tour_of-it-one-two) [b](#twice-1) [`c`](Cargo.toml) `[d](gone)` [e](https://x.y/z)\n\
        ```sh\n# [f](gone)\n```\n\
        `code\n[m](gone)` [n](lost)\n\
        [g](gone) [h](#twice-2) [`i`](#f) [j](Cargo.toml#k) [l](README.md#gone)\n";
    let found = broken_links(&project_file("page.md"), page);
    let targets: Vec<_> = found.iter().map(|line| line.split(' ').nth(1).unwrap()).collect();
    assert_eq!(targets, ["lost", "gone", "#twice-2", "#f", "Cargo.toml#k", "README.md#gone"]);
}

#[test]
#[should_panic(expected = "empty has no block of SQL")]
fn a_page_without_sql_is_found_out() {
    problems("```sh\nmake\n```\n", "empty");
}
