//! Builds the variables of a case from JSON: lists print as JSON text, as those of `$input.path` do.

use serde_json::Value as Json;
use vestibule_vtl::value::{Arena, Handle, Heap, Kind, MapKind, Number, Output, Value};
use vestibule_vtl::{LimitExceeded, Limits, RenderError, Template, Variables};

/// Renders `template` with `context` (silent maps) and every other variable (plain maps).
pub(crate) fn render(
    template: &Template,
    variables: &Json,
    limits: Limits,
) -> Result<String, RenderError> {
    let arena = Arena::new();
    let mut heap = Heap::new(&arena, limits);
    let mut scope = Variables::default();
    for (name, json) in variables.as_object().expect("variables are an object") {
        let kind = if name == "context" { MapKind::Silent } else { MapKind::Linked };
        let value = build(&mut heap, json, kind).expect("variables fit the heap");
        scope.set(name, value);
    }
    template.render(&mut heap, &scope)
}

fn build<'a>(
    heap: &mut Heap<'a>,
    json: &'a Json,
    kind: MapKind,
) -> Result<Value<'a>, LimitExceeded> {
    Ok(match json {
        Json::Null => Value::Null,
        Json::Bool(value) => Value::Boolean(*value),
        Json::Number(number) => {
            let text = number.to_string();
            match text.parse() {
                Ok(whole) => Value::Number(heap.whole(whole)?),
                Err(_) => Value::Number(Number::Double(text.parse().expect("a double"))),
            }
        }
        Json::String(text) => Value::from(text.as_str()),
        Json::Array(items) => {
            let list = heap.list(items.len())?;
            heap.print_with(list, print_list);
            for item in items {
                let item = build(heap, item, MapKind::Linked)?;
                heap.push(list, item)?;
            }
            Value::Object(list)
        }
        Json::Object(entries) => {
            let map = heap.map(kind, entries.len())?;
            for (key, value) in entries {
                let value = build(heap, value, kind)?;
                heap.put(map, Value::from(key.as_str()), value)?;
            }
            Value::Object(map)
        }
    })
}

fn print_list(heap: &Heap<'_>, list: Handle, out: &mut Output) -> Result<(), LimitExceeded> {
    out.enter()?;
    out.push('[')?;
    for (place, item) in heap.items(list).iter().enumerate() {
        if place > 0 {
            out.push(',')?;
        }
        print_json(heap, item, out)?;
    }
    out.push(']')?;
    out.leave();
    Ok(())
}

fn print_json<'a>(
    heap: &Heap<'a>,
    value: &Value<'a>,
    out: &mut Output,
) -> Result<(), LimitExceeded> {
    match value {
        Value::Null | Value::Boolean(_) | Value::Number(_) => heap.print(value, out),
        Value::String(text) => {
            let json = serde_json::to_string(text).expect("a string is JSON");
            out.push_str(&json.replace('/', "\\/"))
        }
        Value::Object(handle) => match heap.kind(*handle) {
            Kind::List | Kind::Array | Kind::Set | Kind::Collection => {
                print_list(heap, *handle, out)
            }
            Kind::Map => {
                out.enter()?;
                out.push('{')?;
                for (place, (key, value)) in heap.entries(*handle).enumerate() {
                    if place > 0 {
                        out.push(',')?;
                    }
                    let key = heap.text_of(key)?;
                    print_json(heap, &Value::String(key), out)?;
                    out.push(':')?;
                    print_json(heap, value, out)?;
                }
                out.push('}')?;
                out.leave();
                Ok(())
            }
            Kind::Entry | Kind::Iterator | Kind::Character | Kind::Block | Kind::Host => {
                heap.print(value, out)
            }
        },
    }
}
