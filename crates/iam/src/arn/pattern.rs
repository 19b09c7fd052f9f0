//! Patterns of ARNs: each part is matched by its own, so that no wildcard reaches past a colon, but
//! for the last part, which has all that follows.
//!
//! Follows the IAM user guide, "IAM JSON policy elements: Resource": what a pattern lacks of its
//! six parts is `*`.

use super::api::partition_of;
use crate::arn::{ApiArn, Arn};
use crate::facts::Asked;
use crate::glob::{Case, Glob, Token};
use crate::template::{Piece, Template, TextPattern};

/// A compiled pattern of ARNs.
#[derive(Clone, Debug)]
pub(crate) enum ArnPattern {
    /// `*`: also what is no ARN.
    Any,
    /// The five parts after `arn`.
    Parts(Box<[TextPattern; 5]>),
}

/// Which invocations of an API a pattern may stand for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Reach {
    /// Some, or it is not about invocations.
    Some,
    /// None, because its part of that name is another.
    Other(&'static str),
    /// None, because it has no stage, verb and path after the API.
    Short,
}

/// AWS's partitions.
pub const PARTITIONS: [&str; 8] =
    ["aws", "aws-cn", "aws-us-gov", "aws-eusc", "aws-iso", "aws-iso-b", "aws-iso-e", "aws-iso-f"];

/// Whose resources are meant, and where they are.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Owner<'a> {
    pub(crate) region: &'a str,
    pub(crate) account: &'a str,
}

impl ArnPattern {
    /// Compiles the pieces of a pattern. Nothing when it neither is `*` nor begins with `arn:`.
    pub(crate) fn of(template: Template) -> Option<ArnPattern> {
        if template.is_star() {
            return Some(ArnPattern::Any);
        }
        let mut parts = split(template);
        if parts.remove(0).plain()? != "arn" || parts.is_empty() {
            return None;
        }
        let star = || TextPattern::of(Template::text("*"));
        let mut parts = parts.into_iter().map(TextPattern::of);
        let mut next = || parts.next().unwrap_or_else(star);
        Some(ArnPattern::Parts(Box::new([next(), next(), next(), next(), next()])))
    }

    /// Whether one of the parts before the resource has a variable.
    pub(crate) fn has_early_variable(&self) -> bool {
        match self {
            ArnPattern::Any => false,
            ArnPattern::Parts(parts) => parts.iter().take(4).any(TextPattern::has_variable),
        }
    }

    /// Whether it names its service whole, without a wildcard.
    pub(crate) fn has_service(&self) -> bool {
        match self {
            ArnPattern::Any => true,
            ArnPattern::Parts(parts) => {
                let [_, service, ..] = &**parts;
                let service = service.fixed().and_then(Glob::plain);
                service.is_some_and(|service| !service.is_empty())
            }
        }
    }

    /// Whether its partition is, or with wildcards may be, one of AWS.
    pub(crate) fn has_partition(&self) -> bool {
        match self {
            ArnPattern::Any => true,
            ArnPattern::Parts(parts) => {
                let [partition, ..] = &**parts;
                let may_be = |known: &&str| {
                    partition.fixed().is_none_or(|glob| glob.matches(known, Case::Exact))
                };
                PARTITIONS.iter().any(may_be)
            }
        }
    }

    /// Whether it stands for `arn`, which is nothing for a text that is no ARN.
    pub(crate) fn matches(&self, arn: Option<&Arn<'_>>, asked: &Asked<'_>) -> bool {
        match (self, arn) {
            (ArnPattern::Any, _) => true,
            (ArnPattern::Parts(_), None) => false,
            (ArnPattern::Parts(parts), Some(arn)) => {
                let [partition, service, region, account, resource] = &**parts;
                // The resource differs most often.
                resource.matches(arn.resource, asked)
                    && account.matches(arn.account, asked)
                    && region.matches(arn.region, asked)
                    && service.matches(arn.service, asked)
                    && partition.matches(arn.partition, asked)
            }
        }
    }

