//! `delay MICROSECONDS SOCKET SERVER_SOCKET` listens on a Unix socket and passes everything on to the server's, each
//! way so many microseconds later. It runs until it is killed.

use std::env;
use std::fs;
use std::io::{self, Read, Write};
use std::net::Shutdown;
use std::os::unix::net::{UnixListener, UnixStream};
use std::process::ExitCode;
use std::thread;
use std::time::Duration;

fn main() -> ExitCode {
    let arguments: Vec<String> = env::args().skip(1).collect();
    let [microseconds, socket, server] = arguments.as_slice() else {
        eprintln!("usage: delay MICROSECONDS SOCKET SERVER_SOCKET");
        return ExitCode::from(2);
    };
    let Ok(microseconds) = microseconds.parse() else {
        eprintln!("delay: {microseconds} is no number of microseconds");
        return ExitCode::from(2);
    };
    match serve(Duration::from_micros(microseconds), socket, server) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("delay: {error}");
            ExitCode::FAILURE
        }
    }
}

fn serve(delay: Duration, socket: &str, server: &str) -> io::Result<()> {
    // A sleep may otherwise last 50 µs longer than asked for. Threads inherit it.
    fs::write("/proc/self/timerslack_ns", "1")?;
    for client in UnixListener::bind(socket)?.incoming() {
        let client = client?;
        let server = UnixStream::connect(server)?;
        let (from_client, from_server) = (client.try_clone()?, server.try_clone()?);
        thread::spawn(move || pass_on(delay, from_client, server));
        thread::spawn(move || pass_on(delay, from_server, client));
    }
    Ok(())
}

/// Passes on until one end is closed. What a client and a server send each other fits into a read, and neither sends
/// more before it has had its answer: so nothing waits behind the sleep.
fn pass_on(delay: Duration, mut from: UnixStream, mut to: UnixStream) {
    let mut buffer = [0; 65536];
    while let Ok(length @ 1..) = from.read(&mut buffer) {
        thread::sleep(delay);
        if to.write_all(&buffer[..length]).is_err() {
            break;
        }
    }
    // The other end has gone, or never minds.
    let _ = to.shutdown(Shutdown::Both);
    let _ = from.shutdown(Shutdown::Both);
}
