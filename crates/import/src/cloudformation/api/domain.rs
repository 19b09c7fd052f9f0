//! `AWS::ApiGateway::DomainName` and `BasePathMapping`.
//! AWS docs: aws-resource-apigateway-domainname, aws-resource-apigateway-basepathmapping.

use super::Item;
use super::stage::stage_name;
use crate::definitions::Definitions;
use crate::reader::Reader;
use vestibule_restapi::{BasePathMapping, Code, Diagnostic, DomainName, MutualTls};

/// Reads the custom domains of all templates.
pub(super) fn read(items: &[Item<'_>], definitions: &mut Definitions, reader: &mut Reader<'_>) {
    for item in items.iter().filter(|item| item.kind == "AWS::ApiGateway::DomainName") {
        let Some(name) = item.required("DomainName", reader) else { continue };
        let mutual_tls = item.get("MutualTlsAuthentication").map(|node| MutualTls {
            truststore_uri: node.get("TruststoreUri").and_then(|node| reader.text(node)),
            place: node.place(),
        });
        private(item, reader);
        let place = item.entry.key.place();
        definitions.domain_names.push(DomainName { name, mappings: vec![], mutual_tls, place });
    }
    for item in items.iter().filter(|item| item.kind == "AWS::ApiGateway::BasePathMapping") {
        let Some((domain, mapping)) = mapping(item, definitions, reader) else { continue };
        if let Some(domain) = definitions.domain_names.get_mut(domain) {
            domain.mappings.push(mapping);
        }
    }
}

/// A domain that only a VPC reaches would be open to whoever reaches this.
fn private(item: &Item<'_>, reader: &mut Reader<'_>) {
    let Some(endpoint) = item.get("EndpointConfiguration") else { return };
    let types = endpoint.get("Types").unwrap_or(endpoint);
    for kind in types.items().chain([types]).filter(|kind| kind.text() == Some("PRIVATE")) {
        let message = "private custom domains are not supported yet";
        let finding = Diagnostic::error(Code::UnenforcedEndpoint, message).at(kind.place());
        reader
            .error(finding.note("an API is never served less protected than its definition says"));
    }
}

fn mapping(
    item: &Item<'_>,
    definitions: &Definitions,
    reader: &mut Reader<'_>,
) -> Option<(usize, BasePathMapping)> {
    let name = item.required("DomainName", reader)?;
    let id = item.required("RestApiId", reader)?;
    // One that is not there was reported with the resource.
    let api = definitions.apis.iter().find(|api| api.id.as_str() == &*id)?.id.clone();
    let domain = definitions.domain_names.iter().position(|domain| domain.name == name);
    if domain.is_none() {
        let message = format!("no domain of the definitions is named `{}`", &*name);
        let finding = Diagnostic::error(Code::UnknownReference, message).at(name.whole());
        reader.error(finding.help("define it as `AWS::ApiGateway::DomainName`"));
    }
    let base_path = item.get("BasePath").and_then(|node| reader.text(node));
    let is_written = |path: &vestibule_restapi::Sourced| !path.is_empty() && &**path != "(none)";
    let stage = item.get("Stage").and_then(|node| reader.text(node));
    let stage = stage.filter(is_written).map(|stage| stage_name(&stage, reader));
    if stage == Some(None) {
        return None;
    }
    let mapping = BasePathMapping {
        base_path: base_path.filter(is_written),
        api,
        stage: stage.flatten(),
        place: item.entry.key.place(),
    };
    Some((domain?, mapping))
}
