//! The started program: its folder, its addresses, what it prints, its end.
//!
//! It is told addresses with port 0 and prints the real ones; nothing is guessed and nothing sleeps.

use super::client::DEADLINE;
use super::{Connection, Outcome, store};
use std::io::{BufRead, BufReader, Read};
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::Arc;
use std::sync::mpsc::{Receiver, RecvTimeoutError, channel};
use tempfile::TempDir;

/// What a program serves that is there for its tables.
const STORE_API: &str = r#"{"openapi": "3.0.1", "info": {"title": "store", "version": "1"}, "paths": {"/": {"get": {"responses": {},
    "x-amazon-apigateway-integration": {"type": "mock"}}}}}"#;

/// A folder for one test, which the program runs in. It is there as long as anybody holds it.
#[derive(Clone)]
pub(crate) struct Folder(Arc<TempDir>);

/// A program that runs; it is killed when the test forgets it.
pub(crate) struct Program {
    child: Child,
    stdout: Lines,
    stderr: Lines,
    address: SocketAddr,
    /// An ephemeral store is in it.
    _folder: Folder,
    /// The program whose tables it has as its store.
    _store: Option<Box<Program>>,
}

/// How a program ended and all that it printed.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Ended {
    /// `None` when a signal ended it.
    pub(crate) code: Option<i32>,
    pub(crate) stdout: String,
    pub(crate) stderr: String,
}

/// A stream's lines as they come, read by a thread of its own so that a wait can have a deadline.
struct Lines {
    name: &'static str,
    lines: Receiver<String>,
    seen: String,
}

impl Folder {
    /// Makes an empty folder.
    pub(crate) fn new() -> Outcome<Folder> {
        let made = tempfile::Builder::new().prefix("vestibule-e2e-").tempdir();
        made.map(|made| Folder(Arc::new(made)))
            .map_err(|error| format!("cannot make a folder: {error}"))
    }

    /// Its path, or that of a file in it.
    pub(crate) fn path(&self, name: &str) -> PathBuf {
        self.0.path().join(name)
    }

    /// Copies a file, or a folder with all in it, under its own name.
    pub(crate) fn copy(&self, file: &Path) -> Outcome {
        let failed = |error| format!("cannot copy {}: {error}", file.display());
        copy(file, self.0.path()).map_err(failed)
    }

    /// Writes a file.
    pub(crate) fn write(&self, name: &str, text: &str) -> Outcome {
        std::fs::write(self.path(name), text)
            .map_err(|error| format!("cannot write {name}: {error}"))
    }
}

fn copy(file: &Path, folder: &Path) -> std::io::Result<()> {
    let copied = folder.join(file.file_name().unwrap_or(file.as_os_str()));
    if !file.is_dir() {
        return std::fs::copy(file, copied).map(|_| ());
    }
    std::fs::create_dir(&copied)?;
    std::fs::read_dir(file)?.try_for_each(|entry| copy(&entry?.path(), &copied))
}

impl Program {
    /// Starts `vestibule serve` in a folder and waits until it says where it answers.
    /// Warnings and errors alone are logged, so that all of standard error can be expected.
    pub(crate) fn serve(folder: &Folder, arguments: &[&str]) -> Outcome<Program> {
        Program::start(folder, arguments)?.serving()
    }

    /// The same with these variables of the environment.
    pub(crate) fn serve_in(
        folder: &Folder,
        environment: &[(&str, &str)],
        arguments: &[&str],
    ) -> Outcome<Program> {
        Program::start_as("serve", folder, environment, arguments)?.serving()
    }

    /// The same with `vestibule dev`.
    pub(crate) fn dev(folder: &Folder, arguments: &[&str]) -> Outcome<Program> {
        Program::start_as("dev", folder, &[], arguments)?.serving()
    }

    fn serving(mut self) -> Outcome<Program> {
        loop {
            let Some(line) = self.stdout.next()? else {
                return Err(format!("it did not serve: {:?}", self.ended()?));
            };
            if let Some(address) = address_in(&line) {
                self.address = address;
                return Ok(self);
            }
        }
    }

    /// Starts `vestibule serve` where it is expected to end by itself.
    pub(crate) fn run(folder: &Folder, arguments: &[&str]) -> Outcome<Ended> {
        let mut program = Program::start(folder, arguments)?;
        while let Some(line) = program.stdout.next()? {
            if address_in(&line).is_some() {
                return Err(format!("it serves, which it should not:\n{}", program.stop()?.stderr));
            }
        }
        program.ended()
    }

