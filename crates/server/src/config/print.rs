//! The settings as `vestibule config` prints them: a settings file that says the same, with the
//! origin of each value behind it.

use std::path::{Path, PathBuf};
use std::time::Duration;

use toml::Value;

use super::origin::Origin;
use super::raw::{self, Sensitivity, Setting};
use super::resolved::{Resolved, Sourced};
use super::value::HostName;
use vestibule_restapi::one_line;

/// Characters of `name = value` after which an origin no longer stands in the common column.
const COLUMN_CHARS_MAX: usize = 50;

/// What is shown for a secret.
const MASK: &str = "***";

/// A setting with its value as the settings file would say it.
#[derive(Debug, Clone, PartialEq)]
pub struct Entry {
    setting: &'static Setting,
    value: Value,
    origin: Origin,
    /// False for a value that another setting overrules, and for one that is not there: it is shown
    /// as a comment.
    is_used: bool,
}

/// Returns the lines of `vestibule config`, each ending with a newline. Secrets are masked.
pub fn print(settings: &Resolved) -> String {
    let state = if settings.is_config_read { "" } else { ", not there" };
    let config = &settings.config;
    let path = one_line(&config.value.to_string_lossy());
    let mut out = format!("# settings file: {path} ({}{state})\nversion = 1\n", config.origin);
    out.push_str(&lines(&settings.entries()));
    for (name, value, origin) in &settings.sections.shown {
        let origin = one_line(&origin.to_string());
        let table = toml::Table::from_iter([((*name).to_owned(), value.clone())]);
        // A table of texts, numbers, lists and tables: nothing of it can fail to be written.
        let written = toml::to_string(&table).unwrap_or_default();
        out.push_str(&format!("\n# {origin}\n{written}"));
    }
    let variables = &settings.credentials.shown;
    if !variables.is_empty() {
        out.push_str("\n# credentials of AWS, of the environment alone\n");
    }
    for (name, text) in variables {
        let written = Value::from(one_line(text)).to_string();
        out.push_str(&format!("# {name} = {written}\n"));
    }
    out
}

impl Resolved {
    /// Returns the settings that a settings file can say, in the order of the table.
    pub fn entries(&self) -> Vec<Entry> {
        vec![
            entry(&raw::LISTEN, &self.listen, |address| address.to_string().into()),
            optional(&raw::TLS_CERTIFICATE, &self.tls_certificate),
            optional(&raw::TLS_KEY, &self.tls_key),
            entry(&raw::TRUSTED_PROXIES, &self.trusted_proxies, |networks| {
                networks.iter().map(ToString::to_string).collect::<Vec<_>>().into()
            }),
            entry(&raw::LIMITS, &self.limits, |limits| limits.as_str().into()),
            entry(&raw::ACCOUNT_LIMIT, &self.account_limit, |limit| limit.to_string().into()),
            entry(&raw::RATE_LIMIT_HEADERS, &self.rate_limit_headers, |&is_on| is_on.into()),
            entry(&raw::CACHE_MB, &self.cache_mb, |&mb| {
                Value::from(i64::try_from(mb).unwrap_or(i64::MAX))
            }),
            entry(&raw::CACHE_STATUSES, &self.cache_statuses, |statuses| statuses.as_str().into()),
            entry(&raw::ADMIN, &self.admin, |admin| admin.to_string().into()),
            entry(&raw::ADMIN_HOSTS, &self.admin_hosts, |names| hosts(names)),
            entry(&raw::AWS, &self.aws, |aws| aws.to_string().into()),
            entry(&raw::AWS_HOSTS, &self.aws_hosts, |names| hosts(names)),
            Entry {
                is_used: !self.ephemeral.value,
                ..entry(&raw::DATA, &self.data, |path| text(path))
            },
            entry(&raw::EPHEMERAL, &self.ephemeral, |&is_ephemeral| is_ephemeral.into()),
            entry(&raw::DYNAMODB, &self.dynamodb, |store| store.to_string().into()),
            Entry {
                is_used: self.remote_store().is_some(),
                ..entry(&raw::DYNAMODB_ATTEMPTS, &self.dynamodb_attempts, |&attempts| {
                    i64::from(attempts).into()
                })
            },
            entry(&raw::DEFINITIONS, &self.definitions, |files| {
                files.iter().map(|file| text(file)).collect::<Vec<_>>().into()
            }),
            entry(&raw::ALLOW_PARTIAL, &self.allow_partial, |&is_allowed| is_allowed.into()),
            entry(&raw::WATCH, &self.watch, |&is_watched| is_watched.into()),
            entry(&raw::SEED, &self.seed, |files| {
                files.iter().map(|file| text(file)).collect::<Vec<_>>().into()
            }),
            entry(&raw::BACKEND_CA, &self.backend_ca, |files| {
                files.iter().map(|file| text(file)).collect::<Vec<_>>().into()
            }),
            entry(&raw::STAGE, &self.stage, |stage| stage.as_str().into()),
            entry(&raw::STAGE_VARIABLES, &self.stage_variables, |variables| {
                let pairs = variables.0.iter().cloned();
                Value::Table(pairs.map(|(name, value)| (name, value.into())).collect())
            }),
            entry(&raw::PARAMETERS, &self.parameters, |parameters| {
                let pairs = parameters.iter().cloned();
                Value::Table(pairs.map(|(name, value)| (name, value.into())).collect())
            }),
            entry(&raw::ACCOUNT, &self.account, |account| account.as_str().into()),
            entry(&raw::REGION, &self.region, |region| region.as_str().into()),
            Entry {
                is_used: self.lambda_endpoint.value.is_some(),
                ..entry(&raw::LAMBDA_ENDPOINT, &self.lambda_endpoint, |url| {
                    url.as_ref().map(ToString::to_string).unwrap_or_default().into()
                })
            },
            entry(&raw::ENDPOINTS, &self.endpoints, |endpoints| {
                let pairs = endpoints.iter();
                let pairs = pairs.map(|(name, url)| (name.clone(), url.to_string().into()));
                Value::Table(pairs.collect())
            }),
            Entry {
                is_used: self.shared.value.is_some(),
                ..entry(&raw::SHARED, &self.shared, |address| {
                    address.as_ref().map(ToString::to_string).unwrap_or_default().into()
                })
            },
            Entry {
                is_used: !self.shared_password.value.text().is_empty(),
                ..entry(&raw::SHARED_PASSWORD, &self.shared_password, |secret| secret.text().into())
            },
            entry(&raw::SHARED_WHEN_LOST, &self.shared_when_lost, |choice| choice.as_str().into()),
            entry(&raw::GATEWAYS, &self.gateways, |number| {
                Value::from(number.map_or(0, |number| i64::from(number.get())))
            }),
            entry(&raw::LOG, &self.log, |level| level.as_str().into()),
            entry(&raw::LOG_FORMAT, &self.log_format, |format| format.as_str().into()),
            entry(&raw::TRACE, &self.trace, |mode| mode.as_str().into()),
            entry(&raw::ACCESS_LOG, &self.access_log, |to| to.to_string().into()),
            entry(&raw::ACCESS_LOG_FORMAT, &self.access_log_format, |format| {
                format.as_str().into()
            }),
            entry(&raw::ACCESS_LOG_MAX_MB, &self.access_log_max_mb, |&mb| {
                Value::from(i64::try_from(mb).unwrap_or(i64::MAX))
            }),
            entry(&raw::ACCESS_LOG_FILES, &self.access_log_files, |&files| {
                Value::from(i64::from(files))
            }),
            entry(&raw::DRAIN_SECONDS, &self.drain, seconds),
            entry(&raw::DRAIN_DELAY_SECONDS, &self.drain_delay, seconds),
        ]
    }
}

