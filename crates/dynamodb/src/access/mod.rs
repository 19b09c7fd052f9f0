//! What a request touches, for whoever decides by policies: a table or index with what AWS's condition keys ask about it.
//!
//! Source: AWS docs, "Using IAM policy conditions for fine-grained access control" and the service authorization reference of
//! DynamoDB. What cannot be told of a request is told as [`UNREADABLE`], and hidden from policies.

mod expression;
mod facts;
mod keys;
mod named;
mod partiql;

use std::collections::HashMap;
use std::collections::hash_map::Entry;
use std::sync::Arc;

use serde_json::{Map, Value};
use vestibule_iam::Hidden;

use crate::action::Action;
use crate::handles::Tables;
use crate::limits::ACCESSES;
use crate::reply::Reply;
use crate::wire::{self, Fault, Read, Refused};
pub use facts::AccessFacts;
pub(crate) use keys::Schema;
pub use named::ArnOwner;
use named::Named;

/// Stands for values that cannot be told of a request. What policies ask about them is decided as [`AccessFacts::hidden`] says.
pub const UNREADABLE: &str = "\u{fffd}";

/// One thing that a request touches.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Access {
    /// The action without its service, such as `GetItem` or `PartiQLSelect`.
    pub action: &'static str,
    /// The table's name, of a stream with `/stream/` and its label; none of an action without a table.
    pub table: Option<String>,
    /// Whose the table is, where an ARN says so; otherwise it is the gateway's own.
    pub owner: Option<ArnOwner>,
    /// The index of the table.
    pub index: Option<String>,
    /// `dynamodb:LeadingKeys`: values of partition keys.
    pub leading_keys: Option<Vec<String>>,
    /// `dynamodb:Attributes`: names of attributes at the top level.
    pub attributes: Option<Vec<String>>,
    /// `dynamodb:Select`
    pub select: Option<String>,
    /// `dynamodb:ReturnValues`
    pub return_values: Option<String>,
    /// `dynamodb:ReturnConsumedCapacity`
    pub return_consumed_capacity: Option<String>,
    /// `dynamodb:EnclosingOperation`: the transaction that it is a part of.
    pub enclosing_operation: Option<&'static str>,
    /// `dynamodb:FullTableScan`, of a statement.
    pub full_table_scan: bool,
}

type Members = Map<String, Value>;

/// A request that the store may read otherwise than it is read here: the store must not see it.
#[derive(Debug)]
pub(crate) struct Unreadable;

impl Unreadable {
    /// What DynamoDB says of a body that is no request.
    pub(crate) fn into_reply(self) -> Reply {
        Fault::from(Refused::Serialization(None)).into_reply()
    }
}

/// A request as policies see it, read once.
///
/// The store passes over what it does not know without looking at it, and takes a list for an object whose members stand in
/// their order. Of a request with such things nothing is told.
pub(crate) struct Asked<'t> {
    tables: &'t Tables,
    action: Action,
    request: Members,
}