    /// Runs `vestibule invoke` in a folder.
    pub(crate) fn invoke(folder: &Folder, arguments: &[&str]) -> Outcome<Ended> {
        Program::output("invoke", folder, arguments)
    }

    /// The same with these variables of the environment.
    pub(crate) fn invoke_in(
        folder: &Folder,
        environment: &[(&str, &str)],
        arguments: &[&str],
    ) -> Outcome<Ended> {
        Program::output_in("invoke", folder, environment, arguments)
    }

    /// Runs `vestibule check` in a folder, with these variables of the environment.
    pub(crate) fn check_in(
        folder: &Folder,
        environment: &[(&str, &str)],
        arguments: &[&str],
    ) -> Outcome<Ended> {
        Program::output_in("check", folder, environment, arguments)
    }

    /// Runs `vestibule token` in a folder.
    pub(crate) fn token(folder: &Folder, arguments: &[&str]) -> Outcome<Ended> {
        Program::output("token", folder, arguments)
    }

    /// Runs `vestibule data` in a folder.
    pub(crate) fn data(folder: &Folder, arguments: &[&str]) -> Outcome<Ended> {
        Program::output("data", folder, arguments)
    }

    /// Runs `vestibule flush` in a folder.
    pub(crate) fn flush(folder: &Folder, arguments: &[&str]) -> Outcome<Ended> {
        Program::output("flush", folder, arguments)
    }

    fn output(name: &str, folder: &Folder, arguments: &[&str]) -> Outcome<Ended> {
        Program::output_in(name, folder, &[], arguments)
    }

    fn output_in(
        name: &str,
        folder: &Folder,
        environment: &[(&str, &str)],
        arguments: &[&str],
    ) -> Outcome<Ended> {
        let mut command = command(name, folder);
        command.envs(environment.iter().copied());
        let run = command.args(arguments).output();
        let run = run.map_err(|error| format!("cannot start: {error}"))?;
        let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
        let (stdout, stderr) = (text(&run.stdout), text(&run.stderr));
        Ok(Ended { code: run.status.code(), stdout, stderr })
    }

    /// Starts `vestibule serve` in a folder and waits for nothing: its address is not known.
    pub(crate) fn start(folder: &Folder, arguments: &[&str]) -> Outcome<Program> {
        Program::start_as("serve", folder, &[], arguments)
    }

    fn start_as(
        name: &str,
        folder: &Folder,
        environment: &[(&str, &str)],
        arguments: &[&str],
    ) -> Outcome<Program> {
        let mut store = None;
        let mut command = command(name, folder);
        command.envs(environment.iter().copied());
        command.args(arguments).stdout(Stdio::piped()).stderr(Stdio::piped());
        let addresses = [("--listen", "127.0.0.1:0"), ("--admin", "127.0.0.1:0"), ("--aws", "off")];
        for (flag, value) in addresses {
            if !arguments.contains(&flag) {
                command.args([flag, value]);
            }
        }
        if !arguments.contains(&"--log") {
            command.args(["--log", "warn"]);
        }
        if !["--data", "--ephemeral", "--dynamodb"].iter().any(|said| arguments.contains(said)) {
            match store::url() {
                None => _ = command.arg("--ephemeral"),
                Some(url) => {
                    let url = match store::is_vestibule() {
                        true => {
                            let (started, url) = Program::store()?;
                            store = Some(Box::new(started));
                            url
                        }
                        false => url,
                    };
                    command.args(["--dynamodb", &url]);
                    command.env("AWS_ACCESS_KEY_ID", store::new_key_id());
                    command.env("AWS_SECRET_ACCESS_KEY", store::SECRET);
                }
            }
        }
        let mut child = command.spawn().map_err(|error| format!("cannot start: {error}"))?;
        let stdout = Lines::of("standard output", child.stdout.take());
        let stderr = Lines::of("standard error", child.stderr.take());
        let address = SocketAddr::from(([127, 0, 0, 1], 0));
        Ok(Program { child, stdout, stderr, address, _folder: folder.clone(), _store: store })
    }

    /// A program whose tables another one has as its store, and where they are called.
    fn store() -> Outcome<(Program, String)> {
        let folder = Folder::new()?;
        folder.write("api.yaml", STORE_API)?;
        let arguments = ["api.yaml", "--ephemeral", "--aws", "127.0.0.1:0"];
        let mut program = Program::serve(&folder, &arguments)?;
        let line = program.printed("AWS endpoints on ")?;
        let address = address_in(&line).ok_or_else(|| format!("`{line}` has no address"))?;
        Ok((program, format!("http://{address}")))
    }

    /// Where the data plane answers.
    pub(crate) fn address(&self) -> SocketAddr {
        self.address
    }

