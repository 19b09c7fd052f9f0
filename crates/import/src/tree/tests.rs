//! The tree keeps the place of every decoded character, and its limits hold.

use super::node::Tree;
use super::write::quote;
use super::{Ground, JsonWriter, Kind, Node, Plain, Stand, Value, parse};
use crate::findings::Findings;
use crate::limits::{DEPTH_MAX, DOCUMENT_BYTES_MAX, NODES_MAX};
use proptest::prelude::*;
use vestibule_restapi::{Document, Sourced};

fn read(name: &str, text: &str) -> (Option<Tree>, Vec<String>) {
    let mut findings = Findings::default();
    let tree =
        parse(&Ground::File(Document::new(name, text)), &mut findings).unwrap_or_else(|finding| {
            findings.push(*finding);
            None
        });
    (tree, findings.into_sorted().iter().map(ToString::to_string).collect())
}

fn tree(name: &str, text: &str) -> Tree {
    let (tree, findings) = read(name, text);
    assert_eq!(findings, Vec::<String>::new(), "{text}");
    tree.expect("a value")
}

fn first_line(finding: &[String]) -> &str {
    finding.first().and_then(|finding| finding.lines().next()).unwrap_or("")
}

fn value(tree: &Tree) -> Sourced {
    tree.root().get("t").and_then(|node| node.sourced()).expect("the member t")
}

/// The source text of each character, beside the character.
fn sources(text: &Sourced) -> Vec<(char, String)> {
    let source = |(at, c): (usize, char)| (c, text.place(at..at + c.len_utf8()).text().to_owned());
    text.char_indices().map(source).collect()
}

/// Lines and columns of each character.
fn positions(text: &Sourced) -> Vec<(char, usize, usize)> {
    let position = |(at, c): (usize, char)| {
        let start = text.place(at..at + c.len_utf8()).start();
        (c, start.line, start.column)
    };
    text.char_indices().map(position).collect()
}

/// Source: YAML 1.2.2 section 8.1 (block scalars).
#[test]
fn a_literal_block_maps_each_character_to_its_line_and_column() {
    let tree = tree("t.yaml", "a:\n  t: |-\n    #if\n      é x\n\n    z\n");
    assert_eq!(
        positions(&value_at(&tree, &["a", "t"])),
        [
            ('#', 3, 5),
            ('i', 3, 6),
            ('f', 3, 7),
            ('\n', 3, 8),
            (' ', 4, 5),
            (' ', 4, 6),
            ('é', 4, 7),
            (' ', 4, 8),
            ('x', 4, 9),
            ('\n', 4, 10),
            ('\n', 5, 1),
            ('z', 6, 5),
        ]
    );
}

fn value_at(tree: &Tree, path: &[&str]) -> Sourced {
    let mut node = tree.root();
    for name in path {
        node = node.get(name).expect("a member");
    }
    node.sourced().expect("a scalar")
}

