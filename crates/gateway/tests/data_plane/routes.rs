//! Methods by verb and path through the snapshot, and what a definition may not ask of the resource tree.

use super::definition::{answering, api, compile, compiled, method, text};
use vestibule_restapi::{HttpMethod, Resource, ResourceId};

// Source: recorded on AWS (a static segment before a variable, the verb is part of the match).
#[test]
fn a_snapshot_finds_the_method_of_a_request_and_its_variables() {
    let get = || method(HttpMethod::Get, answering(""));
    let any = method(HttpMethod::Any, answering(""));
    let snapshot = compiled(api([("/i/{id}", get()), ("/i/new", get()), ("/{rest+}", any)]));
    let found = |verb: &str, path: &str| {
        let found = snapshot.find(verb, path)?;
        let variables: Vec<String> =
            found.variables.map(|(name, value)| format!("{name}={value}")).collect();
        let method = found.method;
        Some(format!("{} {} {}", method.http_method, method.path, variables.join(" ")))
    };
    assert_eq!(found("GET", "/i/7%2F8").as_deref(), Some("GET /i/{id} id=7%2F8"));
    assert_eq!(found("GET", "/i/new").as_deref(), Some("GET /i/new "));
    assert_eq!(found("PUT", "/i/new").as_deref(), Some("ANY /{rest+} rest=i/new"));
    assert_eq!(found("GET", "/"), None);
}

// Source: inferred (ours: the limits of the tree).
#[test]
fn an_api_of_more_resources_than_the_tree_holds_is_refused() {
    let mut api = api([("/", method(HttpMethod::Get, answering("")))]);
    let resource = |number: usize| {
        let path = format!("/r{number}{}", "/a".repeat(126));
        let method = method(HttpMethod::Get, answering(""));
        Resource { id: ResourceId::of(&path), path: text(&path), methods: vec![method] }
    };
    // With the root 65,533 resources; the next path has 127 more.
    api.resources.extend((0..516).map(resource));
    assert_eq!(messages(&api), Vec::<String>::new());
    api.resources.extend((516..600).map(resource));
    assert_eq!(messages(&api), ["the API has more than 65536 resources"]);
}

// Source: inferred (ours: the limits of the tree).
#[test]
fn a_path_of_more_segments_than_the_tree_is_deep_is_refused() {
    let get = || method(HttpMethod::Get, answering(""));
    assert_eq!(messages(&api([(&*"/a".repeat(128), get())])), Vec::<String>::new());
    let expected = ["the path has more than 128 segments"];
    assert_eq!(messages(&api([(&*"/a".repeat(129), get())])), expected);
}

fn messages(api: &vestibule_restapi::RestApi) -> Vec<String> {
    let compiled = compile(api.clone());
    assert_eq!(compiled.snapshot.is_some(), compiled.diagnostics.is_empty());
    compiled.diagnostics.into_iter().map(|finding| finding.message).collect()
}
