//! What the tests share that need several connections: the scratch server, databases and servers of
//! their own, and the invariant of redemption.

use std::env;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::atomic::{AtomicBool, AtomicU16, Ordering};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use postgres::{Client, Config, Error, NoTls};
use uuid::Uuid;

mod deadline;
use deadline::Deadline;

/// Where a server listens.
#[derive(Clone)]
pub struct Address {
    pub folder: PathBuf,
    pub port: u16,
}

impl Address {
    /// The server that tests/support/scratch-server runs.
    pub fn scratch() -> Self {
        Address { folder: scratch_folder(), port: required_variable("PGPORT").parse().unwrap() }
    }

    pub fn try_connect(&self, database: &str) -> Result<Client, Error> {
        let mut config = Config::new();
        config.host_path(&self.folder).port(self.port);
        config.user("postgres").dbname(database).connect(NoTls)
    }

    pub fn connect(&self, database: &str) -> Client {
        self.try_connect(database).unwrap()
    }

    /// One of PostgreSQL's own programs, to be run against this server.
    pub fn program(&self, name: &str) -> Command {
        let mut command = Command::new(name);
        command.env("PGHOST", &self.folder);
        command.env("PGPORT", self.port.to_string());
        command
    }
}

fn required_variable(name: &str) -> String {
    env::var(name).unwrap_or_else(|_| panic!("{name} is not set: run this by tests/run rust"))
}

/// The scratch server's folder.
pub fn scratch_folder() -> PathBuf {
    required_variable("SCRATCH_DIR").into()
}

/// A file of the project, whose folder is the one above this package's.
pub fn project_file(path: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap().join(path)
}

/// A program run as the OS user of the scratch server.
pub fn as_server_user(name: &str) -> Command {
    let mut command = Command::new(project_file("tests/support/as-server-user"));
    command.arg(name);
    command
}

/// Runs a program that must succeed; its output is shown if it does not.
pub fn run(command: &mut Command) {
    let output = command.stdin(Stdio::null()).output().unwrap();
    let told = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{command:?} failed: {told}");
}

/// A number that no other test of this run has: for ports and names.
fn number() -> u16 {
    static USED: AtomicU16 = AtomicU16::new(0);
    USED.fetch_add(1, Ordering::Relaxed)
}

/// The server has connections for one test with many clients at a time: held as long as one needs them.
pub fn crowd() -> MutexGuard<'static, ()> {
    static CROWD: Mutex<()> = Mutex::new(());
    CROWD.lock().unwrap_or_else(PoisonError::into_inner)
}

/// A flag that is raised when this value goes, by a panic too: a scope waits for its threads, which would
/// otherwise run for ever.
pub struct RaisedAtEnd<'a>(pub &'a AtomicBool);

impl Drop for RaisedAtEnd<'_> {
    fn drop(&mut self) {
        self.0.store(true, Ordering::Relaxed);
    }
}

/// A database of the test's own, dropped with this value; and a deadline for the test.
pub struct Database {
    pub address: Address,
    pub name: String,
    _deadline: Deadline,
}

impl Database {
    pub fn empty() -> Self {
        Database::empty_at(Address::scratch())
    }

    pub fn empty_at(address: Address) -> Self {
        Database::made(address, "")
    }

    /// With options of CREATE DATABASE: an encoding, a locale.
    pub fn with_options(options: &str) -> Self {
        Database::made(Address::scratch(), options)
    }

    fn made(address: Address, options: &str) -> Self {
        let _deadline = Deadline::start();
        let name = format!("test_{}_{}", std::process::id(), number());
        let create = format!("CREATE DATABASE {name} TEMPLATE template0 {options}");
        address.connect("postgres").batch_execute(&create).unwrap();
        Database { address, name, _deadline }
    }

    /// With the extension, and the tables that setup makes.
    pub fn with_setup() -> Self {
        Database::with_setup_at(Address::scratch())
    }

    pub fn with_setup_at(address: Address) -> Self {
        let database = Database::empty_at(address);
        let setup = "CREATE EXTENSION referrals; SELECT FROM referral_setup()";
        database.connect().batch_execute(setup).unwrap();
        database
    }

    /// With the extension over a small PhoenixKit host, whose old data holds duplicate usages.
    pub fn with_host() -> Self {
        let database = Database::empty();
        for file in ["tables.sql", "rows.sql"] {
            let mut psql = database.address.program("psql");
            psql.args(["-qX", "--set", "codes=1000", "--set", "usages=3000", "-d"]);
            psql.arg(&database.name).arg("-f");
            run(psql.arg(project_file("tests/support/host").join(file)));
        }
        let setup = "CREATE EXTENSION referrals; SELECT FROM referral_setup()";
        database.connect().batch_execute(setup).unwrap();
        database
    }

    pub fn connect(&self) -> Client {
        self.address.connect(&self.name)
    }
}

impl Drop for Database {
    fn drop(&mut self) {
        let drop = format!("DROP DATABASE IF EXISTS {} WITH (FORCE)", self.name);
        // A test that stopped its own server has left nothing to drop.
        if let Ok(mut client) = self.address.try_connect("postgres")
            && let Err(error) = client.batch_execute(&drop)
        {
            eprintln!("{drop}: {error}");
        }
    }
}