    /// A new connection to the data plane.
    pub(crate) fn connect(&self) -> Outcome<Connection> {
        Connection::open(self.address)
    }

    /// Waits for a line on standard error that has `text` in it.
    pub(crate) fn wait_for_log(&mut self, text: &str) -> Outcome<String> {
        while let Some(line) = self.stderr.next()? {
            if line.contains(text) {
                return Ok(line);
            }
        }
        Err(format!("it ended without a log line with `{text}`"))
    }

    /// Its process.
    pub(crate) fn id(&self) -> u32 {
        self.child.id()
    }

    /// Waits for a line on standard output that begins with `start`, and returns what follows.
    pub(crate) fn printed(&mut self, start: &str) -> Outcome<String> {
        while let Some(line) = self.stdout.next()? {
            if let Some(rest) = line.strip_prefix(start) {
                return Ok(rest.trim_end().to_owned());
            }
        }
        Err(format!("it ended without printing `{start}`"))
    }

    /// Whether it has not ended.
    pub(crate) fn is_running(&mut self) -> Outcome<bool> {
        let ended = self.child.try_wait().map_err(|error| format!("cannot wait: {error}"))?;
        Ok(ended.is_none())
    }

    /// Sends it a signal, `TERM` or `INT`.
    pub(crate) fn signal(&self, name: &str) -> Outcome {
        let process = self.child.id().to_string();
        let status = Command::new("kill").args(["-s", name, &process]).status();
        match status.map_err(|error| format!("cannot run kill: {error}"))?.success() {
            true => Ok(()),
            false => Err("kill failed: the program is gone".to_owned()),
        }
    }

    /// Ends it at once, as a crash does, and waits until it is gone.
    pub(crate) fn kill(mut self) -> Outcome {
        self.child.kill().map_err(|error| format!("cannot kill: {error}"))?;
        self.child.wait().map(|_| ()).map_err(|error| format!("cannot wait: {error}"))
    }

    /// Asks it to end, as an orchestrator does, and waits until it is gone.
    pub(crate) fn stop(self) -> Outcome<Ended> {
        self.signal("TERM")?;
        self.ended()
    }

    /// Waits until it is gone by itself.
    pub(crate) fn ended(mut self) -> Outcome<Ended> {
        while self.stdout.next()?.is_some() {}
        while self.stderr.next()?.is_some() {}
        let status = self.child.wait().map_err(|error| format!("cannot wait: {error}"))?;
        let (stdout, stderr) = (&mut self.stdout.seen, &mut self.stderr.seen);
        let (stdout, stderr) = (std::mem::take(stdout), std::mem::take(stderr));
        Ok(Ended { code: status.code(), stdout, stderr })
    }
}

/// The program in a folder, with nothing of the environment.
fn command(name: &str, folder: &Folder) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_vestibule"));
    command
        .arg(name)
        .current_dir(folder.0.path())
        .env_clear()
        .env("TMPDIR", folder.0.path())
        .stdin(Stdio::null());
    command
}

impl Drop for Program {
    fn drop(&mut self) {
        // It is gone already in most tests; then both say so, and that is fine.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

impl Lines {
    fn of(name: &'static str, stream: Option<impl Read + Send + 'static>) -> Lines {
        let (sender, lines) = channel();
        if let Some(stream) = stream {
            std::thread::spawn(move || {
                let mut reader = BufReader::new(stream);
                let mut line = Vec::new();
                while reader.read_until(b'\n', &mut line).is_ok_and(|read| read > 0) {
                    if sender.send(String::from_utf8_lossy(&line).into_owned()).is_err() {
                        return;
                    }
                    line.clear();
                }
            });
        }
        Lines { name, lines, seen: String::new() }
    }

    /// The next line with its end; `None` when the stream is closed.
    fn next(&mut self) -> Outcome<Option<String>> {
        match self.lines.recv_timeout(DEADLINE) {
            Ok(line) => {
                self.seen.push_str(&line);
                Ok(Some(line))
            }
            Err(RecvTimeoutError::Disconnected) => Ok(None),
            Err(RecvTimeoutError::Timeout) => Err(format!(
                "nothing on {} within {} s; so far: {:?}",
                self.name,
                DEADLINE.as_secs(),
                self.seen
            )),
        }
    }
}

/// The address of the first URL in a line.
pub(crate) fn address_in(line: &str) -> Option<SocketAddr> {
    let (_, url) = line.split_once("http://").or_else(|| line.split_once("https://"))?;
    let end = url.find(|c: char| c == '/' || c.is_whitespace()).unwrap_or(url.len());
    url.get(..end)?.parse().ok()
}
