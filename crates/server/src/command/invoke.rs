//! `vestibule invoke`: one request through the definitions, from routing on, without a listener; the answer and how it came about.

use std::io::Read;
use std::net::{IpAddr, Ipv4Addr};
use std::path::Path;
use std::sync::Arc;

use bytes::Bytes;
use http::{HeaderName, HeaderValue, Method, Request};
use http_body_util::{BodyExt, Full};
use serde_json::json;
use vestibule_gateway::{Trace, TraceMode};

use super::caller;
use super::cli::Output;
use super::exit::Exit;
use super::failure::Failure;
use super::serve::{connect, consequence, gateway, identities, network};
use crate::config::{self, Environment, OneRequestFlags, Resolved};
use crate::credentials::Identities;
use crate::limits::{CLOSE_TIMEOUT, REQUEST_BODY_BYTES_MAX};
use crate::serve::{self, Progress, Served, SystemClock};

/// Send one request through the definitions and show how it is answered
#[derive(Debug, clap::Args)]
#[command(after_help = "\
It runs from routing on, as TestInvokeMethod of API Gateway does: nothing listens, and
nobody is authorized, unless --as says who calls. The answer goes to standard output, the trace to standard error.
Tables and items are those of `serve`: in the data folder, or with --ephemeral made
from the definitions and seeds, and forgotten.

Exit codes: 0 the answer is 2xx or 3xx, 1 it is 4xx or 5xx (or the definitions have
errors), 2 could not run.

Examples:
  vestibule invoke GET '/items/1?full=true' openapi.yaml tables.yaml --ephemeral --seed items.json
  vestibule invoke POST /items openapi.yaml -H 'Content-Type: application/json' -d @item.json
  vestibule invoke GET /items/1 openapi.yaml --log
  vestibule invoke GET /items/1 openapi.yaml --as alice
  vestibule invoke GET /items/1 openapi.yaml --as anonymous -H 'x-api-key: ...'")]
pub(super) struct Invoke {
    /// The verb, such as GET
    #[arg(value_name = "METHOD")]
    method: String,
    /// The path with its query; of several stages with /{api}/{stage} before it
    #[arg(value_name = "PATH")]
    target: String,
    /// Header of the request, may be repeated
    #[arg(short = 'H', long = "header", value_name = "NAME: VALUE")]
    headers: Vec<String>,
    /// Body of the request; `@FILE` is a file, `@-` standard input
    #[arg(short = 'd', long, value_name = "BODY|@FILE")]
    body: Option<String>,
    /// Show the lines of AWS's execution log in place of the trace
    #[arg(long)]
    log: bool,
    /// Form of the answer; `json` has the trace in it
    #[arg(long, value_name = "text|json", default_value = "text", hide_possible_values = true)]
    output: Form,
    /// Run the whole pipeline, with the request signed by this user of vestibule.toml, or as `anonymous`
    #[arg(long = "as", value_name = "USER")]
    user: Option<String>,
    #[command(flatten)]
    flags: OneRequestFlags,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, clap::ValueEnum)]
enum Form {
    Text,
    Json,
}

impl Invoke {
    /// Runs the command.
    pub(super) fn run(
        self,
        environment: &Environment,
        output: &mut Output<'_>,
    ) -> Result<Exit, Failure> {
        let request = self.request()?;
        let loaded = config::load(&self.flags.0, environment)?;
        output.warn(&loaded.warnings);
        let settings = loaded.settings;
        if settings.definitions.value.is_empty() {
            let usage = "vestibule invoke METHOD PATH FILE...";
            return Err(Failure::usage("no definition is named", usage));
        }
        let door = match &self.user {
            Some(user) => Door::Client(caller::request_of(user, request, &settings)?),
            None => Door::TestInvoke(request.map(Full::new)),
        };
        let identities = identities(&settings);
        let served = serve::load(&settings, &identities);
        if served.is_nothing() {
            output.findings(&served.diagnostics, &consequence(&served));
            return Ok(Exit::Findings);
        }
        let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build();
        let runtime = runtime.map_err(|error| Failure::system("start threads", &error))?;
        let answered = runtime.block_on(answer(&settings, &identities, served, door));
        runtime.shutdown_timeout(CLOSE_TIMEOUT);
        let answered = answered?;
        self.show(&answered, output);
        let is_fine = answered.response.status().as_u16() < 400;
        Ok(if is_fine { Exit::Ok } else { Exit::Findings })
    }

