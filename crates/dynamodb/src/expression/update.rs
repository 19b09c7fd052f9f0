//! What AWS refuses in updates.
//!
//! Order: functions that do not exist or stand in the wrong place, placeholders that stand for nothing, paths that overlap or conflict,
//! the operands of ADD and DELETE, those of functions. dynalite recorded it at AWS.

use dynoxide::AttributeValue;

use super::condition::{check_operators, check_value};
use super::functions::{self, OF_CONDITIONS, OF_UPDATES};
use super::parser::{Call, Operand, Parser, Stop};
use super::path::{Step, Written, check_apart};
use super::token::{Kind, syntax_error};
use super::{Expression, Fault, Names, Values};

/// One assignment, removal, addition or deletion.
struct Action<'t> {
    section: Section,
    path: Written<'t>,
    value: Option<Operand<'t>>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Section {
    Set,
    Remove,
    Add,
    Delete,
}

const SECTIONS: [(&str, Section); 4] = [
    ("SET", Section::Set),
    ("REMOVE", Section::Remove),
    ("ADD", Section::Add),
    ("DELETE", Section::Delete),
];

/// Returns why AWS refuses the expression.
pub(super) fn fault(expression: &Expression<'_>) -> Option<Fault> {
    let mut parser = Parser::new(expression.text);
    match actions(&mut parser) {
        Ok(actions) => check(&actions, expression).err(),
        // The engine takes such names; it words all other errors of syntax.
        Err(at) => parser
            .tokens
            .get(at)
            .filter(|token| token.text.starts_with('_'))
            .map(|_| Fault::before_reserved(syntax_error(expression.text, &parser.tokens, at))),
    }
}

/// Returns the paths that the expression changes.
pub(super) fn paths(expression: &Expression<'_>) -> Vec<Vec<Step>> {
    let actions = actions(&mut Parser::new(expression.text)).unwrap_or_default();
    actions.iter().filter_map(|action| action.path.resolved(expression.names).ok()).collect()
}

fn actions<'t>(parser: &mut Parser<'t>) -> Result<Vec<Action<'t>>, Stop> {
    let mut actions = Vec::new();
    loop {
        let found = SECTIONS.iter().find(|(keyword, _)| parser.keyword(keyword));
        let Some((_, section)) = found else {
            parser.end()?;
            return Ok(actions);
        };
        loop {
            actions.push(action(parser, *section)?);
            if !parser.symbol(",") {
                break;
            }
        }
    }
}

fn action<'t>(parser: &mut Parser<'t>, section: Section) -> Result<Action<'t>, Stop> {
    let path = parser.path()?;
    let value = match section {
        Section::Remove => None,
        Section::Set => {
            parser.expect("=")?;
            Some(set_value(parser)?)
        }
        Section::Add | Section::Delete => match parser.operand()? {
            value @ Operand::Value(_) => Some(value),
            // The engine words it.
            Operand::Path(_) | Operand::Call(_) => return Err(parser.tokens.len()),
        },
    };
    Ok(Action { section, path, value })
}

/// Reads an operand, or two with a sign between them, which are told as the call of a function.
fn set_value<'t>(parser: &mut Parser<'t>) -> Result<Operand<'t>, Stop> {
    let in_parentheses = parser.peek().is_some_and(|token| token.is_symbol("("));
    if in_parentheses {
        return parenthesised(parser);
    }
    let first = parser.operand()?;
    signed(parser, first)
}

/// Reads `(a + b)`, `(a) + b` and `(a)`.
fn parenthesised<'t>(parser: &mut Parser<'t>) -> Result<Operand<'t>, Stop> {
    parser.expect("(")?;
    let first = parser.operand()?;
    let inner = signed(parser, first)?;
    parser.expect(")")?;
    match inner {
        sum @ Operand::Call(Call { name: "+" | "-", .. }) => Ok(sum),
        other => signed(parser, other),
    }
}

fn signed<'t>(parser: &mut Parser<'t>, first: Operand<'t>) -> Result<Operand<'t>, Stop> {
    let Some(token) = parser.peek().copied() else { return Ok(first) };
    if token.kind != Kind::Symbol || !matches!(token.text, "+" | "-") {
        return Ok(first);
    }
    parser.expect(token.text)?;
    let second = parser.operand()?;
    Ok(Operand::Call(Call { name: token.text, arguments: vec![first, second] }))
}

