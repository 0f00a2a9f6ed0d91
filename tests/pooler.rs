//! Through a pooler in transaction mode, where each transaction may get another server connection: each
//! tenant's redemptions go to its own tables, and every cap holds.

use std::process::{Child, Stdio};
use std::sync::Barrier;
use std::thread;

use postgres::{Client, SimpleQueryMessage};
use rustix::process::{Pid, Signal, kill_process};

use crate::support::{
    Address, Database, as_server_user, assert_books_balance, await_that, person, sqlstate,
};

const CLIENTS: usize = 100;
const SERVER_CONNECTIONS: usize = 8;

/// A schema as `SET LOCAL referrals.schema` names it, and the cap of its code WELCOME. The last is the
/// default, which transactions that name none must reach.
const TENANTS: [(&str, usize); 3] = [("shop", 20), ("tenant \"x\"", 30), ("public", 5)];

struct Pooler {
    process: Child,
    pid_file: std::path::PathBuf,
    address: Address,
}

impl Pooler {
    fn start() -> Self {
        let server = Address::scratch();
        let address = Address { port: server.port + 1000, ..server.clone() };
        let folder = server.folder.display();
        let pid_file = server.folder.join("pgbouncer.pid");
        let configuration = format!(
            "[databases]
             * = host={folder} port={} user=postgres
             [pgbouncer]
             unix_socket_dir = {folder}
             listen_port = {}
             pidfile = {}
             auth_type = any
             pool_mode = transaction
             default_pool_size = {SERVER_CONNECTIONS}
             max_client_conn = 400
             ",
            server.port,
            address.port,
            pid_file.display()
        );
        let file = server.folder.join("pgbouncer.ini");
        std::fs::write(&file, configuration.replace("             ", "")).unwrap();
        let mut command = as_server_user("pgbouncer");
        command.arg("-q").arg(file).stdout(Stdio::null()).stderr(Stdio::null());
        let process = command.spawn().unwrap();
        let pooler = Pooler { process, pid_file, address };
        await_that("the pooler takes connections", || {
            pooler.address.try_connect("postgres").is_ok()
        });
        pooler
    }
}

impl Drop for Pooler {
    fn drop(&mut self) {
        // By its own id: the process that was started may be runuser, which does not pass a kill on.
        let pid = std::fs::read_to_string(&self.pid_file).ok();
        if let Some(pid) = pid.and_then(|pid| Pid::from_raw(pid.trim().parse().ok()?)) {
            let _ = kill_process(pid, Signal::TERM);
        }
        let _ = self.process.wait();
    }
}

fn quoted(schema: &str) -> String {
    format!("\"{}\"", schema.replace('"', "\"\""))
}

fn tenants() -> Database {
    let database = Database::empty();
    let mut client = database.connect();
    client.batch_execute("CREATE EXTENSION referrals SCHEMA public").unwrap();
    for (schema, cap) in TENANTS {
        let name = quoted(schema);
        let make = format!(
            "CREATE SCHEMA IF NOT EXISTS {name};
             SELECT FROM referral_setup('{schema}');
             INSERT INTO {name}.phoenix_kit_referral_codes (code, description, max_uses, created_by_uuid)
             VALUES ('WELCOME', 'for a test', {cap}, gen_random_uuid())"
        );
        client.batch_execute(&make).unwrap();
    }
    database
}

/// One redemption in a transaction of its own; whether it was won. By the simple protocol: a prepared
/// statement would stay behind on another server connection.
fn redeem(client: &mut Client, schema: &str, user: usize) -> bool {
    let user = person(user);
    client.batch_execute("BEGIN").unwrap();
    if schema != "public" {
        let name = format!("SET LOCAL referrals.schema = '{schema}'");
        client.batch_execute(&name).unwrap();
    }
    let ask = format!("SELECT ok FROM referral_try_use_code('welcome', '{user}')");
    let answer = client.simple_query(&ask);
    let rows = answer.unwrap_or_else(|error| panic!("{} {error}", sqlstate(&error)));
    client.batch_execute("COMMIT").unwrap();
    rows.iter().any(|row| matches!(row, SimpleQueryMessage::Row(row) if row.get(0) == Some("t")))
}

#[test]
fn each_tenant_gets_its_own_redemptions_up_to_its_cap() {
    let database = tenants();
    let pooler = Pooler::start();
    let start = Barrier::new(CLIENTS);
    // Each asks in every tenant, beginning with another: a server connection sees them mixed.
    let ask = |user: usize| {
        let mut client = pooler.address.connect(&database.name);
        start.wait();
        let mut won = [0; TENANTS.len()];
        for turn in user..user + TENANTS.len() {
            let tenant = turn % TENANTS.len();
            won[tenant] += usize::from(redeem(&mut client, TENANTS[tenant].0, user));
        }
        won
    };
    let won: Vec<[usize; TENANTS.len()]> = thread::scope(|scope| {
        let ask = &ask;
        let clients: Vec<_> = (0..CLIENTS).map(|user| scope.spawn(move || ask(user))).collect();
        clients.into_iter().map(|client| client.join().unwrap()).collect()
    });

    let mut judge = database.connect();
    for (tenant, (schema, cap)) in TENANTS.into_iter().enumerate() {
        let won: usize = won.iter().map(|won| won[tenant]).sum();
        assert_eq!(won, cap, "won in {schema}");
        let used =
            format!("SELECT number_of_uses FROM {}.phoenix_kit_referral_codes", quoted(schema));
        let used: i32 = judge.query_one(&used, &[]).unwrap().get(0);
        assert_eq!(used as usize, cap, "counted in {schema}");
        assert_books_balance(&mut judge, &quoted(schema));
    }
}
