//! The items of a table put into the other one: parts of it at one time, in each the next page read while the one before is
//! written in batches. What is read and not yet acknowledged is bounded: two pages a part.

use std::sync::Arc;

use bytes::Bytes;
use serde_json::Value;
use tokio::sync::{Semaphore, mpsc, oneshot};
use tokio::task::JoinSet;

use super::digest::{Item, key};
use super::end::{Answer, Asked, Patience};
use super::error::CopyError;
use super::journal::{Entry, Journal, Reached};
use super::pages::{Page, Segment};
use super::plan::Planned;
use crate::action::Action;
use crate::limits::{BATCH_ITEMS, COPY_BATCH_BYTES, COPY_WRITES};
use crate::remote::Trouble;

/// What a part tells of itself.
#[derive(Debug)]
enum Told {
    /// It is about to send items, and waits until that is noted: what is at the target may be the copy's from then on.
    Sends(oneshot::Sender<()>),
    /// A page is at the target.
    Acknowledged(Acknowledged),
}

/// A page that is at the target.
#[derive(Debug)]
struct Acknowledged {
    segment: usize,
    items: u64,
    reached: Reached,
}

/// Copies what is left of a table; `report` takes the items that are there.
pub(super) async fn copy(
    planned: &Planned,
    journal: &mut Journal,
    report: &mut impl FnMut(u64),
) -> Result<(), CopyError> {
    let Some(entry) = journal.entry(&planned.name).cloned() else { return Ok(()) };
    let mut done = entry.items;
    report(done);
    let (sender, mut told) = mpsc::channel(entry.segments.len().max(1));
    let mut parts = begin(planned, &entry, sender);
    let mut outcome = Ok(());
    loop {
        tokio::select! {
            // What is acknowledged is noted before what has failed is looked at.
            biased;
            Some(told) = told.recv() => match told {
                Told::Sends(noted) => {
                    if journal.entry(&planned.name).is_some_and(|entry| !entry.is_sent) {
                        journal.note(&planned.name, |entry| entry.is_sent = true)?;
                    }
                    // Nobody waits for it when the copy has stopped.
                    let _stopped = noted.send(());
                }
                Told::Acknowledged(page) => {
                    done += page.items;
                    journal.note(&planned.name, |entry| page.note(entry))?;
                    report(done);
                }
            },
            Some(ended) = parts.join_next() => {
                let ended = ended.unwrap_or_else(|error| Err(broken(&planned.name, &error)));
                if ended.is_err() && outcome.is_ok() {
                    parts.abort_all();
                    outcome = ended;
                }
            }
            else => return outcome,
        }
    }
}

impl Acknowledged {
    fn note(self, entry: &mut Entry) {
        entry.items += self.items;
        if let Some(reached) = entry.segments.get_mut(self.segment) {
            *reached = self.reached;
        }
    }
}

pub(super) fn broken(table: &str, error: &tokio::task::JoinError) -> CopyError {
    let reason = if error.is_panic() { "a bug of this program" } else { "it was stopped" };
    CopyError::Broken { table: table.to_owned(), reason: reason.to_owned() }
}

fn begin(
    planned: &Planned,
    entry: &Entry,
    sender: mpsc::Sender<Told>,
) -> JoinSet<Result<(), CopyError>> {
    let places = Arc::new(Semaphore::new(COPY_WRITES));
    let mut parts = JoinSet::new();
    for (number, reached) in entry.segments.iter().enumerate() {
        let after = match reached {
            Reached::Begin => None,
            Reached::After(key) => Some(key.clone()),
            Reached::End => continue,
        };
        let (asked, table) = (planned.source.clone(), Arc::clone(&planned.name));
        let segment = Segment { asked, table, number, of: entry.segments.len() };
        let writer = Writer {
            asked: planned.target.clone(),
            table: Arc::clone(&planned.name),
            keys: planned.definition.keys.clone().into(),
            places: Arc::clone(&places),
        };
        let teller = Teller { sender: sender.clone(), is_noted: entry.is_sent };
        parts.spawn(part(segment, writer, after, teller));
    }
    parts
}

/// Copies one part.
async fn part(
    segment: Segment,
    writer: Writer,
    after: Option<Value>,
    mut teller: Teller,
) -> Result<(), CopyError> {
    let mut page = segment.page(after.as_ref()).await?;
    loop {
        let Page { items, next } = page;
        let count = items.len() as u64;
        if count > 0 {
            teller.sends().await;
        }
        let following = async {
            match &next {
                Some(next) => segment.page(Some(next)).await.map(Some),
                None => Ok(None),
            }
        };
        let (written, following) = tokio::join!(writer.write_all(items), following);
        written?;
        let reached = next.clone().map_or(Reached::End, Reached::After);
        let page_done = Acknowledged { segment: segment.number, items: count, reached };
        // Nobody takes it when the copy has stopped.
        let _stopped = teller.sender.send(Told::Acknowledged(page_done)).await;
        match following? {
            Some(further) => page = further,
            None => return Ok(()),
        }
    }
}

/// How a part tells of itself.
#[derive(Debug)]
struct Teller {
    sender: mpsc::Sender<Told>,
    /// Whether it is noted that items are sent.
    is_noted: bool,
}

