//! Tables and their settings: what the engine takes and DynamoDB refuses, or does otherwise.

use dynoxide::DynoxideError;
use dynoxide::actions::delete_table::{self, DeleteTableRequest, DeleteTableResponse};
use dynoxide::actions::describe_time_to_live::{self, DescribeTimeToLiveRequest};
use dynoxide::actions::list_tags_of_resource::{
    self, ListTagsOfResourceRequest, ListTagsOfResourceResponse,
};
use dynoxide::actions::update_time_to_live::{
    self, UpdateTimeToLiveRequest, UpdateTimeToLiveResponse,
};
use dynoxide::actions::vector_lifecycle::VectorIndexLifecycle;
use dynoxide::storage::Storage;
use dynoxide::streams;

use super::keyed::ready;
use crate::limits;
use crate::wire::{Arns, TableArn, Within};

/// Deletes a table with the records of its stream, which the next table of that name would show.
pub(super) fn delete_table(
    storage: &Storage,
    request: DeleteTableRequest,
    vectors: &VectorIndexLifecycle,
) -> Result<DeleteTableResponse, DynoxideError> {
    let table = request.table_name.clone();
    let deleted = ready(delete_table::execute(storage, request, vectors))?;
    storage
        .conn()
        .execute("DELETE FROM _stream_records WHERE table_name = ?1", [table])
        .map_err(|error| DynoxideError::InternalServerError(error.to_string()))?;
    Ok(deleted)
}

/// Turns time to live on or off, where it is not so already.
pub(super) fn update_time_to_live(
    storage: &Storage,
    request: UpdateTimeToLiveRequest,
) -> Result<UpdateTimeToLiveResponse, DynoxideError> {
    match refusal(storage, &request) {
        Some(message) => Err(DynoxideError::ValidationException(message)),
        None => ready(update_time_to_live::execute(storage, request)),
    }
}

// Source: recorded on AWS by its users, each text; that the attribute is looked at first: DynamoDB
// Local.
fn refusal(storage: &Storage, request: &UpdateTimeToLiveRequest) -> Option<String> {
    let wanted = &request.time_to_live_specification;
    if wanted.attribute_name.is_empty() {
        // The engine has words for it.
        return None;
    }
    if wanted.attribute_name.len() > limits::KEY_NAME_BYTES {
        return Some(format!(
            "1 validation error detected: Value '{}' at 'timeToLiveSpecification.attributeName' failed to satisfy constraint: Member must have length less than or equal to {}",
            wanted.attribute_name,
            limits::KEY_NAME_BYTES
        ));
    }
    let request = DescribeTimeToLiveRequest { table_name: request.table_name.clone() };
    // Of a table that is not there, too.
    let now = ready(describe_time_to_live::execute(storage, request)).ok()?;
    match now.time_to_live_description.attribute_name {
        Some(current) if current != wanted.attribute_name => Some(format!(
            "TimeToLive is active on a different AttributeName: current AttributeName is {current}"
        )),
        Some(_) if wanted.enabled => Some("TimeToLive is already enabled".to_owned()),
        None if !wanted.enabled => Some("TimeToLive is already disabled".to_owned()),
        Some(_) | None => None,
    }
}

/// Lists tags. What is not there is denied in other accounts alone.
pub(super) fn list_tags_of_resource(
    storage: &Storage,
    mut request: ListTagsOfResourceRequest,
    arns: &Arns,
) -> Result<ListTagsOfResourceResponse, DynoxideError> {
    let own = request.resource_arn.clone().filter(|arn| arns.table_of(arn).is_some());
    check_listed(&mut request.resource_arn, arns)?;
    let listed = ready(list_tags_of_resource::execute(storage, request));
    listed.map_err(|error| match (error, own) {
        // Source: recorded on AWS (dynalite's tests against it), the lost letter too.
        (DynoxideError::AccessDeniedException(_), Some(arn)) => {
            let message = format!("Requested resource not found: ResourcArn: {arn} not found");
            DynoxideError::ResourceNotFoundException(message)
        }
        (error, _) => error,
    })
}

/// A resource that is tagged: a table of this region and account, and nothing that the engine would take for one.
pub(super) fn check_tagged(arn: &mut Option<String>, arns: &Arns) -> Result<(), DynoxideError> {
    let Some(given) = arn.as_deref().filter(|arn| !arn.is_empty()) else { return Ok(()) };
    let Some(table) = arns.table_of(given) else {
        let is_another = TableArn::parse(given).is_some_and(|arn| arn.within == Within::Table);
        return Err(if is_another {
            let message = format!("Requested resource not found: ResourcArn: {given} not found");
            DynoxideError::ResourceNotFoundException(message)
        } else {
            invalid(given)
        });
    };
    // The engine knows one partition.
    if !given.starts_with("arn:aws:") {
        *arn = Some(streams::table_arn(table));
    }
    Ok(())
}

fn check_listed(arn: &mut Option<String>, arns: &Arns) -> Result<(), DynoxideError> {
    let Some(given) = arn.as_deref().filter(|arn| !arn.is_empty()) else { return Ok(()) };
    let Some(named) = TableArn::parse(given).filter(|arn| arn.within == Within::Table) else {
        return Err(invalid(given));
    };
    if arns.table_of(given).is_none() {
        return Err(DynoxideError::AccessDeniedException(format!(
            "User: arn:aws:iam::000000000000:root is not authorized to perform: dynamodb:ListTagsOfResource on resource: {given}"
        )));
    }
    if named.partition != "aws" {
        *arn = Some(streams::table_arn(named.table));
    }
    Ok(())
}

fn invalid(arn: &str) -> DynoxideError {
    let message = format!("Invalid TableArn: Invalid ResourceArn provided as input {arn}");
    DynoxideError::ValidationException(message)
}
