//! What the settings mean: typed, checked, each with its origin. After this nothing is open.

use std::net::SocketAddr;
use std::num::NonZeroU32;
use std::path::{Path, PathBuf};
use std::time::Duration;

use super::aws::{self, CredentialSettings};
use super::environment::{Environment, Warning};
use super::error::Error;
use super::file;
use super::flags::Flags;
use super::layers::{Layers, Piece};
use super::origin::Origin;
use super::otel::{self, Otel};
use super::raw::{self, Setting};
use super::sections::{AccessKeySettings, DomainSettings, Sections, UserSettings};
use super::value::{
    self, AccessLogForm, AccessLogTo, AccountLimit, CacheStatuses, HostName, LimitSet, Listening,
    LogFormat, LogLevel, Secret, StageVariables, Store, ValueError,
};
use vestibule_dynamodb::Place;
use vestibule_gateway::{CacheOptions, EndpointUrl, Services, TraceMode, WhenLost};
use vestibule_restapi::{AccountId, Region, StageName};

use crate::access_log::Destination;
use crate::limits::{
    ENDPOINTS_MAX, FILES_MAX, HOSTS_MAX, PARAMETERS_MAX, STAGE_VARIABLES_MAX, TRUSTED_PROXIES_MAX,
};
use crate::proxies::Network;
use crate::shared::Address;
use crate::tls::{TlsFiles, TruststoreFile};

/// A value with its origin.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Sourced<T> {
    /// The value.
    pub value: T,
    /// Where it came from.
    pub origin: Origin,
}

/// The settings, and what was odd about them.
#[derive(Debug, Clone)]
pub struct Loaded {
    /// The settings.
    pub settings: Resolved,
    /// Variables of the environment that look like settings.
    pub warnings: Vec<Warning>,
}

/// Every setting, checked. Its fields are the entries of `raw`.
#[derive(Debug, Clone)]
pub struct Resolved {
    /// The settings file as named.
    pub config: Sourced<PathBuf>,
    /// Whether that file was there to be read. False only for the default name.
    pub is_config_read: bool,
    /// Where the data plane listens.
    pub listen: Sourced<SocketAddr>,
    /// The certificate of the data plane, with `tls_key` or not at all. See [`Resolved::tls`].
    pub tls_certificate: Sourced<Option<PathBuf>>,
    /// The key of that certificate. See [`Resolved::tls`].
    pub tls_key: Sourced<Option<PathBuf>>,
    /// The proxies that are believed.
    pub trusted_proxies: Sourced<Vec<Network>>,
    /// Whose limits hold.
    pub limits: Sourced<LimitSet>,
    /// How many requests are taken together.
    pub account_limit: Sourced<AccountLimit>,
    /// Whether clients are told their limits.
    pub rate_limit_headers: Sourced<bool>,
    /// Megabytes that cached answers take at most. See [`Resolved::cache`].
    pub cache_mb: Sourced<u64>,
    /// Which answers are cached. See [`Resolved::cache`].
    pub cache_statuses: Sourced<CacheStatuses>,
    /// Where the admin listener listens.
    pub admin: Sourced<Listening>,
    /// Further names under which the admin listener may be called.
    pub admin_hosts: Sourced<Vec<HostName>>,
    /// Where the AWS endpoints listen.
    pub aws: Sourced<Listening>,
    /// Further names under which the AWS endpoints may be called.
    pub aws_hosts: Sourced<Vec<HostName>>,
    /// Access keys of the account itself. See [`Resolved::users`].
    pub access_keys: Sourced<Vec<AccessKeySettings>>,
    /// The data folder. See [`Resolved::storage`].
    pub data: Sourced<PathBuf>,
    /// Whether the data folder is left alone. See [`Resolved::storage`].
    pub ephemeral: Sourced<bool>,
    /// Where the tables are. See [`Resolved::storage`].
    pub dynamodb: Sourced<Store>,
    /// Attempts of one call of a remote store.
    pub dynamodb_attempts: Sourced<u32>,
    /// The definitions to serve, in their order. May be empty.
    pub definitions: Sourced<Vec<PathBuf>>,
    /// Whether methods without an error are served beside those that have one.
    pub allow_partial: Sourced<bool>,
    /// Whether the definitions are read again when a file of theirs changes.
    pub watch: Sourced<bool>,
    /// The files of items to load once, in their order.
    pub seed: Sourced<Vec<PathBuf>>,
    /// Files of authorities whose certificates backends may have, beside the public ones.
    pub backend_ca: Sourced<Vec<PathBuf>>,
    /// The stage's name.
    pub stage: Sourced<StageName>,
    /// The stage's variables.
    pub stage_variables: Sourced<StageVariables>,
    /// Values of the parameters of templates, in the order of their source, no name twice.
    pub parameters: Sourced<Vec<(String, String)>>,
    /// The AWS account that ARNs name.
    pub account: Sourced<AccountId>,
    /// The AWS region that ARNs name.
    pub region: Sourced<Region>,
    /// Where Lambda functions are invoked.
    pub lambda_endpoint: Sourced<Option<EndpointUrl>>,
    /// Where other services of AWS are called, no service twice.
    pub endpoints: Sourced<Vec<(String, EndpointUrl)>>,
    /// The store that gateways share. See [`Resolved::shared`].
    pub shared: Sourced<Option<Address>>,
    /// Its password, where its URL has none. See [`Resolved::shared`].
    pub shared_password: Sourced<Secret>,
    /// What is done while it is away.
    pub shared_when_lost: Sourced<WhenLost>,
    /// How many gateways share it; none counts them.
    pub gateways: Sourced<Option<NonZeroU32>>,
    /// Where what calls of AWS's services are signed with is. The environment alone says it.
    pub credentials: CredentialSettings,
    /// Where spans and metrics are exported. The environment alone says it.
    pub otel: Option<Otel>,
    /// What has no flag.
    pub sections: Sections,
    /// The least level that is logged.
    pub log: Sourced<LogLevel>,
    /// How log lines are written.
    pub log_format: Sourced<LogFormat>,
    /// Which requests are explained.
    pub trace: Sourced<TraceMode>,
    /// Where a line a request goes. See [`Resolved::access_log`].
    pub access_log: Sourced<AccessLogTo>,
    /// The form of such a line where the stage says none.
    pub access_log_format: Sourced<AccessLogForm>,
    /// Megabytes at which a file of the access log is renamed.
    pub access_log_max_mb: Sourced<u64>,
    /// Renamed files of the access log that are kept.
    pub access_log_files: Sourced<u32>,
    /// How long requests in flight may take at the end.
    pub drain: Sourced<Duration>,
    /// How long connections are still taken when the end has begun.
    pub drain_delay: Sourced<Duration>,
}

