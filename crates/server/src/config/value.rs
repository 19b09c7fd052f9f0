//! The meaning of single values: addresses, names, ids, levels. AWS's rules where AWS has one.

use std::fmt;
use std::net::SocketAddr;
use std::num::NonZeroU32;
use std::path::PathBuf;
use std::time::Duration;

use vestibule_dynamodb::Place;
use vestibule_gateway::{AccessLogFormat, EndpointUrl, Limits, TraceMode, WhenLost};
use vestibule_restapi::{AccountId, Region, StageName, ThrottleSettings};
use zeroize::Zeroizing;

use crate::proxies::{Network, NetworkError};
use crate::shared::{Address, AddressError};

use super::sections::AccessKeySettings;
use crate::limits::{
    ACCESS_KEYS_MAX, ACCESS_LOG_FILES_MAX, ACCESS_LOG_MB_MAX, CACHE_MB_MAX, CACHE_MB_MIN,
    DRAIN_SECONDS_MAX, DYNAMODB_ATTEMPTS_MAX, GATEWAYS_MAX, HOST_NAME_CHARS_MAX,
    PARAMETER_BYTES_MAX, STAGE_VARIABLE_NAME_CHARS_MAX, STAGE_VARIABLE_VALUE_CHARS_MAX,
};

/// Why a text is no value.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ValueError {
    /// What is wrong.
    pub reason: &'static str,
    /// What would be right.
    pub help: &'static str,
}

/// A text that is shown to nobody.
#[derive(Clone, PartialEq, Eq)]
pub struct Secret(String);

impl Secret {
    /// Returns the text.
    pub(super) fn text(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str("Secret")
    }
}

/// Where a listener listens that may be off.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Listening {
    /// Nowhere.
    Off,
    /// At this address.
    At(SocketAddr),
}

impl Listening {
    /// Returns the address, unless it is off.
    pub fn address(self) -> Option<SocketAddr> {
        match self {
            Self::Off => None,
            Self::At(address) => Some(address),
        }
    }
}

impl fmt::Display for Listening {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Off => out.write_str("off"),
            Self::At(address) => address.fmt(out),
        }
    }
}

/// Where the tables are.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Store {
    /// In this process.
    Embedded,
    /// On the network.
    Remote(Place),
}

impl fmt::Display for Store {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Embedded => out.write_str("embedded"),
            Self::Remote(place) => place.fmt(out),
        }
    }
}

/// Whose limits hold.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum LimitSet {
    /// AWS's.
    Aws,
    /// Only those that protect the process.
    None,
}

impl LimitSet {
    /// Returns what they allow a request and a definition.
    pub fn of_gateway(self) -> Limits {
        match self {
            Self::Aws => Limits::AWS,
            Self::None => Limits::PROCESS,
        }
    }

    /// Returns the set as the settings write it.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Aws => "aws",
            Self::None => "none",
        }
    }
}

/// How many requests are taken together.
#[derive(Debug, Clone, PartialEq)]
pub struct AccountLimit(pub Option<ThrottleSettings>);

impl AccountLimit {
    /// AWS's, of an account in a region.
    const AWS: (f64, u32) = (10_000.0, 5_000);

    fn of((rate_per_second, burst_requests): (f64, u32)) -> Self {
        Self(Some(ThrottleSettings {
            rate_per_second: Some(rate_per_second),
            burst_requests: Some(burst_requests),
        }))
    }
}

impl fmt::Display for AccountLimit {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.0 {
            Some(ThrottleSettings { rate_per_second: Some(rate), burst_requests: Some(burst) }) => {
                write!(out, "{rate}:{burst}")
            }
            Some(_) | None => out.write_str("off"),
        }
    }
}

/// Which answers of cached methods are cached.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum CacheStatuses {
    /// Those of any status.
    All,
    /// Successes.
    Successes,
}

impl CacheStatuses {
    /// Returns the statuses as the settings write them.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::All => "all",
            Self::Successes => "2xx",
        }
    }
}

/// Where a line a request goes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum AccessLogTo {
    /// Nowhere.
    Off,
    /// To standard output.
    Stdout,
    /// To a file.
    File(PathBuf),
}

