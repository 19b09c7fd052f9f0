//! The truststores of custom domains: a domain that demands certificates is served with one alone.

use vestibule_restapi::{Code, Diagnostic, DomainName, MutualTls, closest};

use crate::config::Resolved;

/// Demands certificates of the clients of every domain that has a truststore, and refuses a domain that demands them without one.
pub(super) fn demand(
    settings: &Resolved,
    domains: &mut [DomainName],
    diagnostics: &mut Vec<Diagnostic>,
) {
    for truststore in &settings.sections.domains {
        let name = &truststore.name;
        let is_named = |domain: &&mut DomainName| domain.name.eq_ignore_ascii_case(name);
        if let Some(domain) = domains.iter_mut().find(is_named) {
            let place = truststore.place.clone();
            domain.mutual_tls.get_or_insert(MutualTls { truststore_uri: None, place });
            continue;
        }
        let message = format!("no definition has a custom domain `{name}`");
        let finding = Diagnostic::error(Code::UnknownReference, message);
        let finding = finding.at(truststore.place.clone());
        let near = closest(name, domains.iter().map(|domain| domain.name.as_str()));
        diagnostics.push(match near {
            Some(near) => finding.help(format!("did you mean `{near}`?")),
            None => finding.help("define it as `AWS::ApiGateway::DomainName`"),
        });
    }
    for domain in domains.iter() {
        let Some(MutualTls { truststore_uri, place }) = &domain.mutual_tls else { continue };
        let name = domain.name.as_str();
        let is_of = |known: &str| known.eq_ignore_ascii_case(name);
        if !settings.sections.domains.iter().any(|known| is_of(&known.name)) {
            let uri = truststore_uri.as_deref();
            let uri = uri.map_or_else(String::new, |uri| format!(" `{uri}`"));
            let message = format!("nothing says where the truststore{uri} of `{name}` is");
            let finding = Diagnostic::error(Code::UnenforcedEndpoint, message).at(place.clone());
            let finding =
                finding.note("an API is never served less protected than its definition says");
            let help = format!(
                "name its file in `vestibule.toml`: `[domains.\"{name}\"]` with `truststore = \"FILE\"`"
            );
            diagnostics.push(finding.help(help));
        } else if settings.tls().is_none() {
            let message =
                format!("`{name}` demands certificates of its clients, and there is no TLS");
            let finding = Diagnostic::warning(Code::OpensNothing, message).at(place.clone());
            let finding = finding.note("every request to it gets 403");
            diagnostics.push(finding.help("serve TLS here: `--tls-certificate` and `--tls-key`"));
        }
    }
}
