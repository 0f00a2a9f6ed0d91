//! What needs several connections, kills, dumps or poolers, against the server that
//! `tests/support/scratch-server` runs: start it by `tests/run rust`, which runs one module after another.

mod analytics;
mod batch;
mod claim_agrees_with_the_rules;
mod clients;
mod coexistence;
mod crash;
mod deadlocks;
mod dump;
mod encodings;
mod events;
mod holds;
mod hostile_input;
mod ledger;
mod mixed_load;
mod monitoring;
mod packaging;
mod payouts;
mod plans;
mod pooler;
mod program_race;
mod progress;
mod race;
mod readme;
mod restore_and_replicate;
mod scale;
mod standby;
mod statements;
mod states;
mod stripes;
mod support;
mod tasks;
mod tidy;
mod upgrade;
mod webhooks;

#[test]
fn every_file_beside_this_one_is_run() {
    let modules = include_str!("main.rs");
    for entry in std::fs::read_dir(env!("CARGO_MANIFEST_DIR")).unwrap() {
        let path = entry.unwrap().path();
        let name = path.file_stem().unwrap().to_string_lossy();
        if path.extension().is_some_and(|ending| ending == "rs") && name != "main" {
            assert!(modules.contains(&format!("\nmod {name};\n")), "{name}.rs is no module");
        }
    }
}