/// Source: YAML 1.2.2 sections 6.5, 7.3 and 8.1; RFC 8259 section 7.
#[test]
fn every_style_keeps_the_places_of_its_characters() {
    type Case<'c> = (&'c str, &'c str, &'c [(char, &'c str)]);
    let cases: [Case<'_>; 14] = [
        ("t: ab # c\n", "ab", &[('a', "a"), ('b', "b")]),
        (
            "t: a\n  b\n\n  c\n",
            "a b\nc",
            &[('a', "a"), (' ', "\n"), ('b', "b"), ('\n', "\n"), ('c', "c")],
        ),
        ("t: 'a''b'\n", "a'b", &[('a', "a"), ('\'', "''"), ('b', "b")]),
        ("t: 'a  \n  b'\n", "a b", &[('a', "a"), (' ', "\n"), ('b', "b")]),
        (
            "t: \"a\\n\\u00e9\\x41\\\n   c\"\n",
            "a\néAc",
            &[('a', "a"), ('\n', "\\n"), ('é', "\\u00e9"), ('A', "\\x41"), ('c', "c")],
        ),
        ("t: \"a\\t\n  b\"\n", "a\t b", &[('a', "a"), ('\t', "\\t"), (' ', "\n"), ('b', "b")]),
        (
            "t: >\n  a\n  b\n\n  c\n\n",
            "a b\nc\n",
            &[('a', "a"), (' ', "\n"), ('b', "b"), ('\n', "\n"), ('c', "c"), ('\n', "\n")],
        ),
        (
            "t: >-\n  a\n    b\n  c\n",
            "a\n  b\nc",
            &[
                ('a', "a"),
                ('\n', "\n"),
                (' ', " "),
                (' ', " "),
                ('b', "b"),
                ('\n', "\n"),
                ('c', "c"),
            ],
        ),
        ("t: |+\n\n  a\n\n", "\na\n\n", &[('\n', "\n"), ('a', "a"), ('\n', "\n"), ('\n', "\n")]),
        (
            "t: |2-\n    a\n   b\n",
            "  a\n b",
            &[(' ', " "), (' ', " "), ('a', "a"), ('\n', "\n"), (' ', " "), ('b', "b")],
        ),
        (
            "t: |\r\n  a\r\n  b\r\n",
            "a\nb\n",
            &[('a', "a"), ('\n', "\r\n"), ('b', "b"), ('\n', "\r\n")],
        ),
        ("t: !Sub |\n  ab\n", "ab\n", &[('a', "a"), ('b', "b"), ('\n', "\n")]),
        ("t: &x !Sub 'a'\n", "a", &[('a', "a")]),
        (
            "{\"t\": \"\\ud83d\\ude00\\/x\"}",
            "\u{1f600}/x",
            &[('\u{1f600}', "\\ud83d\\ude00"), ('/', "\\/"), ('x', "x")],
        ),
    ];
    for (source, expected, characters) in cases {
        let tree = tree("t", source);
        let value = value(&tree);
        assert_eq!(&*value, expected, "{source:?}");
        let expected: Vec<_> = characters.iter().map(|(c, s)| (*c, (*s).to_owned())).collect();
        assert_eq!(sources(&value), expected, "{source:?}");
        check_pieces(&value);
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 512, failure_persistence: None, ..ProptestConfig::default() })]

    /// Each character of a JSON string shows itself or its escape.
    #[test]
    fn json_strings_keep_their_places(text in any::<String>(), escape_all in any::<bool>()) {
        let encoded: String = if escape_all {
            let units: String = text.encode_utf16().map(|unit| format!("\\u{unit:04X}")).collect();
            format!("\"{units}\"")
        } else {
            quote(&text)
        };
        let tree = tree("t.json", &format!("{{\n\t\"k\": 1,\n\t\"t\": {encoded}}}"));
        let value = value(&tree);
        prop_assert_eq!(&*value, &*text);
        let mut joined = String::from("\"");
        for (_, source) in sources(&value) {
            joined.push_str(&source);
        }
        joined.push('"');
        prop_assert_eq!(joined, encoded);
    }

    /// Each character of a literal block scalar is itself in the source, line by line.
    #[test]
    fn literal_blocks_keep_their_places(
        lines in prop::collection::vec("[ -~éü€\u{1f600}]{0,12}", 1..8),
        indent in 1usize..6,
        chomp in "[-+]?",
        crlf in any::<bool>(),
    ) {
        prop_assume!(lines.iter().any(|line| !line.trim_matches(' ').is_empty()));
        let end = if crlf { "\r\n" } else { "\n" };
        let mut source = format!("a: é{end}t: |{indent}{chomp}{end}");
        for line in &lines {
            source.push_str(&format!("{}{line}{end}", " ".repeat(indent)));
        }
        source.push_str("b: 1\n");
        let tree = tree("t.yaml", &source);
        let value = value(&tree);
        let kept: Vec<&str> = value.split('\n').collect();
        for (decoded, written) in kept.iter().zip(&lines) {
            prop_assert_eq!(decoded, written);
        }
        for (at, (character, line, column)) in positions(&value).into_iter().enumerate() {
            let index = value.chars().take(at).filter(|c| *c == '\n').count();
            prop_assert_eq!(line, index + 3);
            let before = value.chars().take(at).collect::<String>();
            let in_line = before.chars().rev().take_while(|c| *c != '\n').count();
            prop_assert_eq!(column, in_line + indent + 1);
            let shown = value.place(value.char_indices().nth(at).map_or(0, |(at, _)| at)..value.char_indices().nth(at).map_or(0, |(at, _)| at) + character.len_utf8());
            let expected = if character == '\n' { end.to_owned() } else { character.to_string() };
            prop_assert_eq!(shown.text(), expected);
        }
    }

    /// Each character of a folded block scalar is itself in the source, or a line break.
    #[test]
    fn folded_blocks_keep_their_places(
        lines in prop::collection::vec("( {0,2}[a-zé#:]{1,3}( [a-z]{1,2})?)?", 1..8),
        chomp in "[-+]?",
    ) {
        prop_assume!(lines.iter().any(|line| !line.is_empty()));
        let mut source = format!("t: >2{chomp}\n");
        for line in &lines {
            source.push_str(&if line.is_empty() { "\n".to_owned() } else { format!("  {line}\n") });
        }
        source.push_str("b: 1\n");
        let tree = tree("t.yaml", &source);
        let value = value(&tree);
        let mut last = 0;
        for (at, character) in value.char_indices() {
            let place = value.place(at..at + character.len_utf8());
            let is_itself = place.text() == character.to_string();
            prop_assert!(is_itself || (character == ' ' && place.text() == "\n"), "{:?} {:?} {:?}", source, character, place.text());
            prop_assert!(place.span.start >= last);
            last = place.span.end;
        }
    }

    /// Quoted and plain scalars over several lines: characters are themselves, escapes, or line breaks that became blanks.
    #[test]
    fn quoted_scalars_keep_their_places(body in r#"[ab é]{1,4}(\\n|\\u0041|\\t|\n  |\n\n  |[ab]){0,8}"#) {
        let tree = tree("t.yaml", &format!("t: \"{body}\"\n"));
        let value = value(&tree);
        for (character, source) in sources(&value) {
            let is_escape = source.starts_with('\\');
            let is_break = source == "\n" && matches!(character, ' ' | '\n');
            prop_assert!(is_escape || is_break || source == character.to_string(), "{:?} {:?}", character, source);
        }
    }

    /// No text makes the reader panic, and each tree can be walked and written.
    #[test]
    fn arbitrary_text_is_read_or_refused(text in r##"([ \n\t]|[a-c]|[-:{}\[\],&*!|>'"#?%@`~]|<<|\\u00|1|é|\r){0,60}"##) {
        for name in ["t.yaml", "t.json", "t"] {
            let (tree, findings) = read(name, &text);
            prop_assert!(tree.is_none() || findings.iter().all(|f| f.starts_with("error[GW105]")));
            if let Some(tree) = tree {
                walk(tree.root());
            }
        }
    }
}

