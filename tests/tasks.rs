//! Least privilege: what `referral_grant` gives for a task is what the functions of that task touch, all of
//! it and no more, over tables that setup made and over a host's.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::fs;

use postgres::{Client, Error};

use crate::support::{Database, project_file, sqlstate};

/// Each task, and calls of every function that belongs to it, along the ways that touch most.
const TASKS: [(&str, &[&str]); 10] = [
    (
        "read",
        &[
            "SELECT * FROM referral_get_code({welcome})",
            "SELECT * FROM referral_get_code_strict({welcome})",
            "SELECT * FROM referral_code_uses({welcome})",
            "SELECT * FROM referral_get_code_by_string('welcome')",
            "SELECT * FROM referral_list_codes(5)",
            "SELECT * FROM referral_list_valid_codes(5)",
            "SELECT * FROM referral_find_codes('{\"program\": \"capped\", \"metadata\": {}}')",
            "SELECT referral_code_metadata({welcome})",
            "SELECT referral_valid_for_use({welcome}), referral_expired({welcome})",
            "SELECT referral_usage_limit_reached({welcome})",
            "SELECT * FROM referral_top_codes()",
            "SELECT * FROM referral_system_stats()",
            "SELECT * FROM referral_code_errors('{\"code\": \"OTHER\", \"max_uses\": 5}')",
            "SELECT * FROM referral_stats({welcome})",
            "SELECT * FROM referral_list_usage_for_code({welcome})",
            "SELECT * FROM referral_list_usage_for_user({user 1})",
            "SELECT * FROM referral_recent_usage()",
            "SELECT referral_user_used_code({user 1}, {welcome})",
            "SELECT referral_signup_use_exists({user 1})",
            "SELECT referral_count_user_codes({user 10})",
            "SELECT referral_validate_user_code_limit({user 10})",
            "SELECT * FROM referral_resolve({own})",
            "SELECT * FROM referral_validate_code({capped}, {user 99})",
            "SELECT referral_enabled(), referral_required(), referral_grandfather_existing()",
            "SELECT referral_max_uses_per_code(), referral_max_codes_per_user()",
            "SELECT * FROM referral_config()",
            "SELECT * FROM referral_get_program('default')",
            "SELECT * FROM referral_list_programs()",
            "SELECT * FROM referral_get_conversion({rewarded})",
            "SELECT * FROM referral_conversion_of('order-1')",
            "SELECT * FROM referral_list_conversions('{\"waiting\": true}')",
            "SELECT * FROM referral_list_for_referrer({user 10})",
            "SELECT * FROM referral_history({rewarded})",
            "SELECT * FROM referral_recent_conversions()",
            "SELECT * FROM referral_balance({user 10})",
            "SELECT * FROM referral_list_payouts()",
            "SELECT * FROM referral_user_stats({user 10})",
            "SELECT * FROM referral_top_referrers()",
            "SELECT * FROM referral_program_report()",
            "SELECT * FROM referral_usage_series({welcome}, '1 day', now() - interval '2 days', now())",
            "SELECT * FROM referral_tree({user 10})",
            "SELECT * FROM referral_upline({user 1})",
        ],
    ),
    (
        "redeem",
        &[
            "SELECT * FROM referral_use_code('WELCOME', {user 50})",
            "SELECT * FROM referral_try_use_code(' welcome ', {user 50})",
            "SELECT * FROM referral_use_code({capped}, {user 51})",
            "SELECT * FROM referral_try_use_code({capped too}, {user 51})",
            "SELECT * FROM referral_use_code({own}, {user 52})",
            "SELECT * FROM referral_try_use_code('NOWHERE', {user 52})",
            "SELECT * FROM referral_use_codes('WELCOME', ARRAY[{user 54}, {user 55}]::uuid[])",
            "SELECT * FROM referral_use_codes({capped}, ARRAY[{user 54}, {user 55}]::uuid[])",
            "SELECT * FROM referral_hold_use('WELCOME', {user 56})",
            "SELECT * FROM referral_try_hold_use({capped}, {user 56})",
            "SELECT * FROM referral_try_hold_use('LAST', {user 56})",
            "SELECT * FROM referral_confirm_hold({hold})",
            "SELECT referral_release_hold({other hold})",
            "SELECT referral_undo_use({usage})",
            "SELECT referral_undo_use({capped usage})",
        ],
    ),
    (
        "create",
        &[
            "SELECT referral_generate_unique_code()",
            "SELECT * FROM referral_create_code({user 60})",
            "SELECT * FROM referral_create_code({user 60}, 'MINE')",
            "SELECT * FROM referral_create_codes(3, {user 60})",
            "SELECT * FROM referral_import_codes(ARRAY['PRINTED'], {user 60}, program => 'capped')",
            "SELECT * FROM referral_code_for({user 61}, 'capped')",
            "SELECT * FROM referral_code_for({user 12})",
            "SELECT * FROM referral_code_for({user 10})",
            "SELECT * FROM referral_code_for({user 10}, 'capped')",
        ],
    ),
    (
        "edit",
        &[
            "SELECT * FROM referral_update_code({welcome}, '{\"max_uses\": 60, \"code\": \"Hello\"}')",
            "SELECT * FROM referral_update_code({welcome}, '{\"description\": \"x\", \"status\": true}')",
            "SELECT * FROM referral_update_code({welcome}, '{\"expiration_date\": \"2100-01-01\"}')",
            "SELECT * FROM referral_update_code({welcome}, '{\"created_by_uuid\": \"00000000-0000-0000-0000-0000000000ee\"}')",
            "SELECT * FROM referral_update_code({welcome}, '{\"created_by_uuid\": \"00000000-0000-0000-0000-0000000000ef\"}')",
            "SELECT * FROM referral_update_code({welcome}, '{\"beneficiary_uuid\": \"00000000-0000-0000-0000-0000000000ee\"}')",
            "SELECT referral_set_code_metadata({welcome}, '{\"tag\": 1}')",
            "SELECT referral_set_code_metadata({welcome}, '{\"tag\": 2}')",
            "SELECT referral_set_code_metadata({welcome}, NULL)",
            "SELECT referral_deactivate_code('HELLO')",
            "SELECT referral_assign_program({welcome}, 'capped')",
            "SELECT referral_stripe_code({welcome}, 2)",
            "SELECT referral_assign_program({welcome}, 'reviewed')",
            "SELECT referral_stripe_code({welcome}, 2)",
            "SELECT referral_unstripe_code({welcome})",
            "SELECT referral_delete_code({capped uuid})",
        ],
    ),
    (
        "signup",
        &[
            "SELECT * FROM referral_check_signup('WELCOME', 'somebody')",
            "SELECT * FROM referral_check_signup({capped}, 'somebody')",
            "INSERT INTO users VALUES ({user 1})",
            "SET CONSTRAINTS ALL IMMEDIATE",
        ],
    ),
    (
        "sell",
        &[
            "SELECT * FROM referral_record_purchase({user 2}, 'order-50', 40)",
            "SELECT * FROM referral_record_purchase({user 2}, 'order-51', 40)",
            "SELECT * FROM referral_record_purchase({user 1}, 'order-1', 100)",
            "SELECT * FROM referral_record_purchase({user 3}, 'order-52', 40)",
            "SELECT * FROM referral_attribute_sale({own}, {user 53}, 'order-53', amount => 20)",
            "SELECT * FROM referral_attribute_sale({capped}, {user 53}, 'order-54', amount => 20)",
            "SELECT * FROM referral_attribute_sale({reviewed}, {user 53}, 'order-55')",
            "SELECT * FROM referral_attribute_sale({reviewed}, {user 53}, 'order-55', amount => 20)",
            "SELECT * FROM referral_record_refund('order-50', 'refund-1', 10)",
            "SELECT * FROM referral_record_refund('order-50', 'refund-2')",
            "SELECT * FROM referral_record_refund('order-56', 'refund-3', 10)",
            "SELECT * FROM referral_record_purchase({user 2}, 'order-56', 40)",
            "SELECT referral_prune_purchases('0')",
        ],
    ),
    (
        "review",
        &[
            "SELECT * FROM referral_approve({first}, {user 200}, 'fine')",
            "SELECT * FROM referral_reject({second}, {user 200}, 'no')",
            "SELECT * FROM referral_reverse({rewarded}, 'returned', 5, 'reversal-1')",
            "SELECT * FROM referral_reverse({rewarded}, 'returned')",
            "SELECT * FROM referral_require_approvals({third}, '[{\"id\": \"one\", \"quorum\": 1, \"approvers\": [\"00000000-0000-0000-0000-0000000000c8\"]}]')",
            "SELECT * FROM referral_decide({chained}, {user 200}, true)",
            "SELECT * FROM referral_list_conversions('{\"approver_uuid\": \"00000000-0000-0000-0000-0000000000c8\"}')",
            "SELECT * FROM referral_history({third})",
        ],
    ),
    (
        "pay",
        &[
            "SELECT * FROM referral_balance({user 10})",
            "SELECT * FROM referral_create_payout({user 10}, 'payout-1', 'USD', 4)",
            "SELECT * FROM referral_create_payout({user 10}, 'payout-2', 'USD', 4)",
            "SELECT * FROM referral_create_payout({user 10}, 'payout-2', 'USD', 4)",
            "SELECT * FROM referral_create_payouts('USD', 'batch-1')",
            "SELECT * FROM referral_create_payouts('USD', 'batch-1')",
            "SELECT * FROM referral_settle_payout('payout-1', true, 'wired')",
            "SELECT * FROM referral_settle_payout('payout-2', false)",
            "SELECT * FROM referral_list_payouts()",
        ],
    ),
    (
        "consume",
        &[
            "SELECT * FROM referral_poll_events('newcomer')",
            "SELECT referral_ack_events('newcomer', ARRAY[1, 2, 3])",
            "SELECT * FROM referral_poll_events('mailer')",
            "SELECT * FROM referral_consumers()",
            "SELECT referral_prune_events('0 seconds')",
            "SELECT referral_drop_consumer('mailer')",
        ],
    ),
    (
        "manage",
        &[
            "SELECT * FROM referral_create_program('new', '{\"max_uses_total\": 10}')",
            "SELECT * FROM referral_update_program('reviewed', '{\"max_uses_total\": 10}')",
            "SELECT * FROM referral_update_program('reviewed', '{\"reward_budget\": 1000}')",
            "SELECT * FROM referral_set_terms({user 10}, 'default', '{\"referrer_reward\": 1}')",
            "SELECT * FROM referral_set_terms({user 10}, 'default', '{\"referrer_reward\": 2}')",
            "SELECT referral_clear_terms({user 10}, 'default')",
            "SELECT referral_enable_system(), referral_disable_system()",
            "SELECT referral_set_required(true), referral_set_grandfather_existing(false)",
            "SELECT referral_set_max_uses_per_code(50), referral_set_max_codes_per_user(5)",
        ],
    ),
];