impl fmt::Display for AccessLogTo {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Off => out.write_str("off"),
            Self::Stdout => out.write_str("stdout"),
            Self::File(path) => path.display().fmt(out),
        }
    }
}

/// The form of a line of the access log, with the text that says it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AccessLogForm {
    text: String,
    format: AccessLogFormat,
}

impl AccessLogForm {
    /// Returns the form as the settings write it.
    pub fn as_str(&self) -> &str {
        &self.text
    }

    /// Returns the form.
    pub fn format(&self) -> &AccessLogFormat {
        &self.format
    }
}

/// A host name in lower case: 1 to 253 of letters, digits, `-` and `.`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct HostName(String);

/// Stage variables in the order of their source, at most 100, no name twice.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct StageVariables(pub Vec<(String, String)>);

/// The least level that is logged.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum LogLevel {
    /// Nothing is logged.
    Off,
    /// What failed.
    Error,
    /// And what may fail next.
    Warn,
    /// And what happened.
    Info,
    /// And how.
    Debug,
    /// And everything else.
    Trace,
}

impl LogLevel {
    /// Returns the level as the settings write it.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Off => "off",
            Self::Error => "error",
            Self::Warn => "warn",
            Self::Info => "info",
            Self::Debug => "debug",
            Self::Trace => "trace",
        }
    }
}

/// How a log line is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum LogFormat {
    /// For people.
    Text,
    /// One JSON object a line.
    Json,
}

impl LogFormat {
    /// Returns the format as the settings write it.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Text => "text",
            Self::Json => "json",
        }
    }
}

