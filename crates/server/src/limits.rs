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

/// Entries of a table or list in a section of a settings file. More are refused.
pub const SECTION_ENTRIES_MAX: usize = 1_000;

/// Bytes of a file with one secret. A longer one is refused.
pub const SECRET_FILE_BYTES_MAX: u64 = 64 * 1024;

/// Files that one setting may name. More are refused.
pub const FILES_MAX: usize = 1_000;

/// Names that each of the settings `admin_hosts` and `aws_hosts` may hold. More are refused.
pub const HOSTS_MAX: usize = 100;

/// Bytes of a body that are read of a request to the AWS endpoints that is refused by its head: AWS tells first that a body is no
/// JSON. Of a longer one that is not told.
pub const AWS_REFUSED_BODY_BYTES_MAX: usize = 64 * 1024;

/// Time for the body of a request to the AWS endpoints. Past it: 408.
pub const AWS_BODY_TIMEOUT: Duration = Duration::from_secs(30);

/// Time for what is done about a request to the AWS endpoints once its body is there: what its caller may do is decided, and the
/// store is called. Past it: 500, and SDKs try again.
pub const AWS_CALL_TIMEOUT: Duration = Duration::from_secs(30);

/// Characters that a line of the log tells of why a signature admits nobody: parts of it are the client's. The rest is cut.
pub const AWS_REASON_CHARS_MAX: usize = 400;

/// Signing keys that the AWS endpoints keep, of an access key and a day each. With more, those that nobody asks for are forgotten.
pub const AWS_SIGNING_KEYS_MAX: usize = 1_000;

/// Statements of policies that one line of the log explains. Further ones are counted.
pub const EXPLAINED_STATEMENTS_MAX: usize = 5;

/// Access keys that the setting `access_keys` may have. More are refused.
pub const ACCESS_KEYS_MAX: usize = 100;

/// Services that the setting `endpoints` may name. More are refused.
pub const ENDPOINTS_MAX: usize = 100;

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

/// Attempts that `dynamodb_attempts` may ask for. More are refused.
pub const DYNAMODB_ATTEMPTS_MAX: u32 = 10;

/// Seconds that `drain_seconds` and `drain_delay_seconds` may ask for: an hour. More is refused.
pub const DRAIN_SECONDS_MAX: u64 = 3_600;

/// Connections open at once on one listener. Further ones wait in the system's backlog, unanswered,
/// until one closes.
pub const CONNECTIONS_MAX: usize = 10_000;

/// Connections of one client open at once on one listener: half of all, so that none has them all.
/// A client is an IPv4 address or an IPv6 network of 64 bits; trusted proxies are not counted.
/// Further ones are closed at once, with one line in the log.
pub const CLIENT_CONNECTIONS_MAX: usize = CONNECTIONS_MAX / 2;

/// Networks that the setting `trusted_proxies` may hold. More are refused.
pub const TRUSTED_PROXIES_MAX: usize = 100;

/// Bytes of a preamble of the PROXY protocol. A longer one is refused, and the connection closed.
pub const PREAMBLE_BYTES_MAX: usize = 4_096;

/// Time for the rest of a preamble from its first byte on. Past it the connection is closed.
pub const PREAMBLE_TIMEOUT: Duration = Duration::from_secs(5);

/// TLS handshakes at once. Further ones wait, within their time; those that are silent make room for them.
pub const HANDSHAKES_MAX: usize = 1_000;

/// Time for a TLS handshake, from the connection's start or the end of its preamble. Past it the connection is closed.
pub const HANDSHAKE_TIMEOUT: Duration = Duration::from_secs(10);

/// Time without a byte after which a TLS handshake is ended, when all that may be made at once are under way.
pub const HANDSHAKE_SILENCE: Duration = Duration::from_secs(1);

/// Tickets with which a client may come back without a whole handshake, for each TLS 1.3 connection.
pub const TLS_TICKETS: usize = 2;

/// Bytes of a truststore. A longer one is refused.
pub const TRUSTSTORE_BYTES_MAX: usize = 1024 * 1024;