/// Where the tables live.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Storage<'s> {
    /// Until the end of the process.
    Ephemeral,
    /// In this folder.
    Folder(&'s Path),
}

impl Resolved {
    /// Refuses two listeners at one address. Port 0 is another one each time.
    fn check_addresses(&self) -> Result<(), Error> {
        let mut taken: Vec<(&'static Setting, SocketAddr)> = Vec::new();
        let listeners = [
            (&raw::LISTEN, Some(self.listen.value)),
            (&raw::ADMIN, self.admin.value.address()),
            (&raw::AWS, self.aws.value.address()),
        ];
        for (setting, address) in listeners {
            let Some(address) = address.filter(|address| address.port() != 0) else { continue };
            if let Some((first, _)) = taken.iter().find(|(_, known)| *known == address) {
                return Err(Error::SameAddress { first, second: setting, address });
            }
            taken.push((setting, address));
        }
        Ok(())
    }

    /// Where answers are cached, and which: in the memory of this process.
    pub fn cache(&self) -> CacheOptions {
        CacheOptions {
            bytes: self.cache_mb.value * 1024 * 1024,
            keeps_errors: self.cache_statuses.value == CacheStatuses::All,
            shared: None,
        }
    }

    /// Returns where the tables live.
    pub fn storage(&self) -> Storage<'_> {
        if self.ephemeral.value { Storage::Ephemeral } else { Storage::Folder(&self.data.value) }
    }

    /// Returns these settings with what the sections of `again` say of callers, keys and functions. All else is as it was at the
    /// start, custom domains too, whose truststores are followed apart.
    pub fn with_sections_of(&self, again: Resolved) -> Resolved {
        let domains = self.sections.domains.clone();
        Resolved { sections: Sections { domains, ..again.sections }, ..self.clone() }
    }

