//! Every bound of this crate, with its unit and what happens past it.
//!
//! Objects, elements, text and output of a render are bounded by the heap that all of its values
//! share.

/// Longest JSON text that is parsed, in bytes. AWS: 10 MB of payload. Past it, parsing fails.
pub const JSON_BYTES_MAX: usize = 10 * 1024 * 1024;

/// Deepest nesting of arrays and objects in a JSON text. json-smart: 400. Past it, parsing fails.
pub const JSON_DEPTH_MAX: usize = 400;

/// Longest number literal in a JSON text, in bytes. Reading digits costs their square. Past it,
/// parsing fails.
pub const NUMBER_BYTES_MAX: usize = 1_000;

/// Deepest nesting of lists and maps that is written as JSON. It lies above [`JSON_DEPTH_MAX`], so
/// that what was parsed can be written. Past it, or when a value contains itself, writing fails.
pub const WRITE_DEPTH_MAX: usize = 500;

/// Longest path expression, in bytes. Past it, compiling fails.
pub const PATH_BYTES_MAX: usize = 4 * 1024;

/// Most steps of one path. Past it, compiling fails.
pub const PATH_STEPS_MAX: usize = 100;

/// Most elements that one read may look at. Past it, reading fails.
pub const READ_VISITS_MAX: u64 = 5_000_000;

/// Most results of one read. Past it, reading fails.
pub const READ_RESULTS_MAX: usize = 1_000_000;

/// Deepest nesting that a deep scan (`..`) follows. It lies above [`JSON_DEPTH_MAX`]. Past it, or
/// when a value contains itself, reading fails.
pub const SCAN_DEPTH_MAX: usize = 500;

/// Steps a regular expression that looks around or back may take for one text, besides 32 for each of its bytes. Past it,
/// reading fails.
pub const REGEX_BACKTRACKS_MAX: usize = 1_000_000;
