//! Referral and promo codes inside PostgreSQL.
//!
//! Three floors, and a file uses only those below its own: the nouns, each an SQL face (`codes`,
//! `redemption`, …); [`pg`], which talks to Postgres; [`rules`], which knows the rules and no Postgres.

use pgrx::prelude::*;

mod analytics;
mod codes;
mod conversions;
mod events;
mod guards;
mod payouts;
mod pg;
mod privacy;
mod programs;
mod redemption;
mod retired;
mod rules;
mod settings;
mod setup;
mod signup;
mod stripes;
mod tree;
mod usage;

pg_module_magic!(name, version);

extension_sql_file!("../sql/api/setup/face.sql", name = "setup");
extension_sql_file!("../sql/api/setup/triggers.sql", name = "triggers", requires = ["setup"]);
extension_sql_file!(
    "../sql/api/setup/signup_trigger.sql",
    name = "signup_trigger",
    requires = ["triggers"]
);
extension_sql_file!("../sql/api/setup/detach.sql", name = "detach", requires = ["signup_trigger"]);
extension_sql_file!("../sql/api/setup/doctor.sql", name = "doctor", requires = ["detach"]);
extension_sql_file!("../sql/api/setup/tasks.sql", name = "tasks", requires = ["doctor"]);
extension_sql_file!("../sql/api/setup/version.sql", name = "version", requires = ["tasks"]);
extension_sql_file!("../sql/api/guards.sql", name = "guards", requires = ["version"]);
extension_sql_file!("../sql/api/codes/read.sql", name = "codes_read", requires = ["guards"]);
extension_sql_file!("../sql/api/codes/new.sql", name = "codes_new", requires = ["codes_read"]);
extension_sql_file!("../sql/api/codes/create.sql", name = "codes_create", requires = ["codes_new"]);
extension_sql_file!(
    "../sql/api/codes/import.sql",
    name = "codes_import",
    requires = ["codes_create"]
);
extension_sql_file!(
    "../sql/api/codes/change.sql",
    name = "codes_change",
    requires = ["codes_import"]
);
extension_sql_file!(
    "../sql/api/codes/metadata.sql",
    name = "codes_metadata",
    requires = ["codes_change"]
);
extension_sql_file!(
    "../sql/api/codes/find.sql",
    name = "codes_find",
    requires = ["codes_metadata"]
);
extension_sql_file!(
    "../sql/api/codes/membership.sql",
    name = "codes_membership",
    requires = ["codes_find"]
);
extension_sql_file!(
    "../sql/api/codes/own_code.sql",
    name = "codes_own_code",
    requires = ["codes_membership"]
);
extension_sql_file!(
    "../sql/api/codes/user_limit.sql",
    name = "codes_user_limit",
    requires = ["codes_own_code"]
);
extension_sql_file!(
    "../sql/api/codes/striping.sql",
    name = "codes_striping",
    requires = ["codes_user_limit"]
);
extension_sql_file!(
    "../sql/api/redemption/face.sql",
    name = "redemption_face",
    requires = ["codes_striping"]
);
extension_sql_file!(
    "../sql/api/redemption/batch.sql",
    name = "redemption_batch",
    requires = ["redemption_face"]
);
extension_sql_file!(
    "../sql/api/redemption/holds.sql",
    name = "redemption_holds",
    requires = ["redemption_batch"]
);
extension_sql_file!("../sql/api/usage.sql", name = "usage", requires = ["redemption_holds"]);
extension_sql_file!("../sql/api/settings.sql", name = "settings", requires = ["usage"]);
extension_sql_file!("../sql/api/signup.sql", name = "signup", requires = ["settings"]);
extension_sql_file!(
    "../sql/api/programs/define.sql",
    name = "programs_define",
    requires = ["signup"]
);
extension_sql_file!(
    "../sql/api/programs/own_terms.sql",
    name = "programs_own_terms",
    requires = ["programs_define"]
);
extension_sql_file!(
    "../sql/api/conversions/purchase.sql",
    name = "conversions_purchase",
    requires = ["programs_own_terms"]
);
extension_sql_file!(
    "../sql/api/conversions/sale.sql",
    name = "conversions_sale",
    requires = ["conversions_purchase"]
);
extension_sql_file!(
    "../sql/api/conversions/refund.sql",
    name = "conversions_refund",
    requires = ["conversions_sale"]
);
extension_sql_file!(
    "../sql/api/conversions/lists.sql",
    name = "conversions_lists",
    requires = ["conversions_refund"]
);
extension_sql_file!(
    "../sql/api/conversions/decisions.sql",
    name = "conversions_decisions",
    requires = ["conversions_lists"]
);
extension_sql_file!(
    "../sql/api/conversions/review.sql",
    name = "conversions_review",
    requires = ["conversions_decisions"]
);
extension_sql_file!(
    "../sql/api/payouts/balance.sql",
    name = "payouts_balance",
    requires = ["conversions_review"]
);
extension_sql_file!(
    "../sql/api/payouts/create.sql",
    name = "payouts_create",
    requires = ["payouts_balance"]
);
extension_sql_file!(
    "../sql/api/payouts/batch.sql",
    name = "payouts_batch",
    requires = ["payouts_create"]
);
extension_sql_file!(
    "../sql/api/payouts/settle.sql",
    name = "payouts_settle",
    requires = ["payouts_batch"]
);
extension_sql_file!(
    "../sql/api/payouts/list.sql",
    name = "payouts_list",
    requires = ["payouts_settle"]
);
extension_sql_file!("../sql/api/privacy.sql", name = "privacy", requires = ["payouts_list"]);
extension_sql_file!("../sql/api/events/poll.sql", name = "events_poll", requires = ["privacy"]);
extension_sql_file!(
    "../sql/api/events/consumers.sql",
    name = "events_consumers",
    requires = ["events_poll"]
);
extension_sql_file!(
    "../sql/api/events/prune.sql",
    name = "events_prune",
    requires = ["events_consumers"]
);
extension_sql_file!("../sql/api/analytics.sql", name = "analytics", requires = ["events_prune"]);
extension_sql_file!("../sql/api/tree.sql", name = "tree", requires = ["analytics"]);

#[pg_guard]
pub extern "C-unwind" fn _PG_init() {
    pg::guc::register();
    pg::changes::watch();
    pg::transaction::watch_ends();
}
