//! What OpenTelemetry's own variables of the environment say: where traces and metrics are exported, and which.
//! OpenTelemetry's specification: "OpenTelemetry Protocol Exporter" and "Environment Variable Specification". Nothing is exported
//! until one of them names an endpoint.

use std::time::Duration;

use http::{HeaderName, HeaderValue, Uri};
use percent_encoding::percent_decode_str;
use vestibule_gateway::Sampler;

use super::environment::Environment;
use super::error::Error;

/// What is exported and how.
#[derive(Clone, PartialEq)]
pub struct Otel {
    /// Where spans go; nowhere when there are none.
    pub traces: Option<Uri>,
    /// Where metrics go; nowhere when there are none.
    pub metrics: Option<Uri>,
    /// Headers of each request. They have keys in them.
    pub headers: Vec<(HeaderName, HeaderValue)>,
    /// How long a request may take.
    pub timeout: Duration,
    /// Who exports: names and values.
    pub resource: Vec<(String, String)>,
    /// Which requests become spans.
    pub sampler: Sampler,
    /// Time between two exports of metrics.
    pub metrics_interval: Duration,
    /// How long a span waits for others to go with it.
    pub spans_delay: Duration,
}

impl std::fmt::Debug for Otel {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let Otel { traces, metrics, timeout, resource, sampler, .. } = self;
        write!(f, "Otel({traces:?}, {metrics:?}, {timeout:?}, {resource:?}, {sampler:?})")
    }
}

const ENDPOINT: &str = "OTEL_EXPORTER_OTLP_ENDPOINT";

/// Returns what the environment asks for, if anything.
pub(super) fn otel(environment: &Environment) -> Result<Option<Otel>, Error> {
    let variables = Variables(environment);
    if variables.text("OTEL_SDK_DISABLED")?.is_some_and(|text| text.eq_ignore_ascii_case("true")) {
        return Ok(None);
    }
    let traces = variables.endpoint("TRACES", "v1/traces")?;
    let metrics = variables.endpoint("METRICS", "v1/metrics")?;
    if traces.is_none() && metrics.is_none() {
        return Ok(None);
    }
    variables.protocol()?;
    let mut resource = variables.pairs("OTEL_RESOURCE_ATTRIBUTES")?;
    let name = variables.text("OTEL_SERVICE_NAME")?.map(str::to_owned);
    let said = resource.iter().position(|(name, _)| name == "service.name");
    let said = said.map(|at| resource.remove(at).1);
    let name = name.or(said).unwrap_or_else(|| "vestibule".to_owned());
    resource.insert(0, ("service.name".to_owned(), name));
    Ok(Some(Otel {
        traces,
        metrics,
        headers: variables.headers()?,
        timeout: variables.milliseconds("OTEL_EXPORTER_OTLP_TIMEOUT", 10_000)?,
        resource,
        sampler: variables.sampler()?,
        metrics_interval: variables.milliseconds("OTEL_METRIC_EXPORT_INTERVAL", 60_000)?,
        spans_delay: variables.milliseconds("OTEL_BSP_SCHEDULE_DELAY", 5_000)?,
    }))
}

struct Variables<'e>(&'e Environment);

