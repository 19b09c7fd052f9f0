//! What a Lambda authorizer's function returns: read alike twice, within bounds, each name of the context once.

use std::collections::HashSet;

use vestibule_gateway::check_authorizer_result;

/// Bytes that a result may have.
const BYTES_MAX: usize = 8 * 1024;

/// Reads the bytes as a result.
pub fn authorizer_result(data: &[u8]) {
    let read = check_authorizer_result(data);
    assert_eq!(read, check_authorizer_result(data), "read otherwise the second time");
    let values = match read {
        Ok(values) => values,
        Err(why) => return assert!(!why.is_empty(), "refused without a reason"),
    };
    assert!(data.len() <= BYTES_MAX, "{} bytes were taken", data.len());
    let names: HashSet<&str> = values.iter().map(|(name, _)| name.as_str()).collect();
    assert_eq!(names.len(), values.len(), "a name stands twice: {values:?}");
    let first = values.first().map(|(name, _)| name.as_str());
    assert_eq!(first, Some("principalId"));
}
