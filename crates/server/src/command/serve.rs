//! `vestibule serve`: read and compile the definitions, open and fill the store, listen, say so, serve until a signal.

use std::convert::Infallible;
use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::sync::Arc;

use http::Request;
use hyper::body::Incoming;
use hyper::service::service_fn;
use tokio::net::TcpListener;
use vestibule_dynamodb::{State, Tables};
use vestibule_gateway::{CacheOptions, CacheStore, Gateway, Limits, Ports, Sharing, TraceMode};

use super::cli::Output;
use super::exit::Exit;
use super::failure::Failure;
use super::reload::{Current, Reloads, Sources};
use crate::access_log::AccessLog;
use crate::admin::{self, Readiness};
use crate::aws::{self, Aws};
use crate::config::{self, Environment, Flags, Listening, Origin, Resolved};
use crate::credentials::Identities;
use crate::descriptors::{self, TooFew};
use crate::lifecycle::{self, Listeners};
use crate::limits::CLOSE_TIMEOUT;
use crate::listen::{self, BindError, Entrance, Guard, Peer, Tls};
use crate::log::{self, Style};
use crate::outbound::{self, Network};
use crate::proxies::{self, TrustedProxies};
use crate::serve::{self, Methods, Outcome, Progress, Served, SystemClock, SystemRandom, Watch};
use crate::shared::{Counts, Shared};
use crate::signal::{Hangups, Signals};
use crate::startup;
use crate::supervisor;
use crate::telemetry::{Telemetry, otlp};
use crate::tls::Renewals;
use crate::usage::Usage;

/// Where the AWS endpoints of `dev` are, unless told otherwise.
const AWS_OF_DEV: SocketAddr = SocketAddr::new(IpAddr::V4(Ipv4Addr::LOCALHOST), 4566);

/// What to do where the AWS endpoints are there for nobody.
const NO_ACCESS_KEY: &str =
    "set VESTIBULE_ACCESS_KEYS, or give users access keys in the settings file";

/// Serve REST APIs from their definitions
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  vestibule serve openapi.yaml tables.yaml --seed items.json
  vestibule serve openapi.yaml --ephemeral --stage-variable table=items")]
pub(super) struct Serve {
    #[command(flatten)]
    flags: Flags,
}

impl Serve {
    /// Runs the command until the program is told to end.
    pub(super) fn run(
        self,
        environment: &Environment,
        output: &mut Output<'_>,
    ) -> Result<Exit, Failure> {
        start("serve", &self.flags, environment, output)
    }
}

/// Runs the command `serve` or `dev`, which differ in the defaults of two settings.
pub(super) fn start(
    command: &str,
    flags: &Flags,
    environment: &Environment,
    output: &mut Output<'_>,
) -> Result<Exit, Failure> {
    let loaded = config::load(flags, environment)?;
    output.warn(&loaded.warnings);
    let mut settings = loaded.settings;
    if settings.definitions.value.is_empty() {
        let usage = format!("vestibule {command} FILE...");
        return Err(Failure::usage("no definition is named", &usage));
    }
    if command == "dev" && settings.watch.origin == Origin::Default {
        settings.watch.value = true;
    }
    if command == "dev" && settings.aws.origin == Origin::Default {
        settings.aws.value = Listening::At(AWS_OF_DEV);
    }
    let is_watched_by_a_person = command == "dev" || output.is_stderr_terminal();
    if is_watched_by_a_person && settings.trace.origin == Origin::Default {
        settings.trace.value = TraceMode::Errors;
    }
    let style = Style {
        level: settings.log.value,
        format: settings.log_format.value,
        is_coloured: output.is_coloured(),
    };
    log::start(style);
    let identities = identities(&settings);
    let served = serve::load(&settings, &identities);
    output.findings(&served.diagnostics, &consequence(&served));
    if served.is_nothing() {
        return Ok(Exit::Findings);
    }
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build();
    let runtime = runtime.map_err(|error| Failure::system("start threads", &error))?;
    let ended = runtime.block_on(async {
        let sources = Sources { flags: flags.clone(), environment: environment.clone() };
        run(Arc::new(settings), sources, identities, served, style, output).await
    });
    // A thread that waits for the system (a name, a file) keeps nobody from leaving.
    runtime.shutdown_timeout(CLOSE_TIMEOUT);
    ended
}

/// What follows from the errors among the findings.
pub(super) fn consequence(served: &Served) -> String {
    let are = |number: usize| if number == 1 { "method is" } else { "methods are" };
    let methods = |number: usize| if number == 1 { "method" } else { "methods" };
    match served.outcome {
        Outcome::Partial(Methods { refused, sound }) => {
            format!("{refused} {} refused with 500, {sound} {} served", are(refused), are(sound))
        }
        Outcome::NothingYet(Methods { sound, .. }) => format!(
            "nothing is served (`--allow-partial` serves the {sound} {} without an error)",
            methods(sound)
        ),
        Outcome::Nothing | Outcome::Whole => "nothing is served".to_owned(),
    }
}

