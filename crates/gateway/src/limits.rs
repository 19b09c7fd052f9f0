//! What a request and a definition may ask of the gateway. Values are AWS's where AWS has one.

use std::time::Duration;
use vestibule_restapi::Integration;

/// The limits that are AWS's choice. An operator may have wider ones, which this process can bear.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limits {
    /// Bytes of a request body, as it is sent and as it is decompressed. Past it the answer is 413 `REQUEST_TOO_LARGE`.
    pub body_bytes: usize,
    /// How long a client may take to send its body. Past it the answer is 408 (inferred) and the connection closes.
    pub body_wait: Duration,
    /// Bytes of all header names and values of a request together. Past it the answer is 431 (inferred).
    pub headers_bytes: usize,
    /// Bytes of the path with its query. Past it the answer is 414 (inferred).
    pub target_bytes: usize,
    /// Bytes of an answer, of an endpoint or to the client. Past it the answer is 500.
    pub response_bytes: usize,
    /// Milliseconds of an integration's timeout. A definition with a longer one is refused.
    pub timeout_ms: u32,
}

impl Limits {
    /// AWS's own: a payload of 10 MB, 10,240 bytes of headers, 10,240 bytes of a URL (regional endpoints), 29 s. How long a body
    /// may take is not documented there.
    pub const AWS: Limits = Limits {
        body_bytes: 10 * MB,
        body_wait: Duration::from_secs(30),
        headers_bytes: 10_240,
        target_bytes: 10_240,
        response_bytes: 10 * MB,
        timeout_ms: Integration::TIMEOUT_MS_MAX,
    };

    /// What protects this process alone. Heads end where the listener's do.
    pub const PROCESS: Limits = Limits {
        body_bytes: 100 * MB,
        body_wait: Duration::from_secs(300),
        headers_bytes: 64 * 1024,
        target_bytes: 64 * 1024,
        response_bytes: 100 * MB,
        timeout_ms: Integration::TIMEOUT_MS_BEARABLE,
    };
}

/// Characters of the value of an API key, at least. A definition with a shorter one is refused.
pub(crate) const API_KEY_CHARS_MIN: usize = 20;

/// Characters of the value of an API key, at most. A definition with a longer one is refused.
pub(crate) const API_KEY_CHARS_MAX: usize = 128;

const MB: usize = 1024 * 1024;

/// Bytes that the bodies of all requests in flight, and what large ones become, may take together. Past it the answer is
/// 503 (ours).
pub(crate) const BODIES_BYTES_MAX: usize = 512 * 1024 * 1024;

/// Bytes of all header names and values that mappings and templates may give one request to an endpoint or one answer. Past it the
/// answer is 500 (ours).
pub(crate) const HEADERS_BYTES_MAX: usize = 10_240;

/// Headers that mappings and templates may give one answer. Past it the answer is 500.
pub(crate) const RESPONSE_HEADERS_MAX: usize = 200;

/// Headers, query parameters and path parameters, each, that mappings and templates may give one integration request. Past
/// it the answer is 500.
pub(crate) const REQUEST_PARAMETERS_MAX: usize = 200;

/// Bytes of the URI of an endpoint with everything that is put into it. Past it the answer is 500.
pub(crate) const ENDPOINT_URI_BYTES_MAX: usize = 32 * 1024;

/// Bytes from which a body is work for a thread of its own: its reading as JSON, and templates over it.
pub(crate) const LARGE_BODY_BYTES: usize = 64 * 1024;

/// Bytes from which it is work for a thread of its own to look at each byte of a body a few times: to read what a function
/// answered, to hash, to encode. It takes some milliseconds for as many. To leave a thread takes as long as for some 100 KB, and more
/// where many leave theirs at once.
pub(crate) const LARGE_PASS_BYTES: usize = 512 * 1024;

/// What a large body may become in memory while it is worked on, as a multiple of its bytes. It counts towards
/// [`BODIES_BYTES_MAX`].
pub(crate) const LARGE_BODY_FACTOR: usize = 16;

