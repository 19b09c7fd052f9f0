//! Where AWS's services and functions are called, and as whom. The settings say it; a deployment takes from it what its methods need.

use crate::ports::Roles;
use http::Uri;
use std::net::IpAddr;
use std::sync::Arc;
use vestibule_sigv4::{CredentialSource, Credentials, FixedCredentials, is_host_of_aws};

/// Signs for endpoints on this machine when nobody has given credentials: emulators take any.
const LOCAL_KEY: &str = "test";

/// The service that assumes roles, as settings name it.
const STS: &str = "sts";

/// The endpoints of AWS's services, and as whom they are called.
#[derive(Clone, Debug, Default)]
pub struct Services {
    endpoints: Vec<(String, EndpointUrl)>,
    own: Option<OwnCredentials>,
    roles: Option<Arc<dyn Roles>>,
    functions: Functions,
    aws_dynamodb: Option<String>,
}

/// What the gateway signs with where it calls as itself.
#[derive(Clone, Debug)]
struct OwnCredentials {
    source: Arc<dyn CredentialSource>,
    endpoints: SignedEndpoints,
}

/// For which endpoints credentials are.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SignedEndpoints {
    /// For all of them.
    All,
    /// For those that are not on this machine: those are called with the key `test`, as emulators take any.
    Elsewhere,
}

/// Functions that answer at an address of their own, by ARN or name.
#[derive(Clone, Debug, Default)]
pub(crate) struct Functions(Arc<[(String, EndpointUrl)]>);

impl Functions {
    pub(crate) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// The address of the first of these names that has one.
    pub(crate) fn find(&self, names: &[&str]) -> Option<&EndpointUrl> {
        let named = |name: &&str| self.0.iter().find(|(known, _)| known == name);
        names.iter().find_map(named).map(|(_, url)| url)
    }
}

/// The address of a service: `http://` or `https://`, a host, perhaps a port and a path.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct EndpointUrl {
    /// `http` or `https`.
    scheme: &'static str,
    /// Host and perhaps port, in lower case.
    authority: String,
    /// What stands in front of every path: empty, or from a slash on without one at its end.
    base_path: String,
}

/// An endpoint of a service, with the credentials that it is called with.
#[derive(Clone, Debug)]
pub(crate) struct ServiceEndpoint {
    pub(crate) url: EndpointUrl,
    pub(crate) credentials: Arc<dyn CredentialSource>,
    /// What is signed with where a role is named and none is assumed: nothing that was not named for every endpoint.
    pub(crate) for_any_role: Arc<dyn CredentialSource>,
    /// Whether a role that is named has to be assumed: emulators take any call as that of any role.
    pub(crate) is_for_roles: bool,
}

/// Why a service cannot be called.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Unreachable {
    /// Nobody has said where it is.
    NoEndpoint,
    /// It is not on this machine, and there is nothing to sign with.
    NoCredentials,
}

impl Services {
    /// Services by their names in the URIs of integrations, such as `sqs`; of two endpoints of one the first counts.
    pub fn new(
        endpoints: Vec<(String, EndpointUrl)>,
        credentials: Option<Credentials>,
    ) -> Services {
        let services = Services { endpoints, ..Services::default() };
        match credentials {
            None => services,
            Some(credentials) => {
                let fixed = Arc::new(FixedCredentials::new(credentials));
                services.with_credentials(fixed, SignedEndpoints::All)
            }
        }
    }

    /// The same, called with credentials of this source where no role is assumed.
    pub fn with_credentials(
        self,
        source: Arc<dyn CredentialSource>,
        endpoints: SignedEndpoints,
    ) -> Services {
        Services { own: Some(OwnCredentials { source, endpoints }), ..self }
    }

    /// The same with somebody who assumes roles. A role that is named is assumed for endpoints of AWS, and for all where an
    /// endpoint of `sts` is named.
    pub fn with_roles(self, roles: Arc<dyn Roles>) -> Services {
        Services { roles: Some(roles), ..self }
    }

    /// The same where DynamoDB is AWS's own in this region: it is called as the role that an integration names, which is assumed.
    pub fn with_aws_dynamodb(self, region: String) -> Services {
        Services { aws_dynamodb: Some(region), ..self }
    }

    /// The region of DynamoDB where it is AWS's own.
    pub(crate) fn aws_dynamodb(&self) -> Option<&str> {
        self.aws_dynamodb.as_deref()
    }

    /// The same with functions that authorizers ask at an address of their own, by ARN or name: the event is sent there, the
    /// answer's body is the result. All others are invoked at the endpoint of `lambda`.
    pub fn with_functions(self, functions: Vec<(String, EndpointUrl)>) -> Services {
        Services { functions: Functions(functions.into()), ..self }
    }

    pub(crate) fn functions(&self) -> &Functions {
        &self.functions
    }