fn walk(node: Node<'_>) {
    let _ = (node.place(), node.plain(), node.describe());
    if let Some(text) = node.sourced() {
        for (at, character) in text.char_indices() {
            let place = text.place(at..at + character.len_utf8());
            assert!(place.document.text().get(place.span.clone()).is_some(), "{place}");
            assert_ne!(place.document.name(), "inline");
        }
        check_pieces(&text);
    }
    node.items().for_each(walk);
    node.entries().for_each(|entry| {
        walk(entry.key);
        walk(entry.value);
    });
}

/// A piece that claims to be verbatim is.
fn check_pieces(text: &Sourced) {
    let pieces = text.pieces();
    for (index, piece) in pieces.iter().enumerate().filter(|(_, piece)| piece.verbatim) {
        let end = pieces.get(index + 1).map_or(text.len(), |next| next.start);
        let written = piece.document.text().get(piece.source.clone());
        assert_eq!(written, text.get(piece.start..end));
    }
}

/// What is written keeps the places of what it was written from, text by text.
#[test]
fn written_json_keeps_its_places() {
    let source = "t: {k: [1.50, 'it''s', \"a\\u0041\", yes, null], \"q\\\"\": |2-\n  x\n}\n";
    let source = source.replace(" |2-\n  x\n", " \"x\\n\"");
    let tree = tree("t.yaml", &source);
    let mut writer = JsonWriter::default();
    writer.value(tree.root().get("t").expect("t"), &|text| text);
    let json = writer.finish("/t");
    assert_eq!(&*json, r#"{"k":[1.50,"it's","aA","yes",null],"q\"":"x\n"}"#);
    let shown = |text: &str| {
        let at = json.find(text).expect("a part");
        json.place(at..at + text.len()).text().to_owned()
    };
    assert_eq!(shown("1.50"), "1.50");
    assert_eq!(shown("t's"), "t''s");
    assert_eq!(shown("A"), "\\u0041");
    assert_eq!(shown("yes"), "yes");
    assert_eq!(shown("\\\""), "\\\"");
    assert_eq!(shown("\\n"), "\\n");
    assert_eq!(json.place(2..3).to_string(), "t.yaml:1:5");
}

#[test]
fn pointers_escape_slashes_and_tildes() {
    let tree = tree("t.yaml", "a/b:\n- x\n- c~d: 1\n");
    let item = tree.root().get("a/b").and_then(|node| node.items().nth(1)).expect("an item");
    let node = item.get("c~d").expect("a member");
    assert_eq!(&*node.pointer(), "/a~1b/1/c~0d");
    assert_eq!(node.plain(), Some(Plain::Number("1".to_owned())));
    assert_eq!(item.kind(), Kind::Object);
}

/// Source: yaml.org/type/merge: members of the object win, then the first of a list.
#[test]
fn merge_keys_bring_members_in() {
    let tree =
        tree("t.yaml", "x: &x {a: 1, b: 2}\ny: &y {b: 3, c: 4}\nt:\n  <<: [*x, *y]\n  a: 9\n");
    let merged = tree.root().get("t").expect("t");
    let members: Vec<_> = merged
        .entries()
        .map(|e| format!("{}={}", e.name(), e.value.text().unwrap_or("")))
        .collect();
    assert_eq!(members, ["a=9", "b=2", "c=4"]);
}

#[test]
fn a_document_past_its_bytes_is_refused() {
    let text = format!("a: {}", "x".repeat(DOCUMENT_BYTES_MAX));
    let (tree, findings) = read("t.yaml", &text);
    assert!(tree.is_none());
    assert_eq!(
        first_line(&findings),
        "error[GW106]: the file has 6291459 bytes, a definition may have 6291456"
    );
}

#[test]
fn a_document_past_its_depth_is_refused() {
    let expected = "error[GW106]: objects and arrays are nested more than 128 deep";
    for (name, open, close) in [("t.json", "[", "]"), ("t.yaml", "[", "]"), ("t.yaml", "- ", "")] {
        for count in [DEPTH_MAX + 1, 100_000] {
            let (tree, findings) =
                read(name, &format!("{}1{}", open.repeat(count), close.repeat(count)));
            assert!(tree.is_none());
            assert_eq!(first_line(&findings), expected);
        }
        let text = format!("{}1{}", open.repeat(DEPTH_MAX), close.repeat(DEPTH_MAX));
        assert!(read(name, &text).0.is_some());
    }
}

#[test]
fn a_document_past_its_values_is_refused() {
    let (tree, findings) = read("t.json", &format!("[{}1]", "1,".repeat(NODES_MAX)));
    assert!(tree.is_none());
    assert_eq!(
        first_line(&findings),
        "error[GW106]: the document has more than 1000000 values, aliases expanded"
    );
}

#[test]
fn alias_bombs_are_refused() {
    let mut text = String::from("a0: &a0 [1,1,1,1,1,1,1,1,1]\n");
    for level in 1..12 {
        let below = level - 1;
        let aliases = vec![format!("*a{below}"); 9].join(",");
        text.push_str(&format!("a{level}: &a{level} [{aliases}]\n"));
    }
    let expected = "error[GW106]: the document has more than 1000000 values, aliases expanded";
    assert_eq!(first_line(&read("t.yaml", &text).1), expected);

    let mut text = String::from("a: &a {");
    (0..20_000).for_each(|n| text.push_str(&format!("k{n}: 1, ")));
    text.push_str("}\n");
    (0..2_000).for_each(|n| text.push_str(&format!("m{n}: {{<<: *a}}\n")));
    assert_eq!(first_line(&read("t.yaml", &text).1), expected);

    let mut text = String::from("a: &a {");
    (0..20_000).for_each(|n| text.push_str(&format!("k{n}: 1, ")));
    text.push_str(&format!("}}\nm: {{<<: [{}]}}\n", vec!["*a"; 60].join(", ")));
    assert_eq!(first_line(&read("t.yaml", &text).1), expected);

    let mut text = String::from("a0: &a0 [1]\n");
    for level in 1..200 {
        text.push_str(&format!("a{level}: &a{level} [*a{}]\n", level - 1));
    }
    let expected = "error[GW106]: aliases nest objects and arrays more than 128 deep";
    assert_eq!(first_line(&read("t.yaml", &text).1), expected);
}

#[test]
fn an_alias_inside_its_own_value_is_refused() {
    let (_, findings) = read("t.yaml", "a: &a {b: *a}\n");
    assert_eq!(first_line(&findings), "error[GW101]: an alias stands inside the value it names");
}

/// Source: our own design; a node that moves to another tree keeps its file, line, column and pointer.
#[test]
fn an_assembled_tree_keeps_the_places_of_what_it_is_made_of() {
    let template = tree("t.yaml", "Uri: !Sub x\nList: [a, {b: 'c d'}]\n");
    let root = template.root();
    let (uri, list) = (root.entry("Uri").unwrap(), root.get("List").unwrap());
    let computed = super::standing_for("arn:x", &uri.value.place());
    let named = |name: &str, node: Node<'_>| Value::standing(name, &node.place());
    let members = vec![
        (named("uri", uri.key), Value::Text(computed)),
        (named("list", list), Value::Copy(list)),
    ];
    let first = Tree::assemble(Value::Object(Stand::Node(root), members)).unwrap();
    let again = Tree::assemble(Value::Copy(first.root())).unwrap();
    for tree in [&first, &again] {
        let uri = tree.root().get("uri").unwrap();
        assert_eq!(uri.text(), Some("arn:x"));
        assert_eq!(uri.plain(), Some(Plain::Text));
        assert_eq!((uri.place().to_string(), &*uri.pointer()), ("t.yaml:1:6".into(), "/Uri"));
        assert_eq!(uri.subject().as_deref(), Some("`Uri`"));
        let c = tree.root().get("list").unwrap().items().nth(1).unwrap().get("b").unwrap();
        let text = c.sourced().unwrap();
        assert_eq!(text.place(2..3).to_string(), "t.yaml:2:18");
        assert_eq!(&*c.pointer(), "/List/1/b");
        assert_eq!(c.subject().as_deref(), Some("`b`"));
    }
}

/// Source: our own limits.
#[test]
fn an_assembled_tree_has_the_limits_of_a_parsed_one() {
    let text = Sourced::inline("t", "x");
    let mut deep = Value::Text(text.clone());
    for _ in 0..=DEPTH_MAX {
        deep = Value::Array(Stand::Place(text.whole()), vec![deep]);
    }
    let finding = Tree::assemble(deep).unwrap_err().to_string();
    let depth = "error[GW106]: objects and arrays are nested more than 128 deep";
    assert_eq!(finding.lines().next(), Some(depth));
    let wide = vec![Value::Text(text.clone()); NODES_MAX];
    let finding = Tree::assemble(Value::Array(Stand::Place(text.whole()), wide)).unwrap_err();
    let nodes = "error[GW106]: the definition has more than 1000000 values";
    assert_eq!(finding.to_string().lines().next(), Some(nodes));
}

/// Source: our own design; a policy or schema that is a string of a definition is read where it stands.
#[test]
fn a_text_inside_a_definition_is_read_with_the_places_of_its_file() {
    let outer = tree("t.yaml", "p:\n  t: |\n    {\"a\": [1,\n     \"x\\ty\"]}\n");
    let text = value_at(&outer, &["p", "t"]);
    let mut findings = Findings::default();
    let inner = parse(&Ground::Text(text), &mut findings).unwrap().expect("a value");
    let item = inner.root().get("a").unwrap().items().nth(1).unwrap();
    let decoded = item.sourced().unwrap();
    assert_eq!(&*decoded, "x\ty");
    assert_eq!(decoded.place(1..2).text(), "\\t");
    assert_eq!(decoded.place(2..3).to_string(), "t.yaml:4:10");
    assert_eq!(&*item.pointer(), "/p/t");
    let broken = value(&tree("t.json", "{\"t\": \"{\\\"a\\\": ]}\"}"));
    let finding = parse(&Ground::Text(broken), &mut findings).unwrap_err().to_string();
    assert_eq!(finding.lines().nth(1), Some(" --> t.json:1:16  (/t)"), "{finding}");
}