/// Values in a body that is checked against a model. Past it the body is refused as one that does not fit (ours).
pub(crate) const BODY_VALUES_MAX: usize = 1_000_000;

/// Bytes of a body of which all violations are listed; of a larger one, the first.
pub(crate) const LISTED_BODY_BYTES_MAX: usize = 64 * 1024;

/// Segments of a resource's path. A definition with a deeper one is refused.
pub(crate) const PATH_SEGMENTS_MAX: usize = 128;

/// Resources of an API, with those that only lead to others (AWS: 300, and more when asked for). A definition with more is
/// refused. A request makes the gateway look at each at most once.
pub(crate) const RESOURCES_MAX: usize = 65_536;

/// Characters of a body or value that a log line shows.
pub(crate) const SHOWN_CHARS_MAX: usize = 200;

/// Violations of a model that one message lists; the others are left out.
pub(crate) const VIOLATIONS_MAX: usize = 20;

/// Characters that a shown value and a credential may have in common by chance; with more, the value is not shown.
pub(crate) const COMMON_CHARS_MAX: usize = 11;

/// Bytes of a custom domain's base path (AWS: 300). A longer one is refused at deployment.
pub(crate) const BASE_PATH_BYTES_MAX: usize = 300;

/// Bytes of a line of the access log, a little more when it is cut; the rest is left out.
pub(crate) const ACCESS_LOG_LINE_BYTES_MAX: usize = 64 * 1024;

/// Bytes of the form of a line of the access log (AWS docs: 3 KB, of HTTP APIs). A longer one is warned about.
pub(crate) const ACCESS_LOG_FORMAT_BYTES_MAX: usize = 3 * 1024;

/// Bytes of a body that a log line shows, as AWS's execution log does; the rest is left out.
pub(crate) const LOGGED_BODY_BYTES_MAX: usize = 1_024;

/// Steps of a render that it costs to compile a JSONPath which is no literal of the template.
pub(crate) const PATH_STEPS: u64 = 16;

/// Steps that each byte of such a path costs.
pub(crate) const PATH_BYTE_STEPS: u64 = 16;

/// Steps that such a path costs when there is a regular expression in it.
pub(crate) const PATH_REGEX_STEPS: u64 = 20_000;

/// Failed requests that are explained at once; then [`EXPLAINED_PER_SECOND`]. Those past it are counted, not explained.
pub(crate) const EXPLAINED_BURST: u64 = 20;

/// Failed requests a second that are explained.
pub(crate) const EXPLAINED_PER_SECOND: u64 = 5;

/// Requests at once that are told of in the execution log; then [`EXECUTION_LOGGED_PER_SECOND`]. Those past it are counted.
pub(crate) const EXECUTION_LOGGED_BURST: u64 = 200;

/// Requests a second that are told of in the execution log.
pub(crate) const EXECUTION_LOGGED_PER_SECOND: u64 = 100;

/// Bytes of a body that a trace keeps; the rest is left out.
pub(crate) const TRACED_BODY_BYTES_MAX: usize = 16 * 1024;

/// Bytes of a value, or of a header, that a trace keeps; the rest is left out.
pub(crate) const TRACED_VALUE_BYTES_MAX: usize = 1024;

/// Parameters or headers of one kind that a trace keeps; the others are left out.
pub(crate) const TRACED_PAIRS_MAX: usize = 100;

/// Bytes of a body, or of what a template makes of it, that is worked on again to explain a failure. With more, no cause is
/// looked for in it.
pub(crate) const EXPLAINED_BODY_BYTES_MAX: usize = 256 * 1024;

/// Members of such a body, at all its levels; with more, no cause is looked for in it.
pub(crate) const EXPLAINED_MEMBERS_MAX: usize = 10_000;

/// Credentials of one request that are looked for in what is shown of it; of a request with more, nothing is shown.
pub(crate) const CREDENTIALS_MAX: usize = 32;

