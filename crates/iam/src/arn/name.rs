//! One ARN in its six parts, and how an account is masked for those who may not know it.
//!
//! Follows the IAM user guide, "IAM identifiers".

/// An ARN in its six parts, of which the last may have colons. Borrowed: made of a request's
/// resource without a copy.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Arn<'a> {
    /// `aws`, `aws-cn` or `aws-us-gov`.
    pub partition: &'a str,
    /// As in `execute-api`.
    pub service: &'a str,
    /// As in `us-east-1`; empty for services without.
    pub region: &'a str,
    /// Twelve digits; empty for services without.
    pub account: &'a str,
    /// What is named in the service.
    pub resource: &'a str,
}

impl<'a> Arn<'a> {
    /// Returns the parts, if `text` has all six.
    ///
    /// ```
    /// let arn = vestibule_iam::Arn::parse("arn:aws:iam::123456789012:user/bob").unwrap();
    /// assert_eq!((arn.account, arn.resource), ("123456789012", "user/bob"));
    /// ```
    pub fn parse(text: &'a str) -> Option<Arn<'a>> {
        let mut parts = text.splitn(6, ':');
        if parts.next() != Some("arn") {
            return None;
        }
        let mut next = || parts.next();
        let (partition, service, region) = (next()?, next()?, next()?);
        let (account, resource) = (next()?, next()?);
        Some(Arn { partition, service, region, account, resource })
    }
}

/// Returns an ARN with all but the last four digits of its account masked, as AWS shows it to those
/// it refuses. What is no ARN comes back as it is.
///
/// ```
/// let masked = vestibule_iam::masked_account("arn:aws:execute-api:us-east-1:123456789012:a/b");
/// assert_eq!(masked, "arn:aws:execute-api:us-east-1:********9012:a/b");
/// ```
pub fn masked_account(arn: &str) -> String {
    let Some(Arn { partition, service, region, account, resource }) = Arn::parse(arn) else {
        return arn.to_owned();
    };
    let hidden = account.chars().count().saturating_sub(4);
    let account: String =
        account.chars().enumerate().map(|(i, c)| if i < hidden { '*' } else { c }).collect();
    format!("arn:{partition}:{service}:{region}:{account}:{resource}")
}

/// Whether `text` is an account's id: twelve digits.
pub(crate) fn is_account(text: &str) -> bool {
    text.len() == 12 && text.bytes().all(|b| b.is_ascii_digit())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_arn_has_six_parts() {
        for text in ["", "arn", "arn:aws:iam::123456789012", "urn:aws:iam::1:x"] {
            assert_eq!(Arn::parse(text), None, "{text}");
        }
        let arn = Arn::parse("arn:aws:lambda:eu-west-1:123456789012:function:f:1").unwrap();
        let (partition, service, region) = ("aws", "lambda", "eu-west-1");
        let (account, resource) = ("123456789012", "function:f:1");
        assert_eq!(arn, Arn { partition, service, region, account, resource });
    }

    #[test]
    fn what_has_no_account_is_not_masked() {
        assert_eq!(masked_account("arn:aws:s3:::bucket"), "arn:aws:s3:::bucket");
        assert_eq!(masked_account("*"), "*");
    }
}
