//! The same tests with a store on the network: the variable `E2E_DYNAMODB` has its URL. Programs that name no store of their own
//! then use it, each with an access key of its own, by which DynamoDB Local keeps their tables apart.
//!
//! `E2E_DYNAMODB=http://127.0.0.1:8000 cargo test -p vestibule-server --test e2e`
//!
//! `E2E_DYNAMODB=vestibule` gives each program another Vestibule as its store.

use std::borrow::Cow;
use std::sync::atomic::{AtomicU32, Ordering};

/// The secret of every key: whoever verifies signatures knows it.
pub(super) const SECRET: &str = "test";

/// What the ids of such keys begin with.
const ID_START: &str = "E2E";

/// The store on the network, if there is one.
pub(crate) fn url() -> Option<String> {
    let url = std::env::var_os("E2E_DYNAMODB")?.into_string().ok()?;
    (!url.is_empty()).then_some(url)
}

/// Whether the store is another Vestibule, one for each program.
pub(super) fn is_vestibule() -> bool {
    url().is_some_and(|url| url == "vestibule")
}

/// An id that no other program has.
pub(super) fn new_key_id() -> String {
    static NUMBER: AtomicU32 = AtomicU32::new(0);
    let number = NUMBER.fetch_add(1, Ordering::Relaxed);
    format!("{ID_START}{}x{number}", std::process::id())
}

/// Whether an id is one of these.
pub(super) fn has_key(id: &str) -> bool {
    url().is_some() && id.starts_with(ID_START)
}

/// Whether two texts are the same JSON, but for the order of members: no store promises one. With embedded stores the order is
/// compared too.
pub(super) fn says_the_same(expected: &str, got: &str) -> bool {
    let json = |text: &str| serde_json::from_str::<serde_json::Value>(text).ok();
    url().is_some() && json(expected).is_some_and(|expected| json(got) == Some(expected))
}

/// A log without what the HTTP client says at `debug` of its connections to the store: with embedded stores there are none.
pub(super) fn without_connections(log: &str) -> Cow<'_, str> {
    const CONNECTIONS: [&str; 4] = [
        " DEBUG connecting to ",
        " DEBUG connected to ",
        " DEBUG pooling idle ",
        " DEBUG reuse idle ",
    ];
    if url().is_none() {
        return Cow::Borrowed(log);
    }
    let is_other = |line: &&str| CONNECTIONS.iter().all(|about| !line.contains(about));
    Cow::Owned(log.split_inclusive('\n').filter(is_other).collect())
}
