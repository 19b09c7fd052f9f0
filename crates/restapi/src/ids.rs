//! Identifiers: what AWS gives out, and the names a caller chooses. Each is a type of its own, so that none is taken for another.
//!
//! Generated ids are hashes of what they name: the same definition has the same ids on every start and every gateway.

use std::fmt;

/// A name or number that does not have the form AWS asks for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct InvalidId {
    /// What it should have been, such as `12 digits`.
    pub expected: &'static str,
}

impl fmt::Display for InvalidId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "expected {}", self.expected)
    }
}

impl std::error::Error for InvalidId {}

macro_rules! id {
    ($(#[doc = $doc:literal])+ $name:ident) => {
        $(#[doc = $doc])+
        #[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub struct $name(String);

        impl $name {
            /// The id as text.
            pub fn as_str(&self) -> &str {
                &self.0
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(&self.0)
            }
        }
    };
}

id! {
    /// The id of a REST API: 10 characters of `a-z0-9`, a hash of its title or logical id.
    RestApiId
}
id! {
    /// The id of a resource: 6 characters of `a-z0-9`, a hash of its path.
    ResourceId
}
id! {
    /// The id of a deployment: 6 characters of `a-z0-9`, a hash of its content.
    DeploymentId
}
id! {
    /// The name of a stage: 1 to 128 characters of `a-zA-Z0-9_-`.
    StageName
}
id! {
    /// An AWS account: 12 digits.
    AccountId
}
id! {
    /// An AWS region such as `us-east-1`.
    Region
}

impl RestApiId {
    /// The id of the API with this title or logical id.
    pub fn of(name: &str) -> RestApiId {
        RestApiId(base36(name.as_bytes(), 10))
    }

    /// Takes an id that its author chose: 1 to 63 characters of `a-z0-9-`, as a label of a host name has.
    pub fn parse(id: &str) -> Result<RestApiId, InvalidId> {
        let is_valid = (1..=63).contains(&id.len())
            && id.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-');
        is_valid
            .then(|| RestApiId(id.to_owned()))
            .ok_or(InvalidId { expected: "1 to 63 characters of `a-z0-9-`" })
    }
}

impl ResourceId {
    /// The id of the resource at this path.
    pub fn of(path: &str) -> ResourceId {
        ResourceId(base36(path.as_bytes(), 6))
    }
}

impl DeploymentId {
    /// The id of a deployment of this content: any bytes that are the same when the definition is.
    pub fn of(content: &[u8]) -> DeploymentId {
        DeploymentId(base36(content, 6))
    }
}

impl StageName {
    /// Takes a name of AWS's form; `AWS docs: CreateStage`.
    pub fn parse(name: &str) -> Result<StageName, InvalidId> {
        let is_valid = (1..=128).contains(&name.len())
            && name.bytes().all(|b| b.is_ascii_alphanumeric() || matches!(b, b'_' | b'-'));
        is_valid
            .then(|| StageName(name.to_owned()))
            .ok_or(InvalidId { expected: "1 to 128 letters, digits, `_` or `-`" })
    }
}

impl AccountId {
    /// Takes 12 digits.
    pub fn parse(account: &str) -> Result<AccountId, InvalidId> {
        let is_valid = account.len() == 12 && account.bytes().all(|b| b.is_ascii_digit());
        is_valid
            .then(|| AccountId(account.to_owned()))
            .ok_or(InvalidId { expected: "12 digits such as `000000000000`" })
    }
}

impl Region {
    /// Takes a region's name. Every one so far is words between dashes, the first of 2 to 4 letters, the last a number
    /// (`us-gov-west-1`, `eusc-de-east-1`).
    pub fn parse(region: &str) -> Result<Region, InvalidId> {
        let is_word = |word: &str| {
            (2..=12).contains(&word.len()) && word.bytes().all(|b| b.is_ascii_lowercase())
        };
        let is_number =
            |word: &str| (1..=2).contains(&word.len()) && word.bytes().all(|b| b.is_ascii_digit());
        let words: Vec<&str> = region.split('-').collect();
        let is_valid = match words.as_slice() {
            [first, middle @ .., last] => {
                is_word(first)
                    && first.len() <= 4
                    && (1..=3).contains(&middle.len())
                    && middle.iter().all(|word| is_word(word))
                    && is_number(last)
            }
            _ => false,
        };
        let expected = "a region such as `us-east-1`";
        is_valid.then(|| Region(region.to_owned())).ok_or(InvalidId { expected })
    }
}

/// The unique id of a principal of IAM, such as `AIDA...`: `prefix` and 17 characters of a hash of its ARN.
pub fn iam_id(prefix: &str, arn: &str) -> String {
    let (head, tail) = (base36(arn.as_bytes(), 10), base36(format!("{arn}#").as_bytes(), 7));
    format!("{prefix}{}{}", head.to_ascii_uppercase(), tail.to_ascii_uppercase())
}

/// `length` characters of `a-z0-9` from a 64-bit FNV-1a hash (finished as MurmurHash3 does, so that the low digits mix).
fn base36(bytes: &[u8], length: usize) -> String {
    let mut hash = 0xcbf2_9ce4_8422_2325_u64;
    for byte in bytes {
        hash = (hash ^ u64::from(*byte)).wrapping_mul(0x0100_0000_01b3);
    }
    hash = (hash ^ (hash >> 33)).wrapping_mul(0xff51_afd7_ed55_8ccd);
    hash ^= hash >> 33;
    let mut id = String::with_capacity(length);
    for _ in 0..length {
        // A remainder below 36 is a digit in base 36.
        id.extend(u32::try_from(hash % 36).ok().and_then(|digit| char::from_digit(digit, 36)));
        hash /= 36;
    }
    id
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn generated_ids_are_stable() {
        assert_eq!(RestApiId::of("items").as_str(), RestApiId::of("items").as_str());
        assert_eq!(RestApiId::of("items").as_str().len(), 10);
        assert_eq!(ResourceId::of("/").as_str().len(), 6);
        assert_ne!(ResourceId::of("/a"), ResourceId::of("/b"));
    }

    #[test]
    fn names_of_another_form_are_refused() {
        assert_eq!(
            StageName::parse("a b").map_err(|e| e.to_string()),
            Err("expected 1 to 128 letters, digits, `_` or `-`".into())
        );
        assert_eq!(
            AccountId::parse("123"),
            Err(InvalidId { expected: "12 digits such as `000000000000`" })
        );
        assert_eq!(Region::parse("us-east-1").map(|r| r.to_string()), Ok("us-east-1".to_owned()));
        assert_eq!(
            Region::parse("useast1"),
            Err(InvalidId { expected: "a region such as `us-east-1`" })
        );
        assert_eq!(
            Region::parse("-1"),
            Err(InvalidId { expected: "a region such as `us-east-1`" })
        );
    }
}
