//! Golden cases: `tests/cases/<area>/*.md` hold policies and what is expected of them.
//!
//! A block `json KIND` holds a policy; the kinds are `identity`, `resource`, `api` (the resource
//! policy of an API), `authorizer` and `trust`. What follows is about the policies since the last
//! expectation: `faults`, `lint` and `lint SERVICE` have a line a fault, `LINE:COLUMN: text of the policy: message`,
//! and ` = help` below it; `decisions` has a line a request, `WHO ACTION RESOURCE KEY=VALUE|VALUE...
//! -> decision`, and indented below it, if anything, all that keeps statements from being about it.

#![expect(clippy::unwrap_used, clippy::panic, reason = "what cannot be read fails the test")]

mod context;

use std::fmt::Write;
use std::fs;
use std::path::{Path, PathBuf};

use context::Context;
use vestibule_iam::{
    ApiArn, Decision, Fault, Policy, PolicyKind, Principal, Request, evaluate, explain,
};

#[test]
fn policies() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/cases");
    let mut pages = pages(&folder);
    pages.sort();
    assert!(pages.len() >= 6, "{} pages", pages.len());
    let mut wrong = String::new();
    for page in &pages {
        let text = fs::read_to_string(page).unwrap();
        assert!(text.lines().any(|line| line.starts_with("Source: ")), "{}", page.display());
        let name = page.strip_prefix(&folder).unwrap().display();
        for (line, expected, found) in differences(&text) {
            write!(wrong, "{name}:{line}\n--- expected\n{expected}--- found\n{found}").unwrap();
        }
    }
    assert!(wrong.is_empty(), "{wrong}");
}

fn pages(folder: &Path) -> Vec<PathBuf> {
    let entries = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
    entries.flat_map(|path| if path.is_dir() { pages(&path) } else { vec![path] }).collect()
}

/// A block of a page: the line it begins on, its kind, its text.
fn blocks(page: &str) -> Vec<(usize, &str, String)> {
    let mut blocks = Vec::new();
    let mut open: Option<(usize, &str, String)> = None;
    for (number, line) in page.lines().enumerate() {
        match (line.strip_prefix("```"), &mut open) {
            (Some(kind), None) => open = Some((number + 1, kind.trim(), String::new())),
            (Some(_), Some(_)) => blocks.extend(open.take()),
            (None, Some((_, _, text))) => writeln!(text, "{line}").unwrap(),
            (None, None) => {}
        }
    }
    blocks
}

fn differences(page: &str) -> Vec<(usize, String, String)> {
    let mut differences = Vec::new();
    let mut policies: Vec<(&str, String)> = Vec::new();
    let mut is_fresh = true;
    for (line, kind, expected) in blocks(page) {
        if let Some(kind) = kind.strip_prefix("json ") {
            if is_fresh {
                policies.clear();
            }
            is_fresh = false;
            policies.push((kind, expected));
            continue;
        }
        is_fresh = true;
        let found = match kind {
            "faults" => faults_of(&policies),
            "lint" => lint_of(&policies, |policy| policy.lint(&api())),
            "lint dynamodb" => lint_of(&policies, |policy| {
                policy.lint_service("dynamodb", "us-east-1", "123456789012")
            }),
            "decisions" => decisions_of(&policies, &expected),
            other => panic!("a block of the kind {other}"),
        };
        if found != expected {
            differences.push((line, expected, found));
        }
    }
    differences
}

fn api() -> ApiArn {
    ApiArn::new("us-east-1", "123456789012", "abcde12345").unwrap()
}

fn parse(kind: &str, text: &str) -> Result<Policy, Vec<Fault>> {
    match kind {
        "identity" => Policy::parse(text, PolicyKind::Identity),
        "resource" => Policy::parse(text, PolicyKind::Resource),
        "api" => Policy::parse_for_api(text, &api()),
        "authorizer" => Policy::parse(text, PolicyKind::Authorizer),
        "trust" => Policy::parse(text, PolicyKind::Trust),
        other => panic!("a policy of the kind {other}"),
    }
}

fn faults_of(policies: &[(&str, String)]) -> String {
    let said = policies.iter().map(|(kind, text)| match parse(kind, text) {
        Ok(_) => "(none)\n".to_owned(),
        Err(faults) => rendered(text, &faults),
    });
    said.collect()
}

