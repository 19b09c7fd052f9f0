//! The admin address of the running program.

use super::{Test, equal, folder, request};
use crate::harness::{Connection, Outcome, Program, address_in};

pub(super) const TESTS: &[(&str, Test)] = &[("it_is_live_and_ready", it_is_live_and_ready)];

fn it_is_live_and_ready() -> Outcome {
    let folder = folder()?;
    let mut program = Program::serve(&folder, &["api.yaml", "tables.yaml"])?;
    let url = program.printed("admin on ")?;
    let address = address_in(&url).ok_or_else(|| format!("`{url}` has no address"))?;
    for path in ["/livez", "/readyz"] {
        let mut client = Connection::open(address)?;
        let request = request("GET", path).replace("api.test", "localhost");
        client.send(request.as_bytes())?;
        equal(path, client.response(false)?.status(), 200)?;
    }
    Ok(())
}
