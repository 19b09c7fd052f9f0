//! Which form of a method Velocity 1.7 would call, for calls that nothing here answers: none, so that the call is the
//! empty string, or one that fails or that is not supported. The rules are those of Velocity's `MethodMap`.

use super::overload_table as table;
use crate::error::{Exception, Failure};
use crate::value::{Argument, ArrayKind, Class, Heap, Value, View};

/// What becomes of a call that nothing here answers. `None` where Java has no such method.
pub(super) fn unanswered<'a>(
    heap: &Heap<'a>,
    object: &Value<'a>,
    method: &str,
    arguments: &[Argument<'a>],
) -> Result<(), Failure> {
    let mut forms = forms(heap.class(object), method).peekable();
    if forms.peek().is_none() {
        return Ok(());
    }
    let given: Vec<Class> = arguments.iter().map(|given| heap.class(&given.value)).collect();
    match best(forms, &given) {
        None => Ok(()),
        // AWS: Velocity 1.7 takes a method without parameters for one that takes these, and fails to call it.
        Some("") if !given.is_empty() => Err(Failure::exception(
            Exception::IllegalArgument,
            format!("`{method}` takes no arguments"),
        )),
        Some(_) => Err(Failure::exception(
            Exception::UnsupportedOperation,
            format!("`{method}` with these arguments is not supported"),
        )),
    }
}

/// The parameters of each form of a method.
fn forms(class: Class, method: &str) -> impl Iterator<Item = &'static str> {
    let found = members(class)
        .iter()
        .find_map(|member| member.strip_prefix(method).and_then(|forms| forms.strip_prefix(':')));
    found.into_iter().flat_map(|forms| forms.split(':'))
}

fn members(class: Class) -> &'static [&'static str] {
    match class {
        Class::Boolean => table::BOOLEAN,
        Class::Integer => table::INTEGER,
        Class::Long => table::LONG,
        Class::BigInteger => table::BIG_INTEGER,
        Class::Double => table::DOUBLE,
        Class::BigDecimal => table::BIG_DECIMAL,
        Class::String => table::STRING,
        Class::HashMap | Class::LinkedHashMap | Class::Silent => table::MAP,
        Class::ArrayList => table::ARRAY_LIST,
        Class::PrintedList => table::JSON_ARRAY,
        Class::SubList => table::SUB_LIST,
        Class::Array(_) => table::ARRAY,
        Class::HashView(View::Values) | Class::LinkedView(View::Values) => table::COLLECTION,
        Class::HashView(_) | Class::LinkedView(_) => table::SET,
        Class::Entry => table::ENTRY,
        Class::Iterator => table::ITERATOR,
        Class::ListIterator => table::LIST_ITERATOR,
        Class::Character => table::CHARACTER,
        Class::Scope => table::SCOPE,
        Class::Host => table::OBJECT,
        Class::Block => table::BLOCK,
        Class::Null => &[],
    }
}

/// The most specific of the forms that take what is given. None when several are.
fn best<'f>(forms: impl Iterator<Item = &'f str>, given: &[Class]) -> Option<&'f str> {
    let mut best: Option<&str> = None;
    let mut rivals: Vec<&str> = Vec::new();
    for form in forms.filter(|form| takes(form, given)) {
        let Some(known) = best else {
            best = Some(form);
            continue;
        };
        match compare(form, known) {
            Some(true) if rivals.iter().all(|rival| compare(form, rival) == Some(true)) => {
                rivals.clear();
                best = Some(form);
            }
            Some(false) => {}
            _ => rivals.push(form),
        }
    }
    best.filter(|_| rivals.is_empty())
}

/// Splits the letters of a form into its parameters.
fn parameters(form: &str) -> impl Iterator<Item = &str> {
    let mut rest = form;
    std::iter::from_fn(move || {
        let length = if rest.starts_with('[') { 2 } else { 1 };
        let (parameter, after) = rest.split_at_checked(length)?;
        rest = after;
        Some(parameter)
    })
}

