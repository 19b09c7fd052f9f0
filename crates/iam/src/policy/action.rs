//! Actions: a service, a colon and a name, both without regard to case.

use crate::fault::quoted;
use crate::glob::{Case, Glob};

/// A compiled action.
#[derive(Clone, Debug)]
pub(crate) struct ActionPattern {
    /// As it is written, which is how most requests write it too.
    written: Box<str>,
    pattern: Glob,
}

impl ActionPattern {
    /// Compiles an action, or says in message and help why it is none.
    pub(crate) fn parse(text: &str) -> Result<ActionPattern, (String, String)> {
        let is_service = |text: &str| {
            let is_part = |b: u8| b.is_ascii_alphanumeric() || b"-.".contains(&b);
            !text.is_empty() && text.bytes().all(is_part)
        };
        let is_name = |text: &str| {
            let is_part = |b: u8| b.is_ascii_alphanumeric() || b"*?-_".contains(&b);
            !text.is_empty() && text.bytes().all(is_part)
        };
        let is_action = text == "*"
            || text
                .split_once(':')
                .is_some_and(|(service, name)| is_service(service) && is_name(name));
        if !is_action {
            let message = format!("{} is not an action", quoted(text));
            let help = "write `SERVICE:ACTION`, as in `execute-api:Invoke`, or `*`; wildcards stand \
                        after the colon";
            return Err((message, help.to_owned()));
        }
        let pattern = Glob::new(&text.to_ascii_lowercase());
        Ok(ActionPattern { written: text.into(), pattern })
    }

    pub(crate) fn matches(&self, action: &str) -> bool {
        *self.written == *action || self.pattern.matches(action, Case::Ignored)
    }
}

#[cfg(test)]
mod tests {
    //! Source: AWS docs (IAM user guide, "IAM JSON policy elements: Action").
    use super::*;

    #[test]
    fn actions_match_without_regard_to_case() {
        let matches =
            |pattern: &str, action| ActionPattern::parse(pattern).unwrap().matches(action);
        assert!(matches("execute-api:Invoke", "execute-api:invoke"));
        assert!(matches("EXECUTE-API:inv*", "execute-api:Invoke"));
        assert!(matches("dynamodb:?etItem", "dynamodb:GetItem"));
        assert!(matches("*", "dynamodb:GetItem"));
        assert!(matches("s3.s:*", "s3.s:ListBucket"));
        assert!(!matches("dynamodb:Get", "dynamodb:GetItem"));
        assert!(!matches("execute-api:*", "dynamodb:GetItem"));
    }

    #[test]
    fn what_is_no_action_is_refused() {
        for text in ["", "Invoke", "*:Invoke", "s*:Get", "execute-api:", ":x", "a:b:c", "a:${b}"] {
            let (message, _) = ActionPattern::parse(text).unwrap_err();
            assert_eq!(message, format!("`{text}` is not an action"));
        }
    }
}