impl Teller {
    /// Returns when it is noted that items are sent. A copy that has stopped never notes it, and its parts go with it.
    async fn sends(&mut self) {
        if !self.is_noted {
            let (noted, is_noted) = oneshot::channel();
            let told = self.sender.send(Told::Sends(noted)).await;
            if told.is_err() || is_noted.await.is_err() {
                std::future::pending::<()>().await;
            }
            self.is_noted = true;
        }
    }
}

/// Puts items into a table.
#[derive(Debug, Clone)]
struct Writer {
    asked: Asked,
    table: Arc<str>,
    keys: Arc<[String]>,
    /// How many batches may be under way.
    places: Arc<Semaphore>,
}

impl Writer {
    /// Puts items, and returns when all are acknowledged.
    async fn write_all(&self, items: Vec<Item>) -> Result<(), CopyError> {
        let mut batches = JoinSet::new();
        for batch in batches_of(items) {
            let writer = self.clone();
            batches.spawn(async move {
                let _place = writer.places.acquire().await;
                writer.write(batch).await
            });
        }
        while let Some(ended) = batches.join_next().await {
            ended.unwrap_or_else(|error| Err(broken(&self.table, &error)))?;
        }
        Ok(())
    }

    /// Puts a batch, again and again what of it the store did not take.
    async fn write(&self, mut batch: Vec<String>) -> Result<(), CopyError> {
        let mut patience = Patience::new(&self.asked.manner);
        while !batch.is_empty() {
            let body = self.body(&batch);
            let answer = self.asked.once(Action::BatchWriteItem, &self.table, body).await?;
            let (trouble, reason) = match answer {
                Answer::Done(answer) => {
                    let left = self.unprocessed(answer, batch.len())?;
                    let is_less = left.len() < batch.len();
                    batch = left;
                    if batch.is_empty() {
                        return Ok(());
                    }
                    if is_less {
                        patience.renew();
                    }
                    (Trouble::Throttled, "it takes no more items".to_owned())
                }
                Answer::Again(trouble, reason) => (trouble, reason),
                Answer::Refused(refusal) if batch.len() > 1 && is_of_an_item(&refusal.kind) => {
                    return self.write_singly(batch).await;
                }
                Answer::Refused(refusal) if is_of_an_item(&refusal.kind) => {
                    return Err(self.refused(batch.first(), refusal.message));
                }
                Answer::Refused(refusal) => {
                    let action = Action::BatchWriteItem;
                    return Err(self.asked.refused(action, &self.table, &refusal));
                }
            };
            if !patience.wait(trouble).await {
                return Err(self.asked.silent(&self.table, reason));
            }
        }
        Ok(())
    }

    /// Puts the items of a batch one by one, so that the one that is refused is known.
    async fn write_singly(&self, batch: Vec<String>) -> Result<(), CopyError> {
        for put in batch {
            Box::pin(self.write(vec![put])).await?;
        }
        Ok(())
    }

    fn body(&self, batch: &[String]) -> Bytes {
        let (table, puts) = (Value::from(&*self.table), batch.join(","));
        Bytes::from(format!(r#"{{"RequestItems":{{{table}:[{puts}]}}}}"#))
    }

    /// The puts that the store has left, which are some of those that were sent.
    fn unprocessed(&self, mut answer: Value, sent: usize) -> Result<Vec<String>, CopyError> {
        let left = answer
            .get_mut("UnprocessedItems")
            .and_then(|tables| tables.get_mut(&*self.table).map(Value::take));
        match left {
            None => Ok(Vec::new()),
            Some(Value::Array(left)) if left.len() <= sent => {
                Ok(left.iter().map(Value::to_string).collect())
            }
            Some(_) => {
                let reason = "BatchWriteItem was answered with other `UnprocessedItems`";
                Err(self.asked.silent(&self.table, reason.to_owned()))
            }
        }
    }

    fn refused(&self, put: Option<&String>, message: String) -> CopyError {
        let put: Value = put.and_then(|put| serde_json::from_str(put).ok()).unwrap_or_default();
        let item = put.pointer("/PutRequest/Item").and_then(Value::as_object);
        let key = item.map(|item| key(item, &self.keys)).unwrap_or_default();
        let (store, table) = (self.asked.store.to_string(), self.table.to_string());
        CopyError::Item { store, table, key: Value::Object(key).to_string(), message }
    }
}

/// Whether an exception may be about one item of a batch.
fn is_of_an_item(kind: &str) -> bool {
    ["ValidationException", "SerializationException", "ItemCollectionSizeLimitExceededException"]
        .contains(&kind)
}

/// The items as puts in JSON, in batches that a request may have.
fn batches_of(items: Vec<Item>) -> Vec<Vec<String>> {
    let (mut batches, mut batch, mut bytes) = (Vec::new(), Vec::new(), 0);
    for item in items {
        let put = format!(r#"{{"PutRequest":{{"Item":{}}}}}"#, Value::Object(item));
        let is_full = batch.len() == BATCH_ITEMS || bytes + put.len() > COPY_BATCH_BYTES;
        if is_full && !batch.is_empty() {
            batches.push(std::mem::take(&mut batch));
            bytes = 0;
        }
        bytes += put.len();
        batch.push(put);
    }
    if !batch.is_empty() {
        batches.push(batch);
    }
    batches
}