/// Certificates of a truststore. One with more is refused.
pub const TRUSTSTORE_CERTIFICATES_MAX: usize = 1_000;

/// Certificates of a client's chain. A client with more is not let in.
pub const CLIENT_CHAIN_MAX: usize = 4;

/// Time between two looks at the files of a certificate. The system mostly tells of a change at once.
pub const CERTIFICATE_LOOK: Duration = Duration::from_secs(60);

/// Time for which a new certificate and key have to stay as they are before they are said not to
/// fit: one of them is always written first.
pub const PAIR_CONFIRMED: Duration = Duration::from_millis(500);

/// Bytes of a request's head (line and headers together). HTTP/1 answers 431 past it, HTTP/2
/// likewise; a head that goes on and on in CONTINUATION frames ends its connection. HTTP/1 also
/// answers 431 to more than 100 headers, which is hyper's own limit. AWS allows 10,240 bytes of headers; this limit is above that, so that the gateway
/// itself refuses what AWS refuses.
pub const HEAD_BYTES_MAX: u32 = 64 * 1024;

/// Streams open at once on one HTTP/2 connection. Past it the client must wait (HTTP/2's own
/// flow: such a stream is refused and may be tried again).
pub const HTTP2_STREAMS_MAX: u32 = 200;

/// HTTP/2 streams of one connection that a client reset before they were looked at. Past it the
/// connection is closed (ENHANCE_YOUR_CALM): such a client asks and takes back faster than it is
/// answered.
pub const HTTP2_PENDING_RESETS_MAX: usize = 20;

/// HTTP/2 streams of one connection that were refused because of an error of the client. Past it the
/// connection is closed (ENHANCE_YOUR_CALM).
pub const HTTP2_REFUSALS_MAX: usize = 1_024;

/// Bytes of answers that one HTTP/2 stream holds ready for a client that does not take them. Past
/// it the rest waits where it is.
pub const HTTP2_SEND_BYTES_MAX: usize = 400 * 1024;

/// Bytes of bodies that the streams of one HTTP/2 connection may send before they are read. Past it
/// the client waits.
pub const HTTP2_UNREAD_BYTES_MAX: u32 = 1024 * 1024;

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

/// Requests whose spans wait for their export. Those of further ones are lost and counted (OpenTelemetry: 2,048).
pub const OTLP_QUEUE_MAX: usize = 2_048;

/// Requests whose spans are exported together (OpenTelemetry: 512).
pub const OTLP_BATCH: usize = 512;

/// Time without a loss after which a collector that was too slow keeps up again.
pub const OTLP_KEEPS_UP: Duration = Duration::from_secs(60);

/// Bytes of a collector's answer that are read.
pub const OTLP_ANSWER_BYTES_MAX: usize = 64 * 1024;

/// Bytes of lines of the access log that wait for being written. Further ones are lost and counted.
pub const ACCESS_LOG_QUEUE_BYTES_MAX: usize = 16 * 1024 * 1024;

/// Bytes of lines of the access log that wait for no others before they are written.
pub const ACCESS_LOG_BATCH_BYTES: usize = 64 * 1024;

/// Time that a line of the access log waits for others before it is written.
pub const ACCESS_LOG_LINGER: Duration = Duration::from_millis(20);

/// Bytes of memory that are kept for lines of the access log when none wait.
pub const ACCESS_LOG_BUFFER_BYTES: usize = 256 * 1024;

/// Time between two lines of the log that say how many lines of the access log were lost.
pub const ACCESS_LOG_REPORT: Duration = Duration::from_secs(10);

/// Megabytes that `access_log_max_mb` may ask for. More is refused.
pub const ACCESS_LOG_MB_MAX: u64 = 1_000_000;

/// Megabytes that `cache_mb` may ask for, at least: the largest answers have 1 MB. Less is refused.
pub const CACHE_MB_MIN: u64 = 8;

/// The same at most. More is refused.
pub const CACHE_MB_MAX: u64 = 1_000_000;

/// Files that `access_log_files` may ask for. More are refused.
pub const ACCESS_LOG_FILES_MAX: u32 = 1_000;

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