    fn request(&self) -> Result<Request<Bytes>, Failure> {
        let usage =
            |message: String, help: &str| Failure::Usage { message, help: Some(help.to_owned()) };
        let method = Method::from_bytes(self.method.as_bytes()).map_err(|_| {
            usage(format!("`{}` is no verb", self.method), "write one such as `GET`")
        })?;
        if !self.target.starts_with('/') {
            let message = format!("`{}` is no path", self.target);
            return Err(usage(message, "begin it with `/`, such as `/items/1?full=true`"));
        }
        let mut request = Request::builder().method(method).uri(&self.target);
        for header in &self.headers {
            let parsed = header.split_once(':').and_then(|(name, value)| {
                let name = HeaderName::try_from(name.trim()).ok()?;
                Some((name, HeaderValue::try_from(value.trim()).ok()?))
            });
            let (name, value) = parsed.ok_or_else(|| {
                usage("a value of `-H` is no header".to_owned(), "write it like `-H 'Name: value'`")
            })?;
            request = request.header(name, value);
        }
        request.body(self.body()?).map_err(|error| {
            let message = format!("`{}` is no path: {error}", self.target);
            usage(message, "write `%20` for a space, and other characters likewise")
        })
    }

    fn body(&self) -> Result<Bytes, Failure> {
        let Some(body) = &self.body else { return Ok(Bytes::new()) };
        let Some(file) = body.strip_prefix('@') else { return Ok(Bytes::from(body.clone())) };
        let path = Path::new(if file == "-" { "standard input" } else { file });
        let unreadable = |error: std::io::Error| Failure::file(path, &error.to_string());
        let input: Box<dyn Read> = match file {
            "-" => Box::new(std::io::stdin()),
            file => Box::new(std::fs::File::open(file).map_err(unreadable)?),
        };
        let mut bytes = Vec::new();
        let limit = u64::try_from(REQUEST_BODY_BYTES_MAX).unwrap_or(u64::MAX);
        input.take(limit + 1).read_to_end(&mut bytes).map_err(unreadable)?;
        if bytes.len() > REQUEST_BODY_BYTES_MAX {
            let reason = format!("it is longer than {REQUEST_BODY_BYTES_MAX} bytes");
            return Err(Failure::file(path, &reason));
        }
        Ok(Bytes::from(bytes))
    }

    fn show(&self, answered: &Answered, output: &mut Output<'_>) {
        let is_coloured = output.is_coloured();
        match self.output {
            Form::Json => output.print(&document(answered, self.log)),
            Form::Text => {
                output.print_bytes(&head(&answered.response));
                output.print_bytes(answered.response.body());
                if !answered.response.body().ends_with(b"\n") {
                    output.print("\n");
                }
                if let Some(trace) = &answered.trace {
                    output.explain(&match self.log {
                        true => trace.execution_log(),
                        false => format!("\n{}", trace.text(is_coloured)),
                    });
                }
            }
        }
    }
}

/// By which door a request comes.
enum Door {
    /// That of all clients.
    Client(Request<Full<Bytes>>),
    /// That of the gateway's owner.
    TestInvoke(Request<Full<Bytes>>),
}

/// An answer with its trace.
struct Answered {
    response: http::Response<Bytes>,
    trace: Option<Arc<Trace>>,
}

async fn answer(
    settings: &Resolved,
    identities: &Identities,
    served: Served,
    door: Door,
) -> Result<Answered, Failure> {
    let clock = Arc::new(SystemClock::new());
    connect(identities, settings)?;
    let store = serve::open(settings, identities, &clock).await?;
    let mut progress = Progress::new(false);
    serve::fill(&store, &served.tables, &settings.seed.value, &mut progress).await?;
    let limits = settings.limits.value.of_gateway();
    let cache = settings.cache();
    let gateway = gateway(served, &store, network(settings)?, &clock, limits, cache);
    gateway.trace(TraceMode::All, |_| {});
    let client = IpAddr::V4(Ipv4Addr::LOCALHOST);
    let response = match door {
        Door::Client(request) => gateway.answer(request, client).await,
        Door::TestInvoke(request) => gateway.test_invoke(request, client).await,
    };
    let (head, body) = response.into_parts();
    let body = match body.collect().await {
        Ok(body) => body.to_bytes(),
        Err(never) => match never {},
    };
    gateway.drained().await;
    let trace = gateway.traces().into_iter().next();
    Ok(Answered { response: http::Response::from_parts(head, body), trace })
}

/// The status and the headers, one a line.
fn head(response: &http::Response<Bytes>) -> Vec<u8> {
    let mut head = format!("HTTP/1.1 {}\n", response.status()).into_bytes();
    for (name, value) in response.headers() {
        head.extend_from_slice(name.as_str().as_bytes());
        head.extend_from_slice(b": ");
        head.extend_from_slice(value.as_bytes());
        head.extend_from_slice(b"\n");
    }
    head.extend_from_slice(b"\n");
    head
}

fn document(answered: &Answered, has_log: bool) -> String {
    let Answered { response, trace } = answered;
    let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
    let headers = response
        .headers()
        .iter()
        .map(|(name, value)| json!({ "name": name.as_str(), "value": text(value.as_bytes()) }));
    let mut document = json!({
        "status": response.status().as_u16(),
        "headers": headers.collect::<serde_json::Value>(),
        "body": text(response.body()),
        "trace": trace.as_ref().map(|trace| trace.json()),
    });
    if has_log && let (Some(trace), Some(members)) = (trace, document.as_object_mut()) {
        members.insert("log".to_owned(), trace.execution_log().into());
    }
    format!("{document:#}\n")
}
