//! The ARN of an API, and those of its invocations.
//!
//! Follows the API Gateway developer guide, "Control access for invoking an API".

use std::fmt;

use super::name::is_account;
use crate::limits::INVOKE_ARN_BYTES_MAX;

/// Which API it is: `arn:PARTITION:execute-api:REGION:ACCOUNT:API`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ApiArn {
    /// INVARIANT: none of its parts has a `:`, `/` or wildcard.
    text: String,
    region: String,
    account: String,
    api: String,
}

impl ApiArn {
    /// The API `api` of `account`, twelve digits, in `region`, whose partition follows from its name.
    /// Nothing when a part has a character that none of its kind has.
    ///
    /// ```
    /// use vestibule_iam::ApiArn;
    ///
    /// let api = ApiArn::new("us-east-1", "123456789012", "abcde12345").unwrap();
    /// let arn = api.invoke("prod", "GET", "music").unwrap();
    /// assert_eq!(arn, "arn:aws:execute-api:us-east-1:123456789012:abcde12345/prod/GET/music");
    /// ```
    pub fn new(region: &str, account: &str, api: &str) -> Option<ApiArn> {
        let is_plain = |text: &str| {
            let is_plain = |b: u8| b.is_ascii_alphanumeric() || matches!(b, b'-' | b'_');
            !text.is_empty() && text.bytes().all(is_plain)
        };
        if !is_account(account) || !is_plain(region) || !is_plain(api) {
            return None;
        }
        let partition = partition_of(region);
        Some(ApiArn {
            text: format!("arn:{partition}:execute-api:{region}:{account}:{api}"),
            region: region.to_owned(),
            account: account.to_owned(),
            api: api.to_owned(),
        })
    }

    /// The ARN up to the API, without `/`.
    pub fn as_str(&self) -> &str {
        &self.text
    }

    /// The account that owns the API.
    pub fn account(&self) -> &str {
        &self.account
    }

    /// The region it is in.
    pub fn region(&self) -> &str {
        &self.region
    }

    /// The id of the API.
    pub fn api(&self) -> &str {
        &self.api
    }

    /// The partition of its region.
    pub fn partition(&self) -> &'static str {
        partition_of(&self.region)
    }

    /// Returns the ARN of an invocation; `path` is the request's path as it was sent, after its
    /// first `/`.
    ///
    /// # Errors
    /// It is longer than [`INVOKE_ARN_BYTES_MAX`]: AWS answers 414 `Request URI too long`.
    pub fn invoke(&self, stage: &str, verb: &str, path: &str) -> Result<String, ArnTooLong> {
        let bytes = self.text.len() + stage.len() + verb.len() + path.len() + 3;
        if bytes > INVOKE_ARN_BYTES_MAX {
            return Err(ArnTooLong { bytes });
        }
        Ok(format!("{}/{stage}/{verb}/{path}", self.text))
    }
}

/// The partition that a region belongs to.
pub fn partition_of(region: &str) -> &'static str {
    match region {
        region if region.starts_with("cn-") => "aws-cn",
        region if region.starts_with("us-gov-") => "aws-us-gov",
        _ => "aws",
    }
}

/// The ARN of an invocation is longer than AWS evaluates.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ArnTooLong {
    /// How long it would have been.
    pub bytes: usize,
}

impl fmt::Display for ArnTooLong {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let bytes = self.bytes;
        write!(f, "the ARN of the invocation has {bytes} bytes, of {INVOKE_ARN_BYTES_MAX} at most")
    }
}

impl std::error::Error for ArnTooLong {}

#[cfg(test)]
mod tests {
    //! Source: AWS docs (the form, the partitions, the limit of 1,600 bytes).
    use super::*;

    #[test]
    fn the_root_ends_with_a_slash_and_partitions_follow_regions() {
        let api = ApiArn::new("cn-north-1", "123456789012", "abcde12345").unwrap();
        let arn = api.invoke("prod", "GET", "").unwrap();
        assert_eq!(arn, "arn:aws-cn:execute-api:cn-north-1:123456789012:abcde12345/prod/GET/");
        assert_eq!(
            ApiArn::new("us-gov-west-1", "123456789012", "a").unwrap().partition(),
            "aws-us-gov"
        );
    }

    #[test]
    fn parts_with_foreign_characters_make_no_arn() {
        assert_eq!(ApiArn::new("us-east-1", "1234", "a"), None);
        assert_eq!(ApiArn::new("us:east", "123456789012", "a"), None);
        assert_eq!(ApiArn::new("us-east-1", "123456789012", "a/*"), None);
        assert_eq!(ApiArn::new("us-east-1", "123456789012", ""), None);
    }

    #[test]
    fn an_invocation_has_1600_bytes_at_most() {
        let api = ApiArn::new("us-east-1", "123456789012", "abcde12345").unwrap();
        let fixed = api.invoke("prod", "GET", "").unwrap().len();
        assert_eq!(api.invoke("prod", "GET", &"x".repeat(1_600 - fixed)).unwrap().len(), 1_600);
        let long = api.invoke("prod", "GET", &"x".repeat(1_601 - fixed));
        assert_eq!(long, Err(ArnTooLong { bytes: 1_601 }));
        assert_eq!(
            long.unwrap_err().to_string(),
            "the ARN of the invocation has 1601 bytes, of 1600 at most"
        );
    }
}
