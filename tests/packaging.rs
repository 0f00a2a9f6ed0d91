//! What a release is made of agrees with itself: one version everywhere, metadata that PGXN takes, a Debian package with
//! every file. `make test-packages` installs them.

use std::collections::BTreeSet;
use std::fs;
use std::process::Command;

use serde_json::{Map, Value, json};
use yaml_rust2::YamlLoader;

use crate::support::{Database, project_file};

fn text(path: &str) -> String {
    fs::read_to_string(project_file(path)).unwrap_or_else(|error| panic!("{path}: {error}"))
}

/// The one place that says the version.
fn version() -> String {
    let manifest = text("Cargo.toml");
    let line = manifest.lines().find_map(|line| line.strip_prefix("version = \""));
    line.unwrap().trim_end_matches('"').to_owned()
}

fn meta() -> Value {
    serde_json::from_str(&text("META.json")).unwrap()
}

#[test]
fn the_version_is_one() {
    let version = version();
    let meta = meta();
    assert_eq!(meta["version"], *version);
    assert_eq!(meta["provides"]["referrals"]["version"], *version);
    assert!(text("referrals.control").contains("default_version = '@CARGO_VERSION@'"));
    assert!(text("examples/docker/cluster.yaml").contains(&format!("referrals:{version}-18")));
    let install = text("docs/install.md");
    let packages: Vec<&str> = install.split("-referrals_").skip(1).collect();
    assert!(!packages.is_empty(), "docs/install.md names no package");
    assert!(packages.iter().all(|rest| rest.starts_with(&format!("{version}-1_"))), "{packages:?}");
    let script = format!("--{version}.sql");
    let scripts = fs::read_dir(project_file("sql")).unwrap();
    let mut scripts = scripts.map(|entry| entry.unwrap().file_name().into_string().unwrap());
    assert!(scripts.any(|name| name.ends_with(&script)), "no script leads to {version}");

    let database = Database::with_setup();
    let mut client = database.connect();
    let asked = "SELECT default_version, referral_version() FROM pg_available_extensions
                 WHERE name = 'referrals'";
    let row = client.query_one(asked, &[]).unwrap();
    assert_eq!(row.get::<_, String>(0), version);
    assert_eq!(row.get::<_, String>(1), version);
}

/// A version of Semantic Versioning: three numbers, and what may follow them.
fn is_version(text: &str) -> bool {
    let numbers = text.split(['-', '+']).next().unwrap_or_default();
    let numbers: Vec<&str> = numbers.split('.').collect();
    let is_number = |n: &&str| n.parse::<u32>().is_ok_and(|number| number.to_string() == **n);
    numbers.len() == 3 && numbers.iter().all(is_number)
}

#[test]
fn the_changelog_keeps_its_form() {
    const KINDS: [&str; 6] = ["Added", "Changed", "Deprecated", "Removed", "Fixed", "Security"];
    let changelog = text("CHANGELOG.md");
    let mut versions = Vec::new();
    for line in changelog.lines() {
        if let Some(kind) = line.strip_prefix("### ") {
            assert!(KINDS.contains(&kind), "{kind} is no kind of change");
        } else if let Some(heading) = line.strip_prefix("## ") {
            let (name, date) = heading.strip_prefix('[').unwrap().split_once(']').unwrap();
            assert!(name == "Unreleased" || is_version(name), "{heading}");
            let date: Vec<usize> =
                date.trim_start_matches(" - ").split('-').map(str::len).collect();
            assert!(date == [0] || date == [4, 2, 2], "{heading}");
            versions.push(name);
        }
    }
    let version = version();
    let to_come = changelog.contains(&format!("## [Unreleased]\n\nTo be {version}."));
    assert!(to_come || versions[0] == version || versions[1] == version, "{versions:?}");
}

#[test]
fn every_major_is_packaged_and_released() {
    let manifest = text("Cargo.toml");
    let majors_after = |heading: &str| -> BTreeSet<String> {
        let section = manifest.split(heading).nth(1).unwrap().split("\n[").next().unwrap();
        let majors = section.lines().filter_map(|line| line.strip_prefix("pg"));
        majors.map(|line| line[..2].to_owned()).collect()
    };
    let majors = majors_after("[features]\n");
    assert!(majors.len() > 4, "{majors:?}");
    assert_eq!(majors_after("[package.metadata.deb.variants]\n"), majors);
    let workflow = text(".github/workflows/release.yml");
    let workflow = YamlLoader::load_from_str(&workflow).unwrap().remove(0);
    for job in ["package", "install"] {
        let built = &workflow["jobs"][job]["strategy"]["matrix"]["pg"];
        let built = built.as_vec().unwrap().iter().map(|major| major.as_i64().unwrap().to_string());
        assert_eq!(built.collect::<BTreeSet<String>>(), majors, "{job}");
    }
}

