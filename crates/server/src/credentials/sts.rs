//! AWS's Security Token Service: sessions of roles, opened with credentials or with a token. AWS docs: STS API reference, AssumeRole and
//! AssumeRoleWithWebIdentity.

use std::borrow::Cow;
use std::sync::Arc;

use bytes::Bytes;
use http::header::{CONTENT_TYPE, HOST, HeaderName};
use http::{HeaderValue, Request, StatusCode};
use percent_encoding::utf8_percent_encode;
use vestibule_gateway::{Clock, EndpointUrl};
use vestibule_sigv4::{
    Credentials, CredentialsError, Payload, Scope, Timestamp, domain_of_region, sign,
};

use super::kept::{Lent, Until};
use super::moment::epoch_s;
use super::wire::{UNRESERVED, Wire};
use crate::limits::{CREDENTIALS_ANSWER_TIMEOUT, CREDENTIALS_WORDS_MAX};

const VERSION: &str = "2011-06-15";
const FORM: &str = "application/x-www-form-urlencoded";

/// The service, wherever it is.
#[derive(Debug)]
pub(super) struct Sts {
    wire: Arc<Wire>,
    /// AWS's own of each region when there is none.
    endpoint: Option<EndpointUrl>,
    clock: Arc<dyn Clock>,
}

/// A session that is asked for.
#[derive(Clone, Copy, Debug)]
pub(super) struct Session<'s> {
    /// The ARN of its role.
    pub(super) role: &'s str,
    pub(super) name: &'s str,
    pub(super) external_id: Option<&'s str>,
    /// STS's hour when there is none.
    pub(super) duration_s: Option<&'s str>,
    /// Whose STS is asked.
    pub(super) region: &'s str,
}

impl Sts {
    pub(super) fn new(
        wire: Arc<Wire>,
        endpoint: Option<EndpointUrl>,
        clock: Arc<dyn Clock>,
    ) -> Sts {
        Sts { wire, endpoint, clock }
    }

    /// Opens a session as whom these credentials are.
    pub(super) async fn assume(
        &self,
        session: &Session<'_>,
        credentials: &Credentials,
    ) -> Result<Lent, CredentialsError> {
        self.ask("AssumeRole", session, &[], Some(credentials)).await
    }

    /// Opens a session with a token of an issuer that AWS knows.
    pub(super) async fn assume_with_token(
        &self,
        session: &Session<'_>,
        token: &str,
    ) -> Result<Lent, CredentialsError> {
        let token = [("WebIdentityToken", token)];
        self.ask("AssumeRoleWithWebIdentity", session, &token, None).await
    }

    async fn ask(
        &self,
        action: &str,
        session: &Session<'_>,
        further: &[(&str, &str)],
        credentials: Option<&Credentials>,
    ) -> Result<Lent, CredentialsError> {
        let url = match &self.endpoint {
            Some(url) => url.clone(),
            None => regional(session.region)?,
        };
        let body = form(action, session, further);
        let request = self.request(&url, session.region, body, credentials);
        let request = request.ok_or_else(|| unasked(&url, "the credentials make no header"))?;
        let answer = self.wire.ask(request, &url.to_string(), CREDENTIALS_ANSWER_TIMEOUT).await;
        let answer = answer.map_err(|why| {
            let help = "see that STS can be reached, or name another one with `--endpoint sts=URL`";
            CredentialsError::new(format!("STS did not answer: {why}"), help)
        })?;
        let text = String::from_utf8_lossy(answer.body());
        match answer.status() {
            StatusCode::OK => lent(&text).ok_or_else(|| {
                unasked(&url, "its answer is none of STS: it has no credentials that expire")
            }),
            status => Err(refusal(&url, status, &text)),
        }
    }

