//! The Java members that a template can reach answer as Velocity 1.7 on Java 17 answers: `surface.jsonl`, made by
//! `surface.py`.

use vestibule_gateway::{Given, render};
use vestibule_jsonpath::json;
use vestibule_restapi::Sourced;
use vestibule_vtl::Limits;
use vestibule_vtl::value::{Arena, Heap, Value};

/// Source: oracle (Velocity 1.7, Java 17, json-smart 2.2). Which calls fail is compared, not in what words.
#[test]
fn members_answer_as_javas() {
    let answers = include_str!("surface.jsonl");
    let mut lines = answers.lines();
    let head = lines.next().expect("a first line");
    let prelude = member(head, "prelude").expect("a prelude");
    let seen = member(head, "seen").expect("what ends a template");
    let given = Given::parse(r#"{"context":{"identity":{"a":"b"}}}"#).expect("values");

    let (mut count, mut different) = (0, Vec::new());
    for line in lines {
        count += 1;
        let template = match member(line, "t") {
            Some(own) => format!("{prelude}{own}{seen}"),
            None => format!("{prelude}{}", member(line, "u").expect("a template")),
        };
        let rendered = render(&Sourced::inline("case", &template), &given).map(|made| made.text);
        let expected = member(line, "o");
        if rendered.as_ref().ok() != expected.as_ref() {
            different.push(format!("{line}\n  here: {rendered:?}"));
        }
    }
    assert!(count >= 7_000, "only {count} cases");
    let shown = different.iter().take(40).map(String::as_str).collect::<Vec<_>>().join("\n");
    assert!(different.is_empty(), "{} of {count} differ:\n{shown}", different.len());
}

/// A text member of a line of JSON.
fn member(line: &str, name: &str) -> Option<String> {
    let arena = Arena::new();
    let mut heap = Heap::new(&arena, Limits::default());
    let line = json::parse(line, &mut heap).ok()?.as_handle()?;
    heap.get(line, name).and_then(Value::as_str).map(str::to_owned)
}