/// Functions that are no task: the owner's, or anybody's.
const NO_TASK: [&str; 22] = [
    "referral_setup",
    "referral_doctor",
    "referral_version",
    "referral_detach",
    "referral_attach_guards",
    "referral_require_at_signup",
    "referral_unrequire_at_signup",
    "referral_grant",
    "referral_revoke",
    "referral_forget_user",
    "referral_generate_code",
    "referral_normalize_code",
    "referral_written_by_hand",
    "referral_guard_code",
    "referral_guard_code_written",
    "referral_guard_claim",
    "referral_guard_usage_lock",
    "referral_guard_usage",
    "referral_guard_ledger",
    "referral_fact_changed",
    "referral_facts_truncated",
    "referral_guard_signup",
];

/// Who writes the host's tables without having been given a task, the task that is most like it, and what the
/// host has given.
const WRITERS: [(&str, &str, &str); 4] = [
    (
        "usage_by_hand",
        "redeem",
        "GRANT SELECT, INSERT, DELETE ON phoenix_kit_referral_code_usage TO {role};
         GRANT SELECT, UPDATE (number_of_uses) ON phoenix_kit_referral_codes TO {role};
         GRANT SELECT ON phoenix_kit_settings TO {role}",
    ),
    (
        "usage_by_column",
        "redeem",
        "GRANT SELECT, INSERT (uuid, code_uuid, used_by_uuid, date_used), DELETE
             ON phoenix_kit_referral_code_usage TO {role};
         GRANT SELECT, UPDATE (number_of_uses) ON phoenix_kit_referral_codes TO {role};
         GRANT SELECT ON phoenix_kit_settings TO {role}",
    ),
    (
        "codes_by_hand",
        "create",
        "GRANT SELECT, INSERT ON phoenix_kit_referral_codes TO {role};
         GRANT SELECT ON phoenix_kit_settings TO {role}",
    ),
    (
        "changes_by_hand",
        "edit",
        "GRANT SELECT, UPDATE ON phoenix_kit_referral_codes TO {role};
         GRANT SELECT ON phoenix_kit_settings, phoenix_kit_referral_code_usage TO {role}",
    ),
];

