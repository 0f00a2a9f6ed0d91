//! A crash in the middle of redemptions keeps each of them or loses it whole.

use std::sync::Mutex;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::thread;
use std::time::Duration;

use postgres::Client;
use rustix::process::{Pid, Signal, kill_process};
use uuid::Uuid;

use crate::support::{
    Database, RaisedAtEnd, Server, add_code, assert_books_balance, await_that, person,
};

const CLIENTS: usize = 16;
const CODES: usize = 4;
/// How many redemptions have been committed when the crash comes.
const LOAD: usize = 300;

/// Redeems until the connection breaks, or the test fails; the uses that were confirmed to this client.
fn redeem(
    client: &mut Client,
    next_user: &AtomicUsize,
    confirmed: &Mutex<Vec<Uuid>>,
    stop: &AtomicBool,
) {
    while !stop.load(Ordering::Relaxed) {
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
    let stop = AtomicBool::new(false);
    thread::scope(|scope| {
        let (next_user, confirmed, stop) = (&next_user, &confirmed, &stop);
        let _stopped = RaisedAtEnd(stop);
        let clients: Vec<_> = (0..CLIENTS)
            .map(|_| {
                let mut client = database.connect();
                scope.spawn(move || redeem(&mut client, next_user, confirmed, stop))
            })
            .collect();
        await_that("there is load", || confirmed.lock().unwrap().len() > LOAD);
        crash(&server, &mut judge);
        await_that("every connection is broken", || {
            clients.iter().all(|client| client.is_finished())
        });
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
        kill_process(Pid::from_raw(pid).unwrap(), Signal::KILL).unwrap();
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