/// A server of the test's own, in the scratch server's folder, stopped and removed with this value; and a
/// deadline for the test.
pub struct Server {
    pub address: Address,
    data: PathBuf,
    _deadline: Deadline,
}

impl Server {
    /// A new cluster.
    pub fn new(name: &str) -> Self {
        let server = Server::at(name);
        let mut initdb = as_server_user("initdb");
        initdb.args(["--no-sync", "--auth", "trust", "--encoding", "UTF8"]);
        initdb.args(["--locale", "C.UTF-8", "-U", "postgres", "-D"]);
        run(initdb.arg(&server.data));
        server.start();
        server
    }

    /// A hot standby of the scratch server.
    pub fn standby(name: &str) -> Self {
        let server = Server::at(name);
        let mut backup = as_server_user("pg_basebackup");
        backup.args(["--checkpoint=fast", "--no-sync", "--write-recovery-conf", "-D"]);
        run(backup.arg(&server.data));
        server.start();
        server
    }

    fn at(name: &str) -> Self {
        let folder = scratch_folder();
        Server {
            data: folder.join(name),
            address: Address { folder, port: Address::scratch().port + 1 + number() },
            _deadline: Deadline::start(),
        }
    }

    fn pg_ctl(&self) -> Command {
        let mut command = as_server_user("pg_ctl");
        command.args(["-s", "-w", "-D"]).arg(&self.data);
        command.stdout(Stdio::null());
        command
    }

    pub fn start(&self) {
        let folder = self.address.folder.display();
        let port = self.address.port;
        let options = format!(
            "-p {port} -k {folder} -c listen_addresses= -c fsync=off -c max_connections=300"
        );
        let log = self.data.with_extension("log");
        let mut command = self.pg_ctl();
        command.arg("start").arg("-o").arg(options).arg("-l");
        // Not `run`: the server would keep the pipe of its output open.
        let status = command.arg(log).stdin(Stdio::null()).status().unwrap();
        assert!(status.success(), "{command:?}");
    }

    /// As if every process of the server had been killed.
    pub fn crash(&self) {
        run(self.pg_ctl().args(["stop", "-m", "immediate"]));
    }

    /// Waits until the server, which recovers from a crash, takes connections again.
    pub fn await_recovery(&self) {
        await_that("the server takes connections", || self.address.try_connect("postgres").is_ok());
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        if self.data.join("postmaster.pid").exists() {
            let stopped = self.pg_ctl().args(["stop", "-m", "immediate"]).status();
            if !stopped.is_ok_and(|status| status.success()) {
                eprintln!("{} was not stopped", self.data.display());
            }
        }
        // What is left of it goes with the scratch server's folder.
        let _ = std::fs::remove_dir_all(&self.data);
    }
}

/// Waits for a condition, ten seconds at most.
pub fn await_that(condition: &str, mut holds: impl FnMut() -> bool) {
    let start = Instant::now();
    while !holds() {
        let waited = start.elapsed();
        assert!(waited < Duration::from_secs(10), "in vain: {condition}");
        std::thread::sleep(Duration::from_millis(20));
    }
}

pub fn person(number: usize) -> Uuid {
    Uuid::from_u128(number as u128)
}

/// Until the connection ends no trigger fires, so that rows can be stored as an old host may hold them.
pub fn bypass_triggers(client: &mut Client) {
    let bypass = "SET session_replication_role = replica";
    client.batch_execute(bypass).unwrap();
}

/// Adds a code, in the schema public, as a host may have stored it.
pub fn add_code(database: &Database, code: &str, max_uses: i32) {
    let mut client = database.connect();
    bypass_triggers(&mut client);
    let insert = "
        INSERT INTO phoenix_kit_referral_codes (code, description, max_uses, created_by_uuid)
        VALUES ($1, 'for a test', $2, gen_random_uuid())";
    client.execute(insert, &[&code, &max_uses]).unwrap();
}

/// The invariant of redemption, over every code of a schema: the counter tells the usages, no user has
/// two, and the cap holds.
pub fn assert_books_balance(client: &mut Client, schema: &str) {
    let wrong = format!(
        "SELECT code, number_of_uses, max_uses, count(u.uuid), count(DISTINCT used_by_uuid)
         FROM {schema}.phoenix_kit_referral_codes AS c
         LEFT JOIN {schema}.phoenix_kit_referral_code_usage AS u ON u.code_uuid = c.uuid
         GROUP BY c.uuid
         HAVING number_of_uses <> count(u.uuid)
             OR count(u.uuid) <> count(DISTINCT used_by_uuid)
             OR number_of_uses > max_uses"
    );
    let wrong: Vec<String> = client
        .query(&wrong, &[])
        .unwrap()
        .iter()
        .map(|row| {
            let (code, counter, cap): (String, i32, i32) = (row.get(0), row.get(1), row.get(2));
            let (usages, users): (i64, i64) = (row.get(3), row.get(4));
            format!("{code}: counter {counter} of {cap}, usages {usages}, users {users}")
        })
        .collect();
    assert!(wrong.is_empty(), "the books are wrong: {wrong:#?}");
}

/// The SQLSTATE of a server's error; the text of any other.
pub fn sqlstate(error: &Error) -> String {
    match error.code() {
        Some(code) => code.code().to_owned(),
        None => error.to_string(),
    }
}