impl HostName {
    /// Returns the text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

pub(super) fn endpoint_url(text: &str) -> Result<EndpointUrl, ValueError> {
    EndpointUrl::parse(text).map_err(|reason| ValueError {
        reason,
        help: "write it like `http://127.0.0.1:3001` or `https://sqs.us-east-1.amazonaws.com`",
    })
}

pub(super) fn store(text: &str) -> Result<Store, ValueError> {
    if text == "embedded" {
        return Ok(Store::Embedded);
    }
    let place = Place::parse(text).map_err(|reason| ValueError {
        reason,
        help: "write `embedded`, `aws`, or URLs such as `http://127.0.0.1:8000`",
    })?;
    Ok(Store::Remote(place))
}

pub(super) fn attempts(text: &str) -> Result<u32, ValueError> {
    let attempts =
        text.parse().ok().filter(|attempts| (1..=DYNAMODB_ATTEMPTS_MAX).contains(attempts));
    attempts.ok_or(ValueError {
        reason: "not a number of attempts",
        help: "write a whole number from 1 to 10",
    })
}

/// Nothing, when nobody says it.
pub(super) fn lambda_endpoint(text: &str) -> Result<Option<EndpointUrl>, ValueError> {
    if text.is_empty() { Ok(None) } else { endpoint_url(text).map(Some) }
}

/// Nothing, when nobody says it.
pub(super) fn shared(text: &str) -> Result<Option<Address>, ValueError> {
    if text.is_empty() {
        return Ok(None);
    }
    let address = Address::parse(text);
    let AddressError { reason, help } = match address {
        Ok(address) => return Ok(Some(address)),
        Err(error) => error,
    };
    Err(ValueError { reason, help })
}

pub(super) fn secret(text: &str) -> Result<Secret, ValueError> {
    Ok(Secret(text.to_owned()))
}

/// `ID:SECRET,ID:SECRET`
pub(super) fn access_keys(text: &str) -> Result<Vec<AccessKeySettings>, ValueError> {
    let wrong = ValueError {
        reason: "not pairs of an id and a secret",
        help: "write `ID:SECRET`, several with commas between them",
    };
    let pairs = text.split(',').map(str::trim).filter(|pair| !pair.is_empty());
    let key = |pair: &str| {
        let (id, secret) = pair.split_once(':').ok_or(wrong)?;
        Ok(AccessKeySettings {
            id: id.to_owned(),
            secret: Zeroizing::new(secret.to_owned()),
            session_token: None,
            expires: None,
            place: "`access_keys`".to_owned(),
        })
    };
    let keys: Vec<AccessKeySettings> = pairs.map(key).collect::<Result<_, _>>()?;
    match keys.len() > ACCESS_KEYS_MAX {
        true => Err(ValueError { reason: "more than 100 access keys", help: "name fewer" }),
        false => Ok(keys),
    }
}

pub(super) fn when_lost(text: &str) -> Result<WhenLost, ValueError> {
    [WhenLost::Share, WhenLost::Open, WhenLost::Closed]
        .into_iter()
        .find(|choice| choice.as_str() == text)
        .ok_or(ValueError {
            reason: "not a way to go on without the shared store",
            help: "say `share`, `open` or `closed`",
        })
}

/// 0 is for none.
pub(super) fn gateways(text: &str) -> Result<Option<NonZeroU32>, ValueError> {
    let number = whole(text).and_then(|number| u32::try_from(number).ok());
    let number = number.filter(|number| *number <= GATEWAYS_MAX).ok_or(ValueError {
        reason: "not a number of gateways from 0 to 10000",
        help: "write a whole number; 0 counts those that were there lately",
    })?;
    Ok(NonZeroU32::new(number))
}

pub(super) fn endpoint(name: &str, text: &str) -> Result<(String, EndpointUrl), ValueError> {
    let is_of_service = |b: u8| b.is_ascii_lowercase() || b.is_ascii_digit() || b"-.".contains(&b);
    match name {
        "dynamodb" => Err(ValueError {
            reason: "DynamoDB has a setting of its own",
            help: "use `--dynamodb URL`",
        }),
        "lambda" => Err(ValueError {
            reason: "Lambda has a setting of its own",
            help: "use `--lambda-endpoint URL`",
        }),
        name if name.is_empty() || !name.bytes().all(is_of_service) => Err(ValueError {
            reason: "not the name of a service",
            help: "write it as the URIs of integrations do, such as `sqs` or `states`",
        }),
        name => Ok((name.to_owned(), endpoint_url(text)?)),
    }
}

pub(super) fn address(text: &str) -> Result<SocketAddr, ValueError> {
    text.parse().map_err(|_| ValueError {
        reason: "not an IP address with a port",
        help: "write it like `127.0.0.1:8080` or `[::1]:8080`",
    })
}

pub(super) fn listening(text: &str) -> Result<Listening, ValueError> {
    if text == "off" {
        return Ok(Listening::Off);
    }
    text.parse().map(Listening::At).map_err(|_| ValueError {
        reason: "neither an IP address with a port nor `off`",
        help: "write it like `127.0.0.1:9090`, `[::1]:9090` or `off`",
    })
}

pub(super) fn host_name(text: &str) -> Result<HostName, ValueError> {
    let allowed = |c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | '.');
    if !text.is_empty() && text.len() <= HOST_NAME_CHARS_MAX && text.chars().all(allowed) {
        return Ok(HostName(text.to_ascii_lowercase()));
    }
    Err(ValueError {
        reason: "not a host name",
        help: "write it like `gateway.internal`, without a port",
    })
}

pub(super) fn limit_set(text: &str) -> Result<LimitSet, ValueError> {
    [LimitSet::Aws, LimitSet::None]
        .into_iter()
        .find(|set| set.as_str() == text)
        .ok_or(ValueError { reason: "not a set of limits", help: "say `aws` or `none`" })
}

pub(super) fn account_limit(text: &str) -> Result<AccountLimit, ValueError> {
    let limit = || {
        let (rate, burst) = text.split_once(':')?;
        let is_number = rate.bytes().all(|byte| byte.is_ascii_digit() || byte == b'.');
        let rate: f64 = rate.parse().ok().filter(|_| is_number)?;
        let burst = u32::try_from(whole(burst)?).ok()?;
        rate.is_finite().then_some((rate, burst))
    };
    match text {
        "off" => Ok(AccountLimit(None)),
        "aws" => Ok(AccountLimit::of(AccountLimit::AWS)),
        _ => limit().map(AccountLimit::of).ok_or(ValueError {
            reason: "not a limit of requests",
            help: "write requests a second and requests at once, like `10000:5000`, or say `aws` or `off`",
        }),
    }
}

