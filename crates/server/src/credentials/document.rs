//! Credentials as JSON: as the metadata service and containers serve them, and as commands of `credential_process` print them. What is
//! said of one that is wrong has nothing of it but names, and the words of a refusal.

use serde_json::{Map, Value};
use vestibule_sigv4::Credentials;

use super::kept::{Lent, Until};
use super::moment::epoch_s;
use crate::limits::CREDENTIALS_WORDS_MAX;

/// What is read of a document that a service gave: it always expires.
pub(super) fn served(text: &[u8]) -> Result<Lent, String> {
    let members = Members::read(text)?;
    if let Some(code) = members.text("Code").filter(|code| *code != "Success") {
        let words = members.text("Message").unwrap_or_default();
        let said: String = format!("{code}: {words}").chars().take(CREDENTIALS_WORDS_MAX).collect();
        return Err(said);
    }
    let token = members.text("Token").or_else(|| members.text("SessionToken"));
    let token = token.ok_or_else(|| missing("Token"))?.to_owned();
    let until = members.until()?.ok_or_else(|| missing("Expiration"))?;
    Ok(Lent { credentials: members.credentials(Some(token))?, until })
}

/// What is read of what a command printed, in version 1 of the form.
pub(super) fn printed(text: &[u8]) -> Result<Lent, String> {
    let members = Members::read(text)?;
    match members.find("Version") {
        Some(Value::Number(version)) if version.as_u64() == Some(1) => {}
        Some(_) => return Err("its `Version` is not 1".to_owned()),
        None => return Err(missing("Version")),
    }
    let token = members.text("SessionToken").map(str::to_owned);
    let until = members.until()?.unwrap_or(Until::Forever);
    Ok(Lent { credentials: members.credentials(token)?, until })
}

fn missing(name: &str) -> String {
    format!("it has no `{name}`")
}

/// The members of an object, by names in any case, as AWS's SDKs have it.
struct Members(Map<String, Value>);

impl Members {
    fn read(text: &[u8]) -> Result<Members, String> {
        match serde_json::from_slice(text) {
            Ok(Value::Object(members)) => Ok(Members(members)),
            Ok(_) | Err(_) => Err("it is no JSON object".to_owned()),
        }
    }

    fn find(&self, name: &str) -> Option<&Value> {
        self.0.iter().find(|(known, _)| known.eq_ignore_ascii_case(name)).map(|(_, value)| value)
    }

    /// A text that is not empty.
    fn text(&self, name: &str) -> Option<&str> {
        self.find(name)?.as_str().filter(|text| !text.is_empty())
    }

    fn credentials(&self, token: Option<String>) -> Result<Credentials, String> {
        let text = |name: &str| self.text(name).map(str::to_owned).ok_or_else(|| missing(name));
        Ok(Credentials::new(text("AccessKeyId")?, text("SecretAccessKey")?, token))
    }

    fn until(&self) -> Result<Option<Until>, String> {
        let Some(text) = self.text("Expiration") else { return Ok(None) };
        let seconds = epoch_s(text).and_then(|seconds| u64::try_from(seconds).ok());
        let milliseconds = seconds.and_then(|seconds| seconds.checked_mul(1000));
        let milliseconds = milliseconds.ok_or("its `Expiration` is no time")?;
        Ok(Some(Until::Moment(milliseconds)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shown(read: Result<Lent, String>) -> String {
        match read {
            Ok(Lent { credentials, until }) => format!("{credentials:?} {until:?}"),
            Err(why) => why,
        }
    }

    // Source: AWS docs (EC2, "Retrieve security credentials from instance metadata").
    #[test]
    fn what_the_metadata_service_serves_is_read() {
        let text =
            br#"{"Code": "Success", "LastUpdated": "2012-04-26T16:39:16Z", "Type": "AWS-HMAC",
            "AccessKeyId": "ASIAIOSFODNN7EXAMPLE", "SecretAccessKey": "secret", "Token": "token",
            "Expiration": "2017-05-17T15:09:54Z"}"#;
        assert_eq!(
            shown(served(text)),
            "Credentials { access_key_id: \"ASIAIOSFODNN7EXAMPLE\", secret_access_key: ***, \
             session_token: Some(***) } Moment(1495033794000)"
        );
    }

    // Source: AWS docs (SDKs and Tools, "Process credential provider").
    #[test]
    fn what_a_command_prints_is_read() {
        let whole = br#"{"Version": 1, "AccessKeyId": "AKID", "SecretAccessKey": "secret",
            "SessionToken": "token", "Expiration": "1970-01-01T00:00:09+00:00"}"#;
        assert_eq!(
            shown(printed(whole)),
            "Credentials { access_key_id: \"AKID\", secret_access_key: ***, session_token: Some(***) } \
             Moment(9000)"
        );
        let least = br#"{"Version": 1, "AccessKeyId": "AKID", "SecretAccessKey": "secret"}"#;
        assert_eq!(
            shown(printed(least)),
            "Credentials { access_key_id: \"AKID\", secret_access_key: ***, session_token: None } Forever"
        );
    }

    // Source: inferred (ours).
    #[test]
    fn what_is_wrong_is_named_and_not_shown() {
        let key = r#""AccessKeyId": "AKID", "SecretAccessKey": "hunter2""#;
        for (text, why) in [
            ("hunter2".to_owned(), "it is no JSON object"),
            ("[1]".to_owned(), "it is no JSON object"),
            ("{}".to_owned(), "it has no `Token`"),
            (format!("{{{key}, \"Token\": \"\"}}"), "it has no `Token`"),
            (format!("{{{key}, \"Token\": \"t\"}}"), "it has no `Expiration`"),
            (
                format!("{{{key}, \"Token\": \"t\", \"Expiration\": \"hunter2\"}}"),
                "its `Expiration` is no time",
            ),
            (
                r#"{"Token": "t", "Expiration": "2017-05-17T15:09:54Z"}"#.to_owned(),
                "it has no `AccessKeyId`",
            ),
            (
                r#"{"Code": "AssumeRoleUnauthorizedAccess", "Message": "EC2 cannot assume the role x"}"#
                    .to_owned(),
                "AssumeRoleUnauthorizedAccess: EC2 cannot assume the role x",
            ),
        ] {
            assert_eq!(shown(served(text.as_bytes())), why, "{text}");
        }
        for (text, why) in [
            (format!("{{{key}}}"), "it has no `Version`"),
            (format!("{{\"Version\": 2, {key}}}"), "its `Version` is not 1"),
            (r#"{"Version": 1}"#.to_owned(), "it has no `AccessKeyId`"),
        ] {
            assert_eq!(shown(printed(text.as_bytes())), why, "{text}");
        }
    }
}
