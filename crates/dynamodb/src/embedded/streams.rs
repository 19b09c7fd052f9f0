//! Streams of tables, and changes of tables that AWS refuses as the tables are, which the engine does over.

use dynoxide::DynoxideError;
use dynoxide::actions::create_table::StreamSpecification;
use dynoxide::actions::update_table::UpdateTableRequest;
use dynoxide::storage::Storage;

use crate::limits;

fn refuse(message: String) -> DynoxideError {
    DynoxideError::ValidationException(message)
}

/// The kinds of view of a stream, in the order in which AWS lists them.
const VIEWS: [&str; 4] = ["OLD_IMAGE", "KEYS_ONLY", "NEW_AND_OLD_IMAGES", "NEW_IMAGE"];

/// A kind of view that there is not.
pub(super) fn check_view(stream: Option<&StreamSpecification>) -> Result<(), DynoxideError> {
    let view = stream.and_then(|stream| stream.stream_view_type.as_deref());
    match view.filter(|view| !VIEWS.contains(view)) {
        Some(view) => Err(refuse(format!(
            "1 validation error detected: Value '{view}' at 'streamSpecification.streamViewType' failed to satisfy constraint: Member must satisfy enum value set: [{}]",
            VIEWS.join(", ")
        ))),
        None => Ok(()),
    }
}

/// A stream that is on or off already, and more than one index at once.
///
/// AWS docs: "UpdateTable". Its words for streams are in issues of ExAws and of AWS's controllers for Kubernetes.
pub(super) fn check_update(
    storage: &Storage,
    request: &UpdateTableRequest,
) -> Result<(), DynoxideError> {
    check_view(request.stream_specification.as_ref())?;
    let updates = request.global_secondary_index_updates.iter().flatten();
    let made_or_gone = updates.filter(|one| one.create.is_some() || one.delete.is_some()).count();
    if made_or_gone > limits::INDEXES_AT_ONCE {
        return Err(DynoxideError::LimitExceededException(
            "Subscriber limit exceeded: Only 1 online index can be created or deleted simultaneously per table".to_owned(),
        ));
    }
    let Some(stream) = &request.stream_specification else { return Ok(()) };
    let table = storage.get_table_metadata(&request.table_name)?;
    let Some(table) = table else { return Ok(()) };
    match (table.stream_enabled, stream.stream_enabled) {
        (true, true) => Err(refuse(format!(
            "Table already has an enabled stream: TableName: {}",
            request.table_name
        ))),
        (false, false) => Err(refuse(format!(
            "Table has no stream to disable: TableName: {}",
            request.table_name
        ))),
        (true, false) | (false, true) => Ok(()),
    }
}

/// A stream whose label is not the table's: the engine looks at the table alone.
pub(super) fn check_stream(storage: &Storage, arn: &str) -> Result<(), DynoxideError> {
    let mut parts = arn.split('/').skip(1);
    let (Some(table), Some("stream"), Some(label)) = (parts.next(), parts.next(), parts.next())
    else {
        return Err(no_stream(arn));
    };
    let table = storage.get_table_metadata(table)?;
    match table.and_then(|table| table.stream_label) {
        Some(known) if known == label => Ok(()),
        Some(_) | None => Err(no_stream(arn)),
    }
}

fn no_stream(arn: &str) -> DynoxideError {
    DynoxideError::ResourceNotFoundException(format!(
        "Requested resource not found: Stream: {arn} not found"
    ))
}