pub(super) fn cache_mb(text: &str) -> Result<u64, ValueError> {
    whole(text).filter(|mb| (CACHE_MB_MIN..=CACHE_MB_MAX).contains(mb)).ok_or(ValueError {
        reason: "not a number of megabytes from 8 to 1000000",
        help: "write a whole number, without a unit",
    })
}

pub(super) fn cache_statuses(text: &str) -> Result<CacheStatuses, ValueError> {
    [CacheStatuses::All, CacheStatuses::Successes]
        .into_iter()
        .find(|statuses| statuses.as_str() == text)
        .ok_or(ValueError { reason: "not a set of statuses", help: "say `all` or `2xx`" })
}

pub(super) fn network(text: &str) -> Result<Network, ValueError> {
    Network::parse(text).map_err(|error| match error {
        NetworkError::Address => ValueError {
            reason: "not an IP address or a network of them",
            help: "write it like `10.0.0.0/8`, `192.0.2.7` or `2001:db8::/32`",
        },
        NetworkError::Prefix => ValueError {
            reason: "not a number of bits behind the `/`",
            help: "IPv4 addresses have 0 to 32, IPv6 addresses 0 to 128",
        },
        NetworkError::Inside => ValueError {
            reason: "an address inside of a network, and not the network",
            help: "write the network's first address, such as `10.0.0.0/8`, or leave the `/` out",
        },
    })
}

pub(super) fn path(text: &str) -> Result<std::path::PathBuf, ValueError> {
    if text.is_empty() || text.contains('\0') {
        return Err(ValueError { reason: "not a path", help: "name a file or folder" });
    }
    Ok(text.into())
}

pub(super) fn switch(text: &str) -> Result<bool, ValueError> {
    match text {
        "true" => Ok(true),
        "false" => Ok(false),
        _ => Err(ValueError { reason: "neither true nor false", help: "say `true` or `false`" }),
    }
}

pub(super) fn stage_name(text: &str) -> Result<StageName, ValueError> {
    StageName::parse(text).map_err(|_| ValueError {
        reason: "not a stage name",
        help: "use 1 to 128 of `a-z`, `A-Z`, `0-9`, `_` and `-`",
    })
}

pub(super) fn account(text: &str) -> Result<AccountId, ValueError> {
    AccountId::parse(text).map_err(|_| ValueError {
        reason: "not an AWS account id",
        help: "write its 12 digits, without dashes; in a file, between quotes",
    })
}

pub(super) fn region(text: &str) -> Result<Region, ValueError> {
    Region::parse(text)
        .map_err(|_| ValueError { reason: "not an AWS region", help: "write it like `us-east-1`" })
}

pub(super) fn stage_variable(name: &str, value: &str) -> Result<(String, String), ValueError> {
    let in_name = |c: char| c.is_ascii_alphanumeric() || c == '_';
    if name.is_empty() || name.len() > STAGE_VARIABLE_NAME_CHARS_MAX || !name.chars().all(in_name) {
        return Err(ValueError {
            reason: "not a stage variable's name",
            help: "use 1 to 64 of `a-z`, `A-Z`, `0-9` and `_`",
        });
    }
    let in_value = |c: char| c.is_ascii_alphanumeric() || "-._~:/?#&=,".contains(c);
    if value.is_empty()
        || value.len() > STAGE_VARIABLE_VALUE_CHARS_MAX
        || !value.chars().all(in_value)
    {
        return Err(ValueError {
            reason: "not a stage variable's value",
            help: "use 1 to 512 of `a-z`, `A-Z`, `0-9` and `-._~:/?#&=,`",
        });
    }
    Ok((name.to_owned(), value.to_owned()))
}

pub(super) fn parameter(name: &str, value: &str) -> Result<(String, String), ValueError> {
    if name.is_empty() || name.chars().any(char::is_control) {
        return Err(ValueError {
            reason: "not a parameter's name",
            help: "write it like `Environment=dev`",
        });
    }
    if value.len() > PARAMETER_BYTES_MAX {
        return Err(ValueError {
            reason: "longer than 4,096 bytes",
            help: "give a shorter value, as AWS asks for",
        });
    }
    Ok((name.to_owned(), value.to_owned()))
}