/// Time for looking credentials up, over all that is asked for them. Past it there are none.
pub const CREDENTIALS_TIMEOUT: Duration = Duration::from_secs(10);

/// Time for an answer of STS or of whoever gives credentials to a container.
pub const CREDENTIALS_ANSWER_TIMEOUT: Duration = Duration::from_secs(5);

/// Time for an answer of the metadata service of EC2, which is near or not there (AWS's tools: 1 s).
pub const METADATA_TIMEOUT: Duration = Duration::from_secs(1);

/// Bytes of an answer or of a command's output with credentials in it. A longer one is none.
pub const CREDENTIALS_BYTES_MAX: usize = 64 * 1024;

/// Characters of a text that STS or the metadata service says of a refusal. A longer one is cut.
pub const CREDENTIALS_WORDS_MAX: usize = 300;

/// Time for which it is remembered that there are no credentials: nobody is asked again before.
pub const CREDENTIALS_FAILED: Duration = Duration::from_secs(5);

/// Time before credentials expire from which on they are renewed beside the requests; half of their life where that is shorter.
pub const CREDENTIALS_RENEWED_BEFORE: Duration = Duration::from_secs(10 * 60);

/// Time after which credentials that could not be renewed, and are still good, are tried again.
pub const CREDENTIALS_RETRY: Duration = Duration::from_secs(30);

/// Time before credentials expire from which on they are not used: a request is on its way for a while.
pub const CREDENTIALS_LEEWAY: Duration = Duration::from_secs(10);

/// Time after which files with credentials that do not expire are read again.
pub const CREDENTIALS_REREAD: Duration = Duration::from_secs(60);

/// Bytes of a shared file of AWS's tools. A longer one is refused.
pub const PROFILE_FILE_BYTES_MAX: usize = 1024 * 1024;

/// Profiles that name one another as `source_profile`. More are refused.
pub const PROFILE_CHAIN_MAX: usize = 10;

/// Roles that are assumed at one time. A further one waits, within the time for its credentials.
pub const ROLES_ASSUMED_MAX: usize = 16;

/// Calls to one host of a backend that are under way at one time. A further one waits within its integration's timeout.
pub const OUTBOUND_CALLS_PER_HOST_MAX: usize = 512;

/// Calls to all backends together that are under way at one time. A further one waits within its integration's timeout.
pub const OUTBOUND_CALLS_MAX: usize = 2_048;

/// Hosts of backends whose calls are counted. With more, those that nobody calls are forgotten.
pub const OUTBOUND_HOSTS_KEPT_MAX: usize = 1_024;

/// File descriptors that all connections take together, with 256 for files, the store and the admin listener. When the system
/// allows fewer, the program says so at its start.
pub const DESCRIPTORS_NEEDED: u64 =
    (CONNECTIONS_MAX + OUTBOUND_CALLS_MAX + STORE_CALLS_MAX + 256) as u64;

/// Connections to one host that are kept for the next call. Further ones are closed after their answer.
pub const OUTBOUND_IDLE_PER_HOST_MAX: usize = 64;

/// Time for which a connection to a backend is kept without a call: less than the 5 s after which common servers (Node.js,
/// Apache, Uvicorn) close it, so that few calls meet a connection that is being closed.
pub const OUTBOUND_IDLE_TIMEOUT: Duration = Duration::from_secs(4);

/// Lookups of host names that are under way at one time, also those whose call is given up. A further one waits within its
/// integration's timeout: a name server that does not answer takes no thread from the rest of the program.
pub const OUTBOUND_LOOKUPS_MAX: usize = 64;

/// Time for connecting to a backend, over all its addresses, TLS with it. An integration's timeout may end it before.
pub const OUTBOUND_CONNECT_TIMEOUT: Duration = Duration::from_secs(10);

/// Calls of the store that are under way at one time, to one node and in all: it has connections of its own, which no other
/// backend takes. A further one waits within its time.
pub const STORE_CALLS_MAX: usize = 1_024;

/// Connections to one node of the store that are kept for the next call. Further ones are closed after their answer.
pub const STORE_IDLE_PER_NODE_MAX: usize = 256;