    pub(crate) fn find(&self, service: &str) -> Result<ServiceEndpoint, Unreachable> {
        let url = self.endpoint(service).ok_or(Unreachable::NoEndpoint)?.clone();
        let is_for_roles = url.is_aws() || self.endpoint(STS).is_some();
        let is_local = url.is_local();
        let named = self.own.as_ref().filter(|own| own.endpoints == SignedEndpoints::All);
        let for_any_role = named.map_or_else(local, |own| Arc::clone(&own.source));
        let own = if is_local { named } else { self.own.as_ref() };
        let credentials = match own {
            Some(own) => Arc::clone(&own.source),
            None if is_local => local(),
            None => return Err(Unreachable::NoCredentials),
        };
        Ok(ServiceEndpoint { url, credentials, for_any_role, is_for_roles })
    }

    /// The credentials of a role, which is assumed for calls in this region when something is signed.
    pub(crate) fn assumed(&self, role: &str, region: &str) -> Option<Arc<dyn CredentialSource>> {
        self.roles.as_ref().map(|roles| roles.assumed(role, region))
    }

    fn endpoint(&self, service: &str) -> Option<&EndpointUrl> {
        self.endpoints.iter().find(|(known, _)| known == service).map(|(_, url)| url)
    }
}

/// What endpoints on this machine are called with when nobody says otherwise.
fn local() -> Arc<dyn CredentialSource> {
    let key = || LOCAL_KEY.to_owned();
    Arc::new(FixedCredentials::new(Credentials::new(key(), key(), None)))
}

impl EndpointUrl {
    /// Reads an address.
    ///
    /// # Errors
    /// What is wrong with it, in words for its author.
    pub fn parse(text: &str) -> Result<EndpointUrl, &'static str> {
        let uri: Uri = text.parse().map_err(|_| "not a URL")?;
        let scheme = match uri.scheme_str() {
            Some("http") => "http",
            Some("https") => "https",
            Some(_) | None => return Err("neither `http://` nor `https://`"),
        };
        let authority = uri.authority().ok_or("without a host")?;
        if authority.as_str().contains('@') {
            return Err("a name or password in it");
        }
        if authority.host().is_empty() {
            return Err("without a host");
        }
        if uri.query().is_some() || text.contains('#') {
            return Err("a query or fragment in it");
        }
        let authority = authority.as_str().to_ascii_lowercase();
        let base_path = uri.path().trim_end_matches('/').to_owned();
        Ok(EndpointUrl { scheme, authority, base_path })
    }

    /// The URL of a path, which starts with a slash, and a query, which may be empty; with a subdomain in front of the host
    /// where hosts have names in a DNS. On this machine and at bare addresses a subdomain is in `Host` alone.
    pub fn url(&self, subdomain: Option<&str>, path: &str, query: &str) -> String {
        let EndpointUrl { scheme, authority, base_path } = self;
        let subdomain = subdomain.filter(|_| !self.is_local() && self.address().is_none());
        let (subdomain, dot) = subdomain.map_or(("", ""), |name| (name, "."));
        let question = if query.is_empty() { "" } else { "?" };
        format!("{scheme}://{subdomain}{dot}{authority}{base_path}{path}{question}{query}")
    }

    /// `Host`: the authority, without a port that its scheme implies, behind a subdomain.
    pub fn host(&self, subdomain: Option<&str>) -> String {
        let implied = if self.scheme == "https" { ":443" } else { ":80" };
        let host = self.authority.strip_suffix(implied).unwrap_or(&self.authority);
        match subdomain {
            Some(name) => format!("{name}.{host}"),
            None => host.to_owned(),
        }
    }

    /// Whether it is an endpoint of AWS itself.
    pub(crate) fn is_aws(&self) -> bool {
        is_host_of_aws(self.name())
    }

    /// Whether it is called without TLS.
    pub(crate) fn is_plain(&self) -> bool {
        self.scheme == "http"
    }

    /// Whether it is on this machine.
    pub(crate) fn is_local(&self) -> bool {
        let name = self.name();
        let is_named = name == "localhost" || name.ends_with(".localhost");
        is_named || self.address().is_some_and(|address| address.is_loopback())
    }

    /// The host when it is an address.
    fn address(&self) -> Option<IpAddr> {
        self.name().trim_start_matches('[').trim_end_matches(']').parse().ok()
    }

    /// The host without its port.
    fn name(&self) -> &str {
        match self.authority.rsplit_once(':') {
            Some((name, port)) if port.bytes().all(|b| b.is_ascii_digit()) => name,
            Some(_) | None => &self.authority,
        }
    }
}