const LEVELS: [&str; 2] = ["READ COMMITTED", "REPEATABLE READ"];

/// A database with rows that every way of the functions can be gone over, and a role for each task.
struct Shop {
    database: Database,
    /// Whether usage (code, user) is unique, without which no code gets stripes.
    is_unique: bool,
    /// What stands for {name} in a call.
    values: BTreeMap<&'static str, String>,
}

impl Shop {
    fn fresh() -> Self {
        Shop::over(Database::with_setup(), true)
    }

    /// Over a PhoenixKit host, whose old data holds duplicates: without the unique index on usage.
    fn adopted() -> Self {
        Shop::over(Database::with_host(), false)
    }

    fn over(database: Database, is_unique: bool) -> Self {
        let mut client = database.connect();
        // The extension's tables are made anew, for those who may write the host's.
        let own = "SELECT string_agg(relname, ', ') FROM pg_class
                   WHERE relnamespace = 'public'::regnamespace AND relkind = 'r'
                   AND relname LIKE 'referral\\_%'";
        let own: String = client.query_one(own, &[]).unwrap().get(0);
        for (writer, _, rights) in WRITERS {
            let role = format!("{}_{writer}", database.name);
            let rights = rights.replace("{role}", &role);
            client.batch_execute(&format!("CREATE ROLE {role}; {rights}")).unwrap();
        }
        client.batch_execute(&format!("DROP TABLE {own}; SELECT FROM referral_setup()")).unwrap();
        let rows = "
            SELECT FROM referral_enable_system();
            INSERT INTO phoenix_kit_settings (uuid, key, value, module, date_added, date_updated)
            VALUES (gen_random_uuid(), 'referral_events_enabled', 'true', 'referral_codes', now(), now()),
                   (gen_random_uuid(), 'referral_codes_required', 'true', 'referral_codes', now(), now())
                ON CONFLICT (key) DO UPDATE SET value = 'true';
            SELECT FROM referral_poll_events('mailer');
            SELECT FROM referral_create_program('capped', '{\"max_uses_total\": 5}');
            SELECT FROM referral_create_program('reviewed', '{\"requires_approval\": true}');
            SELECT FROM referral_set_terms(gen_random_uuid(), 'default', '{\"referrer_reward\": 1}');
            INSERT INTO referral_check_attempts VALUES (now() - interval '1 hour', 'old', 1);
            CREATE TABLE users (uuid uuid);
            SELECT FROM referral_require_at_signup('users', 'uuid');";
        client.batch_execute(rows).unwrap();
        let mut shop = Shop { database, is_unique, values: BTreeMap::new() };
        // In order: later ones stand on earlier ones.
        let values = [
            (
                "welcome",
                "SELECT uuid FROM referral_create_code({user 11}, 'WELCOME', max_uses => 50)",
            ),
            ("own", "SELECT code FROM referral_code_for({user 10})"),
            ("capped", "SELECT code FROM referral_code_for({user 10}, 'capped')"),
            ("capped uuid", "SELECT uuid FROM referral_get_code_by_string({capped})"),
            ("capped too", "SELECT code FROM referral_code_for({user 11}, 'capped')"),
            ("reviewed", "SELECT code FROM referral_code_for({user 11}, 'reviewed')"),
            ("usage", "SELECT usage_uuid FROM referral_try_use_code('WELCOME', {user 1})"),
            ("own usage", "SELECT usage_uuid FROM referral_try_use_code({own}, {user 1})"),
            ("other", "SELECT usage_uuid FROM referral_try_use_code({own}, {user 2})"),
            ("capped usage", "SELECT usage_uuid FROM referral_try_use_code({capped}, {user 3})"),
            ("a", "SELECT usage_uuid FROM referral_try_use_code({reviewed}, {user 4})"),
            ("b", "SELECT usage_uuid FROM referral_try_use_code({reviewed}, {user 5})"),
            ("c", "SELECT usage_uuid FROM referral_try_use_code({reviewed}, {user 6})"),
            ("d", "SELECT usage_uuid FROM referral_try_use_code({reviewed}, {user 8})"),
            (
                "rewarded",
                "SELECT conversion_uuid FROM referral_record_purchase({user 1}, 'order-1', 100)",
            ),
            (
                "first",
                "SELECT conversion_uuid FROM referral_record_purchase({user 4}, 'order-4', 100)",
            ),
            (
                "second",
                "SELECT conversion_uuid FROM referral_record_purchase({user 5}, 'order-5', 100)",
            ),
            (
                "third",
                "SELECT conversion_uuid FROM referral_record_purchase({user 6}, 'order-6', 100)",
            ),
            (
                "chained",
                "SELECT uuid FROM referral_require_approvals((SELECT conversion_uuid FROM referral_record_purchase({user 8}, 'order-8', 100)), '[{\"id\": \"one\", \"approvers\": [\"00000000-0000-0000-0000-0000000000c8\"]}]')",
            ),
            ("hold", "SELECT hold_uuid FROM referral_hold_use('WELCOME', {user 7})"),
            ("other hold", "SELECT hold_uuid FROM referral_hold_use('WELCOME', {user 8})"),
            // Its only use is held by somebody who comes too late.
            ("last", "SELECT uuid FROM referral_create_code({user 11}, 'LAST', max_uses => 1)"),
            (
                "lapsed",
                "SELECT hold_uuid FROM referral_hold_use('LAST', {user 9}, '1 microsecond')",
            ),
            // A code that somebody has deleted by hand: its owner gets another.
            ("gone", "SELECT uuid FROM referral_code_for({user 12})"),
        ];
        for (name, sql) in values {
            let sql = format!("SELECT t.v::text FROM ({}) AS t (v)", shop.fill(sql));
            let value: String = client.query_one(&sql, &[]).unwrap().get(0);
            shop.values.insert(name, value);
        }
        let stripe = "INSERT INTO referral_stripes VALUES ({welcome}, 0, 0);
                      INSERT INTO referral_program_stripes VALUES ('capped', 0, 0);
                      INSERT INTO referral_code_metadata VALUES ({welcome}, jsonb_build_object())";
        client.batch_execute(&shop.fill(stripe)).unwrap();
        let delete = "DELETE FROM phoenix_kit_referral_codes WHERE uuid = {gone}";
        client.batch_execute(&shop.fill(delete)).unwrap();
        for (task, _) in TASKS {
            let role = shop.role(task);
            let grant = format!(
                "CREATE ROLE {role}; GRANT INSERT, SELECT ON users TO {role};
                 SELECT FROM referral_grant('{role}', '{task}')"
            );
            client.batch_execute(&grant).unwrap();
        }
        shop
    }

