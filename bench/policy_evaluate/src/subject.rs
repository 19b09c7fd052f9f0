//! The policy and the requests that are decided by it.

use std::borrow::Cow;
use std::hint::black_box;
use std::time::Instant;

use vestibule_bench_report::cpu_ns;
use vestibule_iam::{Decision, Facts, Policy, PolicyKind, Principal, Request, Values, evaluate};

use crate::Outcome;

/// Every kind of request: its name, the path, and the statement that decides, if one does.
pub(crate) const KINDS: [(&str, &str, Option<&str>); 4] = [
    ("the first of them allows", "prod/GET/pets/7", Some("Pets")),
    ("the last of them allows", "prod/GET/admin/7", Some("Admin")),
    ("one with a variable allows", "prod/GET/home/bob/7", Some("Own")),
    ("none is about it", "prod/GET/music/7", None),
];

/// Decisions of a pass.
pub(crate) const PASS: usize = 1_000;

/// A policy and a request, checked.
pub(crate) struct Subject {
    pub(crate) name: &'static str,
    policy: Policy,
    principal: Principal,
    resource: String,
}

/// What one decision took.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Cost {
    pub(crate) wall_ns: f64,
    pub(crate) cpu_ns: f64,
}

/// The context of a request, as a gateway has it: borrowed.
struct Context;

impl Facts for Context {
    fn values(&self, key: &str) -> Option<Values<'_>> {
        let value = match key {
            "aws:sourceip" => "192.0.2.77",
            "aws:useragent" => "console/1.0",
            "aws:securetransport" => "true",
            _ => return None,
        };
        Some(Values::from_iter([Cow::Borrowed(value)]))
    }
}

impl Subject {
    /// Reads the policy and sees that the statement decides which should.
    pub(crate) fn new(name: &str) -> Outcome<Subject> {
        let kind = KINDS.into_iter().find(|(known, _, _)| *known == name);
        let (name, path, sid) = kind.ok_or_else(|| format!("no request `{name}`"))?;
        let text = include_str!("../inputs/policy.json");
        let policy = Policy::parse(text, PolicyKind::Identity)
            .map_err(|faults| faults.first().map_or_else(String::new, ToString::to_string))?;
        let principal = Principal::user("arn:aws:iam::123456789012:user/bob", "AIDAEXAMPLE")
            .map_err(|error| error.to_string())?;
        let resource = format!("arn:aws:execute-api:us-east-1:123456789012:abcde12345/{path}");
        let subject = Subject { name, policy, principal, resource };
        let decision = subject.decide();
        match decision.because().and_then(|statement| statement.sid()) {
            found if found == sid => Ok(subject),
            found => Err(format!("{name}: decided by {found:?}")),
        }
    }

    fn decide(&self) -> Decision<'_> {
        let request = Request {
            principal: Some(&self.principal),
            action: "execute-api:Invoke",
            resource: &self.resource,
            facts: &Context,
        };
        evaluate([black_box(&self.policy)], black_box(&request))
    }

    /// Decides `passes` times [`PASS`] times and says what one decision took.
    pub(crate) fn cost(&self, passes: usize) -> Outcome<Cost> {
        let (wall, cpu) = (Instant::now(), cpu_ns()?);
        for _ in 0..passes {
            self.pass();
        }
        let (wall_ns, cpu_ns) = (wall.elapsed().as_nanos() as f64, cpu_ns()? - cpu);
        let decisions = (passes * PASS) as f64;
        Ok(Cost { wall_ns: wall_ns / decisions, cpu_ns: cpu_ns / decisions })
    }

    /// Decides [`PASS`] times. Callgrind counts from here on.
    #[inline(never)]
    pub(crate) fn pass(&self) {
        for _ in 0..PASS {
            black_box(self.decide());
        }
    }
}
