//! Precedence as recorded, any tree against a matcher that looks at every method, and what a hostile path costs.

use super::{Conflict, Growth, Search, Tree};
use crate::limits::{PATH_SEGMENTS_MAX, RESOURCES_MAX};
use proptest::prelude::*;
use vestibule_restapi::HttpMethod;
use vestibule_restapi::HttpMethod::{Any, Get, Options, Post};

fn growth(methods: &[(&str, HttpMethod)]) -> Growth {
    let mut growth = Growth::default();
    for (index, (path, verb)) in methods.iter().enumerate() {
        growth.insert(path, *verb, index).expect(path);
    }
    growth
}

fn tree(methods: &[(&str, HttpMethod)]) -> Tree {
    growth(methods).finish()
}

fn found(tree: &Tree, verb: &str, path: &str) -> Option<usize> {
    tree.find(path, verb).map(|found| found.method)
}

type Values<'t> = Vec<(&'t str, &'t str)>;
type Whole<'t> = Option<(usize, Values<'t>)>;
type Fit<'t> = (Vec<u8>, Values<'t>);

fn whole<'t>(tree: &'t Tree, verb: &str, path: &'t str) -> Whole<'t> {
    tree.find(path, verb).map(|found| (found.method, found.variables.collect()))
}

/// Recorded on AWS: the verb is part of the match.
#[test]
fn a_verb_that_a_resource_lacks_falls_back_to_the_greedy_one() {
    let tree = tree(&[("/test", Post), ("/test/any", Any), ("/{proxy+}", Options)]);
    assert_eq!(found(&tree, "OPTIONS", "/test"), Some(2));
    assert_eq!(found(&tree, "OPTIONS", "/test/any"), Some(1));
    assert_eq!(found(&tree, "GET", "/test"), None);
}

/// Recorded on AWS: a static branch without the leaf falls back, whatever the order of creation.
#[test]
fn a_static_branch_without_the_leaf_falls_back() {
    let tree = tree(&[("/{param+}", Get), ("/part1", Get), ("/part1/hardcoded-value", Get)]);
    assert_eq!(found(&tree, "GET", "/part1/random-value"), Some(0));
    assert_eq!(found(&tree, "GET", "/part1/hardcoded-value"), Some(2));
    assert_eq!(found(&tree, "GET", "/part1"), Some(1));
}

/// Inferred: the same holds between `{x}` and a static sibling.
#[test]
fn backtracking_forgets_the_variables_of_the_branch_it_left() {
    let split = tree(&[("/a/{x}/c", Get), ("/a/b/d", Get)]);
    assert_eq!(whole(&split, "GET", "/a/b/c"), Some((0, vec![("x", "b")])));
    assert_eq!(whole(&split, "GET", "/a/b/d"), Some((1, vec![])));
    let tree = tree(&[("/{x}/b/c", Get), ("/a/{p+}", Post), ("/a/b", Get)]);
    assert_eq!(whole(&tree, "GET", "/a/b/c"), Some((0, vec![("x", "a")])));
    assert_eq!(whole(&tree, "POST", "/a/b/c"), Some((1, vec![("p", "b/c")])));
}

/// Recorded on AWS: doubled slashes inside a greedy segment and escapes stay as sent.
#[test]
fn variables_stay_as_sent_and_are_never_empty() {
    let tree = tree(&[("/f/{proxy+}", Get), ("/i/{id}", Get), ("/i/{id}/t", Get)]);
    assert_eq!(whole(&tree, "GET", "/f/a//b%2Fc"), Some((0, vec![("proxy", "a//b%2Fc")])));
    assert_eq!(found(&tree, "GET", "/i//t"), None);
    assert_eq!(found(&tree, "GET", "/i"), None);
}

/// Inferred: names go with their own segments, in order, over static ones between them.
#[test]
fn each_variable_has_its_segment() {
    let tree = tree(&[("/{a}/x/{b}/{c}/y/{d+}", Get)]);
    let expected = vec![("a", "1"), ("b", "2"), ("c", "3"), ("d", "4/5/")];
    assert_eq!(whole(&tree, "GET", "/1/x/2/3/y/4/5/"), Some((0, expected)));
}

