//! What is asked: who wants to do what to which resource, and the facts around it.
//!
//! Follows the IAM user guide, "AWS global condition context keys".

use std::borrow::Cow;
use std::cell::Cell;
use std::fmt;

use smallvec::SmallVec;

use crate::arn::Arn;
use crate::principal::{Principal, PrincipalKind};

/// The values of a context key.
pub type Values<'a> = SmallVec<[Cow<'a, str>; 1]>;

/// The context of a request, asked key by key and only for the keys that a policy names.
///
/// What follows from the principal is not asked: `aws:PrincipalArn`, `aws:PrincipalAccount`,
/// `aws:PrincipalType`, `aws:PrincipalTag/...`, `aws:userid` and `aws:username`.
pub trait Facts {
    /// Returns the values of `key`, which is in lower case of ASCII, as in `aws:sourceip`; nothing
    /// when the request has no such key. Booleans are `true` and `false`, times ISO 8601 or seconds
    /// since 1970, binary values their bytes as they are.
    fn values(&self, key: &str) -> Option<Values<'_>>;

    /// Returns how a key is decided that the request may have and whose values cannot be told; nothing where
    /// [`values`](Facts::values) tells all. Of such a key values are not asked.
    fn hidden(&self, _key: &str) -> Option<Hidden> {
        None
    }
}

/// How what asks for a key is decided whose values cannot be told.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Hidden {
    /// Against the caller: what allows by it is not about the request, what denies by it is. So it is allowed whatever the values
    /// are.
    Against,
    /// For the caller: what allows by it is about the request, what denies by it is not. So it is refused whatever the values are.
    For,
}

/// No context at all.
#[derive(Clone, Copy, Debug)]
pub struct NoFacts;

impl Facts for NoFacts {
    fn values(&self, _: &str) -> Option<Values<'_>> {
        None
    }
}

/// Who wants to do what to which resource.
#[derive(Clone, Copy)]
pub struct Request<'a> {
    /// Nobody: anonymous.
    pub principal: Option<&'a Principal>,
    /// As in `execute-api:Invoke`.
    pub action: &'a str,
    /// An ARN, or `*` for actions that have no resource.
    pub resource: &'a str,
    /// The context.
    pub facts: &'a dyn Facts,
}

impl fmt::Debug for Request<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Request")
            .field("principal", &self.principal)
            .field("action", &self.action)
            .field("resource", &self.resource)
            .finish_non_exhaustive()
    }
}

/// A request with its resource in parts.
pub(crate) struct Asked<'a> {
    pub(crate) request: &'a Request<'a>,
    pub(crate) arn: Option<Arn<'a>>,
    /// Whether a key was asked for since the last look here whose values cannot be told.
    hidden: Cell<Option<Hidden>>,
}

impl<'a> Asked<'a> {
    pub(crate) fn new(request: &'a Request<'a>) -> Asked<'a> {
        Asked { request, arn: Arn::parse(request.resource), hidden: Cell::new(None) }
    }

    /// Asks something, and says whether that hung on a key whose values cannot be told, and how that is decided then.
    pub(crate) fn watched<T>(&self, ask: impl FnOnce() -> T) -> (T, Option<Hidden>) {
        self.hidden.set(None);
        (ask(), self.hidden.take())
    }

    /// The values of a key: the principal's own, or those of the context. One that has none is
    /// absent.
    pub(crate) fn values(&self, key: &Key) -> Option<Values<'a>> {
        let one = |text: &'a str| Some(Values::from_iter([Cow::Borrowed(text)]));
        let principal = self.request.principal;
        let kind = principal.map(|principal| &principal.kind);
        match &key.meaning {
            Meaning::Other => match self.request.facts.hidden(&key.lower) {
                None => self.request.facts.values(&key.lower).filter(|all| !all.is_empty()),
                hidden => {
                    self.hidden.set(hidden);
                    None
                }
            },
            Meaning::PrincipalArn => principal.and_then(|p| one(p.policy_arn())),
            Meaning::PrincipalAccount => principal.and_then(|p| one(&p.account)),
            Meaning::PrincipalType => one(kind.map_or("Anonymous", PrincipalKind::type_name)),
            Meaning::PrincipalTag(tag) => principal.and_then(|p| p.tag(tag)).and_then(one),
            Meaning::UserId => one(principal.map_or("anonymous", |p| &p.user_id)),
            Meaning::Username => principal.and_then(Principal::username).and_then(one),
        }
    }
}

/// The name of a context key, of which case does not matter.
#[derive(Clone, Debug)]
pub(crate) struct Key {
    /// As it is written.
    pub(crate) written: Box<str>,
    lower: Box<str>,
    meaning: Meaning,
}

#[derive(Clone, Debug)]
enum Meaning {
    PrincipalArn,
    PrincipalAccount,
    PrincipalType,
    PrincipalTag(Box<str>),
    UserId,
    Username,
    Other,
}

impl Key {
    pub(crate) fn new(written: &str) -> Key {
        let lower = written.to_ascii_lowercase();
        let meaning = match lower.as_str() {
            "aws:principalarn" => Meaning::PrincipalArn,
            "aws:principalaccount" => Meaning::PrincipalAccount,
            "aws:principaltype" => Meaning::PrincipalType,
            "aws:userid" => Meaning::UserId,
            "aws:username" => Meaning::Username,
            other => match other.strip_prefix("aws:principaltag/") {
                Some(tag) => Meaning::PrincipalTag(tag.into()),
                None => Meaning::Other,
            },
        };
        Key { written: written.into(), lower: lower.into(), meaning }
    }

    /// The name in lower case of ASCII.
    pub(crate) fn lower(&self) -> &str {
        &self.lower
    }
}
