//! What a copied table does by itself, turned on when its items are there: time to live, its stream; its tags, and who may delete
//! it. What the target does not take is noted: it is no reason to do without the items. A table that the target had before keeps
//! its own, and what differs is noted.

use std::collections::BTreeMap;

use serde_json::{Map, Value, json};

use super::definition::{Later, Unread, describe};
use super::error::CopyError;
use super::plan::Planned;
use crate::action::Action;
use crate::bootstrap::{EnsureError, expire_by, text, wait_for};
use crate::limits::COPY_KEYS_SHOWN;

/// Turns on at the target what the table has at the source; `note` takes what the target refuses.
pub(super) async fn settle(
    planned: &Planned,
    note: &mut impl FnMut(String),
) -> Result<(), CopyError> {
    let Later { time_to_live, stream, tags, is_protected, unread: _ } = &planned.definition.later;
    if !tags.is_empty() {
        set_tags(planned, tags, note).await?;
    }
    if let Some(attribute) = time_to_live {
        set_time_to_live(planned, attribute, note).await?;
    }
    if stream.is_some() || *is_protected {
        set_others(planned, stream.as_ref(), *is_protected, note).await?;
    }
    Ok(())
}

/// Tells `note` what a table that was at the target before has otherwise than the one at the source.
pub(super) async fn tell_unlike(
    planned: &Planned,
    note: &mut impl FnMut(String),
) -> Result<(), CopyError> {
    let name = &planned.name;
    let Some(described) = describe(&planned.target, name).await? else { return Ok(()) };
    let there = Later::read(&planned.target, name, &described, note).await?;
    let unlike = unlike(&planned.definition.later, &there);
    if !unlike.is_empty() {
        let unlike = unlike.join("; ");
        note(format!(
            "table `{name}` was at the target before and keeps its settings, which differ: {unlike}"
        ));
    }
    Ok(())
}

/// What is not the same, each with its name. What one of the stores does not tell is not compared.
fn unlike(here: &Later, there: &Later) -> Vec<String> {
    let is_told = |setting| ![here, there].iter().any(|side| side.unread.contains(&setting));
    let either = |what: &str, [here, there]: [String; 2]| {
        (here != there).then(|| format!("{what}: {here} at the source, {there} at the target"))
    };
    let named = |name: Option<String>| name.map_or("none".to_owned(), |name| format!("`{name}`"));
    let kind = |stream: &Value| text(stream, "StreamViewType");
    let on = |is_on: bool| if is_on { "on" } else { "off" }.to_owned();
    let time_to_live = [here, there].map(|side| named(side.time_to_live.clone()));
    let streams = [here, there].map(|side| named(side.stream.as_ref().map(kind)));
    let protected = [here, there].map(|side| on(side.is_protected));
    let found = [
        is_told(Unread::TimeToLive).then(|| either("time to live", time_to_live)).flatten(),
        either("stream", streams),
        either("protection from deletion", protected),
        is_told(Unread::Tags).then(|| unlike_tags(&here.tags, &there.tags)).flatten(),
    ];
    found.into_iter().flatten().collect()
}

/// The keys of the tags that are not the same, the first of them by name.
fn unlike_tags(here: &[Value], there: &[Value]) -> Option<String> {
    let by_key = |tags: &[Value]| -> BTreeMap<String, String> {
        tags.iter().map(|tag| (text(tag, "Key"), text(tag, "Value"))).collect()
    };
    let (here, there) = (by_key(here), by_key(there));
    let mut keys: Vec<&String> = here.keys().chain(there.keys()).collect();
    keys.sort_unstable();
    keys.dedup();
    keys.retain(|key| here.get(*key) != there.get(*key));
    let shown: Vec<String> =
        keys.iter().take(COPY_KEYS_SHOWN).map(|key| format!("`{key}`")).collect();
    let more = match keys.len() - shown.len() {
        0 => String::new(),
        more => format!(" and {more} more"),
    };
    (!keys.is_empty()).then(|| format!("tags: {}{more} are not the same", shown.join(", ")))
}

async fn set(
    planned: &Planned,
    action: Action,
    body: &Value,
    what: &str,
    note: &mut impl FnMut(String),
) -> Result<(), CopyError> {
    let (target, name) = (&planned.target, &planned.name);
    match target.ask(action, name, body).await? {
        // A table that is being changed takes no further change.
        Ok(_) if action == Action::UpdateTable => {
            let active = wait_for(&target.door, name).await;
            active.map_err(|error| target.not_ensured(name, error))
        }
        Ok(_) => Ok(()),
        Err(refusal) => {
            note(format!("the target does not take {what} of table `{name}`: {refusal}"));
            Ok(())
        }
    }
}

async fn set_tags(
    planned: &Planned,
    tags: &[Value],
    note: &mut impl FnMut(String),
) -> Result<(), CopyError> {
    let described = describe(&planned.target, &planned.name).await?.unwrap_or_default();
    let body = json!({ "ResourceArn": text(&described, "TableArn"), "Tags": tags });
    set(planned, Action::TagResource, &body, "the tags", note).await
}

async fn set_time_to_live(
    planned: &Planned,
    attribute: &str,
    note: &mut impl FnMut(String),
) -> Result<(), CopyError> {
    let name = &*planned.name;
    match expire_by(&planned.target.door, name, attribute).await {
        Ok(()) => Ok(()),
        Err(EnsureError::Refused { message, .. }) => {
            note(format!("the target does not take the time to live of table `{name}`: {message}"));
            Ok(())
        }
        Err(error) => Err(planned.target.not_ensured(name, error)),
    }
}

/// Changes the table itself, one thing at a time, and only what is not so yet.
async fn set_others(
    planned: &Planned,
    stream: Option<&Value>,
    is_protected: bool,
    note: &mut impl FnMut(String),
) -> Result<(), CopyError> {
    let described = describe(&planned.target, &planned.name).await?.unwrap_or_default();
    let has_stream = described.pointer("/StreamSpecification/StreamEnabled");
    let protected = described.get("DeletionProtectionEnabled");
    let change = |member: &str, value: &Value| {
        let mut body = Map::new();
        body.insert("TableName".to_owned(), json!(&*planned.name));
        body.insert(member.to_owned(), value.clone());
        Value::Object(body)
    };
    if let Some(stream) = stream.filter(|_| has_stream != Some(&Value::Bool(true))) {
        let body = change("StreamSpecification", stream);
        set(planned, Action::UpdateTable, &body, "the stream", note).await?;
    }
    if is_protected && protected != Some(&Value::Bool(true)) {
        let body = change("DeletionProtectionEnabled", &json!(true));
        set(planned, Action::UpdateTable, &body, "the protection from deletion", note).await?;
    }
    Ok(())
}
