//! The answer past each limit, and live elements.
//!
//! Source: inferred (the limits are ours; live elements: oracle, Velocity 1.7 / Jayway JsonPath
//! 2.0.0)

use vestibule_jsonpath::limits::{
    JSON_BYTES_MAX, JSON_DEPTH_MAX, NUMBER_BYTES_MAX, PATH_BYTES_MAX, PATH_STEPS_MAX,
};
use vestibule_jsonpath::{Path, json};
use vestibule_vtl::Limits;
use vestibule_vtl::value::{Arena, Heap, Value};

fn generous() -> Limits {
    Limits {
        steps: u64::MAX,
        text_bytes: usize::MAX,
        output_bytes: usize::MAX,
        ..Limits::default()
    }
}

fn refusal(body: &str, limits: Limits) -> String {
    let arena = Arena::new();
    let mut heap = Heap::new(&arena, limits);
    match json::parse(body, &mut heap) {
        Ok(value) => format!("{value:?}"),
        Err(error) => error.to_string(),
    }
}

fn failure(path: &str, body: &str, limits: Limits) -> String {
    let arena = Arena::new();
    let mut heap = Heap::new(&arena, limits);
    let document = json::parse(body, &mut heap).unwrap_or(Value::Null);
    match Path::compile(path) {
        Ok(path) => match path.read(&mut heap, &document) {
            Ok(found) => format!("{found:?}"),
            Err(error) => error.to_string(),
        },
        Err(error) => error.to_string(),
    }
}

#[test]
fn json_text_is_bounded() {
    let blanks = " ".repeat(JSON_BYTES_MAX + 1);
    assert_eq!(
        refusal(&blanks, generous()),
        "the JSON text is longer than 10485760 bytes at byte 10485760"
    );
    assert_eq!(refusal(blanks.get(1..).unwrap(), generous()), "String(\"\")");
}

#[test]
fn json_depth_is_bounded() {
    let nested = |depth: usize| format!("{}{}", "[".repeat(depth), "]".repeat(depth));
    assert_eq!(
        refusal(&nested(JSON_DEPTH_MAX + 1), generous()),
        "arrays and objects nest deeper than 400 levels at byte 401"
    );
    let objects = format!("{}1{}", "{\"a\":".repeat(401), "}".repeat(401));
    assert_eq!(
        refusal(&objects, generous()),
        "arrays and objects nest deeper than 400 levels at byte 2001"
    );
    let arena = Arena::new();
    let mut heap = Heap::new(&arena, generous());
    let deepest = nested(JSON_DEPTH_MAX);
    let document = json::parse(&deepest, &mut heap).unwrap();
    assert_eq!(json::to_text(&heap, &document).unwrap(), deepest);
    let all = Path::compile("$..*").unwrap().read(&mut heap, &document).unwrap().unwrap();
    assert_eq!(heap.len(all.as_handle().unwrap()), JSON_DEPTH_MAX - 1);
}

#[test]
fn brackets_that_never_close_take_no_stack() {
    let open = "[".repeat(1_000_000);
    assert_eq!(
        refusal(&open, generous()),
        "arrays and objects nest deeper than 400 levels at byte 401"
    );
}

#[test]
fn numbers_are_bounded() {
    let digits = "9".repeat(NUMBER_BYTES_MAX);
    assert_eq!(
        refusal(&format!("[{digits}9]"), generous()),
        "a number is longer than 1000 bytes at byte 1"
    );
    let arena = Arena::new();
    let mut heap = Heap::new(&arena, generous());
    let number = json::parse(&digits, &mut heap).unwrap();
    assert_eq!(json::to_text(&heap, &number).unwrap(), digits);
}