    fn role(&self, task: &str) -> String {
        format!("{}_{task}", self.database.name)
    }

    fn fill(&self, sql: &str) -> String {
        let mut filled = String::new();
        let mut rest = sql;
        while let Some((before, name)) = rest.split_once('{') {
            let (name, after) = name.split_once('}').unwrap();
            filled += before;
            match (name.strip_prefix("user "), self.values.get(name)) {
                (Some(number), _) => {
                    let number: u32 = number.parse().unwrap();
                    write!(filled, "'00000000-0000-0000-0000-{number:012x}'").unwrap();
                }
                (None, Some(value)) => write!(filled, "'{value}'").unwrap(),
                // Of jsonb.
                (None, None) => write!(filled, "{{{name}}}").unwrap(),
            }
            rest = after;
        }
        filled + rest
    }

    /// Makes the calls as the task's role, and undoes them. `first` is what the owner does before.
    fn perform(
        &self,
        client: &mut Client,
        task: &str,
        calls: &[&str],
        level: &str,
        first: &str,
    ) -> Result<(), (String, Error)> {
        let begin =
            format!("BEGIN ISOLATION LEVEL {level}; {first}; SET LOCAL ROLE {}", self.role(task));
        client.batch_execute(&begin).unwrap();
        let performed = calls
            .iter()
            .filter(|call| self.is_unique || !call.contains("referral_stripe_code"))
            .map(|call| self.fill(call))
            .try_for_each(|call| client.batch_execute(&call).map_err(|error| (call, error)));
        client.batch_execute("ROLLBACK").unwrap();
        performed
    }
}

