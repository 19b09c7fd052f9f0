//! Policy documents: read strictly, compiled once.

mod action;
mod elements;
mod expand;
mod lint;
mod parse;
mod principals;
mod statement;

use std::borrow::Cow;
use std::fmt;
use std::ops::Range;

pub(crate) use elements::Text;
pub use expand::unescaped;
pub(crate) use statement::{Effect, Grant, Part, Statement};

use crate::arn::ApiArn;
use crate::fault::Fault;

/// A compiled policy.
#[derive(Debug)]
pub struct Policy {
    kind: PolicyKind,
    /// Without white space.
    chars: usize,
    pub(crate) statements: Box<[Statement]>,
}

/// Where a policy is attached, which decides what it may say.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PolicyKind {
    /// To a user, group or role: what they may do. It names no principal.
    Identity,
    /// To a resource, as an API: who may use it. Every statement names principals.
    Resource,
    /// To a request, by a Lambda authorizer's answer. It names no principal.
    Authorizer,
    /// To a role: who may take it. Every statement names principals, none a resource.
    Trust,
}

impl Policy {
    /// Reads and compiles a policy.
    ///
    /// ```
    /// use vestibule_iam::{Policy, PolicyKind};
    ///
    /// let text = r#"{"Version": "2012-10-17", "Statement": {
    ///     "Effect": "Allow", "Action": "execute-api:Invoke", "Resourse": "*"}}"#;
    /// let faults = Policy::parse(text, PolicyKind::Identity).unwrap_err();
    /// assert_eq!(faults[0].message, "unknown element `Resourse`");
    /// assert_eq!(faults[0].help.as_deref(), Some("did you mean `Resource`?"));
    /// assert_eq!(&text[faults[0].range.clone()], "\"Resourse\"");
    /// ```
    ///
    /// # Errors
    /// Everything that is wrong with it, in the order of the text.
    pub fn parse(text: &str, kind: PolicyKind) -> Result<Policy, Vec<Fault>> {
        let statements = parse::statements(text, kind, None)?;
        Ok(Policy { kind, chars: parse::chars_without_white(text), statements })
    }

    /// Reads and compiles the resource policy of an API, in which `execute-api:/STAGE/VERB/PATH`
    /// and `*` are short for invocations of that API.
    ///
    /// # Errors
    /// As [`Policy::parse`].
    pub fn parse_for_api(text: &str, api: &ApiArn) -> Result<Policy, Vec<Fault>> {
        let kind = PolicyKind::Resource;
        let statements = parse::statements(text, kind, Some(api))?;
        Ok(Policy { kind, chars: parse::chars_without_white(text), statements })
    }

    /// Where it is attached.
    pub fn kind(&self) -> PolicyKind {
        self.kind
    }

    /// How many statements it has.
    pub fn len(&self) -> usize {
        self.statements.len()
    }

    /// Never: a policy has a statement.
    pub fn is_empty(&self) -> bool {
        self.statements.is_empty()
    }

    /// Returns what its author hardly meant: an ARN of invocations that never stands for one of
    /// `api`, variables where AWS documents none, keys beginning with `aws:` that it does not
    /// document, and an identity policy that is longer than AWS takes of anyone but itself. None of
    /// it keeps the policy from being used.
    pub fn lint(&self, api: &ApiArn) -> Vec<Fault> {
        lint::faults(self, api)
    }

    /// Returns every ARN of `service`, as `dynamodb`, that never stands for a resource which an
    /// account has in a region. None of it keeps the policy from being used.
    pub fn lint_service(&self, service: &str, region: &str, account: &str) -> Vec<Fault> {
        lint::faults_of_service(self, service, region, account)
    }

    /// Returns the text of a resource policy with what is short for invocations of `api` written
    /// out, as AWS stores it. A text that does not parse comes back as it is.
    pub fn expanded<'t>(text: &'t str, api: &ApiArn) -> Cow<'t, str> {
        expand::expanded(text, api)
    }
}

/// A statement of a policy, pointed at.
#[derive(Clone, Copy)]
pub struct StatementRef<'p> {
    /// The policy's place among those that were evaluated together.
    pub policy_index: usize,
    /// The policy itself.
    pub policy: &'p Policy,
    pub(crate) statement: &'p Statement,
}

impl<'p> StatementRef<'p> {
    /// Its place in the policy, from 0.
    pub fn index(&self) -> usize {
        self.statement.index
    }

    /// Its `Sid`.
    pub fn sid(&self) -> Option<&'p str> {
        self.statement.sid.as_deref()
    }

    /// Where it stands in the text of its policy, in bytes.
    pub fn range(&self) -> Range<usize> {
        self.statement.range.clone()
    }

    /// Whether it allows.
    pub fn is_allow(&self) -> bool {
        self.statement.effect == Effect::Allow
    }
}

impl fmt::Debug for StatementRef<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("StatementRef")
            .field("policy_index", &self.policy_index)
            .field("index", &self.index())
            .field("sid", &self.sid())
            .finish_non_exhaustive()
    }
}

/// By its `Sid`, or by its place, counted from 1.
impl fmt::Display for StatementRef<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.sid().filter(|sid| !sid.is_empty()) {
            Some(sid) => write!(f, "statement {}", crate::fault::quoted(sid)),
            None => write!(f, "statement {}", self.index() + 1),
        }
    }
}
