//! A crash in the middle of redemptions keeps each of them or loses it whole.

use std::process::Command;
use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;
use std::time::Duration;

use postgres::Client;
use uuid::Uuid;

mod support;
use support::{Database, Server, add_code, assert_books_balance, await_that, person, run};

const CLIENTS: usize = 16;
const CODES: usize = 4;
/// How many redemptions have been committed when the crash comes.
const LOAD: usize = 300;

/// Redeems until the connection breaks; the uses that were confirmed to this client.
fn redeem(client: &mut Client, next_user: &AtomicUsize, confirmed: &Mutex<Vec<Uuid>>) {
    loop {
        let user = next_user.fetch_add(1, Ordering::Relaxed);
        let code = format!("CODE{}", user % CODES);
        let ask = "SELECT usage_uuid FROM referral_use_code($1, $2)";
        match client.query_one(ask, &[&code, &person(user)]) {
            Ok(row) => confirmed.lock().unwrap().push(row.get(0)),
            Err(error) => {
                // Told by a server that is going down, or by a broken connection.
                let state = error.code().map(|state| state.code());
                assert!(matches!(state, None | Some("57P01" | "57P02")), "{error}");
                return;
            }
        }
    }
}

fn crash_under_load(name: &str, crash: impl FnOnce(&Server, &mut Client)) {
    let server = Server::new(name);
    let database = Database::with_setup_at(server.address.clone());
    let mut judge = database.connect();
    for code in 0..CODES {
        add_code(&database, &format!("CODE{code}"), i32::MAX);
    }
    let (next_user, confirmed) = (AtomicUsize::new(1), Mutex::new(Vec::new()));
    thread::scope(|scope| {
        for _ in 0..CLIENTS {
            let mut client = database.connect();
            let (next_user, confirmed) = (&next_user, &confirmed);
            scope.spawn(move || redeem(&mut client, next_user, confirmed));
        }
        await_that("there is load", || confirmed.lock().unwrap().len() > LOAD);
        crash(&server, &mut judge);
    });
    server.await_recovery();

    let mut judge = database.connect();
    assert_books_balance(&mut judge, "public");
    let confirmed = confirmed.into_inner().unwrap();
    let kept = "SELECT count(*) FROM phoenix_kit_referral_code_usage WHERE uuid = ANY ($1)";
    let kept: i64 = judge.query_one(kept, &[&confirmed]).unwrap().get(0);
    assert_eq!(kept, confirmed.len() as i64, "confirmed redemptions kept");
    let again = "SELECT ok FROM referral_try_use_code('CODE0', gen_random_uuid())";
    assert!(judge.query_one(again, &[]).unwrap().get::<_, bool>(0));
}

#[test]
fn a_killed_backend_loses_no_use_and_leaves_none_half_made() {
    crash_under_load("killed_backend", |_, judge| {
        let busy = "
            SELECT pid FROM pg_stat_activity
            WHERE datname = current_database() AND pid <> pg_backend_pid() LIMIT 1";
        let pid: i32 = judge.query_one(busy, &[]).unwrap().get(0);
        run(Command::new("kill").args(["-9", &pid.to_string()]));
        // The server ends every connection, this one too, and recovers.
        await_that("the server has noticed", || judge.is_valid(Duration::from_secs(1)).is_err());
    });
}

#[test]
fn a_killed_server_loses_no_use_and_leaves_none_half_made() {
    crash_under_load("killed_server", |server, _| {
        server.crash();
        server.start();
    });
}