/// Findings about one request; the others are left out.
pub(crate) const FINDINGS_MAX: usize = 5;

/// Traces that are kept; the oldest goes first.
pub(crate) const TRACES_MAX: usize = 256;

/// Bytes of all traces that are kept.
pub(crate) const TRACES_BYTES_MAX: usize = 8 * 1024 * 1024;

/// Members of one body in gzip. A body with more is answered as one that is not gzip, with 415.
pub(crate) const GZIP_MEMBERS_MAX: usize = 1_000;

/// How hard answers are compressed, 0 to 9: from here on time grows faster than bytes shrink.
pub(crate) const COMPRESSION_LEVEL: u32 = 3;

/// How long fetching the keys of an issuer may take.
pub(crate) const KEYS_TIMEOUT: Duration = Duration::from_secs(5);

/// How long the keys of an issuer are taken as they are; then they are fetched again beside the requests. A key that an issuer
/// takes back is taken for as long.
pub(crate) const KEYS_TTL: Duration = Duration::from_secs(600);

/// From one fetch of an issuer's keys to the next that a token with an unknown key id may cause.
pub(crate) const KEYS_INTERVAL: Duration = Duration::from_secs(10);

/// Time before the file of an issuer's keys is read again for an unknown key.
pub(crate) const KEYS_READ_INTERVAL: Duration = Duration::from_secs(1);

/// The same after a fetch that failed.
pub(crate) const KEYS_FAILED_INTERVAL: Duration = Duration::from_secs(5);

/// Tokens with a right signature that are known, of all issuers; the one that was not used for longest is verified again.
pub(crate) const VERIFIED_TOKENS_MAX: usize = 8_192;

/// Bytes of these tokens with their claims.
pub(crate) const VERIFIED_TOKENS_BYTES_MAX: usize = 16 * 1024 * 1024;

/// Tokens with a wrong signature that are known; likewise.
pub(crate) const FORGED_TOKENS_MAX: usize = 8_192;

/// Times that a backend is thought to decode a path. What is encoded more often is not looked into.
pub(crate) const PATH_DECODINGS_MAX: usize = 4;

/// Seconds by which `nbf` and `iat` of a token may lie in the future (inferred: clocks differ). `exp` has none.
pub(crate) const CLOCK_SKEW_S: u64 = 60;

/// Characters of one text in AWS's execution log (recorded: of a list of headers); the rest is left out.
pub(crate) const EXECUTION_LOG_CHARS_MAX: usize = 998;

/// Signing keys of callers that are kept; a key that was not used lately is derived again.
pub(crate) const SIGNING_KEYS_MAX: usize = 10_000;

/// Statements of policies that the explanation of a refused request goes through; the others are counted.
pub(crate) const EXPLAINED_STATEMENTS_MAX: usize = 20;

/// Bytes of what a Lambda authorizer's function returns (AWS: 8 KB). Past it the answer is 500.
pub(crate) const AUTHORIZER_RESULT_BYTES_MAX: usize = 8 * 1024;

/// How long a Lambda authorizer's function may take (AWS documents none for REST APIs; its longest integration's). Past it the
/// answer is 500.
pub(crate) const AUTHORIZER_TIMEOUT: Duration = Duration::from_secs(29);

/// Calls of one Lambda authorizer under way. Past it a request that needs one more is answered with 500 at once (ours).
pub(crate) const AUTHORIZER_CALLS_MAX: usize = 256;

/// Results of Lambda authorizers that are kept, about. Past it one that is used seldom goes.
pub(crate) const AUTHORIZER_RESULTS_MAX: usize = 20_000;

/// Bytes of all results that are kept. Past it one that is used seldom goes.
pub(crate) const AUTHORIZER_RESULTS_BYTES_MAX: u64 = 32 * 1024 * 1024;