async fn run(
    settings: Arc<Resolved>,
    sources: Sources,
    identities: Identities,
    served: Served,
    style: Style,
    output: &mut Output<'_>,
) -> Result<Exit, Failure> {
    if let Err(few) = descriptors::raise() {
        output.caution(&few.to_string(), TooFew::HELP);
    }
    // From before anything is opened, so that no change is missed.
    let watch = watch(&settings, &served)?;
    let clock = Arc::new(SystemClock::new());
    let (entrance, renewals) = entrance(&settings, &clock, output)?;
    let data_plane = listen::bind(settings.listen.value, "--listen").await?;
    let admin = bound(settings.admin.value, "--admin").await?;
    let aws = bound(settings.aws.value, "--aws").await?;
    let mut signals = Signals::catch().map_err(|error| Failure::system("catch signals", &error))?;
    let hangups = Hangups::catch().map_err(|error| Failure::system("catch signals", &error))?;
    let network = network(&settings)?;
    connect(&identities, &settings)?;
    let store = tokio::select! {
        store = serve::open(&settings, &identities, &clock) => store?,
        _ = signals.next() => return Err(Failure::interrupted()),
    };
    let mut progress = Progress::new(output.is_stderr_terminal());
    let filled = tokio::select! {
        filled = serve::fill(&store, &served.tables, &settings.seed.value, &mut progress) => filled,
        _ = signals.next() => return Err(Failure::interrupted()),
    };
    let (tables, seeds) = filled?;
    output.print(&startup::tables(&tables, &seeds));
    let base_url = url(&data_plane, entrance.tls.is_some()).unwrap_or_default();
    let is_tls = |listener: &TcpListener| entrance.tls.is_some() && !is_loopback(listener);
    let aws_url = aws.as_ref().and_then(|listener| url(listener, is_tls(listener)));
    let admin_url = admin.as_ref().and_then(|listener| url(listener, false));
    let others = [("admin", admin_url), ("AWS endpoints", aws_url)];
    let ready = ready(&served, &store.0, &base_url, others).await;

    let readiness = Arc::new(Readiness::default());
    readiness.serve(served.site.deployment_ids(), Vec::new());
    let (current, state) = (Current::of(&served), store.1.clone());
    let principals = Arc::clone(&served.principals);
    if principals.is_empty() && aws.as_ref().is_some_and(|listener| !is_loopback(listener)) {
        output.caution("nobody may call the AWS endpoints: there is no access key", NO_ACCESS_KEY);
    }
    let limits = settings.limits.value.of_gateway();
    let shared = shared(&settings).await?;
    let answers = shared.as_ref().map(|shared| Arc::clone(&shared.answers) as Arc<dyn CacheStore>);
    let cache = CacheOptions { shared: answers, ..settings.cache() };
    let gateway = gateway(served, &store, network, &clock, limits, cache);
    share(&settings, &gateway, shared.as_ref());
    let usage = Usage::keep(Arc::clone(&gateway), state).await?;
    gateway.trace(settings.trace.value, log::traces(style));
    let access_log = access_log(&settings, &gateway)?;
    let lines = access_log.as_ref().map(AccessLog::lines);
    let telemetry = Telemetry::of(Arc::clone(&gateway), lines, store.0.clone());
    let exporting = exporting(&settings, &gateway, &telemetry, &clock)?;
    let access_log_hangups = Hangups::catch();
    let access_log_hangups =
        access_log_hangups.map_err(|error| Failure::system("catch signals", &error))?;
    let expiring = store.clone();
    let aws = aws.map(|listener| {
        let options = aws::Options {
            guard: Guard::new("aws_hosts", settings.aws_hosts.value.clone()),
            is_verifying: !is_loopback(&listener),
            principals,
            tables: store.0.clone(),
            gateway: Arc::clone(&gateway),
            account: settings.account.value.to_string(),
            region: settings.region.value.to_string(),
            clock: Arc::<SystemClock>::clone(&clock),
            random: Arc::new(SystemRandom),
            calls: telemetry.aws(),
        };
        (listener, Arc::new(Aws::new(options)))
    });
    let reloads = Reloads {
        settings: Arc::clone(&settings),
        sources,
        identities: Arc::new(identities),
        gateway: Arc::clone(&gateway),
        store,
        readiness: Arc::clone(&readiness),
        aws: aws.as_ref().map(|(_, aws)| Arc::clone(aws)),
        clock: Arc::clone(&clock),
        hangups,
        watch,
        base_url,
        current,
    };
    let listeners = Listeners {
        data_plane,
        aws: aws.map(|(listener, aws)| {
            let entrance = entrance_of_endpoints(&entrance, &listener);
            (listener, entrance, aws)
        }),
        entrance,
        admin: admin.map(|listener| {
            let guard = Guard::new("admin_hosts", settings.admin_hosts.value.clone());
            let admin = admin::Admin::new(guard, Arc::clone(&readiness));
            let admin = admin.with_traces(Arc::clone(&gateway)).with_store(reloads.store.0.clone());
            let admin = admin.with_caches(Arc::clone(&gateway));
            (listener, admin.with_metrics(Arc::clone(&telemetry)))
        }),
        readiness,
        drain_delay: settings.drain_delay.value,
        drain: settings.drain.value,
    };
    output.print(&ready);
    supervisor::ready(&reloads.sources.environment);
    let service = {
        let (gateway, proxies) = (Arc::clone(&gateway), listeners.entrance.proxies.clone());
        move |peer: Peer| {
            let (gateway, proxies) = (Arc::clone(&gateway), proxies.clone());
            let connection = telemetry.connected();
            service_fn(move |request: Request<Incoming>| {
                let _as_long_as_this_service = &connection;
                let gateway = Arc::clone(&gateway);
                let client = proxies::client(&peer, request.headers(), &proxies);
                async move { Ok::<_, Infallible>(gateway.answer(request, client).await) }
            })
        }
    };
    // A request whose client has gone still runs to its end. A write that has begun does in any case: the store sees to it.
    let settled = gateway.drained();
    let exit = tokio::select! {
        exit = lifecycle::run(listeners, service, settled, async || signals.next().await) => exit,
        never = reloads.follow(output) => match never {},
        never = renewed(renewals) => match never {},
        never = serve::expire(expiring, clock.as_ref()) => match never {},
        never = kept(shared) => match never {},
        never = followed(access_log.as_ref(), access_log_hangups) => match never {},
    };
    usage.close().await;
    if let Some(exporting) = exporting {
        exporting.close().await;
    }
    if let Some(access_log) = access_log {
        access_log.close();
    }
    Ok(exit)
}

