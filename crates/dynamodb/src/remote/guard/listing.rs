//! Lists of tables, streams, backups and the like without what is of the program's own tables.

use bytes::Bytes;
use serde_json::{Map, Value};

use super::names;
use crate::action::Action;
use crate::limits::LIST_PAGE_NAMES;
use crate::reply::Reply;
use crate::side::Side;

/// The member with the list, and those of its entries that name the table.
fn listed(action: Action) -> Option<(&'static str, &'static [&'static str])> {
    match action {
        Action::ListBackups => Some(("BackupSummaries", &["TableName", "TableArn"])),
        Action::ListContributorInsights => Some(("ContributorInsightsSummaries", &["TableName"])),
        Action::ListExports => Some(("ExportSummaries", &["ExportArn"])),
        Action::ListGlobalTables => Some(("GlobalTables", &["GlobalTableName"])),
        Action::ListImports => Some(("ImportSummaryList", &["TableArn", "ImportArn"])),
        Action::ListStreams => Some(("Streams", &["TableName", "StreamArn"])),
        _ => None,
    }
}

/// The reply without entries about the program's own tables.
pub(in crate::remote) fn without_own(action: Action, reply: Reply) -> Reply {
    let Some((list, naming)) = listed(action).filter(|_| reply.is_success()) else { return reply };
    let Ok(Value::Object(mut members)) = serde_json::from_slice(&reply.body) else { return reply };
    let is_own = |entry: &Value| {
        let name = |member: &&str| names::of_text(Side::Tables, entry.get(member)?.as_str()?);
        naming.iter().find_map(name).is_some()
    };
    let Some(Value::Array(entries)) = members.get_mut(list) else { return reply };
    let before = entries.len();
    entries.retain(|entry| !is_own(entry));
    if entries.len() == before {
        return reply;
    }
    rewritten(reply, members)
}

/// The reply with another body, without what its headers say of the old one.
pub(in crate::remote) fn rewritten(mut reply: Reply, members: Map<String, Value>) -> Reply {
    reply.headers.remove("x-amz-crc32");
    reply.body = Bytes::from(Value::Object(members).to_string());
    reply
}

/// One ListTables, page by page, until a page ends at a table of users or at the end of all.
#[derive(Debug)]
pub(in crate::remote) struct Listing {
    request: Map<String, Value>,
    limit: usize,
    names: Vec<Value>,
}

/// What is to be done with a page.
#[derive(Debug)]
pub(in crate::remote) enum Page {
    /// It is the answer.
    Last(Reply),
    /// The next page is asked for with this body.
    Next(Bytes),
}

impl Listing {
    /// A list that a request asks for; none of a body that is no object.
    pub(in crate::remote) fn new(body: &[u8]) -> Option<Listing> {
        let Ok(Value::Object(request)) = serde_json::from_slice(body) else { return None };
        let limit = request.get("Limit").and_then(Value::as_u64).unwrap_or(LIST_PAGE_NAMES);
        Some(Listing { request, limit: usize::try_from(limit).ok()?, names: Vec::new() })
    }

    /// Takes a page in.
    pub(in crate::remote) fn page(&mut self, reply: Reply) -> Page {
        let whole = serde_json::from_slice(&reply.body).ok().filter(|_| reply.is_success());
        let Some(Value::Object(mut members)) = whole else { return Page::Last(reply) };
        let is_own = |name: &Value| name.as_str().is_some_and(names::is_own);
        let Some(Value::Array(names)) = members.remove("TableNames") else {
            return Page::Last(reply);
        };
        let has_own = names.iter().any(is_own);
        let last = members.remove("LastEvaluatedTableName");
        let is_whole = !has_own && self.names.is_empty() && names.len() <= self.limit;
        if is_whole && !last.as_ref().is_some_and(is_own) {
            return Page::Last(reply);
        }
        self.names.extend(names.into_iter().filter(|name| !is_own(name)));
        let is_at_own = last.as_ref().is_some_and(is_own);
        if let (Some(last), true) = (&last, is_at_own && self.names.len() < self.limit) {
            self.request.insert("ExclusiveStartTableName".to_owned(), last.clone());
            self.request.insert("Limit".to_owned(), LIST_PAGE_NAMES.into());
            return Page::Next(Bytes::from(Value::Object(self.request.clone()).to_string()));
        }
        let is_cut = self.names.len() > self.limit;
        self.names.truncate(self.limit);
        let names = std::mem::take(&mut self.names);
        let last = if is_at_own || is_cut { names.last().cloned() } else { last };
        let mut members = Map::new();
        members.extend(last.map(|last| ("LastEvaluatedTableName".to_owned(), last)));
        members.insert("TableNames".to_owned(), Value::Array(names));
        Page::Last(rewritten(reply, members))
    }
}