impl<'t> Asked<'t> {
    /// Reads the body of a request.
    pub(crate) fn read(
        tables: &'t Tables,
        action: Action,
        body: &[u8],
    ) -> Result<Asked<'t>, Unreadable> {
        let Ok(Read { value: Value::Object(request), has_twins }) = wire::read_with_twins(body)
        else {
            return Err(Unreadable);
        };
        // Of members that stand twice the last counts, as in the embedded store. Of another one that is not known.
        if has_twins && tables.endpoints().is_some() {
            return Err(Unreadable);
        }
        Ok(Asked { tables, action, request })
    }

    /// Says what the request touches, its partition keys not told: nothing only where the store refuses it.
    pub(crate) fn without_keys(&self) -> Result<Vec<Access>, Unreadable> {
        self.touched(&HashMap::new())
    }

    /// The same with partition keys. Asks the store which attributes they are, table by table.
    pub(crate) async fn with_keys(&self) -> Result<Vec<Access>, Unreadable> {
        let mut schemas = HashMap::new();
        if !self.has_keys() {
            return self.without_keys();
        }
        for access in self.without_keys()? {
            let Some(table) = access.table.filter(|_| access.leading_keys.is_some()) else {
                continue;
            };
            if let Entry::Vacant(unknown) = schemas.entry(table) {
                let schema = self.tables.schema(unknown.key()).await;
                unknown.insert(schema);
            }
        }
        self.touched(&schemas)
    }

    /// Whether it names keys, which can be told once it is known which attributes they are.
    fn has_keys(&self) -> bool {
        match self.action {
            Action::GetItem
            | Action::PutItem
            | Action::UpdateItem
            | Action::DeleteItem
            | Action::Query
            | Action::BatchGetItem
            | Action::BatchWriteItem
            | Action::TransactGetItems
            | Action::TransactWriteItems => true,
            // Statements and searches do not tell them at all.
            _ => false,
        }
    }

    fn touched(&self, schemas: &Schemas) -> Result<Vec<Access>, Unreadable> {
        let Asked { tables, action, request } = self;
        let capacity = text(request, "ReturnConsumedCapacity");
        let reading = Reading { capacity, schemas };
        let accesses = match *action {
            Action::GetItem
            | Action::PutItem
            | Action::UpdateItem
            | Action::DeleteItem
            | Action::Query
            | Action::Scan => Ok(vec![reading.single(action.name(), request, None)?]),
            Action::BatchGetItem | Action::BatchWriteItem => reading.batch(action.name(), request),
            Action::TransactGetItems | Action::TransactWriteItems => {
                reading.transaction(action.name(), request)
            }
            Action::ExecuteStatement => Ok(vec![reading.statement(request)?]),
            Action::BatchExecuteStatement => reading.statements(request, "Statements"),
            Action::ExecuteTransaction => reading.statements(request, "TransactStatements"),
            Action::SearchVectors => Ok(vec![reading.search(request)?]),
            _ => of_table(tables, *action, request),
        };
        Ok(as_own_too(tables, accesses?))
    }
}

/// Decides about a request: by what its body says where that is enough, else by the keys of its tables, which the store is asked for.
/// `refused` says why what is touched is refused, if it is, hidden keys and attributes decided as it is told.
pub(crate) async fn refusal<R>(
    tables: &Tables,
    action: Action,
    body: &[u8],
    refused: impl Fn(&[Access], Hidden) -> Option<R>,
) -> Result<Option<R>, Unreadable> {
    let asked = Asked::read(tables, action, body)?;
    let accesses = asked.without_keys()?;
    let Some(refusal) = refused(&accesses, Hidden::Against) else { return Ok(None) };
    // INVARIANT: what is refused with hidden keys decided for the caller is refused with any.
    if !asked.has_keys() || refused(&accesses, Hidden::For).is_some() {
        return Ok(Some(refusal));
    }
    Ok(refused(&asked.with_keys().await?, Hidden::Against))
}

/// Adds what the store may make of ARNs of others: one that is not AWS's may take any owner for its own.
fn as_own_too(tables: &Tables, mut accesses: Vec<Access>) -> Vec<Access> {
    if tables.is_remote() && !tables.is_aws() {
        let of_arns = accesses.iter().filter(|access| access.owner.is_some());
        let own = of_arns.map(|access| Access { owner: None, ..access.clone() });
        let own: Vec<Access> = own.collect();
        accesses.extend(own);
    }
    accesses
}