/// What a result takes in memory at least, in bytes.
pub(crate) const AUTHORIZER_RESULT_BYTES_LEAST: usize = 1_024;

/// What a policy takes in memory as a multiple of its text, at most about.
pub(crate) const AUTHORIZER_POLICY_FACTOR: usize = 8;

/// How long it is remembered that a Lambda authorizer's function refused a caller or failed (ours). Until then it is not asked
/// the same again.
pub(crate) const REFUSED_CALLER_KEPT: Duration = Duration::from_secs(1);

/// Refusals and failures that are remembered; past it one goes.
pub(crate) const REFUSED_CALLERS_MAX: usize = 10_000;

/// Characters of a failure of a Lambda authorizer's function that its operator reads.
pub(crate) const AUTHORIZER_FAILURE_CHARS_MAX: usize = 600;

/// Identity sources of a Lambda authorizer. A definition with more is refused (ours).
pub(crate) const IDENTITY_SOURCES_MAX: usize = 50;

/// Statements of a policy of which an operator reads why they are not about a request; the others are left out.
pub(crate) const SHOWN_STATEMENTS_MAX: usize = 5;

/// Methods of a stage that a usage plan limits by themselves (AWS docs: 20). A plan with more is refused: each of its keys is
/// counted for each of them.
pub(crate) const PLAN_METHODS_MAX: usize = 20;

/// Days of which a key's use of a quota is known by the day: the longest period, and some for clocks that are set back. Past it the
/// oldest is forgotten.
pub(crate) const USED_DAYS_MAX: usize = 40;

/// Bytes of memory that cached answers take, at most, unless the operator says otherwise. AWS's smallest cache has 0.5 GB.
pub(crate) const CACHE_BYTES: u64 = 256 * 1024 * 1024;

/// Bytes of the body of an answer that is cached (AWS: 1,048,576 of a response). A larger one is answered and not kept.
pub(crate) const CACHED_BYTES_MAX: usize = 1_048_576;

/// What a cached answer takes in memory beside its body and headers, in bytes, about.
pub(crate) const CACHED_ENTRY_BYTES_LEAST: usize = 512;

/// What a cached answer usually takes in memory, in bytes: how many there may be about.
pub(crate) const CACHE_ENTRY_BYTES_USUAL: u64 = 8 * 1024;

/// Bytes of a part of the cache that has a lock of its own, at least: it has room for several of the largest answers.
pub(crate) const CACHE_SHARD_BYTES_LEAST: u64 = 8 * 1024 * 1024;

/// Parts of the cache that have a lock of their own.
pub(crate) const CACHE_SHARDS_MAX: u64 = 16;

/// Requests that wait for one answer to be fetched for the cache. Past it a request calls the integration itself (ours).
pub(crate) const CACHE_WAITERS_MAX: usize = 1_000;

/// How long a call of a store of answers that gateways share is waited for. Past it the integration is called as if there were no cache.
pub(crate) const CACHE_STORE_TIMEOUT: Duration = Duration::from_secs(1);

/// How long a request waits for the store in which gateways count together. Past it the gateway decides by its share.
pub(crate) const SHARED_WAIT_MAX: Duration = Duration::from_millis(50);

/// Requests that wait for that store. Past it the next one is decided by the gateway's share.
pub(crate) const SHARED_WAITING_MAX: usize = 20_000;

/// Different things that one call asks that store for. Past it the others are asked for in the next one.
pub(crate) const SHARED_ASKS_MAX: usize = 1_000;

/// Periods of a quota of which a gateway knows something by itself: this one and the one before.
pub(crate) const SHARED_PERIODS_MAX: usize = 2;

/// How long a caller of whose limit nothing is left is refused without asking that store again, at most.
pub(crate) const SHARED_REFUSED_MAX: Duration = Duration::from_secs(1);

/// Seconds that store keeps the use of a quota after the last request: the longest period and two days.
pub(crate) const SHARED_QUOTA_KEPT_S: u64 = 33 * 86_400;
