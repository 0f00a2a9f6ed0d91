//! Who comes in, and what no form can do.

use std::io::Write;
use std::process::{Command, Stdio};

use crate::site::{ADMIN, Site, program};
use crate::support::Database;

/// As `referrals-admin hash` makes it.
fn hash_of(password: &str) -> String {
    let mut program = Command::new(env!("CARGO_BIN_EXE_referrals-admin"));
    program.arg("hash").stdin(Stdio::piped()).stdout(Stdio::piped());
    let mut program = program.spawn().unwrap();
    writeln!(program.stdin.take().unwrap(), "{password}").unwrap();
    let hash = String::from_utf8(program.wait_with_output().unwrap().stdout).unwrap();
    assert!(hash.starts_with("$argon2id$"), "{hash}");
    hash.trim().to_owned()
}

#[test]
fn it_refuses_to_be_reached_from_elsewhere_without_a_password() {
    let database = Database::with_setup();
    let mut command = program(&database, "postgres");
    command.env("ADMIN_LISTEN", "0.0.0.0:0").stdout(Stdio::piped()).stderr(Stdio::piped());
    let ended = command.output().unwrap();
    assert!(!ended.status.success());
    let told = String::from_utf8(ended.stderr).unwrap();
    assert!(told.contains("ADMIN_PASSWORD_HASH"), "{told}");
}

#[test]
fn without_a_password_it_answers_to_this_machines_names_alone() {
    let site = Site::new();
    let mut visitor = site.visitor();
    visitor.see("/in/public");
    for (host, status) in [
        ("localhost:1", 200),
        ("[::1]", 200),
        ("evil.example", 403),
        ("127.0.0.1.evil.example", 403),
    ] {
        visitor.host = host.into();
        assert_eq!(visitor.get("/in/public").status, status, "{host}");
    }
}

#[test]
fn with_a_password_nothing_is_shown_or_done_before_it() {
    let site = Site::over(
        Database::with_setup(),
        "postgres",
        &[("ADMIN_PASSWORD_HASH", &hash_of("right"))],
    );
    let mut visitor = site.visitor();
    for path in ["/", "/in/public/codes", "/in/public/codes.csv", "/tenants"] {
        assert_eq!(visitor.get(path).leads_to(), "/login");
    }
    assert_eq!(visitor.post("/in/public/settings", &[("enabled", "false")]).leads_to(), "/login");
    visitor.see("/login");
    let wrong = visitor.post("/login", &[("password", "wrong")]);
    assert_eq!(wrong.status, 403);
    assert_eq!(visitor.get("/in/public").leads_to(), "/login");
    let before = visitor.cookie.clone();
    assert_eq!(visitor.post("/login", &[("password", "right")]).leads_to(), "/");
    assert_ne!(visitor.cookie, before, "somebody else may have put the old name there");
    visitor.see("/in/public").says("Leave");
    let inside = visitor.cookie.clone();
    visitor.cookie = before;
    assert_eq!(visitor.get("/in/public").leads_to(), "/login");
    visitor.cookie = inside;
    visitor.see("/in/public");
    visitor.post("/logout", &[]).leads_to();
    assert_eq!(visitor.get("/in/public").leads_to(), "/login");
}

/// Every address that takes a form.
const FORMS: [&str; 20] = [
    "codes/new",
    "codes/ID/edit",
    "codes/ID/delete",
    "codes/ID/enable",
    "codes/ID/disable",
    "codes/ID/assign",
    "codes/ID/stripes",
    "codes/ID/undo",
    "bulk",
    "import",
    "programs/new",
    "programs/default/edit",
    "conversions/ID/decide",
    "conversions/ID/reverse",
    "payouts/create",
    "payouts/batch",
    "payouts/settle",
    "events/drop",
    "events/prune",
    "settings",
];

#[test]
fn every_form_is_refused_without_its_token() {
    let site = Site::new();
    let id = site.ask(&format!("SELECT uuid FROM referral_create_code('{ADMIN}', 'STAYS')"));
    let mut visitor = site.visitor();
    visitor.see("/in/public/codes/new");
    let own = visitor.token.clone();
    let mut other = site.visitor();
    other.see("/in/public/codes/new");
    for form in FORMS {
        let path = format!("/in/public/{}", form.replace("ID", &id));
        for token in ["", "00", other.token.as_str(), &own[2..]] {
            visitor.token = token.into();
            let answer = visitor.post(&path, &[("code", "FORGED"), ("status", "paused")]);
            assert_eq!(answer.status, 403, "{path}");
            answer.says("This form is not from a page");
        }
    }
    assert_eq!(
        site.ask("SELECT string_agg(code, ' ') FROM phoenix_kit_referral_codes WHERE status"),
        "STAYS"
    );
    // With it, it is carried out: the refusals above were for the token.
    visitor.token = own;
    visitor.post(&format!("/in/public/codes/{id}/disable"), &[]).leads_to();
}

#[test]
fn what_is_done_is_done_under_the_role_that_was_given() {
    let database = Database::with_setup();
    let role = format!("reader_of_{}", database.name);
    let grant = format!("CREATE ROLE {role} LOGIN; SELECT FROM referral_grant('{role}', 'read')");
    database.connect().batch_execute(&grant).unwrap();
    let site = Site::over(database, &role, &[]);
    site.sql(&format!("SELECT FROM referral_create_code('{ADMIN}', 'READABLE')"));
    let mut visitor = site.visitor();
    let id = site.ask("SELECT uuid FROM referral_get_code_by_string('READABLE')");
    let shown = ["", "/codes.csv", "/programs", "/conversions?all=1", "/payouts", "/settings"];
    for page in shown {
        visitor.see(&format!("/in/public{page}"));
    }
    visitor.see("/in/public").says("<dt>Codes</dt><dd>1</dd>");
    visitor.see("/in/public").says("Nothing is wrong.");
    visitor.see(&format!("/in/public/codes/{id}"));
    visitor.see(&format!("/in/public/rewards?user_uuid={ADMIN}"));
    assert_eq!(visitor.get("/in/public/events").status, 403);
    visitor.see("/in/public/codes").says("READABLE");
    let refused = visitor.fill("/in/public/codes/new", &[("code", "MINE")]);
    assert_eq!(refused.status, 403);
    refused.says("permission denied for table");
    refused.says("Hint: <bdi>These pages do all under the role in DATABASE_URL: referral_grant()");
    assert_eq!(site.ask("SELECT count(*) FROM phoenix_kit_referral_codes"), "1");
    site.sql(&format!("SELECT FROM referral_grant('{role}', 'create')"));
    visitor.fill("/in/public/codes/new", &[("code", "MINE")]).leads_to();
    site.sql(&format!("DROP OWNED BY {role}; DROP ROLE {role}"));
}
