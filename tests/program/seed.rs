//! A signal while a large seed is loaded: the program ends, and the next start loads the seed whole.

use super::{Test, equal, exchange, folder, item, request};
use crate::harness::{Ended, Folder, Outcome, Program};
use std::fmt::Write as _;

pub(super) const TESTS: &[(&str, Test)] = &[
    ("a_termination_ends_it_while_it_loads_a_seed", || a_signal_ends_it("TERM")),
    ("an_interrupt_ends_it_while_it_loads_a_seed", || a_signal_ends_it("INT")),
];

const ITEMS: usize = 2_000;
const ARGUMENTS: [&str; 6] = ["api.yaml", "tables.yaml", "--data", "data", "--seed", "seed.json"];
const LINE: &str = "error: interrupted while the store was being filled \
                    (help: a seed that was not loaded whole is loaded again at the next start)\n";

fn a_signal_ends_it(signal: &str) -> Outcome {
    let folder = folder()?;
    folder.write("seed.json", &seed()?)?;
    let mut program = Program::start(&folder, &ARGUMENTS)?;
    is_loading(&folder, &mut program)?;
    program.signal(signal)?;
    let interrupted = Ended { code: Some(2), stdout: String::new(), stderr: LINE.to_owned() };
    equal("the end", program.ended()?, interrupted)?;
    let program = Program::serve(&folder, &ARGUMENTS)?;
    for id in ["item-0", "item-1999"] {
        exchange(&program, &request("GET", &format!("/items/{id}")), &item(id))?;
    }
    let printed = program.stop()?.stdout;
    let loaded = printed.lines().find(|line| line.starts_with("seed "));
    equal("what it says of the seed", loaded, Some("seed seed.json: 2000 items loaded"))
}

fn seed() -> Outcome<String> {
    let mut puts = String::new();
    for number in 0..ITEMS {
        let comma = if number > 0 { "," } else { "" };
        let item = format!(r#"{{"PutRequest":{{"Item":{{"id":{{"S":"item-{number}"}}}}}}}}"#);
        write!(puts, "{comma}{item}").map_err(|error| error.to_string())?;
    }
    Ok(format!(r#"{{"things":[{puts}]}}"#))
}

/// Waits until the first items are written, which a few pages of the log of writes show.
fn is_loading(folder: &Folder, program: &mut Program) -> Outcome {
    const BYTES: u64 = 64 * 1024;
    let log = folder.path("data/tables.db-wal");
    while std::fs::metadata(&log).map_or(0, |file| file.len()) < BYTES {
        if !program.is_running()? {
            return Err("it ended before it loaded anything".to_owned());
        }
        std::thread::yield_now();
    }
    Ok(())
}
