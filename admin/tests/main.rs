//! The admin pages as they are run: a program that answers HTTP, over the server that
//! `tests/support/scratch-server` runs. `tests/run admin` starts this.

mod codes;
mod gate;
mod hostile;
mod money;
mod pages;
mod site;

// What the tests of the extension share, of which these need a part.
#[allow(dead_code)]
#[path = "../../tests/support/mod.rs"]
mod support;