/// The store that the settings want shared. One that is not there yet is waited for once, for a short time.
async fn shared(settings: &Resolved) -> Result<Option<Shared>, Failure> {
    let Some(address) = settings.shared() else { return Ok(None) };
    let tls = outbound::verified(&outbound::roots(&settings.backend_ca.value)?);
    let tls =
        tls.map_err(|error| Failure::System { doing: "use TLS", reason: error.to_string() })?;
    Ok(Some(Shared::open(address, tls).await))
}

/// Counts the gateway's limits in the shared store, if there is one.
fn share(settings: &Resolved, gateway: &Gateway, shared: Option<&Shared>) {
    let Some(shared) = shared else { return };
    gateway.share(Sharing {
        store: Arc::<Counts>::clone(&shared.counts),
        when_lost: settings.shared_when_lost.value,
        gateways: settings.gateways.value,
    });
}

/// Keeps the way to the shared store for ever, if there is one.
async fn kept(shared: Option<Shared>) -> Infallible {
    match shared {
        Some(shared) => shared.keep().await,
        None => std::future::pending().await,
    }
}

/// The access log that the settings ask for, which `gateway` tells of its requests.
fn access_log(settings: &Resolved, gateway: &Gateway) -> Result<Option<AccessLog>, Failure> {
    let Some(destination) = settings.access_log() else { return Ok(None) };
    let opened = AccessLog::open(destination);
    let log = opened.map_err(|error| Failure::system("open the access log", &error))?;
    let lines = log.lines();
    let format = settings.access_log_format.value.format().clone();
    gateway.log_access(format, move |line| lines.add(&line));
    Ok(Some(log))
}

/// The export of spans and metrics that the environment asks for. Its connections are its own: backends do not wait for them.
fn exporting(
    settings: &Resolved,
    gateway: &Gateway,
    telemetry: &Arc<Telemetry>,
    clock: &Arc<SystemClock>,
) -> Result<Option<otlp::Exporting>, Failure> {
    let Some(otel) = settings.otel.clone() else { return Ok(None) };
    let (network, clock) = (Arc::new(network(settings)?), Arc::<SystemClock>::clone(clock));
    let telemetry = Arc::clone(telemetry);
    let families: otlp::Families = Box::new(move || telemetry.families());
    Ok(Some(otlp::export(otel, gateway, families, network, clock)))
}

/// Follows the access log for ever, if there is one.
async fn followed(access_log: Option<&AccessLog>, hangups: Hangups) -> Infallible {
    match access_log {
        Some(access_log) => access_log.follow(hangups).await,
        None => std::future::pending().await,
    }
}

