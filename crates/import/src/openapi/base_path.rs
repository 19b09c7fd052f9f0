//! The base path of a document, and what an import makes of it.
//! AWS docs: api-gateway-import-api-basePath.

use super::dialect::Dialect;
use crate::BasePath;
use crate::limits::{PATH_BYTES_MAX, SERVER_VARIABLES_MAX};
use crate::reader::Reader;
use crate::tree::Node;
use vestibule_restapi::{Code, Diagnostic};

impl BasePath {
    /// What is put before every path: nothing, or segments that each begin with `/`.
    pub(super) fn prefix(
        self,
        root: Node<'_>,
        dialect: Dialect,
        reader: &mut Reader<'_>,
    ) -> String {
        let skipped = match self {
            BasePath::Ignore => return String::new(),
            BasePath::Prepend => 0,
            BasePath::Split => 1,
        };
        let stated = if dialect.is_swagger() {
            let path = root.get("basePath").filter(|path| !path.is_null());
            path.and_then(|path| reader.text(path)).map(|path| path.to_string())
        } else {
            of_servers(root)
        };
        let path = stated.unwrap_or_default();
        let segments = path.split('/').filter(|segment| !segment.is_empty());
        let prefix: String = segments.skip(skipped).flat_map(|segment| ["/", segment]).collect();
        if prefix.len() <= PATH_BYTES_MAX {
            return prefix;
        }
        let message =
            format!("the base path has {} bytes, it may have {PATH_BYTES_MAX}", prefix.len());
        reader.error(Diagnostic::error(Code::LimitExceeded, message).at(root.token()));
        String::new()
    }
}

/// The default of the variable `basePath` of the first server, be it used or not; else the path of that server's URL.
fn of_servers(root: Node<'_>) -> Option<String> {
    let server = root.get("servers")?.items().next()?;
    let variables = server.get("variables");
    let default = |name: &str| variables?.get(name)?.get("default")?.text();
    if let Some(path) = default("basePath") {
        return Some(path.to_owned());
    }
    let url = server.get("url")?.text()?;
    let after_scheme = url.find("://").and_then(|at| url.get(at + "://".len()..));
    let path = match after_scheme {
        Some(rest) => rest.find('/').and_then(|at| rest.get(at..)).unwrap_or(""),
        None => url,
    };
    Some(filled(path, |name| {
        let mut variables = variables?.entries().take(SERVER_VARIABLES_MAX);
        variables.find(|variable| variable.name() == name)?.value.get("default")?.text()
    }))
}

/// A path with its variables replaced, as long as it is short enough for a path.
fn filled<'t>(path: &'t str, default: impl Fn(&str) -> Option<&'t str>) -> String {
    let mut filled = String::new();
    let mut rest = path;
    while let Some((before, after)) = rest.split_once('{')
        && let Some((name, behind)) = after.split_once('}')
        && path.len() <= PATH_BYTES_MAX
        && filled.len() <= PATH_BYTES_MAX
    {
        filled.push_str(before);
        match default(name) {
            Some(value) => filled.push_str(value),
            None => filled.push_str(&format!("{{{name}}}")),
        }
        rest = behind;
    }
    filled.push_str(rest);
    filled
}