    fn request(
        &self,
        url: &EndpointUrl,
        region: &str,
        body: String,
        credentials: Option<&Credentials>,
    ) -> Option<Request<Bytes>> {
        let (uri, host) = (url.url(None, "/", ""), url.host(None));
        let mut request = Request::post(uri).body(Bytes::from(body)).ok()?;
        request.headers_mut().insert(HOST, HeaderValue::try_from(&host).ok()?);
        request.headers_mut().insert(CONTENT_TYPE, HeaderValue::from_static(FORM));
        let Some(credentials) = credentials else { return Some(request) };
        let to_sign = vestibule_sigv4::Request {
            method: "POST",
            path: request.uri().path(),
            query: "",
            headers: &[("host", host.as_bytes()), ("content-type", FORM.as_bytes())],
            payload: Payload::Bytes(request.body()),
        };
        let time = Timestamp::from_epoch_s(self.clock.epoch_ms() / 1000);
        for (name, value) in sign(&to_sign, credentials, &Scope { time, region, service: "sts" }) {
            let mut value = HeaderValue::try_from(value).ok()?;
            value.set_sensitive(true);
            request.headers_mut().insert(HeaderName::from_static(name), value);
        }
        Some(request)
    }
}

/// AWS's own STS of a region.
fn regional(region: &str) -> Result<EndpointUrl, CredentialsError> {
    let domain = domain_of_region(region);
    EndpointUrl::parse(&format!("https://sts.{region}.{domain}")).map_err(|_| {
        let message = format!("`{region}` is no region with an STS");
        CredentialsError::new(message, "name one with `--endpoint sts=URL`")
    })
}

fn form(action: &str, session: &Session<'_>, further: &[(&str, &str)]) -> String {
    let Session { role, name, external_id, duration_s, .. } = *session;
    let mut fields = vec![
        ("Action", action),
        ("Version", VERSION),
        ("RoleArn", role),
        ("RoleSessionName", name),
    ];
    fields.extend(external_id.map(|id| ("ExternalId", id)));
    fields.extend(duration_s.map(|seconds| ("DurationSeconds", seconds)));
    fields.extend(further);
    let field =
        |(name, value): (&str, &str)| format!("{name}={}", utf8_percent_encode(value, UNRESERVED));
    fields.into_iter().map(field).collect::<Vec<_>>().join("&")
}

/// The session that an answer says.
pub(super) fn lent(answer: &str) -> Option<Lent> {
    let text = |name: &str| {
        let text = element(answer, name).map(Cow::into_owned);
        text.filter(|text| !text.is_empty())
    };
    let (id, secret) = (text("AccessKeyId")?, text("SecretAccessKey")?);
    let credentials = Credentials::new(id, secret, Some(text("SessionToken")?));
    let expires_s = u64::try_from(epoch_s(&text("Expiration")?)?).ok()?;
    Some(Lent { credentials, until: Until::Moment(expires_s.checked_mul(1000)?) })
}

/// What STS says when it does not. Of a signature that is not right it repeats what was signed, with a token in it: that is not shown.
fn refusal(url: &EndpointUrl, status: StatusCode, answer: &str) -> CredentialsError {
    let Some(code) = element(answer, "Code") else {
        return unasked(url, &format!("it answered {status}, and no error of STS"));
    };
    let is_repeating = matches!(&*code, "SignatureDoesNotMatch" | "IncompleteSignature");
    let words = element(answer, "Message").filter(|_| !is_repeating);
    let said = words.map_or_else(|| code.to_string(), |words| format!("{code}: {words}"));
    let line = said.lines().next().unwrap_or_default();
    let line: String = line.chars().take(CREDENTIALS_WORDS_MAX).collect();
    CredentialsError::new(format!("STS refused: {line}"), remedy(&code))
}