pub(super) fn log_level(text: &str) -> Result<LogLevel, ValueError> {
    use LogLevel::{Debug, Error, Info, Off, Trace, Warn};
    [Off, Error, Warn, Info, Debug, Trace].into_iter().find(|level| level.as_str() == text).ok_or(
        ValueError {
            reason: "not a log level",
            help: "say `off`, `error`, `warn`, `info`, `debug` or `trace`",
        },
    )
}

pub(super) fn log_format(text: &str) -> Result<LogFormat, ValueError> {
    [LogFormat::Text, LogFormat::Json]
        .into_iter()
        .find(|format| format.as_str() == text)
        .ok_or(ValueError { reason: "not a log format", help: "say `text` or `json`" })
}

pub(super) fn trace_mode(text: &str) -> Result<TraceMode, ValueError> {
    [TraceMode::Off, TraceMode::Errors, TraceMode::All]
        .into_iter()
        .find(|mode| mode.as_str() == text)
        .ok_or(ValueError {
            reason: "not a choice of requests",
            help: "say `off`, `errors` or `all`",
        })
}

pub(super) fn access_log_to(text: &str) -> Result<AccessLogTo, ValueError> {
    match text {
        "off" => Ok(AccessLogTo::Off),
        "stdout" => Ok(AccessLogTo::Stdout),
        _ => path(text).map(AccessLogTo::File).map_err(|_| ValueError {
            reason: "no place for an access log",
            help: "write `off`, `stdout` or the path of a file",
        }),
    }
}

pub(super) fn access_log_form(text: &str) -> Result<AccessLogForm, ValueError> {
    let form = |format| AccessLogForm { text: text.to_owned(), format };
    if let Some(format) = AccessLogFormat::named(text) {
        return Ok(form(format));
    }
    if text.contains("$context.") {
        return Ok(form(AccessLogFormat::parse(text)));
    }
    Err(ValueError {
        reason: "no form of an access log",
        help: "write `clf`, `json`, `xml`, `csv` or a text with `$context` variables",
    })
}

pub(super) fn access_log_mb(text: &str) -> Result<u64, ValueError> {
    whole(text).filter(|mb| (1..=ACCESS_LOG_MB_MAX).contains(mb)).ok_or(ValueError {
        reason: "not a number of megabytes from 1 to 1000000",
        help: "write a whole number, without a unit",
    })
}

pub(super) fn access_log_files(text: &str) -> Result<u32, ValueError> {
    let files = whole(text).and_then(|files| u32::try_from(files).ok());
    files.filter(|files| *files <= ACCESS_LOG_FILES_MAX).ok_or(ValueError {
        reason: "not a number of files from 0 to 1000",
        help: "write a whole number",
    })
}

/// A whole number without a sign.
fn whole(text: &str) -> Option<u64> {
    let is_digits = text.bytes().all(|byte| byte.is_ascii_digit());
    text.parse().ok().filter(|_| is_digits)
}

