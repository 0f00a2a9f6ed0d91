//! The admin pages as a person sees them, in headless Chromium. `make test-admin` starts this; with ADMIN_PICTURES
//! the pictures of docs/admin.md are made anew.

mod chromium;
mod story;

// What the tests of the extension, and those over HTTP, share, of which these need a part.
#[allow(dead_code)]
#[path = "../site.rs"]
mod site;
#[allow(dead_code)]
#[path = "../../../tests/support/mod.rs"]
mod support;
