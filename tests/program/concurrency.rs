//! Many clients at once.

use super::{Test, equal};
use crate::harness::{Connection, Folder, Outcome, Program, repository};
use std::net::SocketAddr;
use std::thread::JoinHandle;

pub(super) const TESTS: &[(&str, Test)] = &[
    ("one_of_many_equal_posts_is_taken", one_of_many_equal_posts_is_taken),
    ("a_client_that_waits_holds_nobody_up", a_client_that_waits_holds_nobody_up),
];

const CLIENTS: usize = 32;

const ITEM: &str =
    r#"{"id":"one","category":"books","name":"n","price":1,"stock":1,"tags":[],"available":true}"#;

fn serve_items() -> Outcome<Program> {
    let folder = Folder::new()?;
    for file in ["openapi.yaml", "tables.yaml", "seed.json"] {
        folder.copy(&repository().join("examples/items").join(file))?;
    }
    Program::serve(&folder, &["openapi.yaml", "tables.yaml", "--seed", "seed.json"])
}

fn one_of_many_equal_posts_is_taken() -> Outcome {
    let program = serve_items()?;
    let clients: Vec<JoinHandle<Outcome<u16>>> = (0..CLIENTS)
        .map(|_| {
            let address = program.address();
            std::thread::spawn(move || post(address))
        })
        .collect();
    let mut statuses = Vec::new();
    for client in clients {
        statuses.push(client.join().map_err(|_| "a client panicked".to_owned())??);
    }
    statuses.sort_unstable();
    let mut expected = vec![409; CLIENTS];
    expected.splice(..1, [201]);
    equal("the statuses", statuses, expected)
}

fn post(address: SocketAddr) -> Outcome<u16> {
    let mut client = Connection::open(address)?;
    let head = "POST /items HTTP/1.1\r\nhost: a\r\ncontent-type: application/json\r\n";
    client.send(format!("{head}content-length: {}\r\n\r\n{ITEM}", ITEM.len()).as_bytes())?;
    Ok(client.response(false)?.status())
}

/// Clients with half a head and with half a body are open while another is answered.
fn a_client_that_waits_holds_nobody_up() -> Outcome {
    let program = serve_items()?;
    let mut waiting = Vec::new();
    for number in 0..CLIENTS {
        let mut client = program.connect()?;
        client.send(match number % 2 {
            0 => b"GET /items/book-0001 HTTP/1.1\r\nhost:".as_slice(),
            _ => b"POST /items HTTP/1.1\r\nhost: a\r\ncontent-length: 100\r\n\r\n{".as_slice(),
        })?;
        waiting.push(client);
    }
    equal("status", post(program.address())?, 201)?;
    for client in waiting.iter_mut().step_by(2) {
        client.send(b" a\r\n\r\n")?;
        equal("status of one that waited", client.response(false)?.status(), 200)?;
    }
    Ok(())
}