fn hosts(hosts: &[HostName]) -> Value {
    hosts.iter().map(HostName::as_str).collect::<Vec<_>>().into()
}

fn seconds(time: &Duration) -> Value {
    Value::Integer(i64::try_from(time.as_secs()).unwrap_or(i64::MAX))
}

fn entry<T>(
    setting: &'static Setting,
    sourced: &Sourced<T>,
    value: impl FnOnce(&T) -> Value,
) -> Entry {
    let origin = sourced.origin.clone();
    Entry { setting, value: value(&sourced.value), origin, is_used: true }
}

/// A path; one that is not said is shown as a comment, because a settings file cannot say so.
fn optional(setting: &'static Setting, sourced: &Sourced<Option<PathBuf>>) -> Entry {
    let is_used = sourced.value.is_some();
    let value = |path: &Option<PathBuf>| path.as_deref().map_or_else(|| "".into(), text);
    Entry { is_used, ..entry(setting, sourced, value) }
}

fn text(path: &Path) -> Value {
    path.to_string_lossy().into_owned().into()
}

fn lines(entries: &[Entry]) -> String {
    let heads: Vec<String> = entries.iter().map(head).collect();
    let column = heads
        .iter()
        .map(|head| head.chars().count())
        .filter(|chars| *chars <= COLUMN_CHARS_MAX)
        .max()
        .unwrap_or_default();
    let mut out = String::new();
    for (head, entry) in heads.iter().zip(entries) {
        let origin = one_line(&entry.origin.to_string());
        out.push_str(&format!("{head:<column$}  # {origin}\n"));
    }
    out
}

fn head(entry: &Entry) -> String {
    let value = match entry.setting.sensitivity {
        Sensitivity::Public | Sensitivity::Guarded => entry.value.to_string(),
        Sensitivity::Secret => masked(&entry.value).to_string(),
    };
    let mark = if entry.is_used { "" } else { "# " };
    format!("{mark}{} = {value}", entry.setting.name)
}

/// A secret; of a table the names are shown.
fn masked(value: &Value) -> Value {
    match value {
        Value::Table(table) => {
            Value::Table(table.keys().map(|name| (name.clone(), Value::from(MASK))).collect())
        }
        // That there is none is no secret.
        Value::String(text) if text.is_empty() => value.clone(),
        _ => Value::from(MASK),
    }
}

#[cfg(test)]
mod tests {
    use super::super::raw::{Flag, SETTINGS, Shape};
    use super::super::{Environment, Flags, load};
    use super::*;

    #[test]
    fn every_setting_of_the_table_is_printed() {
        let settings = load(&Flags::default(), &Environment::default()).unwrap().settings;
        let printed: Vec<_> = settings.entries().iter().map(|entry| entry.setting.name).collect();
        let table = SETTINGS.iter().filter(|setting| setting.in_file);
        assert_eq!(printed, table.map(|setting| setting.name).collect::<Vec<_>>());
    }

    static PASSWORD: Setting = Setting {
        name: "password",
        flag: Flag::Long { flag: "--password", value: "TEXT" },
        variable: "VESTIBULE_PASSWORD",
        also: &[],
        shape: Shape::Text,
        default: "",
        sensitivity: Sensitivity::Secret,
        in_file: true,
        summary: "",
        detail: "",
        example: "",
    };

    #[test]
    fn a_secret_is_masked_and_keeps_its_origin() {
        let sourced =
            Sourced { value: "hunter2", origin: Origin::Environment("VESTIBULE_PASSWORD") };
        let entries = [entry(&PASSWORD, &sourced, |&password| password.into())];
        assert_eq!(lines(&entries), "password = \"***\"  # environment VESTIBULE_PASSWORD\n");
    }
}