/// What is wrong with a distribution's metadata, by https://pgxn.org/spec/ 1.0.0.
fn faults(meta: &Value) -> Vec<String> {
    const KEYS: [&str; 15] = [
        "abstract",
        "maintainer",
        "license",
        "provides",
        "name",
        "version",
        "meta-spec",
        "description",
        "generated_by",
        "tags",
        "no_index",
        "prereqs",
        "release_status",
        "resources",
        "X_",
    ];
    const LICENSES: [&str; 25] = [
        "agpl_3",
        "apache_1_1",
        "apache_2_0",
        "artistic_1",
        "artistic_2",
        "bsd",
        "freebsd",
        "gfdl_1_2",
        "gfdl_1_3",
        "gpl_1",
        "gpl_2",
        "gpl_3",
        "lgpl_2_1",
        "lgpl_3_0",
        "mit",
        "mozilla_1_0",
        "mozilla_1_1",
        "openssl",
        "perl_5",
        "postgresql",
        "qpl_1_0",
        "ssleay",
        "sun",
        "zlib",
        "unrestricted",
    ];
    const PHASES: [&str; 5] = ["configure", "build", "test", "runtime", "develop"];
    const RELATIONS: [&str; 4] = ["requires", "recommends", "suggests", "conflicts"];
    const RESOURCES: [(&str, &[&str]); 2] =
        [("bugtracker", &["web", "mailto"]), ("repository", &["url", "web", "type"])];
    let mut faults = Vec::new();
    let mut must = |holds: bool, fault: String| {
        if !holds {
            faults.push(fault);
        }
    };
    let is_text = |value: &Value| value.as_str().is_some_and(|text| !text.trim().is_empty());
    let empty = Map::new();
    let object = |value: &Value| value.as_object().cloned().unwrap_or(empty.clone());

    for key in object(meta).keys() {
        let is_known = KEYS.contains(&key.as_str()) || key.to_lowercase().starts_with("x_");
        must(is_known, format!("{key} is no key"));
    }
    for key in ["abstract", "name", "version", "maintainer"] {
        let people = meta[key].as_array().filter(|_| key == "maintainer");
        let are_texts = people.is_some_and(|all| !all.is_empty() && all.iter().all(is_text));
        must(is_text(&meta[key]) || are_texts, format!("{key} is no text"));
    }
    let name = meta["name"].as_str().unwrap_or_default();
    let is_name =
        name.len() >= 2 && !name.contains(|c: char| c.is_whitespace() || "/\\".contains(c));
    must(is_name, format!("name {name:?}"));
    must(is_version(meta["version"].as_str().unwrap_or_default()), "version".into());
    must(LICENSES.contains(&meta["license"].as_str().unwrap_or_default()), "license".into());
    let spec = object(&meta["meta-spec"]);
    must(spec.get("version") == Some(&json!("1.0.0")), "meta-spec: version".into());

    let provides = object(&meta["provides"]);
    must(!provides.is_empty(), "provides nothing".into());
    for (extension, facts) in &provides {
        let version = facts["version"].as_str().unwrap_or_default();
        must(is_version(version), format!("{extension}: version"));
        for key in ["file", "docfile"] {
            let file = facts[key].as_str();
            let is_there = file.is_some_and(|file| project_file(file).is_file());
            must(
                is_there || facts.get(key).is_none() && key != "file",
                format!("{extension}: {key}"),
            );
        }
        let mut keys = object(facts);
        keys.retain(|key, _| !["file", "docfile", "version", "abstract"].contains(&key.as_str()));
        must(keys.is_empty(), format!("{extension}: {keys:?}"));
    }
    for (phase, relations) in object(&meta["prereqs"]) {
        must(PHASES.contains(&phase.as_str()), format!("prereqs: {phase}"));
        for (relation, wanted) in object(&relations) {
            must(RELATIONS.contains(&relation.as_str()), format!("prereqs: {relation}"));
            for (what, range) in object(&wanted) {
                let parts = range.as_str().unwrap_or(if range == 0 { "0.0.0" } else { "" });
                let is_part = |part: &str| {
                    is_version(part.trim().trim_start_matches(['<', '>', '=', '!', ' ']))
                };
                must(parts.split(',').all(is_part), format!("prereqs: {what} {range}"));
            }
        }
    }
    let status = meta["release_status"].as_str().unwrap_or("stable");
    must(["stable", "testing", "unstable"].contains(&status), format!("release_status {status}"));
    for (name, facts) in object(&meta["resources"]) {
        let known = RESOURCES.iter().find(|(known, _)| *known == name);
        let is_known = known.is_some() || name == "homepage" && is_text(&facts);
        must(is_known, format!("resources: {name}"));
        for (key, value) in object(&facts) {
            let is_key = known.is_some_and(|(_, keys)| keys.contains(&key.as_str()));
            must(is_key && is_text(&value), format!("resources: {name}: {key}"));
        }
    }
    let is_tag = |tag: &Value| {
        is_text(tag) && tag.as_str().is_some_and(|t| t.len() < 256 && !t.contains(['/', '\\']))
    };
    let tags = meta.get("tags").map(|tags| tags.as_array().cloned().unwrap_or(vec![json!(0)]));
    must(tags.is_none_or(|tags| tags.iter().all(is_tag)), "tags".into());
    faults
}

