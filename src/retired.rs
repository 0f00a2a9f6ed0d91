//! Functions whose SQL declaration has changed since a release. The older declaration still names these, and
//! stands in a database until its owner updates the extension: so each says that, and a library that is
//! newer than the scripts never reads arguments as something that they are not.

use pgrx::prelude::*;

use crate::pg::error::{Error, raise};

fn outdated() -> ! {
    let message = "the extension's scripts are older than its library";
    raise(
        Error::new("55000", "extension_outdated", message)
            .with_hint("ALTER EXTENSION referrals UPDATE"),
    )
}

/// Until 0.1.0: target_schema, guards.
#[pg_extern(sql = false)]
fn referral_setup() {
    outdated()
}

/// Until 0.1.0: void.
#[pg_extern(sql = false)]
fn referral_assign_program() {
    outdated()
}

/// Until 0.1.0: void.
#[pg_extern(sql = false)]
fn referral_require_at_signup() {
    outdated()
}

/// Until 0.1.0: code_uuid, max_rows, before.
#[pg_extern(sql = false)]
fn referral_list_usage_for_code() {
    outdated()
}

/// Until 0.1.0: user_uuid, max_rows, before.
#[pg_extern(sql = false)]
fn referral_list_usage_for_user() {
    outdated()
}

/// Until 0.1.0: setof text, and no program.
#[pg_extern(sql = false)]
fn referral_create_codes() {
    outdated()
}

/// Until 0.1.0: fewer attributes.
#[pg_extern(sql = false)]
fn referral_create_program() {
    outdated()
}

/// Until 0.1.0: fewer attributes.
#[pg_extern(sql = false)]
fn referral_update_program() {
    outdated()
}

/// Until 0.1.0: fewer attributes.
#[pg_extern(sql = false)]
fn referral_get_program() {
    outdated()
}

/// Until 0.1.0: fewer attributes.
#[pg_extern(sql = false)]
fn referral_list_programs() {
    outdated()
}

/// Until 0.1.0: no occurred_at, first_purchase and repeated.
#[pg_extern(sql = false)]
fn referral_record_purchase() {
    outdated()
}

/// Until 0.1.0: no occurred_at.
#[pg_extern(sql = false)]
fn referral_attribute_sale() {
    outdated()
}

/// Until 0.1.0: no reference.
#[pg_extern(sql = false)]
fn referral_reverse() {
    outdated()
}

/// Until 0.1.0: no max_rows.
#[pg_extern(sql = false)]
fn referral_tree() {
    outdated()
}

/// Until 0.1.0: no max_referrals.
#[pg_extern(sql = false)]
fn referral_user_stats() {
    outdated()
}

/// Until 0.1.0: pages by the moment of their last row, `before`.
#[pg_extern(sql = false)]
fn referral_list_for_referrer() {
    outdated()
}

/// Until 0.1.0: no payouts in it.
#[pg_extern(sql = false)]
fn referral_balance() {
    outdated()
}

/// Until 0.1.0: no from_id, no lease, and rows without attempts.
#[pg_extern(sql = false)]
fn referral_poll_events() {
    outdated()
}
