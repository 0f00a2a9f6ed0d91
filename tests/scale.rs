//! Codes spread over two databases by PL/Proxy, as docs/scale.md has it: whatever way a code is typed, its redemptions
//! go to the one shard that has it, and its cap holds there.

use std::collections::BTreeSet;
use std::io::Write as _;
use std::process::Stdio;
use std::thread;

use postgres::Client;

use crate::support::{Server, assert_books_balance, person, project_file};

const CODES: usize = 40;
const CLIENTS: usize = 8;
const CAP: i32 = 10;

/// The recipe: the block that makes the front, over the server as its folder and port say.
fn recipe(server: &Server) -> String {
    let page = std::fs::read_to_string(project_file("docs/scale.md")).unwrap();
    let blocks = page.split("```sh\n").skip(1).filter_map(|rest| rest.split("```").next());
    let recipe = blocks.into_iter().find(|block| block.contains("EXTENSION plproxy")).unwrap();
    let folder = server.address.folder.display();
    let here = format!("host={folder} port={}", server.address.port);
    assert_eq!(recipe.matches("host=/var/run/postgresql port=5432").count(), 2);
    recipe.replace("host=/var/run/postgresql port=5432", &here)
}

/// None where this PostgreSQL has no PL/Proxy, which is not to be had everywhere.
fn front(name: &str) -> Option<Server> {
    let server = Server::new(name);
    let ask = "SELECT count(*) FROM pg_available_extensions WHERE name = 'plproxy'";
    let found: i64 = server.address.connect("postgres").query_one(ask, &[]).unwrap().get(0);
    if found == 0 {
        // Past the capture of what tests print.
        let _ = writeln!(std::io::stderr(), "left out: this PostgreSQL has no PL/Proxy");
        return None;
    }
    let mut bash = server.address.program("bash");
    bash.args(["-euo", "pipefail"]).stdin(Stdio::piped());
    bash.env("PGUSER", "postgres").env("PGOPTIONS", "-c client_min_messages=warning");
    let mut child = bash.stdout(Stdio::null()).spawn().unwrap();
    child.stdin.take().unwrap().write_all(recipe(&server).as_bytes()).unwrap();
    assert!(child.wait().unwrap().success(), "the recipe failed");
    Some(server)
}

/// Three ways of typing a code: with a tab, with a no-break space, with ß for SS.
fn typed(number: usize) -> [String; 3] {
    [format!("\tspring{number}"), format!("spring{number}\u{a0}"), format!("stra\u{df}e{number}")]
}

fn redeem(front: &mut Client, code: &str, person_number: usize) -> (bool, Option<String>) {
    let ask = "SELECT ok, reason FROM shop.try_use_code($1, $2)";
    let row = front.query_one(ask, &[&code, &person(person_number)]).unwrap();
    (row.get(0), row.get(1))
}

fn codes_of(shard: &mut Client) -> BTreeSet<String> {
    let ask = "SELECT code FROM phoenix_kit_referral_codes";
    shard.query(ask, &[]).unwrap().iter().map(|row| row.get(0)).collect()
}