/// A watch over the files of the definitions, when the settings ask for one.
fn watch(settings: &Resolved, served: &Served) -> Result<Option<Watch>, Failure> {
    if !settings.watch.value {
        return Ok(None);
    }
    let mut watch = Watch::new().map_err(|error| Failure::watch(&error))?;
    watch.follow(&served.files).map_err(|error| Failure::watch(&error))?;
    Ok(Some(watch))
}

/// The way to backends.
pub(super) fn network(settings: &Resolved) -> Result<Network, Failure> {
    let roots = outbound::roots(&settings.backend_ca.value)?;
    let network = Network::new(roots);
    network.map_err(|error| Failure::System { doing: "use TLS", reason: error.to_string() })
}

/// As whom AWS is called.
pub(super) fn identities(settings: &Resolved) -> Identities {
    Identities::of(settings, Arc::new(SystemClock::new()))
}

/// Lets identities ask for credentials. Their connections are their own: backends do not keep them waiting.
pub(super) fn connect(identities: &Identities, settings: &Resolved) -> Result<(), Failure> {
    identities.connect(Arc::new(network(settings)?));
    Ok(())
}

/// How the data plane takes connections, and what replaces its certificate.
fn entrance(
    settings: &Resolved,
    clock: &Arc<SystemClock>,
    output: &mut Output<'_>,
) -> Result<(Entrance, Option<Renewals>), Failure> {
    let proxies = TrustedProxies::new(settings.trusted_proxies.value.clone());
    let Some(pair) = settings.tls() else { return Ok((Entrance { tls: None, proxies }, None)) };
    let hangups = Hangups::catch().map_err(|error| Failure::system("catch signals", &error))?;
    let opened = Renewals::open(pair, settings.truststores(), Arc::clone(clock), hangups)?;
    for warning in &opened.warnings {
        output.caution(&warning.to_string(), &warning.remedy());
    }
    let tls = Tls { config: opened.config, truststores: opened.truststores };
    Ok((Entrance { tls: Some(tls), proxies }, Some(opened.renewals)))
}

/// A listener that may be off.
async fn bound(listening: Listening, flag: &'static str) -> Result<Option<TcpListener>, BindError> {
    match listening.address() {
        Some(address) => listen::bind(address, flag).await.map(Some),
        None => Ok(None),
    }
}

/// Whether who calls a listener may be any program of this machine and nobody else.
fn is_loopback(listener: &TcpListener) -> bool {
    listener.local_addr().is_ok_and(|address| address.ip().to_canonical().is_loopback())
}

/// How connections to the AWS endpoints are taken: as those to the data plane, but without demands of domains, and plain on loopback.
fn entrance_of_endpoints(data_plane: &Entrance, listener: &TcpListener) -> Entrance {
    if is_loopback(listener) {
        return Entrance::default();
    }
    let proxies = data_plane.proxies.clone();
    let tls = data_plane.tls.as_ref().map(|tls| {
        let config = Arc::clone(&tls.config);
        Tls { config, truststores: Arc::default() }
    });
    Entrance { tls, proxies }
}

/// Replaces the certificate for ever, if there is one.
async fn renewed(renewals: Option<Renewals>) -> Infallible {
    match renewals {
        Some(renewals) => renewals.follow().await,
        None => std::future::pending().await,
    }
}

fn url(listener: &TcpListener, is_tls: bool) -> Option<String> {
    listener.local_addr().ok().map(|address| startup::base_url(address, is_tls))
}

/// The data plane over a store and the network.
pub(super) fn gateway(
    served: Served,
    (tables, _): &(Tables, State),
    network: Network,
    clock: &Arc<SystemClock>,
    limits: Limits,
    cache: CacheOptions,
) -> Arc<Gateway> {
    let ports = Ports {
        tables: tables.clone(),
        endpoints: Arc::new(network),
        clock: Arc::<SystemClock>::clone(clock),
        random: Arc::new(SystemRandom),
    };
    let gateway = Gateway::with_cache(ports, limits, cache);
    gateway.serve(served.site);
    gateway
}

/// What is printed when everything is ready: routes, addresses, a line to try.
async fn ready(
    served: &Served,
    tables: &Tables,
    base: &str,
    others: [(&str, Option<String>); 2],
) -> String {
    let rows = serve::rows(&served.site, tables, &served.tables).await;
    let routes = startup::routes(&rows);
    // Tables alone have none.
    let mut text = if routes.is_empty() { "\n".to_owned() } else { format!("\n{routes}\n") };
    text.push_str(&format!("listening on {base}\n"));
    text.push_str(&startup::stages(base, &served.stages()));
    for (name, url) in others {
        if let Some(url) = url {
            text.push_str(&format!("{name} on {url}\n"));
        }
    }
    if let Some(line) = startup::curl(base, &rows) {
        text.push_str(&format!("try: {line}\n"));
    }
    text
}