impl Drop for Shop {
    fn drop(&mut self) {
        let mut client = self.database.connect();
        let tasks = TASKS.iter().map(|(task, _)| *task);
        for role in tasks.chain(WRITERS.iter().map(|(writer, _, _)| *writer)) {
            let role = self.role(role);
            let drop = format!("DROP OWNED BY {role}; DROP ROLE {role}");
            if let Err(error) = client.batch_execute(&drop) {
                eprintln!("{drop}: {error}");
            }
        }
    }
}

#[test]
fn every_function_of_a_task_works_with_that_task_alone() {
    for shop in [Shop::fresh(), Shop::adopted()] {
        let mut client = shop.database.connect();
        for (task, calls) in TASKS {
            for level in LEVELS {
                if let Err((call, error)) = shop.perform(&mut client, task, calls, level, "") {
                    panic!("{task}, {level}: {call}: {error:?}");
                }
            }
        }
    }
}

/// Whether a call reads and writes nothing.
fn only_reads(client: &mut Client, call: &str) -> bool {
    let begin = "BEGIN READ ONLY";
    client.batch_execute(begin).unwrap();
    let done = client.batch_execute(call);
    client.batch_execute("ROLLBACK").unwrap();
    !done.is_err_and(|error| sqlstate(&error) == "25006")
}