fn remedy(code: &str) -> &'static str {
    match code {
        "AccessDenied" => {
            "let the trust policy of the role name who asks, and let a policy of who asks allow `sts:AssumeRole` on the role"
        }
        "InvalidClientTokenId"
        | "ExpiredToken"
        | "ExpiredTokenException"
        | "UnrecognizedClientException" => {
            "the credentials that ask are not accepted: renew or correct them"
        }
        "SignatureDoesNotMatch" | "IncompleteSignature" | "RequestExpired" => {
            "see that the secret access key and the clock of this machine are right"
        }
        "RegionDisabledException" => {
            "activate STS in this region, or name another one with `--endpoint sts=URL`"
        }
        "InvalidIdentityToken" | "IDPRejectedClaim" | "IDPCommunicationError" => {
            "see that the issuer of the token is an identity provider of the account that the role trusts"
        }
        "Throttling" | "ThrottlingException" | "ServiceUnavailable" | "InternalFailure" => {
            "wait: it is asked again"
        }
        _ => "see the role and who may assume it",
    }
}

fn unasked(url: &EndpointUrl, why: &str) -> CredentialsError {
    let help = "see that STS answers there, or name another one with `--endpoint sts=URL`";
    CredentialsError::new(format!("no session from STS at `{url}`: {why}"), help)
}

/// The text of the first element of this name. STS writes none with attributes or elements in them that is read here.
fn element<'a>(answer: &'a str, name: &str) -> Option<Cow<'a, str>> {
    let (_, after) = answer.split_once(&format!("<{name}>"))?;
    let (text, rest) = after.split_once('<')?;
    rest.strip_prefix('/')?.strip_prefix(name)?.strip_prefix('>')?;
    Some(unescaped(text))
}

fn unescaped(text: &str) -> Cow<'_, str> {
    if !text.contains('&') {
        return Cow::Borrowed(text);
    }
    const ENTITIES: [(&str, char); 5] =
        [("amp;", '&'), ("lt;", '<'), ("gt;", '>'), ("quot;", '"'), ("apos;", '\'')];
    let mut parts = text.split('&');
    let mut plain = parts.next().unwrap_or_default().to_owned();
    for part in parts {
        let known = ENTITIES.iter().find_map(|(name, c)| Some((*c, part.strip_prefix(name)?)));
        match known.or_else(|| numbered(part)) {
            Some((c, rest)) => {
                plain.push(c);
                plain.push_str(rest);
            }
            None => {
                plain.push('&');
                plain.push_str(part);
            }
        }
    }
    Cow::Owned(plain)
}

/// `#39;` or `#x27;` with what follows it.
fn numbered(part: &str) -> Option<(char, &str)> {
    let (number, rest) = part.strip_prefix('#')?.split_once(';')?;
    let number = match number.strip_prefix('x') {
        Some(digits) => u32::from_str_radix(digits, 16).ok()?,
        None => number.parse().ok()?,
    };
    Some((char::from_u32(number)?, rest))
}

#[cfg(test)]
mod tests {
    use super::*;

    // Source: AWS docs (STS API reference, AssumeRole, "Sample Response").
    const ANSWER: &str = "<AssumeRoleResponse xmlns=\"https://sts.amazonaws.com/doc/2011-06-15/\">
  <AssumeRoleResult>
  <SourceIdentity>DevUser123</SourceIdentity>
    <AssumedRoleUser>
      <Arn>arn:aws:sts::123456789012:assumed-role/demo/John</Arn>
      <AssumedRoleId>ARO123EXAMPLE123:John</AssumedRoleId>
    </AssumedRoleUser>
    <Credentials>
      <AccessKeyId>ASIAIOSFODNN7EXAMPLE</AccessKeyId>
      <SecretAccessKey>wJalrXUtnFEMI/K7MDENG/bPxRfiCYzEXAMPLEKEY</SecretAccessKey>
      <SessionToken>AQoDYXdzEPT//////////wEXAMPLEtc764bNrC9SAPBSM22wDOk4x4HIZ8j4FZTwdQW==</SessionToken>
      <Expiration>2019-11-09T13:34:41Z</Expiration>
    </Credentials>
    <PackedPolicySize>6</PackedPolicySize>
  </AssumeRoleResult>
</AssumeRoleResponse>";

