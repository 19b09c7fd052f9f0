//! Extensions at the root that concern the API as a whole: validators, policy, endpoint, binary media types, compression, key source.

use super::members::Members;
use crate::reader::Reader;
use crate::tree::{Kind, Node};
use crate::wording::{Part, Wording};
use std::collections::HashMap;
use vestibule_restapi::{
    ApiKeySource, Code, Diagnostic, EndpointAccessMode, EndpointConfiguration, EndpointType,
    IpAddressType, RequestValidator, Sourced,
};

/// The largest `minimumCompressionSize` of AWS, in bytes.
const COMPRESSION_BYTES_MAX: u32 = 10_485_760;

const VALIDATOR: Members = Members {
    what: "a request validator",
    known: &["validateRequestBody", "validateRequestParameters"],
    ignored: &[],
};

const ENDPOINT: Members = Members {
    what: "an endpoint configuration",
    known: &["disableExecuteApiEndpoint", "vpcEndpointIds", "types", "ipAddressType"],
    ignored: &[],
};

const SERVER: Members = Members {
    what: "a server",
    known: &["url", "description", "variables", "x-amazon-apigateway-endpoint-configuration"],
    ignored: &[],
};

/// The validators of an API, and the one that methods without their own take.
#[derive(Debug, Default)]
pub(super) struct Validators {
    list: Vec<RequestValidator>,
    by_name: HashMap<String, usize>,
    default: Option<RequestValidator>,
}

/// Reads the validators and the root's choice.
pub(super) fn validators(root: Node<'_>, reader: &mut Reader<'_>) -> Validators {
    let mut validators = Validators::default();
    let node = root.get("x-amazon-apigateway-request-validators");
    if let Some(node) = node.filter(|node| !node.is_null()) {
        for entry in reader.object(node) {
            reader.members(entry.value, &VALIDATOR);
            let mut flag = |name: &str| {
                let value = entry.value.get(name);
                value.is_some_and(|value| reader.boolean(value) == Some(true))
            };
            validators.by_name.insert(entry.name().to_owned(), validators.list.len());
            validators.list.push(RequestValidator {
                name: entry.name().to_owned(),
                validate_request_body: flag("validateRequestBody"),
                validate_request_parameters: flag("validateRequestParameters"),
            });
        }
    }
    let default = root.get("x-amazon-apigateway-request-validator");
    validators.default = validators.named(default, reader);
    validators
}

impl Validators {
    /// The validator a method names, else the root's.
    pub(super) fn of(
        &self,
        name: Option<Node<'_>>,
        reader: &mut Reader<'_>,
    ) -> Option<RequestValidator> {
        match name {
            Some(_) => self.named(name, reader),
            None => self.default.clone(),
        }
    }

    /// All of them.
    pub(super) fn into_list(self) -> Vec<RequestValidator> {
        self.list
    }

    fn named(&self, node: Option<Node<'_>>, reader: &mut Reader<'_>) -> Option<RequestValidator> {
        let node = node.filter(|node| !node.is_null())?;
        let name = reader.text(node)?;
        let found = self.by_name.get(name.as_str()).and_then(|at| self.list.get(*at));
        if found.is_none() {
            let message = format!("there is no request validator `{}`", &*name);
            let finding = Diagnostic::error(Code::UnknownReference, message).at(name.whole());
            let names = self.list.iter().map(|validator| validator.name.as_str());
            reader.error(match reader.nearest(&name, names) {
                Some(meant) => finding.help(format!("did you mean `{meant}`?")),
                None => {
                    let wording = reader.wording_of(node);
                    let verb = if wording == Wording::OpenApi { "under" } else { "as an" };
                    let home = wording.home_of(Part::RequestValidators);
                    finding.help(format!("define it {verb} {home}"))
                }
            });
        }
        found.cloned()
    }
}

/// `x-amazon-apigateway-binary-media-types`
pub(super) fn binary_media_types(root: Node<'_>, reader: &mut Reader<'_>) -> Vec<Sourced> {
    let node = root.get("x-amazon-apigateway-binary-media-types");
    let items =
        node.filter(|node| !node.is_null()).map_or_else(Vec::new, |node| reader.array(node));
    items.into_iter().filter_map(|item| reader.text(item)).collect()
}