/// As a setting has it.
impl std::fmt::Display for EndpointUrl {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}://{}{}", self.scheme, self.authority, self.base_path)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn url(text: &str) -> EndpointUrl {
        EndpointUrl::parse(text).unwrap()
    }

    #[test]
    fn what_is_no_address_of_a_service_is_refused() {
        for (text, reason) in [
            ("", "not a URL"),
            ("http://", "not a URL"),
            ("localhost:9000", "neither `http://` nor `https://`"),
            ("/x", "neither `http://` nor `https://`"),
            ("ftp://host", "neither `http://` nor `https://`"),
            ("https://name:secret@host", "a name or password in it"),
            ("https://host/?x=1", "a query or fragment in it"),
        ] {
            assert_eq!(EndpointUrl::parse(text), Err(reason), "{text}");
        }
        assert_eq!(url("HTTP://Host:80/base//").to_string(), "http://host:80/base");
    }

    #[test]
    fn a_subdomain_is_a_part_of_the_name_where_names_are_resolved() {
        let of = |text: &str| {
            let url = url(text);
            (url.url(Some("b"), "/k", ""), url.host(Some("b")))
        };
        let pair = |url: &str, host: &str| (url.to_owned(), host.to_owned());
        assert_eq!(
            of("https://s3.eu-west-1.amazonaws.com:443"),
            pair("https://b.s3.eu-west-1.amazonaws.com:443/k", "b.s3.eu-west-1.amazonaws.com")
        );
        assert_eq!(
            of("http://localhost:9000"),
            pair("http://localhost:9000/k", "b.localhost:9000")
        );
        assert_eq!(of("http://10.0.0.7"), pair("http://10.0.0.7/k", "b.10.0.0.7"));
        let [plain, with] = ["", "a=1"].map(|query| url("https://h/x").url(None, "/k", query));
        assert_eq!([plain.as_str(), with.as_str()], ["https://h/x/k", "https://h/x/k?a=1"]);
    }

    #[test]
    fn without_credentials_only_what_is_on_this_machine_is_called() {
        let found = |endpoint: &str, credentials: Option<Credentials>| {
            let services = Services::new(vec![("sqs".to_owned(), url(endpoint))], credentials);
            services.find("sqs").map(|found| key_of(&found))
        };
        for local in
            ["http://localhost:1", "http://a.localhost", "http://127.8.0.1", "http://[::1]:2"]
        {
            assert_eq!(found(local, None).as_deref(), Ok("test"), "{local}");
        }
        assert_eq!(found("http://10.0.0.7", None), Err(Unreachable::NoCredentials));
        let given = || Some(Credentials::new("AKID".to_owned(), "secret".to_owned(), None));
        assert_eq!(found("http://10.0.0.7", given()).as_deref(), Ok("AKID"));
        assert_eq!(found("http://localhost", given()).as_deref(), Ok("AKID"));
        assert_eq!(Services::default().find("sqs").err(), Some(Unreachable::NoEndpoint));
    }

    #[test]
    fn what_is_on_this_machine_is_called_with_credentials_that_are_for_all_alone() {
        let found = |endpoint: &str, endpoints: SignedEndpoints| {
            let credentials = Credentials::new("AKID".to_owned(), "secret".to_owned(), None);
            let source = Arc::new(FixedCredentials::new(credentials));
            let services = Services::new(vec![("sqs".to_owned(), url(endpoint))], None);
            services.with_credentials(source, endpoints).find("sqs").map(|found| key_of(&found))
        };
        let local = "http://localhost:1";
        assert_eq!(found(local, SignedEndpoints::All).as_deref(), Ok("AKID"));
        assert_eq!(found(local, SignedEndpoints::Elsewhere).as_deref(), Ok("test"));
        assert_eq!(found("http://10.0.0.7", SignedEndpoints::Elsewhere).as_deref(), Ok("AKID"));
    }

    #[test]
    fn what_was_found_for_the_gateway_never_stands_in_for_a_role() {
        let signed_as = |endpoints: SignedEndpoints| {
            let credentials = Credentials::new("AKID".to_owned(), "secret".to_owned(), None);
            let source = Arc::new(FixedCredentials::new(credentials));
            let services = Services::new(vec![("sqs".to_owned(), url("http://10.0.0.7"))], None);
            let found = services.with_credentials(source, endpoints).find("sqs").unwrap();
            found.for_any_role.at_hand().unwrap().access_key_id().to_owned()
        };
        assert_eq!(signed_as(SignedEndpoints::Elsewhere), "test");
        assert_eq!(signed_as(SignedEndpoints::All), "AKID");
    }

    #[test]
    fn roles_are_for_aws_and_for_whoever_has_an_sts() {
        let is_for_roles = |endpoints: &[(&str, &str)]| {
            let endpoint = |(name, text): &(&str, &str)| ((*name).to_owned(), url(text));
            let services = Services::new(endpoints.iter().map(endpoint).collect(), None);
            let credentials = Credentials::new("AKID".to_owned(), "secret".to_owned(), None);
            let source = Arc::new(FixedCredentials::new(credentials));
            let services = services.with_credentials(source, SignedEndpoints::All);
            services.find("sqs").unwrap().is_for_roles
        };
        assert!(is_for_roles(&[("sqs", "https://sqs.eu-west-1.amazonaws.com")]));
        assert!(!is_for_roles(&[("sqs", "http://localhost:1")]));
        assert!(is_for_roles(&[("sqs", "http://localhost:1"), ("sts", "http://localhost:2")]));
    }

    fn key_of(found: &ServiceEndpoint) -> String {
        found.credentials.at_hand().unwrap().access_key_id().to_owned()
    }

    #[test]
    fn endpoints_of_aws_are_known_by_their_names() {
        assert!(url("https://lambda.eu-west-1.amazonaws.com").is_aws());
        assert!(!url("https://amazonaws.com.example.org").is_aws());
        assert!(!url("http://localhost:3001").is_aws());
    }
}