/// Time for which a connection to the store is kept without a call: less than the 10 s and more after which stores close it.
pub const STORE_IDLE_TIMEOUT: Duration = Duration::from_secs(8);

/// Time for connecting to a node of the store, TLS with it.
pub const STORE_CONNECT_TIMEOUT: Duration = Duration::from_secs(3);

/// Bytes of the head of a backend's answer. A longer one is no answer (504).
pub const OUTBOUND_HEAD_BYTES_MAX: usize = 64 * 1024;

/// Headers of a backend's answer. An answer with more is none (504).
pub const OUTBOUND_HEADERS_MAX: usize = 200;

/// Bytes of a body that `vestibule invoke` reads from a file: more than any request may have, so that the answer is still AWS's
/// 413. A longer file is refused.
pub const REQUEST_BODY_BYTES_MAX: usize = 11 * 1024 * 1024;

/// From one writing of what was counted of quotas to the next. What a program that is killed forgets is as old as that and a writing.
pub const USE_WRITTEN_EVERY: Duration = Duration::from_secs(1);

/// Keys whose use is fetched and written together.
pub const USE_BATCH_KEYS_MAX: usize = 1_000;

/// Writings of use that are under way at one time.
pub const USE_WRITES_MAX: usize = 64;

/// Time for writing the last use at the end of the program.
pub const USE_CLOSE_TIMEOUT: Duration = Duration::from_secs(5);

/// Seconds for which the use of a day is kept, 400 days: what the table's time to live says.
pub const USE_KEPT_S: u64 = 400 * 86_400;

/// From one look at a table that is being made to the next.
pub const USE_TABLE_LOOKED_AT_EVERY: Duration = Duration::from_millis(250);

/// Looks at a table that is being made, some 30 s. Then it is used as if it were there.
pub const USE_TABLE_LOOKS_MAX: usize = 120;

/// Time between two rounds that look for items whose time to live is over. A round looks at some thousand items.
pub const EXPIRY_PAUSE: Duration = Duration::from_secs(1);

/// Time between two passes over all tables that have a time to live. AWS deletes within a few days.
pub const EXPIRY_PASS_PAUSE: Duration = Duration::from_secs(60);

/// How long the shared store may take to answer a call. Past it the connection to it is given up. No request waits as long.
pub const SHARED_CALL_TIMEOUT: Duration = Duration::from_millis(250);

/// How long it may take until a connection to the shared store can be used: name, TCP, TLS, login.
pub const SHARED_CONNECT_TIMEOUT: Duration = Duration::from_secs(2);

/// Time before the shared store is connected to again, the first time; then twice as much each time.
pub const SHARED_BACKOFF_FIRST: Duration = Duration::from_millis(50);

/// The same at most. All of these times are spread by a quarter either way.
pub const SHARED_BACKOFF_MAX: Duration = Duration::from_secs(2);

/// Time between two moments at which a gateway says in the shared store that it is there.
pub const SHARED_PRESENCE_INTERVAL: Duration = Duration::from_secs(2);

/// The same while it waits for others that were there before the store was lost.
pub const SHARED_GATHERING_INTERVAL: Duration = Duration::from_millis(200);

/// Seconds after which a gateway that does not say so counts no more.
pub const SHARED_FORGOTTEN_S: u64 = 7;

/// How long it is known that a cached answer in the shared store was invalidated: longer than any call of an integration lasts.
pub const SHARED_KEY_VERSION_KEPT: Duration = Duration::from_secs(600);

/// How long it is known that a stage's answers were flushed: longer than any answer is kept (AWS: an hour).
pub const SHARED_STAGE_VERSION_KEPT: Duration = Duration::from_secs(7_200);

/// Gateways that the setting `gateways` may say. More are refused.
pub const GATEWAYS_MAX: u32 = 10_000;

/// How long a running program may take to flush what it keeps. It asks a shared store once for each stage.
pub const FLUSH_TIMEOUT: Duration = Duration::from_secs(60);

/// Bytes of what it says about that: a line for each stage.
pub const FLUSH_ANSWER_BYTES_MAX: usize = 1024 * 1024;
