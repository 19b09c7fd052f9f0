//! A network behind which is an embedded store, asked as one on the network is: its answers can be made to go wrong.

use std::convert::Infallible;
use std::error::Error;
use std::sync::{Arc, Mutex};

use bytes::Bytes;
use http::{Request, Response};
use http_body_util::{BodyExt, Full};
use serde_json::{Value, json};
use vestibule_dynamodb::{Action, AnswerBody, Network, NetworkError, Sending, State, Tables};

/// What becomes of a request.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Fate {
    /// It is done.
    Done,
    /// It is done, and the answer is lost.
    Lost,
    /// It is refused with this body.
    Refused(&'static str),
    /// It is answered with this body.
    Answered(&'static str),
    /// Of a batch every other item is done, the first one too.
    Half,
    /// Nobody is there.
    Gone,
}

/// The number of the request among those of its action, from 0, and its body.
pub(crate) type Rule = fn(Action, usize, &str) -> Fate;

/// The network.
#[derive(Debug, Clone)]
pub(crate) struct Backed {
    tables: Tables,
    state: State,
    seen: Arc<Mutex<Seen>>,
}

#[derive(Debug)]
struct Seen {
    rule: Rule,
    actions: Vec<Action>,
    items_put: usize,
}

impl Backed {
    pub(crate) fn new(tables: Tables, state: State) -> Backed {
        let seen = Seen { rule: |_, _, _| Fate::Done, actions: Vec::new(), items_put: 0 };
        Backed { tables, state, seen: Arc::new(Mutex::new(seen)) }
    }

    pub(crate) fn rule(&self, rule: Rule) {
        let mut seen = self.seen.lock().unwrap();
        seen.rule = rule;
        seen.actions.clear();
        seen.items_put = 0;
    }

    /// How often an action was asked for since the rule.
    pub(crate) fn count(&self, action: Action) -> usize {
        let seen = self.seen.lock().unwrap();
        seen.actions.iter().filter(|one| **one == action).count()
    }

    /// Items of batches that were done since the rule.
    pub(crate) fn items_put(&self) -> usize {
        self.seen.lock().unwrap().items_put
    }

    async fn answer(&self, request: Request<Bytes>) -> Result<(u16, Bytes), NetworkError> {
        let not_found = (400, Bytes::from_static(b"{}"));
        let target = request.headers().get("x-amz-target").map(|value| value.to_str().unwrap());
        let Some(target) = target else { return Ok(not_found) };
        let action = target.rsplit('.').next().and_then(Action::from_name).unwrap();
        let body = request.into_body();
        let text = String::from_utf8(body.to_vec()).unwrap();
        let fate = {
            let mut seen = self.seen.lock().unwrap();
            let number = seen.actions.iter().filter(|one| **one == action).count();
            seen.actions.push(action);
            (seen.rule)(action, number, &text)
        };
        let gone = || NetworkError("cannot connect: connection refused".to_owned());
        match fate {
            Fate::Done => Ok(self.done(action, body).await),
            Fate::Lost => {
                self.done(action, body).await;
                Err(NetworkError("the connection was closed".to_owned()))
            }
            Fate::Refused(answer) => Ok((400, Bytes::from_static(answer.as_bytes()))),
            Fate::Answered(answer) => Ok((200, Bytes::from_static(answer.as_bytes()))),
            Fate::Half => Ok(self.half(&text).await),
            Fate::Gone => Err(gone()),
        }
    }

    async fn done(&self, action: Action, body: Bytes) -> (u16, Bytes) {
        let text = String::from_utf8(body.to_vec()).unwrap();
        if action == Action::BatchWriteItem {
            self.seen.lock().unwrap().items_put += text.matches("PutRequest").count();
        }
        if action == Action::ListTables {
            return self.names(body).await;
        }
        let reply = match text.contains("\"vestibule.") {
            true => self.state.call(action, body).await,
            false => self.tables.call(action, body).await,
        };
        let reply = reply.unwrap();
        (reply.status, reply.body)
    }

    async fn names(&self, body: Bytes) -> (u16, Bytes) {
        let mut names = Vec::new();
        for reply in [
            self.tables.call(Action::ListTables, body.clone()).await.unwrap(),
            self.state.call(Action::ListTables, body).await.unwrap(),
        ] {
            let page: Value = serde_json::from_slice(&reply.body).unwrap();
            names.extend(page["TableNames"].as_array().unwrap().clone());
        }
        (200, Bytes::from(json!({ "TableNames": names }).to_string()))
    }

    async fn half(&self, text: &str) -> (u16, Bytes) {
        let body: Value = serde_json::from_str(text).unwrap();
        let (table, puts) = body["RequestItems"].as_object().unwrap().iter().next().unwrap();
        let puts = puts.as_array().unwrap().clone();
        let every = |from: usize| puts.iter().skip(from).step_by(2).cloned().collect::<Vec<_>>();
        let (taken, left) = (every(0), every(1));
        let request = json!({ "RequestItems": { table: taken } });
        self.done(Action::BatchWriteItem, Bytes::from(request.to_string())).await;
        let left = if left.is_empty() { json!({}) } else { json!({ table: left }) };
        (200, Bytes::from(json!({ "UnprocessedItems": left }).to_string()))
    }
}

impl Network for Backed {
    fn send(&self, request: Request<Bytes>) -> Sending {
        let backed = self.clone();
        Box::pin(async move {
            let (status, body) = backed.answer(request).await?;
            let body = Full::new(body);
            let body = body
                .map_err(|never: Infallible| -> Box<dyn Error + Send + Sync> { match never {} });
            Ok(Response::builder().status(status).body(Box::pin(body) as AnswerBody).unwrap())
        })
    }
}
