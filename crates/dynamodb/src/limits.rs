//! Every number that bounds what input can make this crate do.

use std::time::Duration;

/// Bytes of one request body. AWS: 16 MB for a BatchWriteItem, the largest request there is.
/// Past it: 413 with an empty `RequestEntityTooLargeException` (inferred).
pub(crate) const BODY_BYTES: usize = 16 * 1024 * 1024;

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

/// Calls that wait for the readers' threads. Past it: `CallError::Saturated`.
pub(crate) const READ_QUEUE: usize = 1_024;

/// Calls that wait for the writer's thread. Past it: `CallError::Saturated`.
pub(crate) const WRITE_QUEUE: usize = 1_024;

/// Time that a call waits for a thread. Past it: `CallError::Saturated`, and it was not done.
pub(crate) const QUEUE_WAIT: Duration = Duration::from_secs(5);

/// Time that a call may run once it has a thread. AWS: 29 s is all that a REST API waits.
/// Past it: `CallError::Deadline`.
pub(crate) const RUN_WAIT: Duration = Duration::from_secs(30);

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