fn check(actions: &[Action<'_>], expression: &Expression<'_>) -> Result<(), Fault> {
    let Expression { names, values, .. } = *expression;
    let operands = || actions.iter().filter_map(|action| action.value.as_ref());
    operands().try_for_each(check_names)?;
    operands().try_for_each(|operand| check_places(operand, None))?;
    let paths = actions.iter().map(|action| action.path.resolved(names));
    let paths: Vec<Vec<Step>> = paths.collect::<Result<_, Fault>>()?;
    operands().try_for_each(|operand| check_placeholders(operand, names, values))?;
    check_apart(&paths)?;
    actions.iter().try_for_each(|action| check_set_operand(action, values))?;
    operands().try_for_each(|operand| check_call(operand, values))?;
    check_operators(operands().map(count).sum())
}

fn check_names(operand: &Operand<'_>) -> Result<(), Fault> {
    let Operand::Call(Call { name, arguments }) = operand else { return Ok(()) };
    arguments.iter().try_for_each(check_names)?;
    if matches!(*name, "+" | "-") {
        return Ok(());
    }
    functions::check_name(name, &OF_UPDATES, &OF_CONDITIONS, "an update expression")
}

/// `list_append` takes no function but `if_not_exists`.
fn check_places(operand: &Operand<'_>, outer: Option<&str>) -> Result<(), Fault> {
    let Operand::Call(Call { name, arguments }) = operand else { return Ok(()) };
    if *name == "list_append" && outer.is_some() {
        return Err(functions::misused(name));
    }
    arguments.iter().try_for_each(|inner| check_places(inner, Some(name)))
}

fn check_placeholders(operand: &Operand<'_>, names: &Names, values: &Values) -> Result<(), Fault> {
    match operand {
        Operand::Path(path) => path.resolved(names).map(drop),
        Operand::Value(name) => check_value(name, values),
        Operand::Call(call) => {
            let mut arguments = call.arguments.iter();
            arguments.try_for_each(|inner| check_placeholders(inner, names, values))
        }
    }
}

/// AWS: ADD takes a number or a set, DELETE a set.
fn check_set_operand(action: &Action<'_>, values: &Values) -> Result<(), Fault> {
    let (operator, with_numbers) = match action.section {
        Section::Add => ("ADD", true),
        Section::Delete => ("DELETE", false),
        Section::Set | Section::Remove => return Ok(()),
    };
    let Some(Operand::Value(name)) = &action.value else { return Ok(()) };
    let Some(value) = values.as_ref().and_then(|values| values.get(*name)) else { return Ok(()) };
    let kind = match value {
        AttributeValue::SS(_) | AttributeValue::NS(_) | AttributeValue::BS(_) => return Ok(()),
        AttributeValue::N(_) if with_numbers => return Ok(()),
        AttributeValue::N(_) => "NUMBER",
        AttributeValue::S(_) => "STRING",
        AttributeValue::B(_) => "BINARY",
        AttributeValue::BOOL(_) => "BOOLEAN",
        AttributeValue::NULL(_) => "NULL",
        AttributeValue::L(_) => "LIST",
        AttributeValue::M(_) => "MAP",
    };
    Err(Fault::new(format!(
        "Incorrect operand type for operator or function; operator: {operator}, operand type: {kind}, typeSet: ALLOWED_FOR_{operator}_OPERAND"
    )))
}

fn check_call(operand: &Operand<'_>, values: &Values) -> Result<(), Fault> {
    let Operand::Call(Call { name, arguments }) = operand else { return Ok(()) };
    arguments.iter().try_for_each(|inner| check_call(inner, values))?;
    functions::check_count(name, arguments, &OF_UPDATES)?;
    let wanted = match *name {
        "list_append" => "L",
        "+" | "-" => "N",
        _ => {
            if matches!(arguments.first(), Some(Operand::Path(_))) {
                return Ok(());
            }
            return Err(Fault::new(format!(
                "Operator or function requires a document path; operator or function: {name}"
            )));
        }
    };
    let mut kinds = arguments.iter().filter_map(|inner| functions::known_kind(inner, values));
    kinds.find(|kind| *kind != wanted).map_or(Ok(()), |kind| Err(functions::wrong_type(name, kind)))
}

/// Operators and functions of an operand.
fn count(operand: &Operand<'_>) -> usize {
    match operand {
        Operand::Call(call) => 1 + call.arguments.iter().map(count).sum::<usize>(),
        Operand::Path(_) | Operand::Value(_) => 0,
    }
}