    /// Whether it may stand for an invocation of `api`.
    pub(crate) fn reach(&self, api: &ApiArn) -> Reach {
        let owner = Owner { region: api.region(), account: api.account() };
        match (self, self.reach_in("execute-api", &owner)) {
            (ArnPattern::Parts(parts), Some(Reach::Some)) => {
                let [.., resource] = &**parts;
                // A variable may become anything.
                let reach = resource.fixed().map(|glob| resource_reach(&glob.tokens(), api.api()));
                reach.unwrap_or(Reach::Some)
            }
            (_, reach) => reach.unwrap_or(Reach::Some),
        }
    }

    /// Whether it may stand for a resource that `owner` has in a service. Nothing when it is not
    /// about that service.
    pub(crate) fn reach_in(&self, service: &str, owner: &Owner<'_>) -> Option<Reach> {
        let ArnPattern::Parts(parts) = self else { return Some(Reach::Some) };
        let [partition, of_service, region, account, _] = &**parts;
        let is_about = |pattern: &TextPattern, part: &str| {
            pattern.fixed().is_none_or(|glob| glob.matches(part, Case::Exact))
        };
        if !is_about(of_service, service) {
            return None;
        }
        let other = [
            (partition, partition_of(owner.region), "partition"),
            (region, owner.region, "region"),
            (account, owner.account, "account"),
        ];
        let other = other.into_iter().find(|(pattern, part, _)| !is_about(pattern, part));
        Some(other.map_or(Reach::Some, |(_, _, name)| Reach::Other(name)))
    }
}

/// Splits at the first five colons that stand outside of variables.
fn split(template: Template) -> Vec<Template> {
    let mut parts = vec![Template::default()];
    for piece in template.pieces {
        let Piece::Text(text) = piece else {
            if let Some(part) = parts.last_mut() {
                part.pieces.push(piece);
            }
            continue;
        };
        let mut text = text.as_str();
        loop {
            let colon = if parts.len() < 6 { text.split_once(':') } else { None };
            let (head, tail) = colon.map_or((text, None), |(head, tail)| (head, Some(tail)));
            if let (false, Some(part)) = (head.is_empty(), parts.last_mut()) {
                part.pieces.push(Piece::Text(head.to_owned()));
            }
            let Some(tail) = tail else { break };
            parts.push(Template::default());
            text = tail;
        }
    }
    parts
}

/// Whether the pattern stands for some `API/STAGE/VERB/PATH`. Follows all places where the pattern
/// may be at once.
fn resource_reach(pattern: &[Token], api: &str) -> Reach {
    let mut places = vec![false; pattern.len() + 1];
    if let Some(first) = places.first_mut() {
        *first = true;
    }
    let mut places = skip_stars(pattern, places);
    for c in api.chars() {
        places = step(pattern, &places, |token| token == c);
    }
    if !places.contains(&true) {
        return Reach::Other("API");
    }
    places = step(pattern, &places, |c| c == '/');
    // Stage and verb.
    for _ in 0..2 {
        places = one_or_more(pattern, step(pattern, &places, |c| c != '/'));
        places = step(pattern, &places, |c| c == '/');
    }
    // Whatever the pattern still wants, a path may have.
    if places.contains(&true) { Reach::Some } else { Reach::Short }
}

/// Where the pattern may be after more characters of a name.
fn one_or_more(pattern: &[Token], mut places: Vec<bool>) -> Vec<bool> {
    loop {
        let more = step(pattern, &places, |c| c != '/');
        let joined: Vec<bool> = places.iter().zip(&more).map(|(a, b)| *a || *b).collect();
        if joined == places {
            return places;
        }
        places = joined;
    }
}

/// Where the pattern may be after one more character, one that `is_wanted`.
fn step(pattern: &[Token], places: &[bool], is_wanted: impl Fn(char) -> bool) -> Vec<bool> {
    let mut next = vec![false; places.len()];
    for (at, token) in pattern.iter().enumerate() {
        if places.get(at) != Some(&true) {
            continue;
        }
        let to = match token {
            Token::Many => at,
            Token::One => at + 1,
            Token::Char(c) if is_wanted(*c) => at + 1,
            Token::Char(_) => continue,
        };
        if let Some(place) = next.get_mut(to) {
            *place = true;
        }
    }
    skip_stars(pattern, next)
}