#[test]
fn a_role_of_one_task_fails_at_every_function_of_the_others_that_writes() {
    for shop in [Shop::fresh(), Shop::adopted()] {
        let mut client = shop.database.connect();
        let tasks = TASKS[..9].iter().map(|(task, _)| (*task, *task));
        let roles: Vec<(&str, &str)> =
            tasks.chain(WRITERS.iter().map(|(writer, task, _)| (*writer, *task))).collect();
        let mut allowed = Vec::new();
        let mut tried = 0;
        for (task, calls) in TASKS {
            for call in calls {
                // Of the host's tables, and of no code, the host's own rights decide.
                let is_the_hosts = ["INTO users", "NOWHERE"].iter().any(|word| call.contains(word));
                let is_left_out = !shop.is_unique && call.contains("referral_stripe_code");
                if is_the_hosts || is_left_out || only_reads(&mut client, &shop.fill(call)) {
                    continue;
                }
                for (role, own) in &roles {
                    // Who edits a code gives leases back to its counter, and may take usages away with it.
                    let gives_back = call.contains("referral_undo_use")
                        || call.contains("referral_release_hold");
                    if *own == task || (*own == "edit" && gives_back) {
                        continue;
                    }
                    tried += 1;
                    match shop.perform(&mut client, role, &[call], LEVELS[0], "SELECT") {
                        Err((_, error)) if sqlstate(&error) == "42501" => {}
                        other => allowed.push(format!("{role}: {call}: {other:?}")),
                    }
                }
            }
        }
        assert!(tried > 300, "{tried}");
        assert!(allowed.is_empty(), "{allowed:#?}");
    }
}

#[test]
fn who_writes_the_hosts_tables_can_redeem_or_create_by_function_and_by_hand() {
    let redeem = TASKS.iter().find(|(task, _)| *task == "redeem").unwrap().1;
    let by_hand = [
        "INSERT INTO phoenix_kit_referral_code_usage (uuid, code_uuid, used_by_uuid, date_used)
         SELECT gen_random_uuid(), c.uuid, {user 70}, now()
         FROM phoenix_kit_referral_codes AS c WHERE c.code = {capped}",
        "INSERT INTO phoenix_kit_referral_code_usage (uuid, code_uuid, used_by_uuid, date_used)
         VALUES (gen_random_uuid(), {welcome}, {user 71}, now())",
    ];
    let redeem: Vec<&str> = redeem.iter().chain(&by_hand).copied().collect();
    let create = [
        "SELECT * FROM referral_create_code({user 60})",
        "SELECT * FROM referral_create_codes(3, {user 60})",
        "INSERT INTO phoenix_kit_referral_codes (code, description, max_uses, created_by_uuid, beneficiary_uuid)
         VALUES ('BYHAND', 'x', 3, {user 60}, {user 60})",
    ];
    let edit = [
        "SELECT * FROM referral_update_code({welcome}, '{\"max_uses\": 60, \"code\": \"Hello\"}')",
        "UPDATE phoenix_kit_referral_codes SET beneficiary_uuid = {user 60}, created_by_uuid = {user 60}
         WHERE uuid = {welcome}",
        "UPDATE phoenix_kit_referral_codes SET status = false WHERE uuid = {welcome}",
    ];
    for shop in [Shop::fresh(), Shop::adopted()] {
        let mut client = shop.database.connect();
        let cap = "SELECT FROM referral_update_program('default', '{\"max_uses_total\": 50000}');
                   UPDATE phoenix_kit_settings SET value = 'true' WHERE key = 'referral_guard_user_limit'";
        client.batch_execute(cap).unwrap();
        for (writer, task, _) in WRITERS {
            let calls = match task {
                "redeem" => &redeem[..],
                "create" => &create[..],
                _ => &edit[..],
            };
            for level in LEVELS {
                if let Err((call, error)) =
                    shop.perform(&mut client, writer, calls, level, "SELECT")
                {
                    panic!("{writer}, {level}: {call}: {error:?}");
                }
            }
        }
    }
}

