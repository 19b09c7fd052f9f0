//! `vestibule flush`: what a running program keeps of answers and of callers is taken out, over its admin address.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};

use bytes::Bytes;
use http::{Method, Request, StatusCode};
use http_body_util::{BodyExt, Empty, Limited};
use hyper_util::client::legacy::Client;
use hyper_util::rt::TokioExecutor;
use tokio::time::timeout;
use vestibule_restapi::{RestApiId, StageName};

use super::cli::Output;
use super::exit::Exit;
use super::failure::Failure;
use crate::config::{self, AdminFlags, Environment, Listening};
use crate::limits::{FLUSH_ANSWER_BYTES_MAX, FLUSH_TIMEOUT};

/// Take out what a running program keeps of answers and of callers
#[derive(Debug, clap::Args)]
pub(super) struct Flush {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, clap::Subcommand)]
enum Command {
    /// Take out cached answers, as FlushStageCache of API Gateway does
    #[command(after_help = "\
The running program is asked at its admin address, on this machine. What is being
fetched meanwhile is answered and not kept. docs/cache.md.

Exit codes: 0 flushed, 1 it was not and standard error says why, 2 could not ask.

Examples:
  vestibule flush stage-cache
  vestibule flush stage-cache --rest-api-id a1b2c3d4e5 --stage-name prod")]
    StageCache(Stage),
    /// Forget what authorizers said, as FlushStageAuthorizersCache does
    #[command(after_help = "\
The running program is asked at its admin address, on this machine. Whoever calls next
is asked about anew. docs/auth-lambda.md.

Exit codes: 0 flushed, 1 it was not and standard error says why, 2 could not ask.

Examples:
  vestibule flush stage-authorizers-cache
  vestibule flush stage-authorizers-cache --rest-api-id a1b2c3d4e5 --stage-name prod")]
    StageAuthorizersCache(Stage),
}

#[derive(Debug, clap::Args)]
struct Stage {
    /// The API by its id; all stages of all APIs unless it is said
    #[arg(long, value_name = "ID", requires = "stage_name")]
    rest_api_id: Option<String>,
    /// The stage of that API
    #[arg(long, value_name = "NAME", requires = "rest_api_id")]
    stage_name: Option<String>,
    #[command(flatten)]
    flags: AdminFlags,
}

impl Flush {
    /// Runs the command.
    pub(super) fn run(
        self,
        environment: &Environment,
        output: &mut Output<'_>,
    ) -> Result<Exit, Failure> {
        let (cache, stage) = match &self.command {
            Command::StageCache(stage) => ("data", stage),
            Command::StageAuthorizersCache(stage) => ("authorizers", stage),
        };
        let path = stage.path(cache)?;
        let loaded = config::load(&stage.flags.0, environment)?;
        output.warn(&loaded.warnings);
        let admin = reachable(loaded.settings.admin.value)?;
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
        let runtime = runtime.map_err(|error| Failure::system("start a thread", &error))?;
        let (status, said) = runtime.block_on(asked(admin, &path))?;
        if status == StatusCode::OK && is_ours(&said) {
            output.print(&said);
            return Ok(Exit::Ok);
        }
        let refused = refused(admin, status, &said)?;
        output.complain_of(&refused);
        Ok(Exit::Findings)
    }
}

impl Stage {
    /// The path of a cache below the admin address.
    fn path(&self, cache: &str) -> Result<String, Failure> {
        let (Some(api), Some(stage)) = (&self.rest_api_id, &self.stage_name) else {
            return Ok(format!("/cache/{cache}"));
        };
        let wrong = |text: &str, what: &str, expected: &str| Failure::Usage {
            message: format!("`{text}` is no {what}"),
            help: Some(format!("expected {expected}")),
        };
        let api =
            RestApiId::parse(api).map_err(|error| wrong(api, "id of an API", error.expected))?;
        let stage = StageName::parse(stage)
            .map_err(|error| wrong(stage, "name of a stage", error.expected))?;
        Ok(format!("/cache/{cache}/{api}/{stage}"))
    }
}

/// Where the admin address of a program on this machine is called.
fn reachable(admin: Listening) -> Result<SocketAddr, Failure> {
    let unknown = |message: &str| Failure::Admin {
        message: message.to_owned(),
        help: "name the admin address of the running program by `--admin`",
    };
    match admin {
        Listening::Off => Err(unknown("the admin address is `off`")),
        Listening::At(address) if address.port() == 0 => {
            Err(unknown("the port of the admin address is the system's choice"))
        }
        Listening::At(address) => {
            let ip = match address.ip() {
                IpAddr::V4(ip) if ip.is_unspecified() => Ipv4Addr::LOCALHOST.into(),
                IpAddr::V6(ip) if ip.is_unspecified() => Ipv6Addr::LOCALHOST.into(),
                ip => ip,
            };
            Ok(SocketAddr::new(ip, address.port()))
        }
    }
}

/// What the program answers.
async fn asked(admin: SocketAddr, path: &str) -> Result<(StatusCode, String), Failure> {
    let failed = |error: &dyn std::fmt::Display| Failure::System {
        doing: "ask the admin address",
        reason: error.to_string(),
    };
    let request = Request::builder().method(Method::DELETE).uri(format!("http://{admin}{path}"));
    let request = request.body(Empty::<Bytes>::new()).map_err(|error| failed(&error))?;
    let client = Client::builder(TokioExecutor::new()).build_http();
    let answered = async {
        let answer = client.request(request).await.map_err(|error| match error.is_connect() {
            true => Failure::Admin {
                message: format!("nothing answers at the admin address `{admin}`"),
                help: "start the program, or name its admin address by `--admin`",
            },
            false => foreign(admin),
        })?;
        let status = answer.status();
        let body = Limited::new(answer.into_body(), FLUSH_ANSWER_BYTES_MAX).collect().await;
        let body = body.map_err(|_| foreign(admin))?.to_bytes();
        Ok((status, String::from_utf8_lossy(&body).into_owned()))
    };
    timeout(FLUSH_TIMEOUT, answered).await.unwrap_or_else(|_| {
        let seconds = FLUSH_TIMEOUT.as_secs();
        let message = format!("the admin address `{admin}` gives no answer within {seconds} s");
        Err(Failure::Admin { message, help: "see the log of the running program" })
    })
}

/// Whether it is what `/cache` says of what was done.
fn is_ours(said: &str) -> bool {
    said.lines().all(|line| line.starts_with("flushed ") || line.starts_with("no stage "))
}

/// Why the program did not flush, in its words.
fn refused(admin: SocketAddr, status: StatusCode, said: &str) -> Result<Failure, Failure> {
    let said = said.lines().next().unwrap_or_default();
    let help = match status {
        StatusCode::NOT_FOUND if said.starts_with("no such stage") => {
            "the program prints its stages with the ids of their APIs when it starts"
        }
        StatusCode::FORBIDDEN if said.contains("loopback") => {
            "let the program listen at a loopback address, or at all, such as `--admin 0.0.0.0:9090`"
        }
        StatusCode::SERVICE_UNAVAILABLE => {
            "this program's own answers are out; ask again when the log says that the shared store is back"
        }
        _ => return Err(foreign(admin)),
    };
    let said = said.strip_prefix("not flushed: ").unwrap_or(said);
    Ok(Failure::Admin { message: format!("not flushed: {said}"), help })
}

fn foreign(admin: SocketAddr) -> Failure {
    Failure::Admin {
        message: format!("what listens at `{admin}` is no admin address of this program"),
        help: "name the admin address of the running program by `--admin`",
    }
}