    /// Returns the users of the settings file and, where it has access keys of its own, the account itself.
    pub fn users(&self) -> Vec<UserSettings> {
        let keys = &self.access_keys.value;
        let account = (!keys.is_empty()).then(|| UserSettings {
            name: "root".to_owned(),
            arn: Some(format!("arn:aws:iam::{}:root", self.account.value)),
            policies: Vec::new(),
            permissions_boundary: None,
            session_policies: Vec::new(),
            access_keys: keys.clone(),
            place: "`access_keys`".to_owned(),
        });
        account.into_iter().chain(self.sections.users.iter().cloned()).collect()
    }

    /// Returns the files that the sections were read from: the settings file, if there is one, and those of secrets.
    pub fn files(&self) -> Vec<PathBuf> {
        let file = self.is_config_read.then(|| self.config.value.clone());
        file.into_iter().chain(self.sections.files.iter().cloned()).collect()
    }

    /// Returns where the tables are, when they are not embedded. The data folder is then used for nothing but keys.
    pub fn remote_store(&self) -> Option<&Place> {
        match &self.dynamodb.value {
            Store::Embedded => None,
            Store::Remote(place) => Some(place),
        }
    }

    /// Returns the truststores of custom domains.
    pub fn truststores(&self) -> Vec<TruststoreFile> {
        let file = |domain: &DomainSettings| TruststoreFile {
            domain: domain.name.clone(),
            path: domain.truststore.clone(),
        };
        self.sections.domains.iter().map(file).collect()
    }

    /// Returns the certificate and key that the data plane is served with, unless it is plain.
    pub fn tls(&self) -> Option<TlsFiles> {
        let (certificate, key) = (self.tls_certificate.value.clone(), self.tls_key.value.clone());
        Some(TlsFiles { certificate: certificate?, key: key? })
    }

    /// Returns where lines of the access log go, unless there is none.
    pub fn access_log(&self) -> Option<Destination> {
        match &self.access_log.value {
            AccessLogTo::Off => None,
            AccessLogTo::Stdout => Some(Destination::Stdout),
            AccessLogTo::File(path) => Some(Destination::File {
                path: path.clone(),
                bytes_max: self.access_log_max_mb.value * 1024 * 1024,
                kept: self.access_log_files.value,
            }),
        }
    }

    /// Returns where the store is that gateways share, and as whom it is asked, unless there is none.
    pub fn shared(&self) -> Option<Address> {
        let address = self.shared.value.clone()?;
        match self.shared_password.value.text() {
            "" => Some(address),
            password => Some(address.with_password(password)),
        }
    }

    /// Returns where AWS's services are called. As whom is not in it.
    pub fn services(&self) -> Services {
        let lambda = self.lambda_endpoint.value.iter().cloned();
        let lambda = lambda.map(|url| ("lambda".to_owned(), url));
        let endpoints = lambda.chain(self.endpoints.value.iter().cloned()).collect();
        let services =
            Services::new(endpoints, None).with_functions(self.sections.functions.clone());
        match self.remote_store().is_some_and(Place::is_aws) {
            true => services.with_aws_dynamodb(self.region.value.to_string()),
            false => services,
        }
    }
}

/// Reads flags, environment and settings file, and resolves them.
///
/// # Errors
/// The first thing that is wrong with them.
pub fn load(flags: &Flags, environment: &Environment) -> Result<Loaded, Error> {
    let (said, warnings) = environment.read()?;
    let mut layers = Layers { flags: flags.read()?, environment: said, ..Layers::default() };
    let config = one(&layers, &raw::CONFIG, value::path)?;
    let file = file::read(&config.value, config.origin == Origin::Default, environment)?;
    layers.folder = config.value.parent().map(Path::to_owned).unwrap_or_default();
    let is_config_read = file.is_some();
    let (said, sections) = file.unwrap_or_default();
    layers.file = said;
    let settings = resolve(&layers, environment, config, is_config_read)?;
    let settings = Resolved { sections, ..settings };
    check(&settings)?;
    Ok(Loaded { settings, warnings })
}

