//! What a copied table does by itself, turned on when its items are there: time to live, its stream; its tags, and who may delete
//! it. What the target does not take is noted: it is no reason to do without the items.

use serde_json::{Map, Value, json};

use super::definition::{Later, describe};
use super::error::CopyError;
use super::plan::Planned;
use crate::action::Action;
use crate::bootstrap::{EnsureError, expire_by, text, wait_for};

/// Turns on at the target what the table has at the source; `note` takes what the target refuses.
pub(super) async fn settle(
    planned: &Planned,
    note: &mut impl FnMut(String),
) -> Result<(), CopyError> {
    let Later { time_to_live, stream, tags, is_protected } = &planned.definition.later;
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
