//! The command line parser's complaints in this program's words.

use clap::error::{ContextKind, ContextValue, ErrorKind};

use super::failure::Failure;

/// Returns what `error`, which is no request for help or version, says.
pub(super) fn failure(error: &clap::Error) -> Failure {
    let argument = || flag(&context(error, ContextKind::InvalidArg));
    let message = match error.kind() {
        ErrorKind::UnknownArgument => {
            let word = context(error, ContextKind::InvalidArg);
            let kind = if word.starts_with('-') { "flag" } else { "argument" };
            format!("unknown {kind} `{word}`")
        }
        ErrorKind::InvalidSubcommand => {
            format!("unknown command `{}`", context(error, ContextKind::InvalidSubcommand))
        }
        ErrorKind::MissingSubcommand | ErrorKind::DisplayHelpOnMissingArgumentOrSubcommand => {
            "no command".to_owned()
        }
        ErrorKind::ArgumentConflict => format!("`{}` is said more than once", argument()),
        ErrorKind::MissingRequiredArgument => format!("`{}` is missing", argument()),
        ErrorKind::InvalidValue if !context(error, ContextKind::InvalidValue).is_empty() => {
            let value = context(error, ContextKind::InvalidValue);
            format!("`{value}` is no value of `{}`", argument())
        }
        ErrorKind::InvalidValue | ErrorKind::TooFewValues | ErrorKind::WrongNumberOfValues => {
            format!("`{}` wants a value", argument())
        }
        ErrorKind::NoEquals => format!("`{}` takes its value after `=`", argument()),
        ErrorKind::TooManyValues => format!("`{}` takes no such value", argument()),
        ErrorKind::InvalidUtf8 => "an argument is not UTF-8 text".to_owned(),
        // `ErrorKind` may grow; clap's own first line says enough.
        _ => {
            let text = error.to_string();
            let first = text.lines().next().unwrap_or_default();
            first.strip_prefix("error: ").unwrap_or(first).to_owned()
        }
    };
    Failure::Usage { message, help: Some(help(error)) }
}

fn help(error: &clap::Error) -> String {
    if let Some(ContextValue::Strings(values)) = error.get(ContextKind::ValidValue)
        && !values.is_empty()
    {
        let values: Vec<String> = values.iter().map(|value| format!("`{value}`")).collect();
        return format!("write {}", values.join(" or "));
    }
    let near = [ContextKind::SuggestedArg, ContextKind::SuggestedSubcommand]
        .into_iter()
        .map(|kind| context(error, kind))
        .find(|near| !near.is_empty());
    near.map_or_else(
        || "see `vestibule --help`".to_owned(),
        |near| format!("did you mean `{}`?", flag(&near)),
    )
}

/// Returns a flag without its value: `--listen <ADDRESS:PORT>` is `--listen`; and the name of a word: `<PATH>` is `PATH`.
fn flag(text: &str) -> String {
    if let Some(word) = text.strip_prefix('<') {
        return word.split('>').next().unwrap_or_default().to_owned();
    }
    text.split(['<', '[', ' ', '=']).next().unwrap_or_default().trim().to_owned()
}

fn context(error: &clap::Error, kind: ContextKind) -> String {
    match error.get(kind) {
        Some(ContextValue::String(text)) => text.clone(),
        Some(ContextValue::Strings(texts)) => texts.first().cloned().unwrap_or_default(),
        // `ContextValue` may grow; what is no text is not shown.
        _ => String::new(),
    }
}