#[test]
fn the_word_any_is_no_verb_and_head_is_not_get() {
    let tree = tree(&[("/", Any), ("/g", Get)]);
    assert_eq!(found(&tree, "ANY", "/"), None);
    assert_eq!(found(&tree, "HEAD", "/"), Some(0));
    assert_eq!(found(&tree, "HEAD", "/g"), None);
    assert_eq!(found(&tree, "PROPFIND", "/"), None);
}

#[test]
fn a_node_has_one_variable_and_a_greedy_one_has_no_children() {
    let mut growth = growth(&[("/i/{id}", Get), ("/g/{all+}", Get)]);
    let second = |sibling: &str| Err(Conflict::SecondVariable(sibling.into()));
    assert_eq!(growth.insert("/i/{other}/x", Get, 2), second("{id}"));
    assert_eq!(growth.insert("/i/{p+}", Get, 2), second("{id}"));
    assert_eq!(growth.insert("/g/{other+}", Get, 2), second("{all+}"));
    assert_eq!(growth.insert("/g/{all}", Get, 2), second("{all+}"));
    assert_eq!(growth.insert("/j/{p+}/x", Get, 2), Err(Conflict::BelowGreedy("{p+}".into())));
    assert_eq!(growth.insert("/i/{id}", Get, 2), Err(Conflict::Twice));
    assert_eq!(growth.insert("/k/{a}/{a}", Get, 2), Err(Conflict::SameName("a".into())));
}

/// Source: AWS docs: the verb itself before `ANY` on the resource, `{x}` before `{x+}` on the way.
/// Every method is looked at, and the best of those that fit is the one; the tree is not asked.
fn naive<'t>(methods: &'t [(String, HttpMethod, usize)], verb: &str, path: &'t str) -> Whole<'t> {
    let fitting = methods.iter().filter_map(|(pattern, known, index)| {
        let is_any = *known == Any;
        let is_verb = HttpMethod::ALL.iter().any(|one| one.as_str() == verb) && verb != "ANY";
        if !is_verb || !(is_any || known.as_str() == verb) {
            return None;
        }
        let (kinds, variables) = fit(pattern, path)?;
        Some(((kinds, is_any), (*index, variables)))
    });
    fitting.min_by(|(one, _), (other, _)| one.cmp(other)).map(|(_, whole)| whole)
}

/// How a pattern fits a path: 0 for a static segment, 1 for `{x}`, 2 for `{x+}`, and the variables.
fn fit<'t>(pattern: &'t str, path: &'t str) -> Option<Fit<'t>> {
    let mut rest = path.strip_prefix('/').unwrap_or(path);
    let (mut kinds, mut variables) = (Vec::new(), Vec::new());
    for part in pattern.split('/').filter(|part| !part.is_empty()) {
        if rest.is_empty() {
            return None;
        }
        let (segment, below) = rest.split_once('/').unwrap_or((rest, ""));
        if let Some(name) = part.strip_prefix('{').and_then(|name| name.strip_suffix("+}")) {
            kinds.push(2);
            variables.push((name, rest));
            rest = "";
        } else if let Some(name) = part.strip_prefix('{').and_then(|name| name.strip_suffix('}')) {
            if segment.is_empty() {
                return None;
            }
            kinds.push(1);
            variables.push((name, segment));
            rest = below;
        } else if part == segment {
            kinds.push(0);
            rest = below;
        } else {
            return None;
        }
    }
    rest.is_empty().then_some((kinds, variables))
}

fn pattern() -> impl Strategy<Value = String> {
    let part =
        prop_oneof![4 => "[abc]", 1 => Just("{}".to_owned()), 1 => Just("long-segment".into())];
    (prop::collection::vec(part, 0..6), prop::bool::weighted(0.3)).prop_map(|(parts, is_greedy)| {
        let depth = parts.len();
        let named = parts.into_iter().enumerate().map(|(depth, part)| match part.as_str() {
            "{}" => format!("/{{v{depth}}}"),
            _ => format!("/{part}"),
        });
        let greedy = is_greedy.then(|| format!("/{{g{depth}+}}"));
        named.chain(greedy).collect()
    })
}