fn resolve(
    layers: &Layers,
    environment: &Environment,
    config: Sourced<PathBuf>,
    is_config_read: bool,
) -> Result<Resolved, Error> {
    let path = |setting| {
        let sourced = one(layers, setting, value::path)?;
        let value = against(&layers.folder, sourced.value, &sourced.origin);
        Ok::<_, Error>(Sourced { value, origin: sourced.origin })
    };
    Ok(Resolved {
        config,
        is_config_read,
        listen: one(layers, &raw::LISTEN, value::address)?,
        tls_certificate: optional_path(layers, &raw::TLS_CERTIFICATE)?,
        tls_key: optional_path(layers, &raw::TLS_KEY)?,
        trusted_proxies: many(layers, &raw::TRUSTED_PROXIES, TOO_MANY_PROXIES, |piece| {
            value::network(&piece.text)
        })?,
        limits: one(layers, &raw::LIMITS, value::limit_set)?,
        account_limit: one(layers, &raw::ACCOUNT_LIMIT, value::account_limit)?,
        rate_limit_headers: one(layers, &raw::RATE_LIMIT_HEADERS, value::switch)?,
        cache_mb: one(layers, &raw::CACHE_MB, value::cache_mb)?,
        cache_statuses: one(layers, &raw::CACHE_STATUSES, value::cache_statuses)?,
        admin: one(layers, &raw::ADMIN, value::listening)?,
        admin_hosts: many(layers, &raw::ADMIN_HOSTS, TOO_MANY_HOSTS, |piece| {
            value::host_name(&piece.text)
        })?,
        aws: one(layers, &raw::AWS, value::listening)?,
        aws_hosts: many(layers, &raw::AWS_HOSTS, TOO_MANY_HOSTS, |piece| {
            value::host_name(&piece.text)
        })?,
        access_keys: one(layers, &raw::ACCESS_KEYS, value::access_keys)?,
        data: path(&raw::DATA)?,
        ephemeral: one(layers, &raw::EPHEMERAL, value::switch)?,
        dynamodb: dynamodb(layers, environment)?,
        dynamodb_attempts: one(layers, &raw::DYNAMODB_ATTEMPTS, value::attempts)?,
        definitions: paths(layers, &raw::DEFINITIONS)?,
        allow_partial: one(layers, &raw::ALLOW_PARTIAL, value::switch)?,
        watch: one(layers, &raw::WATCH, value::switch)?,
        seed: paths(layers, &raw::SEED)?,
        backend_ca: paths(layers, &raw::BACKEND_CA)?,
        stage: one(layers, &raw::STAGE, value::stage_name)?,
        stage_variables: stage_variables(layers)?,
        parameters: pairs(layers, &raw::PARAMETERS, TOO_MANY_PARAMETERS, value::parameter)?,
        account: one(layers, &raw::ACCOUNT, value::account)?,
        region: one(layers, &raw::REGION, value::region)?,
        lambda_endpoint: one(layers, &raw::LAMBDA_ENDPOINT, value::lambda_endpoint)?,
        endpoints: endpoints(layers, environment)?,
        shared: one(layers, &raw::SHARED, value::shared)?,
        shared_password: one(layers, &raw::SHARED_PASSWORD, value::secret)?,
        shared_when_lost: one(layers, &raw::SHARED_WHEN_LOST, value::when_lost)?,
        gateways: one(layers, &raw::GATEWAYS, value::gateways)?,
        credentials: aws::credentials(environment)?,
        otel: otel::otel(environment)?,
        sections: Sections::default(),
        log: one(layers, &raw::LOG, value::log_level)?,
        log_format: one(layers, &raw::LOG_FORMAT, value::log_format)?,
        trace: one(layers, &raw::TRACE, value::trace_mode)?,
        access_log: access_log(layers)?,
        access_log_format: one(layers, &raw::ACCESS_LOG_FORMAT, value::access_log_form)?,
        access_log_max_mb: one(layers, &raw::ACCESS_LOG_MAX_MB, value::access_log_mb)?,
        access_log_files: one(layers, &raw::ACCESS_LOG_FILES, value::access_log_files)?,
        drain: one(layers, &raw::DRAIN_SECONDS, value::drain_seconds)?,
        drain_delay: one(layers, &raw::DRAIN_DELAY_SECONDS, value::drain_seconds)?,
    })
}

/// Reads which store a flag of a command means, which says so as the setting `dynamodb` does.
///
/// # Errors
/// What it says is no store.
pub fn store(flag: &'static str, text: &str, environment: &Environment) -> Result<Store, Error> {
    let origin = Origin::Flag(flag);
    let value = value::store(text).map_err(|error| Error::Value {
        setting: &raw::DYNAMODB,
        text: text.to_owned(),
        origin: origin.clone(),
        error,
    })?;
    at_place_of_aws(Sourced { value, origin }, environment).map(|store| store.value)
}