impl Variables<'_> {
    fn text(&self, name: &'static str) -> Result<Option<&str>, Error> {
        self.0.text(name)
    }

    /// The endpoint of a signal: its own variable as it stands, else the common one with the signal's path behind it.
    fn endpoint(&self, signal: &str, path: &str) -> Result<Option<Uri>, Error> {
        let exporter = format!("OTEL_{signal}_EXPORTER");
        if let Some(text) = self.0.text(&exporter)? {
            match text {
                "none" => return Ok(None),
                "otlp" => {}
                _ => return Err(wrong(&exporter, "no exporter", "write `otlp` or `none`")),
            }
        }
        let own = format!("OTEL_EXPORTER_OTLP_{signal}_ENDPOINT");
        let (name, text) = match self.0.text(&own)? {
            Some(text) => (own.as_str(), text.to_owned()),
            None => match self.0.text(ENDPOINT)? {
                Some(text) => (ENDPOINT, format!("{}/{path}", text.trim_end_matches('/'))),
                None => return Ok(None),
            },
        };
        let uri = text.parse::<Uri>().ok().filter(|uri| {
            matches!(uri.scheme_str(), Some("http" | "https")) && uri.authority().is_some()
        });
        let help = "write it like `http://127.0.0.1:4318`";
        uri.map(Some).ok_or_else(|| wrong(name, "no URL", help))
    }

    /// There is one protocol; another one is refused by name.
    fn protocol(&self) -> Result<(), Error> {
        for name in [
            "OTEL_EXPORTER_OTLP_PROTOCOL",
            "OTEL_EXPORTER_OTLP_TRACES_PROTOCOL",
            "OTEL_EXPORTER_OTLP_METRICS_PROTOCOL",
        ] {
            if self.text(name)?.is_some_and(|text| text != "http/protobuf") {
                let help = "`http/protobuf` is the one there is, at port 4318 of most collectors";
                return Err(wrong(name, "no protocol that is spoken", help));
            }
        }
        Ok(())
    }

    fn headers(&self) -> Result<Vec<(HeaderName, HeaderValue)>, Error> {
        const NAME: &str = "OTEL_EXPORTER_OTLP_HEADERS";
        let mut headers = Vec::new();
        for (name, value) in self.pairs(NAME)? {
            let value = HeaderValue::from_str(&value).ok();
            let Some((name, value)) = name.parse::<HeaderName>().ok().zip(value) else {
                return Err(wrong(NAME, "no headers", "write it like `name=value,name=value`"));
            };
            headers.push((name, value));
        }
        Ok(headers)
    }

    /// `name=value,name=value`, percent-encoded.
    fn pairs(&self, name: &'static str) -> Result<Vec<(String, String)>, Error> {
        let Some(text) = self.text(name)? else { return Ok(Vec::new()) };
        let mut pairs = Vec::new();
        for pair in text.split(',').map(str::trim).filter(|pair| !pair.is_empty()) {
            let decoded = |text: &str| {
                percent_decode_str(text.trim()).decode_utf8().ok().map(|text| text.into_owned())
            };
            let pair = pair.split_once('=').and_then(|(n, v)| Some((decoded(n)?, decoded(v)?)));
            match pair.filter(|(name, _)| !name.is_empty()) {
                Some(pair) => pairs.push(pair),
                None => {
                    return Err(wrong(name, "no pairs", "write it like `name=value,name=value`"));
                }
            }
        }
        Ok(pairs)
    }

    fn milliseconds(&self, name: &'static str, default: u64) -> Result<Duration, Error> {
        let Some(text) = self.text(name)? else { return Ok(Duration::from_millis(default)) };
        let number = text.parse().ok().filter(|number| (1..=3_600_000).contains(number));
        let reason = "not a number of milliseconds from 1 to 3600000";
        let number = number.ok_or_else(|| wrong(name, reason, "write a whole number"))?;
        Ok(Duration::from_millis(number))
    }

    fn sampler(&self) -> Result<Sampler, Error> {
        const ARGUMENT: &str = "OTEL_TRACES_SAMPLER_ARG";
        let ratio = || match self.text(ARGUMENT)? {
            None => Ok(1.0),
            Some(text) => {
                let ratio = text.parse().ok().filter(|ratio| (0.0..=1.0).contains(ratio));
                ratio.ok_or_else(|| wrong(ARGUMENT, "no share from 0 to 1", "write it like `0.05`"))
            }
        };
        const NAME: &str = "OTEL_TRACES_SAMPLER";
        let (follows_parent, ratio) = match self.text(NAME)? {
            None | Some("parentbased_always_on") => (true, 1.0),
            Some("parentbased_always_off") => (true, 0.0),
            Some("parentbased_traceidratio") => (true, ratio()?),
            Some("always_on") => (false, 1.0),
            Some("always_off") => (false, 0.0),
            Some("traceidratio") => (false, ratio()?),
            Some(_) => {
                let help = "write `always_on`, `always_off` or `traceidratio`, or one of them with \
                            `parentbased_` before it";
                return Err(wrong(NAME, "no sampler that is known", help));
            }
        };
        Ok(Sampler { follows_parent, ratio })
    }
}