fn request() -> impl Strategy<Value = (String, String)> {
    let part = prop_oneof![6 => "[abc]", 1 => Just(String::new()), 1 => "long-segment|z|a%2Fb|é"];
    let path = prop::collection::vec(part, 0..8).prop_map(|parts| format!("/{}", parts.join("/")));
    (prop::sample::select(vec!["GET", "POST", "ANY", "PUT", "get"]).prop_map(str::to_owned), path)
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 150, failure_persistence: None, ..Default::default() })]

    #[test]
    fn any_tree_finds_what_looking_at_every_method_finds(
        methods in prop::collection::vec((pattern(), prop::sample::select(vec![Get, Post, Any])), 0..60),
        requests in prop::collection::vec(request(), 40),
    ) {
        let mut growth = Growth::default();
        // Those that do not fit beside others before them are left out on both sides.
        let kept: Vec<_> = methods
            .into_iter()
            .enumerate()
            .filter(|(index, (path, verb))| growth.insert(path, *verb, *index).is_ok())
            .map(|(index, (path, verb))| (path, verb, index))
            .collect();
        let tree = growth.finish();
        for (verb, path) in &requests {
            prop_assert_eq!(whole(&tree, verb, path), naive(&kept, verb, path), "{} {}", verb, path);
        }
        for (path, verb, index) in &kept {
            let path = path.replace(['{', '}', '+'], "_");
            let verb = if *verb == Any { "PUT" } else { verb.as_str() };
            prop_assert_eq!(whole(&tree, verb, &path), naive(&kept, verb, &path), "{} {}", index, path);
        }
    }
}

/// Every node has a static child and a variable one that take the same segment: as bad as a tree can be.
fn binary(depth: usize) -> (Tree, usize) {
    let mut growth = Growth::default();
    for number in 0..1_usize << depth {
        let part = |level: usize| match number >> level & 1 {
            0 => "/a".to_owned(),
            _ => format!("/{{v{level}}}"),
        };
        let path: String = (0..depth).map(part).collect();
        growth.insert(&path, Get, number).unwrap();
    }
    (growth.finish(), (1 << (depth + 1)) - 1)
}

/// Inferred (the promise of the module): backtracking visits each node at most once, however the path is chosen.
#[test]
fn a_hostile_path_visits_each_node_at_most_once() {
    let (tree, nodes) = binary(14);
    let longer = "/a".repeat(14) + "/b" + &"/a".repeat(5_000);
    for (verb, path) in [("PUT", "/a".repeat(14)), ("GET", longer), ("PUT", "/".repeat(10_000))] {
        let mut search = Search::new(&tree, path.strip_prefix('/').unwrap(), verb).unwrap();
        let mut visits = 0;
        while let Some((at, depth)) = search.open.pop() {
            visits += 1;
            assert!(search.visit(at, depth).is_none(), "{path}");
        }
        assert!(visits <= nodes, "{visits}");
        // The path is cut only as far as the tree is deep, and no segment twice.
        assert!(search.cuts.known.len() <= 15, "{}", search.cuts.known.len());
    }
    assert_eq!(found(&tree, "GET", &"/a".repeat(14)), Some(0));
    assert_eq!(found(&tree, "GET", &("/a".repeat(13) + "/b")), Some(1 << 13));
}

/// Inferred: no stack is used up by a deep tree.
#[test]
fn a_tree_is_as_deep_as_a_definition_may_be() {
    let path = "/a".repeat(PATH_SEGMENTS_MAX);
    let tree = tree(&[(&path, Get), ("/{all+}", Get)]);
    assert_eq!(found(&tree, "GET", &path), Some(0));
    assert_eq!(found(&tree, "GET", path.strip_prefix("/a").unwrap()), Some(1));
}

#[test]
fn a_tree_holds_as_many_resources_as_its_limit_and_says_once_that_there_are_more() {
    let mut growth = Growth::default();
    for number in 1..RESOURCES_MAX {
        growth.insert(&format!("/r{number}"), Get, number).unwrap();
    }
    assert_eq!(growth.insert("/r1", Post, 0), Ok(()));
    assert_eq!(growth.insert("/more", Get, 0), Err(Conflict::Full));
    assert_eq!(growth.insert("/still-more", Get, 0), Ok(()));
    let tree = growth.finish();
    for number in 1..RESOURCES_MAX {
        assert_eq!(found(&tree, "GET", &format!("/r{number}")), Some(number));
    }
    assert_eq!(found(&tree, "GET", "/more"), None);
}
