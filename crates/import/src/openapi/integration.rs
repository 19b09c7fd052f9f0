//! `x-amazon-apigateway-integration`. Whether it can be served is the gateway's to say; what AWS refuses at import is refused here.
//! AWS docs: api-gateway-swagger-extensions-integration.

use super::integration_responses;
use super::members::Members;
use super::method::Site;
use crate::reader::{Reader, list};
use crate::tree::{Kind, Node, standing_for};
use crate::wording::Wording;
use vestibule_restapi::{
    Code, ConnectionType, ContentHandling, Diagnostic, Integration, IntegrationType,
    PassthroughBehavior, Place, Sourced,
};

const INTEGRATION: Members = Members {
    what: "an integration",
    known: &[
        "type",
        "uri",
        "httpMethod",
        "credentials",
        "requestParameters",
        "requestTemplates",
        "passthroughBehavior",
        "contentHandling",
        "timeoutInMillis",
        "cacheNamespace",
        "cacheKeyParameters",
        "connectionType",
        "connectionId",
        "tlsConfig",
        "responses",
        "responseTransferMode",
        "$ref",
    ],
    ignored: &[
        ("payloadFormatVersion", HTTP_API),
        ("integrationSubtype", HTTP_API),
        ("integrationTarget", HTTP_API),
    ],
};

const HTTP_API: &str = "API Gateway reads it for HTTP APIs only";

/// Reads an integration; none when it has no type.
pub(super) fn read(
    node: Node<'_>,
    site: &Site<'_, '_>,
    reader: &mut Reader<'_>,
) -> Option<Integration> {
    reader.members(node, &INTEGRATION);
    if let Some(reference) = node.entry("$ref") {
        let message = "an integration by reference works in HTTP APIs only";
        let finding = Diagnostic::error(Code::UnsupportedFeature, message);
        reader.error(finding.at(reference.key.place()).help("write the integration here"));
        return None;
    }
    let responses = integration_responses::read(node.get("responses"), site, reader);
    let mut text = |name: &str| {
        let value = node.get(name).filter(|value| !value.is_null())?;
        reader.text(value)
    };
    let (uri, http_method, credentials) = (text("uri"), text("httpMethod"), text("credentials"));
    let cache_namespace = text("cacheNamespace").map(|namespace| namespace.to_string());
    let kind = kind(node, reader);
    let is_callable = kind.is_some_and(|kind| check_uri(kind, uri.as_ref(), node, reader));
    let request_parameters =
        reader.mappings(node.get("requestParameters"), Some((site.path, site.verb.as_str())));
    let request_templates = reader.templates(node.get("requestTemplates"));
    let timeout = node.get("timeoutInMillis").filter(|timeout| !timeout.is_null());
    let connection_type = connection(node, reader);
    let insecure_skip_verification = tls(node, reader);
    // AWS: without `httpMethod` the backend is called with the method's own verb.
    let default_verb = standing_for(site.verb.as_str(), &site.key.place());
    let is_mock = kind == Some(IntegrationType::Mock);
    let passthrough_behavior = passthrough(node, reader);
    let content_handling = content_handling(node, reader);
    let timeout_ms = timeout.and_then(|timeout| reader.timeout(timeout));
    let cache_key_parameters = cache_keys(node, reader);
    let response_stream = stream(node, reader);
    Some(Integration {
        kind: kind.filter(|_| is_callable)?,
        uri: uri.filter(|_| !is_mock),
        http_method: Some(http_method.unwrap_or(default_verb)).filter(|_| !is_mock),
        credentials,
        request_parameters,
        request_templates,
        passthrough_behavior,
        content_handling,
        timeout_ms: timeout_ms.unwrap_or(Integration::TIMEOUT_MS_MAX),
        timeout_place: timeout.map(|timeout| timeout.place()),
        cache_namespace,
        cache_key_parameters,
        connection_type,
        insecure_skip_verification,
        response_stream,
        responses,
        place: node.place(),
    })
}

fn kind(node: Node<'_>, reader: &mut Reader<'_>) -> Option<IntegrationType> {
    const WORDS: [&str; 5] = ["aws", "aws_proxy", "http", "http_proxy", "mock"];
    let Some(kind) = node.get("type") else {
        if node.kind() == Kind::Object && crate::intrinsic::of(node).is_none() {
            reader.missing(node, "an integration", "type");
        }
        return None;
    };
    let text = reader.text(kind)?;
    let parsed = IntegrationType::parse(&text);
    if parsed.is_none() {
        let subject = kind.subject().unwrap_or_default();
        let message = format!("{subject} cannot be `{}`", &*text);
        let finding = Diagnostic::error(Code::InvalidValue, message).at(text.whole());
        let nearest = reader.nearest(&text.to_ascii_lowercase(), WORDS);
        let is_openapi = reader.wording_of(node) == Wording::OpenApi;
        let spelled = |help: String| if is_openapi { help } else { help.to_ascii_uppercase() };
        reader.error(match nearest {
            Some(meant) => finding.help(format!("did you mean `{}`?", spelled(meant.to_owned()))),
            None => finding.help(format!("it is one of {}", spelled(list(&WORDS)))),
        });
    }
    parsed
}