#[test]
fn a_code_has_one_shard_however_it_is_typed() {
    let Some(server) = front("typed") else { return };
    let mut front = server.address.connect("front");
    let mut shards = ["shard0", "shard1"].map(|name| server.address.connect(name));

    let create = "SELECT stored FROM shop.create_code(gen_random_uuid(), $1, $2)";
    let mut created = BTreeSet::new();
    for number in 0..CODES {
        for text in [format!("Spring{number}"), format!("Strasse{number}")] {
            let stored: String = front.query_one(create, &[&text, &CAP]).unwrap().get(0);
            created.insert(stored);
        }
    }
    let [first, second] = [codes_of(&mut shards[0]), codes_of(&mut shards[1])];
    assert!(first.is_disjoint(&second) && !first.is_empty() && !second.is_empty());
    assert_eq!(&first | &second, created);

    // However it is typed, it is found; by what the database's upper() makes of it, it was not.
    let by_upper = "
        SELECT hashtext(upper(btrim($1))) & 1 = hashtext(referral_normalize_code($1)) & 1";
    let mut astray = 0;
    for number in 0..CODES {
        for (way, text) in typed(number).iter().enumerate() {
            assert_eq!(redeem(&mut front, text, way), (true, None), "{text:?}");
            let found: bool = front.query_one(by_upper, &[text]).unwrap().get(0);
            astray += usize::from(!found);
        }
    }
    assert!(astray > CODES / 2, "{astray} would have gone astray by upper(btrim())");

    let stats = "SELECT total_uses, unique_users FROM shop.stats($1)";
    let row = front.query_one(stats, &[&" spring0"]).unwrap();
    assert_eq!((row.get::<_, i64>(0), row.get::<_, i64>(1)), (2, 2));
    assert!(front.query(stats, &[&"nobody's"]).unwrap().is_empty());

    let system = "
        SELECT total_codes::bigint, active_codes::bigint, total_usage::bigint, codes_with_usage::bigint
        FROM shop.system_stats";
    let row = front.query_one(system, &[]).unwrap();
    let told: [i64; 4] = [0, 1, 2, 3].map(|column| row.get(column));
    let codes = 2 * CODES as i64;
    assert_eq!(told, [codes, codes, 3 * CODES as i64, codes]);
    for shard in &mut shards {
        assert_books_balance(shard, "public");
    }
}

#[test]
fn caps_hold_through_the_front_and_the_best_of_all_shards_are_merged() {
    let Some(server) = front("capped") else { return };
    let mut front = server.address.connect("front");
    let create = "SELECT FROM shop.create_code(gen_random_uuid(), $1, $2)";
    let names: Vec<String> = (0..CODES / 4).map(|number| format!("BEST{number}")).collect();
    for name in &names {
        front.execute(create, &[name, &CAP]).unwrap();
    }

    // More ask for each code than may, all at once; of the last few codes fewer do.
    let ask = |client: usize| {
        let mut front = server.address.connect("front");
        let mut won = vec![0; names.len()];
        for (place, name) in names.iter().enumerate() {
            for turn in 0..names.len() - place {
                let number = turn * CLIENTS + client;
                won[place] += usize::from(redeem(&mut front, &name.to_lowercase(), number).0);
            }
        }
        won
    };
    let won: Vec<Vec<usize>> = thread::scope(|scope| {
        let ask = &ask;
        let clients: Vec<_> = (0..CLIENTS).map(|client| scope.spawn(move || ask(client))).collect();
        clients.into_iter().map(|client| client.join().unwrap()).collect()
    });
    let cap = usize::try_from(CAP).unwrap();
    for (place, name) in names.iter().enumerate() {
        let won: usize = won.iter().map(|won| won[place]).sum();
        assert_eq!(won, cap.min((names.len() - place) * CLIENTS), "{name}");
    }

    let add = "SELECT FROM shop.create_code(gen_random_uuid(), $1, 100)";
    for (name, uses) in [("SILVER", 20), ("GOLD", 30), ("BRONZE", 15)] {
        front.execute(add, &[&name]).unwrap();
        for number in 0..uses {
            assert!(redeem(&mut front, name, number).0);
        }
    }
    let top = "SELECT code, number_of_uses FROM shop.top_codes(3)";
    let top: Vec<(String, i32)> =
        front.query(top, &[]).unwrap().iter().map(|row| (row.get(0), row.get(1))).collect();
    let best = [("GOLD", 30), ("SILVER", 20), ("BRONZE", 15)];
    assert_eq!(top, best.map(|(code, uses)| (code.to_owned(), uses)));
    for shard in ["shard0", "shard1"] {
        assert_books_balance(&mut server.address.connect(shard), "public");
    }
}
