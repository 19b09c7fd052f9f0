//! Every number that bounds what input can make this crate do.

use std::time::Duration;

/// Bytes of one request body. AWS: 16 MB for a BatchWriteItem, the largest request there is.
/// Past it: 413 with an empty `RequestEntityTooLargeException` (inferred).
pub const BODY_BYTES: usize = 16 * 1024 * 1024;

/// Nested arrays and objects the engine's JSON reader follows in one request body.
/// AWS: 32 levels in an attribute value, each two levels of JSON. Past it AWS's nesting error.
pub(crate) const JSON_DEPTH: usize = 127;

/// Nested arrays and objects past which AWS itself stops reading a body.
/// Past it: a bare `SerializationException`.
pub(crate) const JSON_DEPTH_UNREADABLE: usize = 4_000;

/// Missing members that one `ValidationException` names. AWS: 10.
pub(crate) const VALIDATION_ERRORS: usize = 10;

/// Threads that run Query, Scan and batched reads: one a processor, within these bounds.
pub(crate) const READER_THREADS_LEAST: usize = 2;
/// See [`READER_THREADS_LEAST`].
pub(crate) const READER_THREADS_MOST: usize = 8;

/// Handles for single-key reads on calling threads: one a processor, at most this many.
pub(crate) const POINT_HANDLES_MOST: usize = 32;

/// Tables whose keys and statement one handle keeps for GetItem. Past it: all are forgotten and
/// read again when needed.
pub(crate) const POINT_TABLES: usize = 128;

/// Nested lists and maps that GetItem follows in a stored item on its own. AWS: 32 levels.
/// Past it: the engine reads the item.
pub(crate) const POINT_DEPTH: usize = 32;

/// Digits of a number in a key or a set that GetItem reads on its own: any such number is an
/// `i64`. Past it: the engine reads it.
pub(crate) const POINT_DIGITS: usize = 18;

/// Digits that count of a stored number that is read without the engine. AWS: 38. Past it: the engine reads it.
pub(crate) const PLAIN_NUMBER_DIGITS: usize = 38;

/// Bytes of a stored number, its exponent aside, that is read without the engine. AWS: as many as 1E-130 to 9.9E125 have. Past it: the
/// engine reads it.
pub(crate) const PLAIN_NUMBER_BYTES: usize = 120;

/// Digits of the exponent of a stored number that is read without the engine, when it has no more than [`POINT_DIGITS`] before it. AWS: 1E-130
/// to 9.9E125. Past it: the engine reads it.
pub(crate) const PLAIN_EXPONENT_DIGITS: usize = 2;

/// Members of one object of a Query, and attributes of its start key, that are read without the engine: a key condition has three values
/// at most. Past it: the engine reads the request.
pub(crate) const PLAIN_MEMBERS: usize = 8;

/// Bytes of items that a Query may have on the calling thread. Past it: a reader's thread reads the page.
pub(crate) const CALLER_PAGE_BYTES: usize = 64 * 1024;

/// Bytes that are made ready for the items of a page; it grows as it must.
pub(crate) const PAGE_BEGUN_BYTES: usize = 8 * 1024;

/// Bytes that are made ready for what a page has beside its items; it grows as it must.
pub(crate) const PAGE_FRAME_BYTES: usize = 512;

/// Bytes of working memory that one handle keeps between calls.
pub(crate) const POINT_KEPT_BYTES: usize = 16 * 1024;

/// Bytes of a partition key. AWS: 2048. Past it: the engine words the refusal.
pub(crate) const PARTITION_KEY_BYTES: usize = 2_048;

/// Bytes of a sort key. AWS: 1024. Past it: the engine words the refusal.
pub(crate) const SORT_KEY_BYTES: usize = 1_024;

/// Prepared statements that the connection for items keeps. Past it: the one used longest ago is
/// forgotten.
pub(crate) const STATEMENTS: usize = 128;

/// Bytes of the SHA-256 that stands for a key in the log.
pub(crate) const KEY_DIGEST_BYTES: usize = 8;

/// Writes that share one transaction and one sync: those that wait while the one before is
/// synced. The rest are in the next.
pub(crate) const TOGETHER_CALLS: usize = 64;

/// Bytes of the bodies of such writes. Past it: the rest are in the next transaction.
pub(crate) const TOGETHER_BYTES: usize = 4 * 1024 * 1024;