/// A `*` may stand for nothing.
fn skip_stars(pattern: &[Token], mut places: Vec<bool>) -> Vec<bool> {
    for (at, token) in pattern.iter().enumerate() {
        if *token == Token::Many
            && places.get(at) == Some(&true)
            && let Some(after) = places.get_mut(at + 1)
        {
            *after = true;
        }
    }
    places
}

#[cfg(test)]
mod tests {
    //! Source: AWS docs (IAM user guide, Resource: incomplete ARNs, wildcards within parts).
    use super::*;
    use crate::facts::NoFacts;
    use crate::facts::Request;

    fn pattern(text: &str) -> ArnPattern {
        ArnPattern::of(Template::parse(text, true).unwrap()).unwrap()
    }

    fn matches(text: &str, resource: &str) -> bool {
        let request = Request { principal: None, action: "a:b", resource, facts: &NoFacts };
        pattern(text).matches(Arn::parse(resource).as_ref(), &Asked::new(&request))
    }

    #[test]
    fn parts_are_matched_each_by_its_own() {
        let arn = "arn:aws:execute-api:us-east-1:123456789012:abcde12345/prod/GET/a:b/c";
        for text in [
            "*",
            "arn:aws:execute-api:us-east-1:123456789012:abcde12345/prod/GET/a:b/c",
            "arn:aws:execute-api:*:*:*",
            "arn:aws:execute-api:*",
            "arn:aws:execute-api",
            "arn:*",
            "arn:aws:execute-api:us-*-1:123456789012:*/GET/*",
            "arn:aws:execute-api:us-east-?:*:abcde12345/*/c",
        ] {
            assert!(matches(text, arn), "{text}");
        }
        for text in [
            "arn:aws:execute-api:*:abcde12345/*",
            "arn:aws:*:abcde12345/prod/GET/a:b/c",
            "arn:aws:execute-api:us-east-1:123456789012:abcde12345/prod/GET/A:b/c",
            "arn:aws:execute-api:us-east-1:123456789012:abcde12345",
            "arn:aws:execute-api:us-east-1:123456789012:",
        ] {
            assert!(!matches(text, arn), "{text}");
        }
        assert!(matches("*", "*"));
        assert!(!matches("arn:*", "*"));
    }

    #[test]
    fn what_is_no_pattern_of_arns_is_none() {
        for text in ["", "a*", "arn", "**", "?", "execute-api:/*", "arn*:aws"] {
            assert!(ArnPattern::of(Template::text(text)).is_none(), "{text}");
        }
    }

    #[test]
    fn reach_tells_the_part_that_never_matches() {
        let api = ApiArn::new("us-east-1", "123456789012", "abcde12345").unwrap();
        for (text, reach) in [
            ("*", Reach::Some),
            ("arn:aws:dynamodb:eu-west-1:1:table/x", Reach::Some),
            ("arn:aws:execute-api:us-east-1:123456789012:abcde12345/*", Reach::Some),
            ("arn:aws:execute-api:us-east-1:123456789012:abcde12345*", Reach::Some),
            ("arn:aws:execute-api:us-east-1:123456789012:*/prod/GET/", Reach::Some),
            ("arn:aws:execute-api:us-east-1:123456789012:abcde?????/prod/*/x", Reach::Some),
            ("arn:aws:execute-api:us-east-1:123456789012:${aws:username}/x", Reach::Some),
            ("arn:aws-cn:execute-api:*", Reach::Other("partition")),
            ("arn:aws:execute-api:eu-*", Reach::Other("region")),
            ("arn:aws:execute-api:*:000000000000:*", Reach::Other("account")),
            ("arn:aws:execute-api:*:*:other12345/*", Reach::Other("API")),
            ("arn:aws:execute-api:*:*:abcde12345", Reach::Short),
            ("arn:aws:execute-api:*:*:abcde12345/", Reach::Short),
            ("arn:aws:execute-api:*:*:abcde12345/prod", Reach::Short),
            ("arn:aws:execute-api:*:*:abcde12345/prod/GET", Reach::Short),
            ("arn:aws:execute-api:*:*:abcde12345//GET/x", Reach::Short),
        ] {
            assert_eq!(pattern(text).reach(&api), reach, "{text}");
        }
    }
}
