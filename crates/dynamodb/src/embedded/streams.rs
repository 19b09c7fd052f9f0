//! Streams of tables, and changes of tables that AWS refuses as the tables are, which the engine does over.

use dynoxide::DynoxideError;
use dynoxide::actions::create_table::StreamSpecification;
use dynoxide::actions::get_shard_iterator::{decode_shard_iterator, encode_shard_iterator};
use dynoxide::actions::update_table::UpdateTableRequest;
use dynoxide::storage::Storage;
use dynoxide::streams::shard_id;

use crate::limits;
use crate::wire::Arns;

fn refuse(message: String) -> DynoxideError {
    DynoxideError::ValidationException(message)
}

/// The kinds of view of a stream, in the order in which AWS lists them.
const VIEWS: [&str; 4] = ["OLD_IMAGE", "KEYS_ONLY", "NEW_AND_OLD_IMAGES", "NEW_IMAGE"];

/// A number of streams that no page has (AWS docs: ListStreams).
pub(super) fn check_limit(limit: Option<usize>) -> Result<(), DynoxideError> {
    let bound = match limit {
        Some(0) => "greater than or equal to 1",
        Some(limit) if limit > limits::STREAMS_LISTED => "less than or equal to 100",
        Some(_) | None => return Ok(()),
    };
    let limit = limit.unwrap_or_default();
    Err(refuse(format!(
        "1 validation error detected: Value '{limit}' at 'limit' failed to satisfy constraint: Member must have value {bound}"
    )))
}

/// A kind of view that there is not, or none of a stream that is to be on (words: DynamoDB Local).
pub(super) fn check_view(stream: Option<&StreamSpecification>) -> Result<(), DynoxideError> {
    let view = stream.and_then(|stream| stream.stream_view_type.as_deref());
    if stream.is_some_and(|stream| stream.stream_enabled) && view.is_none_or(str::is_empty) {
        return Err(refuse(
            "Invalid StreamViewType: Stream ViewType must not be null or empty when enabling streams."
                .to_owned(),
        ));
    }
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

/// A stream that is another's, or whose label is not the table's: the engine looks for a name behind the first `/` alone.
pub(super) fn check_stream(storage: &Storage, arn: &str, arns: &Arns) -> Result<(), DynoxideError> {
    let Some((table, label)) = arns.stream_of(arn) else { return Err(no_stream(arn)) };
    if is_on(storage, table, label)? { Ok(()) } else { Err(no_stream(arn)) }
}

fn is_on(storage: &Storage, table: &str, label: &str) -> Result<bool, DynoxideError> {
    let table = storage.get_table_metadata(table)?;
    Ok(table
        .is_some_and(|table| table.stream_enabled && table.stream_label.as_deref() == Some(label)))
}

/// An iterator with the stream that it is of in the place of the table, so that policies are asked about the stream.
pub(super) fn with_stream(storage: &Storage, iterator: Option<String>) -> Option<String> {
    let (table, shard, position) = decode_shard_iterator(&iterator?)?;
    let label = storage.get_table_metadata(&table).ok()??.stream_label?;
    Some(encode_shard_iterator(&format!("{table}{STREAM}{label}"), &shard, position))
}

/// What stands between a table's name and the label of its stream, as in ARNs.
const STREAM: &str = "/stream/";

/// The stream that an iterator of this store is of, `NAME/stream/LABEL`; none of what is no iterator.
pub(crate) fn stream_of_iterator(iterator: &str) -> Option<String> {
    let (stream, _, _) = decode_shard_iterator(iterator)?;
    let (table, label) = stream.split_once(STREAM)?;
    let is_whole = |part: &str| !part.is_empty() && !part.contains(['/', ':']);
    (is_whole(table) && is_whole(label)).then_some(stream)
}

/// The engine's iterator for one of this store: of a stream that is on, and of its one shard. Iterators are not signed.
pub(super) fn engines_iterator(storage: &Storage, iterator: &str) -> Result<String, DynoxideError> {
    let unknown = || refuse("Invalid shard iterator".to_owned());
    let (_, shard, position) = decode_shard_iterator(iterator).ok_or_else(unknown)?;
    let stream = stream_of_iterator(iterator).ok_or_else(unknown)?;
    let (table, label) = stream.split_once(STREAM).ok_or_else(unknown)?;
    if shard != shard_id(table) || !is_on(storage, table, label)? {
        return Err(unknown());
    }
    Ok(encode_shard_iterator(table, &shard, position))
}

fn no_stream(arn: &str) -> DynoxideError {
    DynoxideError::ResourceNotFoundException(format!(
        "Requested resource not found: Stream: {arn} not found"
    ))
}
