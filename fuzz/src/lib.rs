//! One function a parser: any bytes in, and an assertion fails when what the parser promises does not hold.
//!
//! `fuzz_targets/` hands these functions to libFuzzer, `tests/replay.rs` runs them on every corpus. Targets that need
//! several texts take them from the lines of one; each function says how.
//!
//! ```
//! vestibule_fuzz::vtl_render(b"#foreach($i in [1..3])$i#end");
//! vestibule_fuzz::jsonpath(b"$.items[?(@.n > 1)]\n{\"items\": [{\"n\": 1}, {\"n\": 2}]}");
//! vestibule_fuzz::request(b"GET /items?category=books HTTP/1.1\nAccept: text/plain\n\n");
//! ```

mod access;
mod authorizer_result;
mod credentials;
mod definitions;
mod export;
mod gateway;
mod guard;
mod json;
mod jsonpath;
mod lines;
mod message;
mod policy;
mod proxies;
pub mod seeds;
mod settings;
mod sigv4;
mod store;
mod token;
mod vtl;

pub use access::access;
pub use authorizer_result::authorizer_result;
pub use credentials::credentials;
pub use definitions::{cloudformation, openapi, terraform};
pub use gateway::{definition, json_schema, mapping_template, request};
pub use guard::guard;
pub use json::json;
pub use jsonpath::jsonpath;
pub use policy::policy;
pub use proxies::{forwarded, preamble};
pub use settings::settings;
pub use sigv4::{sigv4, sigv4_verify};
pub use store::{seed, tables_call};
pub use token::token;
pub use vtl::{vtl_parse, vtl_render};