/// Bytes of the stack of each of the store's threads, of which only what is used takes memory. The engine reads expressions by
/// calling itself for each parenthesis and each NOT, and evaluates them so: there are 4,096 in an expression, which AWS bounds by its
/// bytes, and 8,192 in a statement of PartiQL.
pub(crate) const STACK_BYTES: usize = 64 * 1024 * 1024;

/// By how much the writer's thread is nicer than the others, where threads have priorities of their own (Linux). Beside one other
/// busy thread on the same processor it still gets a quarter of it.
pub(crate) const WRITER_NICE: i32 = 5;

/// Calls that wait for the readers' threads. Past it: `CallError::Saturated`.
pub(crate) const READ_QUEUE: usize = 1_024;

/// Calls that wait for the writer's thread. Past it: `CallError::Saturated`.
pub(crate) const WRITE_QUEUE: usize = 1_024;

/// Time that a call waits for a thread, or for a place among the calls of a remote store. Past it: `CallError::Saturated`, and it was not done.
pub(crate) const QUEUE_WAIT: Duration = Duration::from_secs(5);

/// Time that a call may run once it has a thread. AWS: 29 s is all that a REST API waits.
/// Past it: `CallError::Deadline`.
pub(crate) const RUN_WAIT: Duration = Duration::from_secs(30);

/// Bytes of an expression. AWS: 4 KB. Past it: the engine words the refusal, and the text is not read here.
pub(crate) const EXPRESSION_BYTES: usize = 4_096;

/// Bytes of a placeholder of an expression. AWS: 255. Past it: ValidationException.
pub(crate) const PLACEHOLDER_BYTES: usize = 255;

/// Bytes from which on an attribute's name is too long. AWS: 64 KB. Past it: ValidationException.
pub(crate) const NAME_BYTES: usize = 65_536;

/// Bytes of all values of an expression and their placeholders. AWS: 2 MB. Past it: ValidationException.
pub(crate) const VALUES_BYTES: usize = 2 * 1024 * 1024;

/// Operators and functions of an expression. AWS: 300. Past it: ValidationException.
pub(crate) const OPERATORS: usize = 300;

/// Values that IN compares with. AWS: 100. Past it: ValidationException.
pub(crate) const IN_OPERANDS: usize = 100;

/// Steps of a document path. AWS: 32. Past it: ValidationException.
pub(crate) const PATH_STEPS: usize = 32;

/// The largest index of a list in a path (DynamoDB Local; an item has no more than 400 KB). Past it: ValidationException.
pub(crate) const LIST_INDEX: usize = i32::MAX as usize;

/// Streams on a page of ListStreams. AWS docs: ListStreams. More are refused.
pub(crate) const STREAMS_LISTED: usize = 100;

/// Bytes of the name of an attribute that is a key or tells a time to live. AWS: 255. Past it: ValidationException.
pub(crate) const KEY_NAME_BYTES: usize = 255;

/// Global indexes that one UpdateTable may make and delete. AWS: 1. Past it: LimitExceededException.
pub(crate) const INDEXES_AT_ONCE: usize = 1;

/// Bytes of one item. AWS: 400 KB.
pub(crate) const ITEM_BYTES: usize = 400 * 1024;

/// Bytes of items after which Query and Scan end a page. AWS: 1 MB.
pub(crate) const PAGE_BYTES: usize = 1024 * 1024;

/// Items that one inner page of a Query or Scan without `Limit`, or with a larger one, reads from the engine, which
/// would otherwise read the whole partition or table before it cuts at [`PAGE_BYTES`]. It bounds the
/// memory of one call: 100 MB when each item has AWS's most, 400 KB.
pub(crate) const INNER_PAGE_ITEMS: usize = 256;

/// Items of the first inner page, when the size of the items is not known yet.
pub(crate) const FIRST_INNER_PAGE_ITEMS: usize = 64;

/// Bytes of one seed document. Past it: `SeedError::TooLarge`.
pub(crate) const SEED_BYTES: usize = 64 * 1024 * 1024;

/// Findings that a seed document's error lists; the rest are counted.
pub(crate) const SEED_FINDINGS: usize = 50;

/// Items in one BatchWriteItem. AWS: 25.
pub(crate) const BATCH_ITEMS: usize = 25;

/// Tables or parts of one request that policies are asked about. AWS: 100 items in a BatchGetItem, 100 actions in a transaction.
/// Past it nothing is looked up, and the request is one of which nothing can be told.
pub(crate) const ACCESSES: usize = 100;

/// Digits of a number in a key that policies are asked about. DynamoDB keeps 38; past it the key is told as one that cannot be told.
pub(crate) const NUMBER_DIGITS: usize = 80;