fn dynamodb(layers: &Layers, environment: &Environment) -> Result<Sourced<Store>, Error> {
    at_place_of_aws(one(layers, &raw::DYNAMODB, value::store)?, environment)
}

/// A store; that of AWS where AWS's own variable says.
fn at_place_of_aws(
    mut store: Sourced<Store>,
    environment: &Environment,
) -> Result<Sourced<Store>, Error> {
    if store.value == Store::Remote(Place::Aws)
        && let Some((address, origin)) = aws::dynamodb_endpoint(environment)?
    {
        // AWS is never called without TLS: what has none is an emulator.
        let place = match address.is_tls() {
            true => Place::AwsAt(address),
            false => Place::At(vec![address]),
        };
        store = Sourced { value: Store::Remote(place), origin };
    }
    Ok(store)
}

/// Refuses settings that contradict one another.
fn check(settings: &Resolved) -> Result<(), Error> {
    if settings.ephemeral.value && settings.remote_store().is_some() {
        let (dynamodb, ephemeral) = (&settings.dynamodb.origin, &settings.ephemeral.origin);
        let (dynamodb, ephemeral) = (dynamodb.clone(), ephemeral.clone());
        return Err(Error::RemoteAndEphemeral { dynamodb, ephemeral });
    }
    let (data, ephemeral) = (&settings.data.origin, &settings.ephemeral.origin);
    let is_data_said = *data != Origin::Default && data.rank() >= ephemeral.rank();
    if settings.ephemeral.value && is_data_said {
        let (data, ephemeral) = (data.clone(), ephemeral.clone());
        return Err(Error::DataAndEphemeral { data, ephemeral });
    }
    let (certificate, key) = (&settings.tls_certificate, &settings.tls_key);
    match (&certificate.value, &key.value) {
        (Some(_), None) => {
            let (given, missing) = (&raw::TLS_CERTIFICATE, &raw::TLS_KEY);
            return Err(Error::HalfOfTls { given, origin: certificate.origin.clone(), missing });
        }
        (None, Some(_)) => {
            let (given, missing) = (&raw::TLS_KEY, &raw::TLS_CERTIFICATE);
            return Err(Error::HalfOfTls { given, origin: key.origin.clone(), missing });
        }
        (Some(_), Some(_)) | (None, None) => {}
    }
    settings.check_addresses()
}

fn one<T>(
    layers: &Layers,
    setting: &'static Setting,
    parse: fn(&str) -> Result<T, ValueError>,
) -> Result<Sourced<T>, Error> {
    let given = layers.pick(setting);
    // A single value has one piece; without any, the default speaks.
    let (text, origin) = given
        .pieces
        .into_iter()
        .next()
        .map_or((setting.default.to_owned(), Origin::Default), |piece| (piece.text, piece.origin));
    match parse(&text) {
        Ok(value) => Ok(Sourced { value, origin }),
        Err(error) => Err(Error::Value { setting, text, origin, error }),
    }
}

/// A file of the settings file stands beside it.
fn access_log(layers: &Layers) -> Result<Sourced<AccessLogTo>, Error> {
    let Sourced { value, origin } = one(layers, &raw::ACCESS_LOG, value::access_log_to)?;
    let value = match value {
        AccessLogTo::File(path) => AccessLogTo::File(against(&layers.folder, path, &origin)),
        AccessLogTo::Off | AccessLogTo::Stdout => value,
    };
    Ok(Sourced { value, origin })
}

/// A path that may be left out, but not be empty.
fn optional_path(
    layers: &Layers,
    setting: &'static Setting,
) -> Result<Sourced<Option<PathBuf>>, Error> {
    if layers.pick(setting).origin == Origin::Default {
        return Ok(Sourced { value: None, origin: Origin::Default });
    }
    let Sourced { value, origin } = one(layers, setting, value::path)?;
    Ok(Sourced { value: Some(against(&layers.folder, value, &origin)), origin })
}

/// A limit on the entries of a list with what is said past it.
struct Bound {
    entries_max: usize,
    error: ValueError,
}

const TOO_MANY_HOSTS: Bound = Bound {
    entries_max: HOSTS_MAX,
    error: ValueError { reason: "more than 100 names", help: "name fewer" },
};