/// The refusals of PutIntegration, whose words are recorded on AWS. Returns whether the endpoint passes.
fn check_uri(
    kind: IntegrationType,
    uri: Option<&Sourced>,
    node: Node<'_>,
    reader: &mut Reader<'_>,
) -> bool {
    let Some(uri) = uri else {
        let is_missing =
            kind != IntegrationType::Mock && node.get("uri").is_none_or(|uri| uri.is_null());
        if is_missing {
            reader.missing(node, &format!("an integration of type `{}`", kind.as_str()), "uri");
        }
        return kind == IntegrationType::Mock;
    };
    let refusal = match kind {
        IntegrationType::Mock => None,
        IntegrationType::Http | IntegrationType::HttpProxy => {
            let is_url = ["http://", "https://", "${stageVariables."]
                .iter()
                .any(|prefix| uri.starts_with(prefix));
            (!is_url).then_some("Invalid HTTP endpoint specified for URI")
        }
        IntegrationType::Aws | IntegrationType::AwsProxy => arn_refusal(kind, uri),
    };
    let Some(words) = refusal else { return true };
    let message =
        format!("`{}` is no endpoint of an integration of type `{}`", &**uri, kind.as_str());
    let finding = Diagnostic::error(Code::InvalidValue, message).at(uri.whole());
    reader.error(finding.note(format!("AWS: {words}")));
    false
}

/// `arn:aws:apigateway:{region}:{subdomain.service|service}:{path|action}/{service_api}`
fn arn_refusal(kind: IntegrationType, uri: &str) -> Option<&'static str> {
    let parts: Vec<&str> = uri.splitn(6, ':').collect();
    let ["arn", _, "apigateway", _, service, call] = parts.as_slice() else {
        return Some("Invalid ARN specified in the request");
    };
    if !call.starts_with("path/") && !call.starts_with("action/") {
        return Some("AWS ARN for integration must contain path or action");
    }
    let service = service.rsplit('.').next().unwrap_or(service);
    let is_proxied = matches!(service, "lambda" | "firehose");
    (kind == IntegrationType::AwsProxy && !is_proxied).then_some(
        "Integrations of type 'AWS_PROXY' currently only supports Lambda function and Firehose stream invocations.",
    )
}

fn passthrough(node: Node<'_>, reader: &mut Reader<'_>) -> PassthroughBehavior {
    let words = [
        ("when_no_match", PassthroughBehavior::WhenNoMatch),
        ("when_no_templates", PassthroughBehavior::WhenNoTemplates),
        ("never", PassthroughBehavior::Never),
    ];
    let value = node.get("passthroughBehavior").filter(|value| !value.is_null());
    value.and_then(|value| reader.word(value, &words)).unwrap_or_default()
}

/// `contentHandling` of an integration or one of its responses.
pub(super) fn content_handling(
    node: Node<'_>,
    reader: &mut Reader<'_>,
) -> Option<(ContentHandling, Place)> {
    let words = [
        ("CONVERT_TO_BINARY", ContentHandling::ConvertToBinary),
        ("CONVERT_TO_TEXT", ContentHandling::ConvertToText),
    ];
    let value = node.get("contentHandling").filter(|value| !value.is_null())?;
    reader.word(value, &words).map(|handling| (handling, value.place()))
}

fn connection(node: Node<'_>, reader: &mut Reader<'_>) -> ConnectionType {
    let value = node.get("connectionType").filter(|value| !value.is_null());
    let is_link =
        value.and_then(|value| reader.word(value, &[("INTERNET", false), ("VPC_LINK", true)]));
    match (is_link, value) {
        (Some(true), Some(value)) => {
            let id = node.get("connectionId").filter(|id| !id.is_null());
            if id.is_none() {
                reader.missing(node, "an integration over a VPC link", "connectionId");
            }
            let id = id.and_then(|id| reader.text(id));
            ConnectionType::VpcLink(id.unwrap_or_else(|| standing_for("", &value.place())))
        }
        _ => {
            if let Some(entry) = node.entry("connectionId").filter(|entry| !entry.value.is_null()) {
                reader.without_effect(&entry, "it goes with `connectionType: VPC_LINK`");
            }
            ConnectionType::Internet
        }
    }
}

/// Where `tlsConfig` says that the endpoint's certificate is not verified.
fn tls(node: Node<'_>, reader: &mut Reader<'_>) -> Option<Place> {
    const TLS: Members =
        Members { what: "`tlsConfig`", known: &["insecureSkipVerification"], ignored: &[] };
    let tls = node.get("tlsConfig").filter(|tls| !tls.is_null())?;
    reader.members(tls, &TLS);
    let entry = tls.entry("insecureSkipVerification")?;
    (reader.boolean(entry.value) == Some(true)).then(|| entry.key.place())
}

fn stream(node: Node<'_>, reader: &mut Reader<'_>) -> Option<Place> {
    let value = node.get("responseTransferMode").filter(|value| !value.is_null())?;
    let is_stream = reader.word(value, &[("BUFFERED", false), ("STREAM", true)])?;
    is_stream.then(|| value.place())
}

fn cache_keys(node: Node<'_>, reader: &mut Reader<'_>) -> Vec<Sourced> {
    let value = node.get("cacheKeyParameters").filter(|value| !value.is_null());
    let items = value.map_or_else(Vec::new, |value| reader.array(value));
    items.into_iter().filter_map(|item| reader.text(item)).collect()
}

impl Reader<'_> {
    /// A timeout in milliseconds. Whether it is longer than AWS takes is for those to say who serve it.
    fn timeout(&mut self, node: Node<'_>) -> Option<u32> {
        self.integer(node, Integration::TIMEOUT_MS_MIN..=Integration::TIMEOUT_MS_BEARABLE)
    }
}
