//! No test runs for ever: one that has not ended in time ends the whole program, and says which it was.

use std::env;
use std::io::Write as _;
use std::panic;
use std::process;
use std::sync::mpsc::{self, RecvTimeoutError, Sender};
use std::sync::{Mutex, Once, PoisonError};
use std::thread;
use std::time::Duration;

/// Several times what the longest test takes on a busy machine; TEST_LIMIT_SECONDS says another.
fn limit() -> Duration {
    let given = env::var("TEST_LIMIT_SECONDS").ok().and_then(|seconds| seconds.parse().ok());
    Duration::from_secs(given.unwrap_or(180))
}

/// The panics so far, by thread. Those of a test that hangs would never be shown.
static PANICS: Mutex<Vec<String>> = Mutex::new(Vec::new());

/// From its start until this value goes, the limit of the test that it was started in.
pub struct Deadline {
    _ended: Sender<()>,
}

impl Deadline {
    pub fn start() -> Self {
        remember_panics();
        let (ended, end) = mpsc::channel();
        let test = thread::current().name().unwrap_or("a test").to_owned();
        thread::spawn(move || {
            if end.recv_timeout(limit()) == Err(RecvTimeoutError::Timeout) {
                give_up(&test);
            }
        });
        Deadline { _ended: ended }
    }
}

fn remember_panics() {
    static ONCE: Once = Once::new();
    ONCE.call_once(|| {
        let show = panic::take_hook();
        panic::set_hook(Box::new(move |told| {
            let thread = thread::current();
            let line = format!("{}: {told}\n", thread.name().unwrap_or("a thread"));
            PANICS.lock().unwrap_or_else(PoisonError::into_inner).push(line);
            show(told);
        }));
    });
}

/// Past the test harness, which keeps what a running test prints to itself.
fn give_up(test: &str) -> ! {
    let panics = PANICS.lock().unwrap_or_else(PoisonError::into_inner).concat();
    let told = format!(
        "\ntest {test} has not ended within {} seconds: given up\nthe panics so far:\n{panics}",
        limit().as_secs()
    );
    let _ = std::io::stderr().write_all(told.as_bytes());
    process::exit(1)
}