const TOO_MANY_PROXIES: Bound = Bound {
    entries_max: TRUSTED_PROXIES_MAX,
    error: ValueError { reason: "more than 100 networks", help: "name a network that has several" },
};

const TOO_MANY_FILES: Bound = Bound {
    entries_max: FILES_MAX,
    error: ValueError { reason: "more than 1,000 files", help: "name fewer" },
};

const TOO_MANY_VARIABLES: Bound = Bound {
    entries_max: STAGE_VARIABLES_MAX,
    error: ValueError { reason: "more than 100 stage variables", help: "AWS allows 100" },
};

const TOO_MANY_ENDPOINTS: Bound = Bound {
    entries_max: ENDPOINTS_MAX,
    error: ValueError { reason: "more than 100 endpoints", help: "name fewer" },
};

const TOO_MANY_PARAMETERS: Bound = Bound {
    entries_max: PARAMETERS_MAX,
    error: ValueError { reason: "more than 1,000 parameters", help: "give fewer" },
};

fn many<T>(
    layers: &Layers,
    setting: &'static Setting,
    bound: Bound,
    parse: impl Fn(&Piece) -> Result<T, ValueError>,
) -> Result<Sourced<Vec<T>>, Error> {
    let given = layers.pick(setting);
    let refuse = |piece: &Piece, error| Error::Value {
        setting,
        text: piece.written(),
        origin: piece.origin.clone(),
        error,
    };
    if let Some(piece) = given.pieces.get(bound.entries_max) {
        return Err(refuse(piece, bound.error));
    }
    let value = given
        .pieces
        .iter()
        .map(|piece| parse(piece).map_err(|error| refuse(piece, error)))
        .collect::<Result<_, _>>()?;
    Ok(Sourced { value, origin: given.origin })
}

fn paths(layers: &Layers, setting: &'static Setting) -> Result<Sourced<Vec<PathBuf>>, Error> {
    many(layers, setting, TOO_MANY_FILES, |piece| {
        Ok(against(&layers.folder, value::path(&piece.text)?, &piece.origin))
    })
}

/// Returns the path that a settings file means: its own folder is where its paths begin.
fn against(folder: &Path, path: PathBuf, origin: &Origin) -> PathBuf {
    match origin {
        Origin::File(_) => folder.join(path),
        Origin::Flag(_) | Origin::Environment(_) | Origin::Default => path,
    }
}

fn stage_variables(layers: &Layers) -> Result<Sourced<StageVariables>, Error> {
    let setting = &raw::STAGE_VARIABLES;
    let pairs = pairs(layers, setting, TOO_MANY_VARIABLES, value::stage_variable)?;
    Ok(Sourced { value: StageVariables(pairs.value), origin: pairs.origin })
}

/// Those of the setting, then those of AWS's variables for services that the setting does not name.
fn endpoints(
    layers: &Layers,
    environment: &Environment,
) -> Result<Sourced<Vec<(String, EndpointUrl)>>, Error> {
    let mut endpoints = pairs(layers, &raw::ENDPOINTS, TOO_MANY_ENDPOINTS, value::endpoint)?;
    for (service, url, origin) in aws::endpoints(environment)? {
        if endpoints.value.iter().all(|(known, _)| *known != service) {
            endpoints.value.push((service, url));
            if endpoints.origin == Origin::Default {
                endpoints.origin = origin;
            }
        }
    }
    Ok(endpoints)
}

/// A name with its value.
type Pair<T> = (String, T);

/// Names with values, no name twice.
fn pairs<T>(
    layers: &Layers,
    setting: &'static Setting,
    bound: Bound,
    parse: fn(&str, &str) -> Result<Pair<T>, ValueError>,
) -> Result<Sourced<Vec<Pair<T>>>, Error> {
    let Sourced { value, origin } = many(layers, setting, bound, |piece| {
        Ok((piece.clone(), parse(&piece.name, &piece.text)?))
    })?;
    let mut names = std::collections::BTreeSet::new();
    let mut pairs = Vec::with_capacity(value.len());
    for (piece, pair) in value {
        if !names.insert(piece.name.clone()) {
            let error = ValueError { reason: "said twice", help: "say it once" };
            let text = piece.written();
            return Err(Error::Value { setting, text, origin: piece.origin, error });
        }
        pairs.push(pair);
    }
    Ok(Sourced { value: pairs, origin })
}