/// Of `drain_seconds` and `drain_delay_seconds`.
pub(super) fn drain_seconds(text: &str) -> Result<Duration, ValueError> {
    match whole(text) {
        Some(seconds) if seconds <= DRAIN_SECONDS_MAX => Ok(Duration::from_secs(seconds)),
        Some(_) | None => Err(ValueError {
            reason: "not a number of seconds from 0 to 3600",
            help: "write a whole number, without a unit",
        }),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Source: the regions in the AWS docs, "AWS Regions"; the European Sovereign Cloud's.
    #[test]
    fn regions_are_known_by_their_form() {
        for text in [
            "us-east-1",
            "us-gov-west-1",
            "us-iso-east-1",
            "ap-southeast-5",
            "cn-north-1",
            "mx-central-1",
            "eusc-de-east-1",
        ] {
            assert_eq!(region(text).unwrap().as_str(), text);
        }
        for text in ["", "local", "us-east", "us_east_1", "US-EAST-1", "us--1", "us-east-1a", "-"] {
            assert_eq!(region(text).unwrap_err().reason, "not an AWS region", "{text}");
        }
    }

    /// Source: AWS docs, API reference CreateStage: `stageName`, `variables`.
    #[test]
    fn a_stage_name_has_128_characters_at_most() {
        assert_eq!(stage_name(&"a".repeat(128)).unwrap().as_str(), "a".repeat(128));
        for text in ["", "a b", "a/b", "é", &"a".repeat(129)] {
            assert_eq!(stage_name(text).unwrap_err().reason, "not a stage name", "{text}");
        }
    }

    /// Source: AWS docs, API reference CreateStage: `variables`.
    #[test]
    fn a_stage_variable_keeps_to_the_characters_and_lengths_of_aws() {
        let all = "azAZ09-._~:/?#&=,";
        assert_eq!(stage_variable("a_Z9", all).unwrap(), ("a_Z9".to_owned(), all.to_owned()));
        let (name, value) = ("n".repeat(64), "v".repeat(512));
        assert_eq!(stage_variable(&name, &value).unwrap(), (name, value));
        for name in ["", "a-b", "a.b", "a b", "é", &"n".repeat(65)] {
            let error = stage_variable(name, "v").unwrap_err();
            assert_eq!(error.reason, "not a stage variable's name", "{name}");
        }
        for value in ["", "a b", "$x", "é", "a|b", &"v".repeat(513)] {
            let error = stage_variable("n", value).unwrap_err();
            assert_eq!(error.reason, "not a stage variable's value", "{value}");
        }
    }

    #[test]
    fn an_account_is_12_digits() {
        assert_eq!(account("012345678901").unwrap().as_str(), "012345678901");
        for text in ["", "12345678901", "1234567890123", "1234-5678-9012", "12345678901a"] {
            assert_eq!(account(text).unwrap_err().reason, "not an AWS account id", "{text}");
        }
    }

    #[test]
    fn drain_seconds_end_at_an_hour() {
        assert_eq!(drain_seconds("0").unwrap(), Duration::ZERO);
        assert_eq!(drain_seconds("3600").unwrap(), Duration::from_secs(3600));
        for text in ["", "-1", "+1", "3601", "1.5", "30s", "99999999999999999999"] {
            let error = drain_seconds(text).unwrap_err();
            assert_eq!(error.reason, "not a number of seconds from 0 to 3600", "{text}");
        }
    }

    #[test]
    fn a_form_of_the_access_log_has_a_variable_or_a_name() {
        for text in ["clf", "json", "xml", "csv", "$context.requestId"] {
            assert_eq!(access_log_form(text).unwrap().as_str(), text);
        }
        for text in ["", "CLF", "jsn", "a line"] {
            let error = access_log_form(text).unwrap_err();
            assert_eq!(error.reason, "no form of an access log", "{text}");
        }
    }

    #[test]
    fn files_of_the_access_log_have_limits() {
        assert_eq!(access_log_mb("1").unwrap(), 1);
        assert_eq!(access_log_mb("1000000").unwrap(), 1_000_000);
        assert_eq!(access_log_files("0").unwrap(), 0);
        assert_eq!(access_log_files("1000").unwrap(), 1000);
        for text in ["0", "1000001", "1.5", "+1", ""] {
            let error = access_log_mb(text).unwrap_err();
            assert_eq!(error.reason, "not a number of megabytes from 1 to 1000000", "{text}");
        }
        for text in ["1001", "-1", ""] {
            let error = access_log_files(text).unwrap_err();
            assert_eq!(error.reason, "not a number of files from 0 to 1000", "{text}");
        }
    }

    #[test]
    fn a_host_name_is_kept_in_lower_case() {
        assert_eq!(host_name("Gateway.Internal").unwrap().as_str(), "gateway.internal");
        for text in ["", "a:80", "a b", "[::1]", &"a".repeat(254)] {
            assert_eq!(host_name(text).unwrap_err().reason, "not a host name", "{text}");
        }
    }
}
