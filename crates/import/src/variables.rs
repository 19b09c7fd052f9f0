//! `${AWS::AccountId}`, `${AWS::Partition}` and `${AWS::Region}`, which an import of OpenAPI replaces in any text.
//! AWS docs: import-api-aws-variables.

use crate::Options;
use vestibule_restapi::{Joined, Sourced};

/// The text with its variables replaced; what replaces one has the variable's place.
pub(crate) fn resolve(text: Sourced, options: &Options) -> Sourced {
    if !text.contains("${AWS::") {
        return text;
    }
    let variables = [
        ("${AWS::AccountId}", options.account.as_str()),
        ("${AWS::Partition}", partition(options.region.as_str())),
        ("${AWS::Region}", options.region.as_str()),
    ];
    let mut resolved = Joined::default();
    let mut at = 0;
    while let Some(rest) = text.get(at..).filter(|rest| !rest.is_empty()) {
        let next = rest.find("${AWS::").unwrap_or(rest.len());
        resolved.part(&text, at..at + next);
        at += next;
        let rest = text.get(at..).unwrap_or("");
        match variables.iter().find(|(name, _)| rest.starts_with(name)) {
            Some((name, value)) => {
                resolved.standing(value, &text.place(at..at + name.len()));
                at += name.len();
            }
            // Another `${AWS::...}` stays: its two first characters cannot begin a variable again.
            None => {
                let length = rest.len().min(2);
                resolved.part(&text, at..at + length);
                at += length;
            }
        }
    }
    resolved.finish(text.pointer().clone())
}

/// The partition of a region (AWS docs: ARN format).
pub(crate) fn partition(region: &str) -> &'static str {
    if region.starts_with("cn-") {
        "aws-cn"
    } else if region.starts_with("us-gov-") {
        "aws-us-gov"
    } else {
        "aws"
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::BasePath;
    use vestibule_restapi::{AccountId, Region};

    #[test]
    fn replaced_variables_keep_the_places_around_them() {
        let options = Options {
            account: AccountId::parse("000000000000").unwrap(),
            region: Region::parse("us-gov-east-1").unwrap(),
            base_path: BasePath::Ignore,
            parameters: vec![],
        };
        let text = Sourced::inline(
            "t",
            "a${AWS::Region}b${AWS::StackName}${AWS::AccountId}c${AWS::Partition}",
        );
        let resolved = resolve(text, &options);
        assert_eq!(&*resolved, "aus-gov-east-1b${AWS::StackName}000000000000caws-us-gov");
        assert_eq!(resolved.place(1..2).text(), "${AWS::Region}");
        assert_eq!(resolved.place(14..15).to_string(), "t:1:16");
        let c = resolved.find('c').unwrap();
        assert_eq!(resolved.place(c..c + 1).text(), "c");
        assert_eq!(resolved.place(20..22).text(), "::");
        assert_eq!(resolved.place(resolved.len() - 1..resolved.len()).text(), "${AWS::Partition}");
    }
}
