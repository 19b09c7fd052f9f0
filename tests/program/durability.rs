//! Nothing acknowledged is lost; a seed is loaded once.

use super::{DONE, Test, durable, equal, exchange, folder, item, request};
use crate::harness::{Connection, Outcome, Program};
use std::net::SocketAddr;
use std::sync::mpsc::{Sender, channel};

pub(super) const TESTS: &[(&str, Test)] = &[
    ("what_was_answered_survives_a_kill", what_was_answered_survives_a_kill),
    ("a_seed_is_loaded_once", a_seed_is_loaded_once),
    ("a_changed_seed_is_loaded", a_changed_seed_is_loaded),
];

const WRITERS: usize = 4;
const ANSWERED: usize = 60;

/// Kills the program while clients write: every put that was answered is there after the restart.
fn what_was_answered_survives_a_kill() -> Outcome {
    let folder = folder()?;
    let program = durable(&folder)?;
    let (sender, answered) = channel();
    for writer in 0..WRITERS {
        let (address, sender) = (program.address(), sender.clone());
        std::thread::spawn(move || put_until_the_end(address, writer, &sender));
    }
    drop(sender);
    let mut ids: Vec<String> = answered.iter().take(ANSWERED).collect();
    program.kill()?;
    ids.extend(answered.iter());
    if ids.len() < ANSWERED {
        return Err(format!("only {} puts were answered", ids.len()));
    }
    let program = durable(&folder)?;
    for id in ids {
        exchange(&program, &request("GET", &format!("/items/{id}")), &item(&id))?;
    }
    exchange(&program, &request("GET", "/items/none"), DONE)
}

/// Puts one item after the other on one connection; ends with the program.
fn put_until_the_end(address: SocketAddr, writer: usize, answered: &Sender<String>) {
    let Ok(mut connection) = Connection::open(address) else { return };
    for number in 0.. {
        let id = format!("{writer}-{number}");
        let put = request("PUT", &format!("/items/{id}"));
        let is_answered = connection.offer(put.as_bytes())
            && connection.response(false).is_ok_and(|response| response.status() == 200);
        if !is_answered || answered.send(id).is_err() {
            return;
        }
    }
}

const SEED: &str = r#"{"RequestItems": {"things": [
  {"PutRequest": {"Item": {"id": {"S": "a"}}}},
  {"PutRequest": {"Item": {"id": {"S": "b"}}}}
]}}"#;

const SEEDED: [&str; 6] = ["api.yaml", "tables.yaml", "--seed", "seed.json", "--data", "data"];

fn a_seed_is_loaded_once() -> Outcome {
    let folder = folder()?;
    folder.write("seed.json", SEED)?;
    let program = Program::serve(&folder, &SEEDED)?;
    exchange(&program, &request("GET", "/items/a"), &item("a"))?;
    exchange(&program, &request("DELETE", "/items/a"), DONE)?;
    equal("exit", program.stop()?.code, Some(0))?;
    let program = Program::serve(&folder, &SEEDED)?;
    exchange(&program, &request("GET", "/items/a"), DONE)?;
    exchange(&program, &request("GET", "/items/b"), &item("b"))
}

fn a_changed_seed_is_loaded() -> Outcome {
    let folder = folder()?;
    folder.write("seed.json", SEED)?;
    let program = Program::serve(&folder, &SEEDED)?;
    equal("exit", program.stop()?.code, Some(0))?;
    folder.write("seed.json", &SEED.replace("\"b\"", "\"c\""))?;
    let program = Program::serve(&folder, &SEEDED)?;
    exchange(&program, &request("GET", "/items/c"), &item("c"))
}