/// An action about a table as a whole, or about none. What else such a request has is not looked at, as in the store.
fn of_table(tables: &Tables, action: Action, request: &Members) -> Result<Vec<Access>, Unreadable> {
    let Named { table, owner } = match action {
        Action::TagResource | Action::UntagResource | Action::ListTagsOfResource => {
            named::resource(text(request, "ResourceArn"), tables)?
        }
        Action::DescribeStream | Action::GetShardIterator => {
            named::stream(text(request, "StreamArn"))?
        }
        Action::GetRecords => named::iterator(text(request, "ShardIterator"), tables)?,
        _ => named::table(text(request, "TableName"))?,
    };
    let access = Access { action: action.name(), table, owner, ..Access::default() };
    let has_tags = request.get("Tags").is_some_and(|tags| !tags.is_null());
    // AWS docs, "CreateTable": tags need `dynamodb:TagResource` too.
    let tagging = (action == Action::CreateTable && has_tags)
        .then(|| Access { action: Action::TagResource.name(), ..access.clone() });
    Ok(std::iter::once(access).chain(tagging).collect())
}

/// The keys of tables, as far as they are known.
type Schemas = HashMap<String, Arc<Schema>>;

struct Reading<'r> {
    capacity: Option<String>,
    schemas: &'r Schemas,
}

impl Reading<'_> {
    /// The attribute that is the partition key of a table or of its index.
    fn partition_key(&self, table: Option<&str>, index: Option<&str>) -> Option<&str> {
        self.schemas.get(table?)?.partition_key(index)
    }

    /// An action about one item, or about those of one query.
    fn single(
        &self,
        action: &'static str,
        request: &Members,
        enclosing_operation: Option<&'static str>,
    ) -> Result<Access, Unreadable> {
        let Named { table, owner } = named::table(text(request, "TableName"))?;
        // The store looks at each of these members in its own actions alone.
        let has_index = matches!(action, "Query" | "Scan");
        let index = has_index.then(|| text(request, "IndexName")).flatten();
        let partition_key = self.partition_key(table.as_deref(), index.as_deref());
        let of_item = |member| {
            let items: Vec<&Value> = request.get(member).into_iter().collect();
            keys::of_items(&items, partition_key)
        };
        let leading_keys = match action {
            "Scan" => None,
            "Query" => Some(keys::of_query(request, partition_key)),
            "PutItem" => Some(of_item("Item")),
            _ => Some(of_item("Key")),
        };
        let attributes = match action {
            "PutItem" => Some(expression::of_put(request)),
            _ => expression::of_request(request),
        };
        Ok(Access {
            action,
            table,
            owner,
            leading_keys,
            attributes,
            select: select(action, index.as_deref(), request),
            index,
            return_values: text(request, "ReturnValues"),
            return_consumed_capacity: self.capacity.clone(),
            enclosing_operation,
            full_table_scan: false,
        })
    }

    fn batch(&self, action: &'static str, request: &Members) -> Result<Vec<Access>, Unreadable> {
        let mut accesses = Vec::new();
        let tables: Vec<_> = object(request, "RequestItems")?.into_iter().flatten().collect();
        within_limit(&tables)?;
        for (name, wanted) in tables {
            let Named { table, owner } = named::table(Some(name.clone()))?;
            let partition_key = self.partition_key(table.as_deref(), None);
            let (items, attributes, select) = if action == "BatchGetItem" {
                let asked = wanted.as_object().ok_or(Unreadable)?;
                let keys = list(asked, "Keys")?.into_iter().flatten().collect();
                (keys, expression::of_request(asked), select(action, None, asked))
            } else {
                let items = keys::of_writes(wanted)?;
                let attributes = expression::of_items(&items);
                (items, Some(attributes), None)
            };
            accesses.push(Access {
                action,
                leading_keys: Some(keys::of_items(&items, partition_key)),
                attributes,
                select,
                table,
                owner,
                return_consumed_capacity: self.capacity.clone(),
                ..Access::default()
            });
        }
        Ok(accesses)
    }

    fn transaction(
        &self,
        enclosing: &'static str,
        request: &Members,
    ) -> Result<Vec<Access>, Unreadable> {
        const ACTIONS: [(&str, &str); 5] = [
            ("Get", "GetItem"),
            ("Put", "PutItem"),
            ("Update", "UpdateItem"),
            ("Delete", "DeleteItem"),
            ("ConditionCheck", "ConditionCheckItem"),
        ];
        let mut parts = Vec::new();
        for item in list(request, "TransactItems")?.into_iter().flatten() {
            let item = item.as_object().ok_or(Unreadable)?;
            for (member, action) in ACTIONS {
                parts.extend(object(item, member)?.map(|part| (action, part)));
            }
        }
        within_limit(&parts)?;
        let mut accesses = Vec::with_capacity(parts.len());
        for (action, part) in parts {
            accesses.push(self.single(action, part, Some(enclosing))?);
        }
        Ok(accesses)
    }

    fn statements(&self, request: &Members, member: &str) -> Result<Vec<Access>, Unreadable> {
        let statements: Vec<&Value> = list(request, member)?.into_iter().flatten().collect();
        within_limit(&statements)?;
        let statement = |one: &Value| self.statement(one.as_object().ok_or(Unreadable)?);
        statements.into_iter().map(statement).collect()
    }

    fn statement(&self, request: &Members) -> Result<Access, Unreadable> {
        let statement = text(request, "Statement").unwrap_or_default();
        let return_consumed_capacity = self.capacity.clone();
        Ok(Access { return_consumed_capacity, ..partiql::access(&statement)? })
    }

    /// A search in an index of vectors. Which keys and attributes it is about is not told.
    fn search(&self, request: &Members) -> Result<Access, Unreadable> {
        let Named { table, owner } = named::table(text(request, "TableName"))?;
        let unreadable = || Some(vec![UNREADABLE.to_owned()]);
        Ok(Access {
            action: Action::SearchVectors.name(),
            table,
            owner,
            index: text(request, "IndexName"),
            leading_keys: unreadable(),
            attributes: unreadable(),
            return_consumed_capacity: self.capacity.clone(),
            ..Access::default()
        })
    }
}

