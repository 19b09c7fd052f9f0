//! What holds for any text: nothing panics, and what is written can be read again.

use proptest::prelude::*;
use vestibule_jsonpath::{Path, json};
use vestibule_vtl::Limits;
use vestibule_vtl::value::{Arena, Heap, Value};

/// Texts in which the characters that JSON and paths give a meaning to are frequent.
fn text() -> impl Strategy<Value = String> {
    let piece = prop_oneof![
        4 => "[\\[\\]{}()'\",:.*?@$&|!=<>~/ \\\\-]",
        2 => "[a-c0-9]{1,3}",
        1 => "null|true|1e5|0\\.1|\\\\u00e9|\\\\ud83d|length|&&|\\|\\||==|=~|\\.\\.",
        1 => any::<char>().prop_map(String::from),
    ];
    prop::collection::vec(piece, 0..24).prop_map(|pieces| pieces.concat())
}

proptest! {
    #![proptest_config(ProptestConfig {
        cases: 500,
        failure_persistence: None,
        ..ProptestConfig::default()
    })]

    #[test]
    fn any_text_parses_or_is_refused(body in text()) {
        let arena = Arena::new();
        let mut heap = Heap::new(&arena, Limits::default());
        if let Err(error) = json::parse(&body, &mut heap) {
            prop_assert!(error.position <= body.len());
        }
    }

    #[test]
    fn any_path_compiles_and_reads_or_is_refused(path in text()) {
        let body = r#"{"a": [{"b": 1, "c": "x"}, [2, null]], "b": {"a": {"c": true}}, "1": 1.5}"#;
        let arena = Arena::new();
        let mut heap = Heap::new(&arena, Limits::default());
        let document = json::parse(body, &mut heap).unwrap();
        let forms =
            [path.clone(), format!("$.{path}"), format!("$[{path}]"), format!("$..[?({path})]")];
        for path in forms {
            match Path::compile(&path) {
                Ok(compiled) => {
                    let found = compiled.read(&mut heap, &document).unwrap();
                    prop_assert!(compiled.is_definite() || found.is_some());
                }
                Err(error) => prop_assert!(error.position <= path.len()),
            }
        }
    }

    #[test]
    fn any_pattern_compiles_or_is_refused(pattern in text()) {
        let arena = Arena::new();
        let mut heap = Heap::new(&arena, Limits::default());
        let document = Value::from("abc");
        if let Ok(path) = Path::compile(&format!("$..[?(@ =~ /{pattern}/)]")) {
            path.read(&mut heap, &document).unwrap();
        }
    }

    #[test]
    fn what_is_written_reads_the_same(body in text()) {
        let arena = Arena::new();
        let mut heap = Heap::new(&arena, Limits::default());
        let Ok(first) = json::parse(&body, &mut heap) else { return Ok(()) };
        let written = json::to_text(&heap, &first).unwrap();
        let arena = Arena::new();
        let mut heap = Heap::new(&arena, Limits::default());
        let second = json::parse(&written, &mut heap).unwrap();
        prop_assert_eq!(json::to_text(&heap, &second).unwrap(), written);
    }
}