/// Each single right of a task, with each column alone.
fn single_rights(client: &mut Client, role: &str, task: &str) -> Vec<(String, String)> {
    let granted = format!("SELECT object, privilege FROM referral_grant('{role}', '{task}')");
    let mut single = Vec::new();
    for row in client.query(&granted, &[]).unwrap() {
        let (object, privilege): (String, String) = (row.get(0), row.get(1));
        let Some(table) = object.strip_prefix("table ") else { continue };
        match privilege.split_once(" (") {
            None => single.push((privilege, table.to_owned())),
            Some((privilege, columns)) => {
                let columns = columns.trim_end_matches(')').split(", ");
                single.extend(columns.map(|c| (format!("{privilege} ({c})"), table.to_owned())));
            }
        }
    }
    single
}

/// What only two sessions find needed: a code gets stripes by itself for which people queue, and its program too.
const NEEDED_IN_A_QUEUE: [(&str, &str, &str); 2] = [
    ("redeem", "INSERT", "public.referral_stripes"),
    ("redeem", "INSERT", "public.referral_program_stripes"),
];

#[test]
fn nothing_that_a_task_is_given_is_superfluous() {
    let shops = [Shop::fresh(), Shop::adopted()];
    let mut superfluous = Vec::new();
    let mut clients: Vec<Client> = shops.iter().map(|shop| shop.database.connect()).collect();
    let others: Vec<(String, String)> = TASKS[..9]
        .iter()
        .flat_map(|(task, _)| single_rights(&mut clients[0], &shops[0].role(task), task))
        .collect();
    for (task, calls) in TASKS {
        let rights = single_rights(&mut clients[0], &shops[0].role(task), task);
        // What manage has for the sake of the other tasks is theirs to need.
        let own = rights.into_iter().filter(|right| task != "manage" || !others.contains(right));
        for (right, table) in own {
            let needed = shops.iter().zip(&mut clients).any(|(shop, client)| {
                let revoke = format!("REVOKE {right} ON {table} FROM {}", shop.role(task));
                LEVELS.iter().any(|level| {
                    let performed = shop.perform(client, task, calls, level, &revoke);
                    performed.is_err_and(|(_, error)| sqlstate(&error) == "42501")
                })
            });
            if !needed && !NEEDED_IN_A_QUEUE.contains(&(task, &right, &table)) {
                superfluous.push(format!("{task}: {right} on {table}"));
            }
        }
    }
    assert!(superfluous.is_empty(), "{superfluous:#?}");
}

#[test]
fn every_function_belongs_to_a_task_or_to_none_on_purpose() {
    let database = Database::with_setup();
    let functions = "SELECT DISTINCT p.proname::text FROM pg_proc AS p
                     JOIN pg_depend AS d ON d.objid = p.oid AND d.deptype = 'e'
                     JOIN pg_extension AS e ON e.oid = d.refobjid AND e.extname = 'referrals'";
    let functions = database.connect().query(functions, &[]).unwrap();
    let called = |name: &str| {
        let call = format!("{name}(");
        TASKS.iter().any(|(_, calls)| calls.iter().any(|sql| sql.contains(&call)))
    };
    let missing: Vec<String> = functions.iter().map(|row| row.get(0)).collect();
    let missing: Vec<&String> =
        missing.iter().filter(|name| !called(name) && !NO_TASK.contains(&name.as_str())).collect();
    assert!(missing.is_empty(), "no task's: {missing:?}");
}