/// The largest exponent of such a number, of either sign. DynamoDB: 125.
pub(crate) const NUMBER_EXPONENT: u32 = 200;

/// Seconds that a backup, a check or a restore waits for the store's writers.
pub(crate) const UPKEEP_WAIT_S: u64 = 30;

/// Pages of a file that a backup copies at once. SQLite's are of 4 KB.
pub(crate) const BACKUP_PAGES: i32 = 1_024;

/// Files beside the store's own in a data folder, such as the keys of local user pools.
/// Past it: the backup is refused.
pub(crate) const OTHER_FILES: usize = 100;

/// Bytes of such a file. Past it: the backup is refused.
pub(crate) const OTHER_FILE_BYTES: u64 = 16 * 1024 * 1024;

/// Parts of a table that a copy reads at one time, where the store can.
pub(crate) const COPY_SEGMENTS: usize = 4;

/// Batches that a copy writes at one time.
pub(crate) const COPY_WRITES: usize = 16;

/// Bytes of JSON in one batch of a copy, unless its one item has more. AWS: 16 MB.
pub(crate) const COPY_BATCH_BYTES: usize = 4 * 1024 * 1024;

/// Time for which a store that gives no answer is asked by a copy. Past it: the copy stops, and can be gone on with.
pub(crate) const COPY_SILENT_WAIT: Duration = Duration::from_secs(60);

/// The same for a store that throttles, from the last item on that it took of a batch.
pub(crate) const COPY_THROTTLED_WAIT: Duration = Duration::from_secs(600);

/// Parts, by their keys, in which the items of a table are compared.
pub(crate) const COPY_BUCKETS: usize = 4_096;

/// Items of parts that differ, of both sides together, whose keys are held to find those that do. Past it: further parts are not
/// looked at, and that is said.
pub(crate) const COPY_KEYS_HELD: u64 = 100_000;

/// Items of a table that differ which are shown.
pub(crate) const COPY_KEYS_SHOWN: usize = 10;

/// Findings that speak against a copy which are listed; the rest are counted.
pub(crate) const COPY_FINDINGS: usize = 50;

/// Bytes of the file that says how far a copy is. A longer one is none.
pub(crate) const COPY_JOURNAL_BYTES: u64 = 64 * 1024 * 1024;

/// Bytes of a backup's manifest. Past it: it is damaged.
pub(crate) const MANIFEST_BYTES: u64 = 1024 * 1024;

/// Findings that a check lists; the rest are counted.
pub(crate) const CHECK_FINDINGS: usize = 100;

/// Items that one page of a sweep for items whose time is over looks at. It bounds the memory:
/// 51 MB when each item has AWS's most, 400 KB.
pub(crate) const EXPIRY_PAGE_ITEMS: usize = 128;

/// Pages of one round of such a sweep. Past it: the next round goes on.
pub(crate) const EXPIRY_PAGES: usize = 8;

/// Seconds after its time from which on an item is not deleted. AWS: five years.
pub(crate) const EXPIRY_OLDEST_S: u64 = 5 * 365 * 24 * 60 * 60;

/// Seconds for which a record of a stream is kept. AWS: 24 hours.
pub(crate) const RECORDS_KEPT_S: u64 = 24 * 60 * 60;

/// Records of streams that are looked at and removed at once. Past it: the next time goes on.
pub(crate) const RECORDS_TRIMMED: usize = 4_096;

/// Characters of the name of a host (RFC 1035). A longer one is none.
pub(crate) const HOST_CHARS: usize = 253;

/// Addresses that the setting of a remote store may name. More are refused.
pub(crate) const SEED_ENDPOINTS: usize = 16;

/// Nodes that a store may tell of itself. Further ones are not asked.
pub(crate) const TOLD_NODES: usize = 64;

/// Bytes of the list in which a store tells its nodes. A longer one is not taken.
pub(crate) const TOLD_BYTES: usize = 64 * 1024;

/// Time after which a store that tells its nodes is asked again.
pub(crate) const TOLD_KEPT: Duration = Duration::from_secs(10);

/// Time that one attempt of a call waits for the head of an answer, connecting with it. Past it: the next attempt. AWS has no
/// answer that takes longer than 5 s.
pub(crate) const FIRST_BYTE_WAIT: Duration = Duration::from_secs(10);

/// Time that one attempt of a call waits for a whole answer. Past it: the next attempt.
pub(crate) const ANSWER_WAIT: Duration = Duration::from_secs(20);

