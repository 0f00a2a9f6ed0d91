//! Referral and promo codes inside PostgreSQL.
//!
//! Three floors, and a file uses only those below its own: the nouns, each an SQL face (`codes`,
//! `redemption`, …); [`pg`], which talks to Postgres; [`rules`], which knows the rules and no Postgres.

use pgrx::prelude::*;

mod analytics;
mod code_changes;
mod codes;
mod conversions;
mod creators;
mod events;
mod generation;
mod guards;
mod memberships;
mod pg;
mod privacy;
mod programs;
mod redemption;
mod referees;
mod retired;
mod review;
mod rewards;
mod rules;
mod sales;
mod settings;
mod setup;
mod signup;
mod tree;
mod usage;

pg_module_magic!(name, version);

extension_sql_file!("../sql/api/setup/setup.sql", name = "setup");
extension_sql_file!("../sql/api/setup/triggers.sql", name = "triggers", requires = ["setup"]);
extension_sql_file!(
    "../sql/api/setup/signup_trigger.sql",
    name = "signup_trigger",
    requires = ["triggers"]
);
extension_sql_file!("../sql/api/setup/detach.sql", name = "detach", requires = ["signup_trigger"]);
extension_sql_file!("../sql/api/setup/doctor.sql", name = "doctor", requires = ["detach"]);
extension_sql_file!("../sql/api/setup/tasks.sql", name = "tasks", requires = ["doctor"]);
extension_sql_file!("../sql/api/guards.sql", name = "guards", requires = ["tasks"]);
extension_sql_file!("../sql/api/codes.sql", name = "codes", requires = ["guards"]);
extension_sql_file!("../sql/api/redemption.sql", name = "redemption", requires = ["codes"]);
extension_sql_file!("../sql/api/usage.sql", name = "usage", requires = ["redemption"]);
extension_sql_file!("../sql/api/settings.sql", name = "settings", requires = ["usage"]);
extension_sql_file!("../sql/api/signup.sql", name = "signup", requires = ["settings"]);
extension_sql_file!("../sql/api/programs.sql", name = "programs", requires = ["signup"]);
extension_sql_file!("../sql/api/conversions.sql", name = "conversions", requires = ["programs"]);
extension_sql_file!("../sql/api/review.sql", name = "review", requires = ["conversions"]);
extension_sql_file!("../sql/api/privacy.sql", name = "privacy", requires = ["review"]);
extension_sql_file!("../sql/api/events.sql", name = "events", requires = ["privacy"]);
extension_sql_file!("../sql/api/analytics.sql", name = "analytics", requires = ["events"]);

#[pg_guard]
pub extern "C-unwind" fn _PG_init() {
    pg::guc::register();
    pg::tables::watch_definitions();
    pg::transaction::watch_ends();
}
