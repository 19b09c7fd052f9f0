//! Arbitrary text is a template or an error, and rendering it ends within its limits.

use proptest::prelude::*;
use vestibule_vtl::value::{Arena, Heap, MapKind, Value};
use vestibule_vtl::{Limits, Template, Variables};

/// Pieces that begin, break and nest constructs more often than arbitrary characters do.
const PIECES: [&str; 40] = [
    "$",
    "{",
    "}",
    "[",
    "]",
    "(",
    ")",
    "#",
    "##",
    "\\",
    "a",
    ".a",
    "\n",
    " ",
    "$m",
    "${m}",
    "$!m.k",
    "#if(",
    "#end",
    "#else",
    "#set($m = ",
    "#foreach($i in ",
    "#[[",
    "]]#",
    "#*",
    "*#",
    "\"",
    "'",
    ",",
    "1",
    "-",
    "..",
    "$m.put('k', $m)",
    "é😀",
    "#define($m)",
    "$m.keySet()",
    "\"$m\"",
    "#elseif(true)",
    "#stop",
    "+",
];

fn small() -> Limits {
    Limits {
        output_bytes: 2_000,
        steps: 5_000,
        foreach_iterations: 20,
        objects: 500,
        elements: 1_000,
        text_bytes: 5_000,
        value_depth: 20,
        regex_backtracks: 1_000,
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 400, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn pieces_parse_or_fail_and_render_within_the_limits(
        pieces in prop::collection::vec(prop::sample::select(PIECES.to_vec()), 0..24)
    ) {
        let text = pieces.concat();
        match Template::parse(text.as_str()) {
            Err(error) => {
                prop_assert!(error.span.range().end <= text.len());
                prop_assert!(text.get(error.span.range()).is_some(), "{:?}", error.span);
            }
            Ok(template) => {
                let arena = Arena::new();
                let mut heap = Heap::new(&arena, small());
                let map = heap.map(MapKind::Linked, 0).unwrap();
                heap.put(map, Value::from("k"), Value::from("v")).unwrap();
                let mut variables = Variables::default();
                variables.set("m", map);
                match template.render(&mut heap, &variables) {
                    Ok(output) => prop_assert!(output.len() <= 2_000),
                    Err(error) => prop_assert!(text.get(error.span.range()).is_some(), "{error:?}"),
                }
            }
        }
    }

    #[test]
    fn arbitrary_text_parses_or_fails(text in ".{0,80}") {
        if let Err(error) = Template::parse(text.as_str()) {
            prop_assert!(text.get(error.span.range()).is_some(), "{:?}", error.span);
        }
    }
}