/// `x-amazon-apigateway-minimum-compression-size`
pub(super) fn minimum_compression_size(root: Node<'_>, reader: &mut Reader<'_>) -> Option<u32> {
    let node = root.get("x-amazon-apigateway-minimum-compression-size")?;
    if node.is_null() { None } else { reader.integer(node, 0..=COMPRESSION_BYTES_MAX) }
}

/// `x-amazon-apigateway-api-key-source`
pub(super) fn api_key_source(root: Node<'_>, reader: &mut Reader<'_>) -> ApiKeySource {
    let words = [("HEADER", ApiKeySource::Header), ("AUTHORIZER", ApiKeySource::Authorizer)];
    let node = root.get("x-amazon-apigateway-api-key-source").filter(|node| !node.is_null());
    node.and_then(|node| reader.word(node, &words)).unwrap_or_default()
}

/// `x-amazon-apigateway-policy`, an object or its JSON text. An empty text is no policy: the Serverless Framework writes one.
pub(super) fn policy(root: Node<'_>, reader: &mut Reader<'_>) -> Option<Sourced> {
    let node = root.get("x-amazon-apigateway-policy").filter(|node| !node.is_null())?;
    match node.kind() {
        _ if crate::intrinsic::of(node).is_some() => None,
        Kind::Object => Some(reader.json(node)),
        Kind::Scalar => reader.text(node).filter(|policy| !policy.is_empty()),
        Kind::Array => {
            reader.wrong_type(node, "an object");
            None
        }
    }
}

/// The endpoint configuration of the root or of a server, and what is said about TLS.
pub(super) fn endpoint(root: Node<'_>, reader: &mut Reader<'_>) -> EndpointConfiguration {
    let mut endpoint = EndpointConfiguration::default();
    let mut nodes: Vec<_> =
        root.get("x-amazon-apigateway-endpoint-configuration").into_iter().collect();
    let servers = root.get("servers").filter(|servers| !servers.is_null());
    for server in servers.map_or_else(Vec::new, |servers| reader.array(servers)) {
        reader.members(server, &SERVER);
        nodes.extend(server.get("x-amazon-apigateway-endpoint-configuration"));
    }
    for node in nodes.into_iter().filter(|node| !node.is_null()) {
        configuration(node, &mut endpoint, reader);
    }
    transport(root, &mut endpoint, reader);
    endpoint
}

fn configuration(node: Node<'_>, endpoint: &mut EndpointConfiguration, reader: &mut Reader<'_>) {
    const TYPES: [EndpointType; 3] =
        [EndpointType::Edge, EndpointType::Regional, EndpointType::Private];
    for entry in reader.members(node, &ENDPOINT) {
        let value = entry.value;
        match entry.name() {
            "disableExecuteApiEndpoint" if reader.boolean(value) == Some(true) => {
                endpoint.disable_execute_api_endpoint = Some(value.place());
            }
            "vpcEndpointIds" => {
                let ids = reader.array(value);
                endpoint.vpc_endpoint_ids.extend(ids.into_iter().filter_map(|id| reader.text(id)));
            }
            "types" => {
                for item in reader.array(value) {
                    let kind = reader.word(item, &TYPES.map(|kind| (kind.as_str(), kind)));
                    let kind = kind.map(|kind| (kind, item.place()));
                    endpoint.kind = endpoint.kind.take().or(kind);
                }
            }
            "ipAddressType" => {
                let types = [IpAddressType::Ipv4, IpAddressType::Dualstack];
                endpoint.ip_address_type =
                    reader.word(value, &types.map(|kind| (kind.as_str(), kind)));
            }
            _ => {}
        }
    }
}

/// What the root says about TLS, which is ended elsewhere.
fn transport(root: Node<'_>, endpoint: &mut EndpointConfiguration, reader: &mut Reader<'_>) {
    let value = |name: &str| root.get(name).filter(|value| !value.is_null());
    if let Some(policy) = value("x-amazon-apigateway-security-policy") {
        endpoint.security_policy = reader.text(policy);
    }
    if let Some(mode) = value("x-amazon-apigateway-endpoint-access-mode") {
        let modes = [EndpointAccessMode::Basic, EndpointAccessMode::Strict];
        let found = reader.word(mode, &modes.map(|mode| (mode.as_str(), mode)));
        endpoint.access_mode = found.map(|found| (found, mode.place()));
    }
}