/// Bytes of an answer of a remote store. DynamoDB: 16 MB of items, whose binary values are a third longer in JSON.
/// Past it: `CallError::TooLarge`.
pub(crate) const ANSWER_BYTES: usize = 32 * 1024 * 1024;

/// Bytes of one piece of the memory of answers that are being read. What is shorter takes none of it.
pub(crate) const ANSWERS_PIECE_BYTES: usize = 64 * 1024;

/// Pieces of memory for all answers that are being read: 512 MB. Past it: `CallError::Saturated`.
pub(crate) const ANSWERS_PIECES: usize = 8 * 1024;

/// Bytes of a body from which on it is hashed off the threads of connections.
pub(crate) const HASH_ASIDE_BYTES: usize = 512 * 1024;

/// Attempts of one call unless the settings say otherwise. AWS: 3, in the standard mode of its SDKs.
pub(crate) const ATTEMPTS: u32 = 3;

/// What all calls together may ask again. AWS's SDKs: 500. Past it: the answer of the last attempt.
pub(crate) const RETRY_BUDGET: u32 = 500;

/// What a further attempt takes of the budget. AWS's SDKs: 5.
pub(crate) const RETRY_COST: u32 = 5;

/// The same after an attempt without an answer in time. AWS's SDKs: 10.
pub(crate) const RETRY_COST_OF_TIMEOUT: u32 = 10;

/// What a call that needs no further attempt gives back. AWS's SDKs: 1.
pub(crate) const RETRY_REFUND: u32 = 1;

/// The longest first pause before a further attempt; doubled each time. AWS's SDKs: 50 ms for DynamoDB.
pub(crate) const RETRY_PAUSE_OF_TROUBLE: Duration = Duration::from_millis(50);

/// The same when the store is asked too much. AWS's SDKs: 500 ms.
pub(crate) const RETRY_PAUSE_OF_THROTTLING: Duration = Duration::from_millis(500);

/// The longest pause of all. AWS's SDKs: 20 s.
pub(crate) const RETRY_PAUSE_MOST: Duration = Duration::from_secs(20);

/// How far from the store's clock a signature's time must be to be corrected. AWS refuses from 5 minutes on.
pub(crate) const CLOCK_SKEW_LEAST_MS: u64 = 4 * 60 * 1000;

/// Failures in a row that open the circuit of an endpoint.
pub(crate) const CIRCUIT_FAILURES: u32 = 5;

/// How long an attempt must have waited in vain to count as a failure of its endpoint: an integration's timeout may be shorter.
pub(crate) const CIRCUIT_TIMEOUT_LEAST: Duration = Duration::from_secs(1);

/// Time from the opening of a circuit to the first probe; doubled with each probe that fails, as long as another endpoint can
/// be asked. Where there is none it stays: a store that is back is asked a second later.
pub(crate) const CIRCUIT_PAUSE_FIRST: Duration = Duration::from_secs(1);

/// The longest time between two probes.
pub(crate) const CIRCUIT_PAUSE_MOST: Duration = Duration::from_secs(30);

/// Time that a probe may take.
pub(crate) const PROBE_WAIT: Duration = Duration::from_secs(5);

/// How often open circuits are looked at.
pub(crate) const PROBE_TICK: Duration = Duration::from_millis(250);

/// Time that a store may take to be there at the start. Past it: `RemoteError::Unreachable`.
pub(crate) const START_WAIT: Duration = Duration::from_secs(30);

/// The pause between two looks at a store that is not there yet at the start.
pub(crate) const START_PAUSE: Duration = Duration::from_millis(500);

/// Time that a new table may take until it can be used. AWS: seconds. Past it: an error.
pub(crate) const TABLE_WAIT: Duration = Duration::from_secs(180);

/// The pause between two looks at a table that cannot be used yet.
pub(crate) const TABLE_PAUSE: Duration = Duration::from_millis(500);

/// Tables whose keys are kept for policies. Past it: all are forgotten and asked for when needed.
pub(crate) const SCHEMAS_KEPT: usize = 1_024;

/// Time for which the keys of a table are kept.
pub(crate) const SCHEMA_KEPT: Duration = Duration::from_secs(60);

/// Names of tables on one page. AWS: 100.
pub(crate) const LIST_PAGE_NAMES: u64 = 100;

/// Pages of names that one ListTables reads on until one ends at a table of users.
pub(crate) const LIST_PAGES: usize = 16;