/// The rights of a role on tables and columns, however it has come by them.
fn given(client: &mut Client, role: &str) -> Vec<String> {
    let sql = "
        SELECT format('%s on %s', a.privilege_type, c.relname) FROM pg_class AS c, aclexplode(c.relacl) AS a
        WHERE a.grantee = $1::text::regrole AND c.relname <> 'users'
        UNION ALL
        SELECT format('%s on %s.%s', a.privilege_type, k.attrelid::regclass, k.attname)
        FROM pg_attribute AS k, aclexplode(k.attacl) AS a WHERE a.grantee = $1::text::regrole
        ORDER BY 1";
    client.query(sql, &[&role]).unwrap().iter().map(|row| row.get(0)).collect()
}

#[test]
fn a_task_that_is_revoked_leaves_no_right_on_any_table() {
    let shop = Shop::fresh();
    let mut client = shop.database.connect();
    for (task, _) in TASKS {
        let role = shop.role(task);
        assert_ne!(given(&mut client, &role), [] as [&str; 0]);
        let revoke = format!("SELECT FROM referral_revoke('{role}', '{task}')");
        client.batch_execute(&revoke).unwrap();
        assert_eq!(given(&mut client, &role), [] as [&str; 0], "{task}");
    }
}

#[test]
fn setup_adds_nothing_to_what_a_task_was_given() {
    let shop = Shop::fresh();
    let mut client = shop.database.connect();
    let tasks = || TASKS.iter().map(|(task, _)| *task).filter(|task| *task != "manage");
    let before: Vec<_> = tasks().map(|task| given(&mut client, &shop.role(task))).collect();
    let again = "DROP TABLE referral_event_deliveries; SELECT FROM referral_setup()";
    client.batch_execute(again).unwrap();
    for (task, before) in tasks().zip(before) {
        let after = given(&mut client, &shop.role(task));
        let extra: Vec<_> = after.iter().filter(|right| !before.contains(right)).collect();
        assert!(extra.is_empty(), "{task}: {extra:?}");
    }
}

/// The documentation's table: the rights of each task; of manage those that no other task has.
fn table(client: &mut Client) -> String {
    let role = "tasks_of_the_documentation";
    client.batch_execute(&format!("CREATE ROLE {role}")).unwrap();
    let mut text = String::from("| task | table | rights |\n|---|---|---|\n");
    let mut told = Vec::new();
    for (task, _) in TASKS {
        let granted = format!(
            "SELECT object, privilege FROM referral_grant('{role}', '{task}') WHERE object LIKE 'table %'"
        );
        let rows = client.query(&granted, &[]).unwrap();
        let rights: Vec<(String, String)> =
            rows.iter().map(|row| (row.get(0), row.get(1))).collect();
        let mut tables: Vec<(&str, Vec<&str>)> = Vec::new();
        for right @ (object, privilege) in &rights {
            if task == "manage" && (told.contains(right) || privilege.contains('(')) {
                continue;
            }
            match tables.iter_mut().find(|(known, _)| known == object) {
                None => tables.push((object, vec![privilege])),
                Some((_, privileges)) => privileges.push(privilege),
            }
        }
        let mut named = task;
        for (object, privileges) in tables {
            let table = object.strip_prefix("table public.").unwrap();
            writeln!(text, "| {named} | `{table}` | {} |", privileges.join(", ")).unwrap();
            named = "";
        }
        told.extend(rights);
    }
    client.batch_execute(&format!("DROP OWNED BY {role}; DROP ROLE {role}")).unwrap();
    text
}

/// REFERRALS_WRITE_PRIVILEGES=1 writes the table into the page instead.
#[test]
fn the_documentation_has_the_table_of_rights_as_they_are_given() {
    let database = Database::with_setup();
    let wanted = table(&mut database.connect());
    let path = project_file("docs/privileges.md");
    let page = fs::read_to_string(&path).unwrap();
    let (begin, end) = ("<!-- made by tests/tasks.rs -->\n", "<!-- end -->");
    let (before, rest) = page.split_once(begin).unwrap();
    let (found, after) = rest.split_once(end).unwrap();
    if std::env::var_os("REFERRALS_WRITE_PRIVILEGES").is_some() {
        fs::write(path, format!("{before}{begin}{wanted}{end}{after}")).unwrap();
        return;
    }
    assert_eq!(found, wanted, "REFERRALS_WRITE_PRIVILEGES=1 tests/run rust tasks writes it");
}