fn lint_of(policies: &[(&str, String)], lint: impl Fn(&Policy) -> Vec<Fault>) -> String {
    let said = policies.iter().map(|(kind, text)| {
        let faults = lint(&parse(kind, text).unwrap());
        if faults.is_empty() { "(none)\n".to_owned() } else { rendered(text, &faults) }
    });
    said.collect()
}

fn rendered(text: &str, faults: &[Fault]) -> String {
    let mut rendered = String::new();
    for Fault { range, message, help } in faults {
        let before = text.get(..range.start).unwrap();
        let line = before.matches('\n').count() + 1;
        let column = before.rsplit('\n').next().unwrap().chars().count() + 1;
        let place = text.get(range.clone()).unwrap().lines().next().unwrap_or_default();
        writeln!(rendered, "{line}:{column}: {place}: {message}").unwrap();
        if let Some(help) = help {
            writeln!(rendered, " = {help}").unwrap();
        }
    }
    rendered
}

fn decisions_of(policies: &[(&str, String)], expected: &str) -> String {
    let parsed: Vec<Policy> =
        policies.iter().map(|(kind, text)| parse(kind, text).unwrap()).collect();
    let mut found = String::new();
    let mut lines = expected.lines().peekable();
    while let Some(line) = lines.next() {
        let (asked, _) = line.split_once(" -> ").unwrap();
        let mut words = asked.split(' ');
        let principal = principal(words.next().unwrap());
        let (action, resource) = (words.next().unwrap(), words.next().unwrap());
        let facts = words.fold(Context::default(), |context, word| {
            let (key, values) = word.split_once('=').unwrap();
            context.with(key, &values.split('|').collect::<Vec<_>>())
        });
        let principal = principal.as_ref();
        let request = Request { principal, action, resource, facts: &facts };
        writeln!(found, "{asked} -> {}", said(&evaluate(&parsed, &request))).unwrap();
        let mut is_explained = false;
        while lines.next_if(|line| line.starts_with("  ")).is_some() {
            is_explained = true;
        }
        if is_explained {
            for explanation in explain(&parsed, &request) {
                for mismatch in explanation.mismatches {
                    let statement = explanation.statement;
                    writeln!(found, "  {statement}: {mismatch}").unwrap();
                }
            }
        }
    }
    found
}

fn said(decision: &Decision<'_>) -> String {
    match decision {
        Decision::Allow(statement) => format!("allow, {statement}"),
        Decision::AllowToAccount(statement) => format!("allow to the account, {statement}"),
        Decision::ImplicitDeny => "implicit deny".to_owned(),
        Decision::ExplicitDeny(statement) => format!("explicit deny, {statement}"),
    }
}

/// `anonymous`, `root`, `user/NAME`, `role/NAME/SESSION`, `service/NAME`, each with an account
/// before it as in `999999999999:user/eve`, and tags or the provider of a session after it as in
/// `user/bob,team=blue` and `role/game/app-1,provider=cognito-identity.amazonaws.com`.
fn principal(who: &str) -> Option<Principal> {
    if who == "anonymous" {
        return None;
    }
    let mut parts = who.split(',');
    let name = parts.next().unwrap();
    let (account, name) = name.split_once(':').unwrap_or(("123456789012", name));
    let arn = |rest: &str| format!("arn:aws:iam::{account}:{rest}");
    let id = "AIDACKCEVSQ6C2EXAMPLE";
    let principal = match name.split_once('/').unwrap_or((name, "")) {
        ("user", _) => Principal::user(&arn(name), id).unwrap(),
        ("role", rest) => {
            let (role, session) = rest.rsplit_once('/').unwrap();
            let role_id = "AROADBQP57FF2AEXAMPLE";
            Principal::assumed_role(&arn(&format!("role/{role}")), role_id, session).unwrap()
        }
        ("root", _) => Principal::root(account).unwrap(),
        ("service", name) => Principal::service(name),
        other => panic!("a principal {other:?}"),
    };
    Some(parts.fold(principal, |principal, tag| match tag.split_once('=').unwrap() {
        ("provider", name) => principal.of_provider(name),
        (name, value) => principal.with_tag(name, value),
    }))
}