#[test]
fn the_metadata_are_what_pgxn_takes() {
    assert_eq!(faults(&meta()), [] as [String; 0]);
}

#[test]
fn metadata_that_pgxn_does_not_take_are_found_out() {
    let breaks: [(&str, Value); 10] = [
        ("/name", json!("r")),
        ("/version", json!("0.2")),
        ("/license", json!("my own")),
        ("/meta-spec/version", json!("2.0.0")),
        ("/provides", json!({})),
        ("/provides/referrals/file", json!("sql/gone.sql")),
        ("/prereqs/runtime/requires/PostgreSQL", json!("fourteen")),
        ("/release_status", json!("ready")),
        ("/resources/bugtracker", json!({"url": "https://example.org"})),
        ("/tags", json!(["a/b"])),
    ];
    for (place, value) in breaks {
        let mut broken = meta();
        *broken.pointer_mut(place).unwrap() = value;
        assert_eq!(faults(&broken).len(), 1, "{place}: {:?}", faults(&broken));
    }
}

/// What a program printed, which must succeed.
fn printed(command: &mut Command) -> String {
    let output = command.output().unwrap();
    let told = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{command:?}: {told}");
    String::from_utf8(output.stdout).unwrap()
}

#[test]
fn the_debian_package_has_every_file_and_names_its_postgresql() {
    // Of the library that the tests run with: what is for use differs in nothing but speed.
    let made = printed(Command::new(project_file("tools/package")).arg("quick"));
    let package =
        made.lines().find(|path| path.ends_with(".deb")).unwrap_or_else(|| panic!("{made}"));
    let package = project_file(package);
    let major = std::env::var("PG_MAJOR").unwrap();
    let field = |name: &str| {
        let found = printed(Command::new("dpkg-deb").arg("-f").arg(&package).arg(name));
        found.trim().to_owned()
    };
    assert_eq!(field("Package"), format!("postgresql-{major}-referrals"));
    assert_eq!(field("Version"), format!("{}-1", version()));
    assert_eq!(field("Section"), "database");
    let depends = field("Depends");
    let depends: Vec<&str> = depends.split(", ").collect();
    assert!(depends.contains(&format!("postgresql-{major}").as_str()), "{depends:?}");
    assert!(depends.iter().any(|on| on.starts_with("libc6 (>= ")), "{depends:?}");

    let listed = printed(Command::new("dpkg-deb").arg("-c").arg(&package));
    let files: BTreeSet<&str> = listed
        .lines()
        .filter_map(|line| Some(line.split_once(" ./")?.1).filter(|path| !path.ends_with('/')))
        .collect();
    let folder = |option: &str| {
        let pg_config = std::env::var("PG_CONFIG").unwrap();
        printed(Command::new(pg_config).arg(option)).trim().trim_start_matches('/').to_owned()
    };
    let extension = format!("{}/extension", folder("--sharedir"));
    let documents = format!("usr/share/doc/postgresql-{major}-referrals");
    let mut wanted = BTreeSet::from([
        format!("{}/referrals.so", folder("--pkglibdir")),
        format!("{extension}/referrals.control"),
        format!("{extension}/referrals--{}.sql", version()),
        format!("{documents}/copyright"),
        format!("{documents}/README.md"),
        format!("{documents}/CHANGELOG.md"),
    ]);
    let beside = [("sql", ".sql", extension), ("docs", ".md", format!("{documents}/docs"))];
    for (of, ending, place) in beside {
        for entry in fs::read_dir(project_file(of)).unwrap() {
            let name = entry.unwrap().file_name().into_string().unwrap();
            if name.ends_with(ending) {
                wanted.insert(format!("{place}/{name}"));
            }
        }
    }
    assert_eq!(files, wanted.iter().map(String::as_str).collect());
    assert!(listed.lines().all(|line| line.contains(" 0/0 ")), "{listed}");
}