    #[test]
    fn a_session_is_read_of_the_answer() {
        let lent = lent(ANSWER).unwrap();
        let secret = "wJalrXUtnFEMI/K7MDENG/bPxRfiCYzEXAMPLEKEY".to_owned();
        let token = "AQoDYXdzEPT//////////wEXAMPLEtc764bNrC9SAPBSM22wDOk4x4HIZ8j4FZTwdQW==";
        let id = "ASIAIOSFODNN7EXAMPLE".to_owned();
        assert_eq!(lent.credentials, Credentials::new(id, secret, Some(token.to_owned())));
        assert_eq!(lent.until, Until::Moment(1_573_306_481_000));
    }

    #[test]
    fn an_answer_without_a_whole_session_is_none() {
        for name in ["AccessKeyId", "SecretAccessKey", "SessionToken", "Expiration"] {
            let without = ANSWER.replace(&format!("<{name}>"), "<Other>");
            assert!(lent(&without).is_none(), "{name}");
        }
        for text in ["", "<AccessKeyId>", "<AccessKeyId>x<b/></AccessKeyId>", "\u{0}<<>>&"] {
            assert!(lent(text).is_none(), "{text}");
        }
    }

    // Source: inferred (half of a token is none).
    #[test]
    fn an_answer_that_breaks_off_before_its_session_is_whole_is_none() {
        let whole = ANSWER.find("</Expiration>").unwrap() + "</Expiration>".len();
        for end in 0..whole {
            let begun = ANSWER.get(..end).unwrap();
            assert!(lent(begun).is_none(), "{begun}");
        }
        assert!(lent(ANSWER.get(..whole).unwrap()).is_some());
    }

    // Source: AWS docs (STS API reference, "Common Errors"); what is left out is inferred (ours).
    #[test]
    fn a_refusal_is_told_without_what_was_signed() {
        let url = EndpointUrl::parse("https://sts.eu-west-1.amazonaws.com").unwrap();
        let told = |code: &str, words: &str| {
            let answer = format!(
                "<ErrorResponse><Error><Type>Sender</Type><Code>{code}</Code>\
                 <Message>{words}</Message></Error></ErrorResponse>"
            );
            refusal(&url, StatusCode::FORBIDDEN, &answer).to_string()
        };
        assert_eq!(
            told("AccessDenied", "User: &quot;a&quot; is not authorized&#39;&#x3c;&unknown;\nmore"),
            "STS refused: AccessDenied: User: \"a\" is not authorized'<&unknown;"
        );
        assert_eq!(
            told("SignatureDoesNotMatch", "the canonical string: x-amz-security-token:hunter2"),
            "STS refused: SignatureDoesNotMatch"
        );
        assert_eq!(told("X", &"w".repeat(400)).len(), "STS refused: ".len() + 300);
        assert_eq!(
            refusal(&url, StatusCode::BAD_GATEWAY, "<html>hunter2").to_string(),
            "no session from STS at `https://sts.eu-west-1.amazonaws.com`: \
             it answered 502 Bad Gateway, and no error of STS"
        );
    }

    // Source: AWS docs (General Reference, "AWS Security Token Service endpoints and quotas").
    #[test]
    fn each_region_has_its_sts() {
        for (region, url) in [
            ("eu-west-1", "https://sts.eu-west-1.amazonaws.com"),
            ("us-gov-west-1", "https://sts.us-gov-west-1.amazonaws.com"),
            ("cn-north-1", "https://sts.cn-north-1.amazonaws.com.cn"),
        ] {
            assert_eq!(regional(region).unwrap().to_string(), url);
        }
    }

    #[test]
    fn what_is_asked_is_a_form() {
        let session = Session {
            role: "arn:aws:iam::1:role/a b",
            name: "n",
            external_id: Some("x=y&z"),
            duration_s: None,
            region: "eu-west-1",
        };
        assert_eq!(
            form("AssumeRole", &session, &[("T", "é")]),
            "Action=AssumeRole&Version=2011-06-15&RoleArn=arn%3Aaws%3Aiam%3A%3A1%3Arole%2Fa%20b&\
             RoleSessionName=n&ExternalId=x%3Dy%26z&T=%C3%A9"
        );
    }
}
