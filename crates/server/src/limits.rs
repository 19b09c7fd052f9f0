//! Every limit of this crate: what input may drive, its unit, and what happens past it.
//! The limits of requests and bodies are the gateway's.

use std::time::Duration;

/// Bytes of a settings file. A longer one is refused.
pub const SETTINGS_FILE_BYTES_MAX: u64 = 1024 * 1024;

/// Characters of a line shown under an error in a settings file. A longer line is cut around the
/// spot that is meant.
pub const EXCERPT_CHARS_MAX: usize = 120;

/// Characters of a value that an error repeats. A longer one is cut.
pub const QUOTED_CHARS_MAX: usize = 100;

/// Files that one setting may name. More are refused.
pub const FILES_MAX: usize = 1_000;

/// Names that the setting `admin_hosts` may hold. More are refused.
pub const ADMIN_HOSTS_MAX: usize = 100;

/// Characters of a host name (RFC 1035). A longer one is refused.
pub const HOST_NAME_CHARS_MAX: usize = 253;

/// Variables of a stage (AWS: 100). More are refused.
pub const STAGE_VARIABLES_MAX: usize = 100;

/// Characters of a stage variable's name (AWS: 64). A longer one is refused.
pub const STAGE_VARIABLE_NAME_CHARS_MAX: usize = 64;

/// Characters of a stage variable's value (AWS: 512). A longer one is refused.
pub const STAGE_VARIABLE_VALUE_CHARS_MAX: usize = 512;

/// Values that the setting `parameters` may give. More are refused.
pub const PARAMETERS_MAX: usize = 1_000;

/// Bytes of the value of a parameter (AWS: 4,096). A longer one is refused.
pub const PARAMETER_BYTES_MAX: usize = 4_096;

/// Seconds that `drain_seconds` may ask for: an hour. More is refused.
pub const DRAIN_SECONDS_MAX: u64 = 3_600;

/// Connections open at once on one listener. Further ones wait in the system's backlog, unanswered,
/// until one closes.
pub const CONNECTIONS_MAX: usize = 10_000;

/// Bytes of a request's head (line and headers together). HTTP/1 answers 431 past it, HTTP/2
/// likewise. AWS allows 10,240 bytes of headers; this limit is above that, so that the gateway
/// itself refuses what AWS refuses.
pub const HEAD_BYTES_MAX: u32 = 64 * 1024;

/// Streams open at once on one HTTP/2 connection. Past it the client must wait (HTTP/2's own
/// flow: such a stream is refused and may be tried again).
pub const HTTP2_STREAMS_MAX: u32 = 200;

/// Time for a whole HTTP/1 request head, from the connection's start or from the end of the answer
/// before it: so it is also how long a kept-alive connection may wait. Past it the connection is
/// closed without an answer.
pub const HEAD_TIMEOUT: Duration = Duration::from_secs(60);

/// Time for which a connection with no request being answered may move no byte, in either
/// direction. Past it the connection is closed: an idle HTTP/2 connection, a client that sends
/// nothing, a client that does not read its answer.
pub const IDLE_TIMEOUT: Duration = Duration::from_secs(60);

/// Looks at a connection for each [`IDLE_TIMEOUT`]: an idle one is closed after at most
/// `1 + 1 / IDLE_LOOKS` of it.
pub const IDLE_LOOKS: u32 = 4;

/// Time that a connection told to close has for its last words. Past it, it is cut.
pub const CLOSE_TIMEOUT: Duration = Duration::from_secs(5);

/// Wait before the next accept when the system refused one (out of file descriptors).
pub const ACCEPT_PAUSE: Duration = Duration::from_secs(1);

/// Bytes of one case of `render --cases`. A longer one ends the run.
pub const CASE_BYTES_MAX: usize = 32 * 1024 * 1024;

/// Bytes of a definition, or of a file that one names. A longer one is refused; what the readers take of it has its own limits.
pub const DEFINITION_FILE_BYTES_MAX: u64 = 32 * 1024 * 1024;

/// Time without a change in the folders of the definitions after which they are read: a save is several changes.
pub const CHANGE_QUIET: Duration = Duration::from_millis(10);

/// Time after which definitions are read although their folders do not come to rest.
pub const CHANGE_SETTLED: Duration = Duration::from_millis(50);

/// Time for which a changed definition has to stay as it is before it is said to have errors.
pub const ERROR_CONFIRMED: Duration = Duration::from_millis(100);

/// Times that definitions are read again at once because a file changed while they were read. After it they are taken as
/// they are, until the next change.
pub const RELOADS_MAX: usize = 20;

/// Files that the line about a reload names. Further ones are counted.
pub const NAMED_FILES_MAX: usize = 3;

/// Calls to one host of a backend that are under way at one time. A further one waits within its integration's timeout.
pub const OUTBOUND_CALLS_PER_HOST_MAX: usize = 512;

/// Calls to all backends together that are under way at one time. A further one waits within its integration's timeout.
pub const OUTBOUND_CALLS_MAX: usize = 2_048;

/// Connections to one host that are kept for the next call. Further ones are closed after their answer.
pub const OUTBOUND_IDLE_PER_HOST_MAX: usize = 64;

/// Time for which a connection to a backend is kept without a call: less than the 5 s after which common servers (Node.js,
/// Apache, Uvicorn) close it, so that few calls meet a connection that is being closed.
pub const OUTBOUND_IDLE_TIMEOUT: Duration = Duration::from_secs(4);

/// Time for connecting to a backend, over all its addresses. An integration's timeout may end it before.
pub const OUTBOUND_CONNECT_TIMEOUT: Duration = Duration::from_secs(10);

/// Bytes of the head of a backend's answer. A longer one is no answer (504).
pub const OUTBOUND_HEAD_BYTES_MAX: usize = 64 * 1024;

/// Headers of a backend's answer. An answer with more is none (504).
pub const OUTBOUND_HEADERS_MAX: usize = 200;

/// Bytes of a body that `vestibule invoke` reads from a file: more than any request may have, so that the answer is still AWS's
/// 413. A longer file is refused.
pub const REQUEST_BODY_BYTES_MAX: usize = 11 * 1024 * 1024;