#[test]
fn values_are_bounded_by_the_heap() {
    let limits = Limits { elements: 3, ..Limits::default() };
    assert_eq!(
        refusal("[1,2,3,4]", limits),
        "lists and maps hold more than 3 elements together at byte 9"
    );
    assert_eq!(
        refusal(r#"{"a":1,"b":2,"c":3,"d":4}"#, limits),
        "lists and maps hold more than 3 elements together at byte 25"
    );
    let limits = Limits { objects: 2, ..Limits::default() };
    assert_eq!(
        refusal("[[],[],[]]", limits),
        "the template makes more than 2 lists and maps at byte 9"
    );
    let limits = Limits { text_bytes: 3, ..Limits::default() };
    assert_eq!(
        refusal(r#"["\u0041bcd"]"#, limits),
        "the template builds more than 3 bytes of text at byte 12"
    );
    assert_eq!(refusal(r#""abcdefgh""#, limits), "String(\"abcdefgh\")");
}

#[test]
fn paths_are_bounded() {
    let long = format!("$.{}", "a".repeat(PATH_BYTES_MAX));
    assert_eq!(failure(&long, "{}", generous()), "the path is longer than 4096 bytes at byte 4096");
    let steps = format!("${}", ".a".repeat(PATH_STEPS_MAX + 1));
    assert_eq!(failure(&steps, "{}", generous()), "the path has more than 100 steps at byte 203");
    let steps = format!("${}", ".a".repeat(PATH_STEPS_MAX));
    assert_eq!(failure(&steps, "{}", generous()), "None");
}

#[test]
fn filters_do_not_nest() {
    let nested = format!("${}@{}", "[?(@".repeat(500), ")]".repeat(500));
    let error = Path::compile(&nested).unwrap_err();
    assert_eq!(error.position, 5);
    assert_eq!(error.help(), "paths in conditions may not use `..`, `*`, slices or filters");
}

#[test]
fn reading_is_bounded() {
    let wide = format!("[{}1]", "1,".repeat(2_999));
    let body = format!("[{}[]]", format!("{wide},").repeat(300));
    let limits = Limits { elements: 10_000_000, ..generous() };
    assert_eq!(
        failure("$..*..*..*..*", &body, limits),
        "the path looks at more than 5000000 elements"
    );
    assert_eq!(failure("$[0,0][*]", &body, limits).get(..4), Some("Some"));
    let twice = format!("$[{}0][*]", "0,".repeat(340));
    assert_eq!(failure(&twice, &body, limits), "the path finds more than 1000000 elements");
    let limits = Limits { steps: 12, ..generous() };
    assert_eq!(
        failure("$..*", "[[[[[[[[]]]]]]]]", limits),
        "the template takes more than 12 steps"
    );
}

#[test]
fn patterns_are_bounded() {
    let body = format!("[\"{}!\"]", "a".repeat(40));
    assert_eq!(
        failure("$[?(@ =~ /(?=a)(a|aa|b)+\\1c/)]", &body, generous()),
        "the regular expression of a filter fails: it takes more than 1001312 steps for one text"
    );
    assert_eq!(failure("$[?(@ =~ /(a+)+c/)]", &body, generous()).get(..4), Some("Some"));
    assert_eq!(
        failure("$[?(@ =~ /(?:(?:\\p{L}{200}){200}){200}/)]", &body, generous()),
        "the regular expression is refused: it takes more than 1048576 bytes once compiled at byte 9"
    );
}

#[test]
fn a_document_that_contains_itself_is_an_error() {
    let arena = Arena::new();
    let mut heap = Heap::new(&arena, generous());
    let document = json::parse(r#"{"a": [{}]}"#, &mut heap).unwrap();
    let inner = Path::compile("$.a[0]").unwrap().read(&mut heap, &document).unwrap().unwrap();
    heap.put(inner.as_handle().unwrap(), "up".into(), document).unwrap();
    assert_eq!(
        Path::compile("$..zzz").unwrap().read(&mut heap, &document).unwrap_err().to_string(),
        "the path meets a value that is nested deeper than 500 levels or contains itself"
    );
    assert_eq!(
        json::to_text(&heap, &document).unwrap_err().to_string(),
        "a value is nested deeper than 500 levels or contains itself"
    );
}

/// Reads what has to be there.
fn read<'a>(path: &str, heap: &mut Heap<'a>, document: &Value<'a>) -> Value<'a> {
    let found = Path::compile(path).map(|path| path.read(heap, document));
    found.ok().and_then(Result::ok).flatten().unwrap_or(Value::Null)
}

#[test]
fn definite_paths_give_the_element_itself() {
    let arena = Arena::new();
    let mut heap = Heap::new(&arena, Limits::default());
    let document = json::parse(r#"{"a": {"l": [1]}, "b": 2}"#, &mut heap).unwrap();
    let list = read("$.a.l", &mut heap, &document);
    heap.push(list.as_handle().unwrap(), Value::from("new")).unwrap();
    let members = read("$['a','b']", &mut heap, &document);
    heap.put(members.as_handle().unwrap(), "c".into(), Value::Null).unwrap();
    let all = read("$.a.l[*]", &mut heap, &document);
    heap.push(all.as_handle().unwrap(), Value::from(true)).unwrap();
    assert_eq!(json::to_text(&heap, &document).unwrap(), r#"{"a":{"l":[1,"new"]},"b":2}"#);
    assert_eq!(json::to_text(&heap, &members).unwrap(), r#"{"a":{"l":[1,"new"]},"b":2,"c":null}"#);
    assert_eq!(heap.text_of(&all).unwrap(), r#"[1,"new",true]"#);
}

#[test]
fn text_without_escapes_is_borrowed() {
    let body = r#"{"plain": "caf\u00e9", "borrowed": "x y"}"#.to_owned();
    let arena = Arena::new();
    let mut heap = Heap::new(&arena, Limits::default());
    let document = json::parse(&body, &mut heap).unwrap();
    let map = document.as_handle().unwrap();
    let found = |name: &str| heap.get(map, name).and_then(Value::as_str).unwrap();
    let is_of_body = |text: &str| body.as_bytes().as_ptr_range().contains(&text.as_ptr());
    assert_eq!((found("borrowed"), is_of_body(found("borrowed"))), ("x y", true));
    assert_eq!((found("plain"), is_of_body(found("plain"))), ("café", false));
}

/// Source: oracle (json-smart 2.2).
#[test]
fn a_null_key_has_no_json() {
    let arena = Arena::new();
    let mut heap = Heap::new(&arena, Limits::default());
    let parsed = json::parse(r#"[{"a":1}]"#, &mut heap).unwrap();
    let list = parsed.as_handle().unwrap();
    let map = heap.items(list)[0].as_handle().unwrap();
    heap.put(map, Value::Null, Value::from(2)).unwrap();
    let error = json::to_text(&heap, &parsed).unwrap_err();
    assert_eq!(error.to_string(), "a map with a null key cannot be written as JSON");
    assert_eq!(heap.text_of(&Value::from(map)).unwrap(), "{a=1, null=2}");
}