/// Tells whether a form takes what is given. The last parameter of a form, when it is an array, takes any number.
fn takes(form: &str, given: &[Class]) -> bool {
    let wanted: Vec<&str> = parameters(form).collect();
    let rest = wanted.last().and_then(|last| last.strip_prefix('['));
    let head = wanted.len().saturating_sub(1);
    let is_head_taken = |count: usize| {
        wanted.iter().zip(given).take(count).all(|(wanted, given)| fits(wanted, *given))
    };
    match (rest, wanted.len().cmp(&given.len())) {
        (None, std::cmp::Ordering::Equal) => is_head_taken(wanted.len()),
        (None, _) => wanted.is_empty(),
        (Some(_), std::cmp::Ordering::Greater) => {
            wanted.len() == given.len() + 1 && is_head_taken(head)
        }
        (Some(element), _) => {
            let is_whole = wanted.len() == given.len()
                && wanted.last().zip(given.last()).is_some_and(|(last, given)| fits(last, *given));
            let is_alone = wanted.len() == given.len();
            let takes_one = if is_alone { is_element } else { fits };
            let mut others = given.iter().skip(head);
            is_head_taken(head) && (is_whole || others.all(|given| takes_one(element, *given)))
        }
    }
}

/// Tells whether the only argument for an array is one of its elements. An array stands for what it holds.
fn is_element(wanted: &str, given: Class) -> bool {
    match given {
        Class::Array(ArrayKind::Strings) => fits(wanted, Class::String),
        Class::Array(ArrayKind::Characters) => wanted == "C",
        Class::Array(ArrayKind::Bytes) => wanted == "B",
        other => fits(wanted, other),
    }
}

/// Tells whether a parameter takes a value of a class.
fn fits(wanted: &str, class: Class) -> bool {
    use Class::{
        Array, ArrayList, BigDecimal, BigInteger, Boolean, Character, Double, HashMap, HashView,
        Integer, LinkedHashMap, LinkedView, Long, Null, PrintedList, Scope, Silent, String,
        SubList,
    };
    let is_collection =
        matches!(class, ArrayList | PrintedList | SubList | HashView(_) | LinkedView(_));
    match wanted {
        "Z" => class == Boolean,
        "C" => class == Character,
        "I" => class == Integer,
        "J" => matches!(class, Integer | Long),
        "F" => matches!(class, Integer | Long),
        "D" => matches!(class, Integer | Long | Double),
        "B" | "S" => false,
        _ if class == Null => true,
        "O" => true,
        "T" | "Q" => class == String,
        "c" | "i" => is_collection,
        "m" => matches!(class, HashMap | LinkedHashMap | Silent | Scope),
        "G" => class == BigInteger,
        "H" => class == BigDecimal,
        "n" => class == Integer,
        "l" => class == Long,
        "d" => class == Double,
        "b" => class == Boolean,
        "h" => class == Character,
        "p" => matches!(
            class,
            String | Integer | Long | Double | BigInteger | BigDecimal | Boolean | Character
        ),
        "[O" => matches!(class, Array(ArrayKind::Strings | ArrayKind::Objects)),
        "[Q" => class == Array(ArrayKind::Strings),
        "[C" => class == Array(ArrayKind::Characters),
        "[B" => class == Array(ArrayKind::Bytes),
        _ => false,
    }
}

/// Tells whether `a` is more specific than `b`, or less. None when neither is.
fn compare(a: &str, b: &str) -> Option<bool> {
    let (first, second): (Vec<&str>, Vec<&str>) =
        (parameters(a).collect(), parameters(b).collect());
    if first.len() != second.len() {
        return Some(first.len() > second.len());
    }
    let differing = || first.iter().zip(&second).filter(|(a, b)| a != b);
    let is_more = differing().any(|(a, b)| widens(a, b));
    let is_less = differing().any(|(a, b)| widens(b, a));
    (is_more != is_less).then_some(is_more)
}

/// Tells whether every value of parameter `from` is one of parameter `to`.
fn widens(from: &str, to: &str) -> bool {
    match to {
        "O" => !"ZCBSIJFD".contains(from),
        "Q" | "p" => from == "T",
        "i" => from == "c",
        "[O" => from == "[Q",
        "S" => from == "B",
        "I" => "BS".contains(from),
        "J" => "BSI".contains(from),
        "F" => "BSIJ".contains(from),
        "D" => "BSIJF".contains(from),
        _ => false,
    }
}