fn wrong(name: &str, reason: &'static str, help: &'static str) -> Error {
    Error::Variable { name: name.to_owned(), reason, help }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(variables: &[(&str, &str)]) -> Result<Option<Otel>, Error> {
        let variables = variables.iter().map(|(name, value)| ((*name).into(), (*value).into()));
        otel(&variables.collect())
    }

    // Source: OpenTelemetry's specification of these variables.
    #[test]
    fn variables_are_read_as_specified() {
        assert_eq!(read(&[("OTEL_SERVICE_NAME", "shop")]).unwrap(), None);
        let otel = read(&[
            (ENDPOINT, "http://collector:4318/"),
            ("OTEL_EXPORTER_OTLP_METRICS_ENDPOINT", "https://other/metrics"),
            ("OTEL_EXPORTER_OTLP_HEADERS", "api-key=a%20b, other=c"),
            ("OTEL_EXPORTER_OTLP_TIMEOUT", "250"),
            ("OTEL_RESOURCE_ATTRIBUTES", "service.name=no,deployment.environment.name=test"),
            ("OTEL_SERVICE_NAME", "shop"),
            ("OTEL_TRACES_SAMPLER", "parentbased_traceidratio"),
            ("OTEL_TRACES_SAMPLER_ARG", "0.25"),
        ]);
        let otel = otel.unwrap().unwrap();
        assert_eq!(otel.traces.unwrap(), "http://collector:4318/v1/traces");
        assert_eq!(otel.metrics.unwrap(), "https://other/metrics");
        let headers: Vec<_> =
            otel.headers.iter().map(|(n, v)| (n.as_str(), v.as_bytes())).collect();
        assert_eq!(headers, [("api-key", &b"a b"[..]), ("other", b"c")]);
        assert_eq!(otel.timeout, Duration::from_millis(250));
        assert_eq!(
            otel.resource,
            [("service.name", "shop"), ("deployment.environment.name", "test")]
                .map(|(name, value)| (name.to_owned(), value.to_owned()))
        );
        assert_eq!(otel.sampler, Sampler { follows_parent: true, ratio: 0.25 });
        let only = read(&[(ENDPOINT, "http://c:1"), ("OTEL_METRICS_EXPORTER", "none")]);
        assert_eq!(only.unwrap().unwrap().metrics, None);
        let off = read(&[(ENDPOINT, "http://c:1"), ("OTEL_SDK_DISABLED", "true")]);
        assert_eq!(off.unwrap(), None);
    }

    #[test]
    fn what_cannot_be_done_is_refused_by_name() {
        for (name, value) in [
            (ENDPOINT, "collector:4318"),
            ("OTEL_EXPORTER_OTLP_PROTOCOL", "grpc"),
            ("OTEL_TRACES_EXPORTER", "zipkin"),
            ("OTEL_TRACES_SAMPLER", "xray"),
            ("OTEL_EXPORTER_OTLP_TIMEOUT", "0"),
            ("OTEL_EXPORTER_OTLP_HEADERS", "no pair"),
        ] {
            let Err(Error::Variable { name: told, .. }) =
                read(&[("OTEL_EXPORTER_OTLP_TRACES_ENDPOINT", "http://c:1"), (name, value)])
            else {
                panic!("`{name}` is taken")
            };
            assert_eq!(told, name);
        }
    }
}