/// What `dynamodb:Select` is of an action that reads. Without a choice of attributes it is all of them.
fn select(action: &str, index: Option<&str>, request: &Members) -> Option<String> {
    if !matches!(action, "GetItem" | "BatchGetItem" | "Query" | "Scan") {
        return None;
    }
    // `null` is as if the member were not there.
    let has = |member| request.get(member).is_some_and(|value| !value.is_null());
    let otherwise = match (has("ProjectionExpression") || has("AttributesToGet"), index) {
        (true, _) => "SPECIFIC_ATTRIBUTES",
        (false, Some(_)) => "ALL_PROJECTED_ATTRIBUTES",
        (false, None) => "ALL_ATTRIBUTES",
    };
    // Actions about items by their keys do not know the member.
    let chosen = matches!(action, "Query" | "Scan").then(|| text(request, "Select")).flatten();
    chosen.or_else(|| Some(otherwise.to_owned()))
}

/// Refuses what names more than a request may.
fn within_limit<T>(named: &[T]) -> Result<(), Unreadable> {
    if named.len() > ACCESSES { Err(Unreadable) } else { Ok(()) }
}

/// A member that is an object where it is there.
fn object<'r>(request: &'r Members, member: &str) -> Result<Option<&'r Members>, Unreadable> {
    match request.get(member) {
        None | Some(Value::Null) => Ok(None),
        Some(value) => value.as_object().map(Some).ok_or(Unreadable),
    }
}

/// A member that is a list where it is there.
fn list<'r>(request: &'r Members, member: &str) -> Result<Option<&'r Vec<Value>>, Unreadable> {
    match request.get(member) {
        None | Some(Value::Null) => Ok(None),
        Some(value) => value.as_array().map(Some).ok_or(Unreadable),
    }
}

fn text(request: &Members, member: &str) -> Option<String> {
    request.get(member)?.as_str().map(str::to_owned)
}

#[cfg(test)]
mod tests;
