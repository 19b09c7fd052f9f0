//! What is told of one request: what each step saw and made. Every text in it is redacted and cut already; none is a template's
//! or a client's as it came.

use std::time::Duration;
use vestibule_restapi::{Diagnostic, Place};

/// One request, told from its end.
#[derive(Debug)]
pub struct Trace {
    /// Our own id, which no client chooses: 16 hexadecimal digits.
    pub id: String,
    /// The `x-amzn-RequestId` that the client got.
    pub request_id: String,
    /// Milliseconds since 1970 when the request came.
    pub epoch_ms: u64,
    /// From its coming to its answer.
    pub took: Duration,
    /// The verb that was sent.
    pub verb: String,
    /// The path that was sent, with its query.
    pub target: String,
    /// The status of the answer.
    pub status: u16,
    /// What went wrong, or will: the cause first. Empty when nothing is known.
    pub findings: Vec<Diagnostic>,
    /// In the order of the pipeline, as far as the request came.
    pub steps: Vec<Step>,
    /// How long each step of the pipeline took, in their order, under its name: `route`, `authorize`, `validate`, `map`,
    /// `request`, `call` and `respond`.
    pub times: Vec<(&'static str, Duration)>,
    /// Failed requests before it that were not traced, because there were too many of them.
    pub untold: u64,
}

/// Names with values, in the order of the definition or of the request.
pub type Pairs = Vec<(String, String)>;

/// What one step saw and made.
#[derive(Debug)]
pub enum Step {
    /// Which method of which stage was found.
    Route {
        /// The API's name.
        api: String,
        /// The stage's name.
        stage: String,
        /// The verb of the method, or `ANY`.
        method: String,
        /// The path of its resource.
        resource: String,
        /// The variables of the path.
        path: Pairs,
        /// The parameters of the query.
        query: Pairs,
        /// The headers that mappings and templates see.
        headers: Pairs,
        /// The client's body.
        body: Shown,
    },
    /// Who was let in, or why not.
    Authorization {
        /// What the method asks for, such as `AWS_IAM`.
        kind: String,
        /// Who called, where that is known.
        caller: Option<String>,
        /// What was refused, and why.
        failure: Option<String>,
        /// What was looked at: the statements of policies, the canonical request.
        why: Vec<String>,
    },
    /// What an authorizer said of the caller.
    Authorizer {
        /// Its name.
        name: String,
        /// Whether it had said so before, and was not asked again.
        is_kept: bool,
        /// Whether it knows the caller; what it lets the caller do is decided after that.
        is_known: bool,
    },
    /// What the method's validator asked for.
    Validation {
        /// Such as `the required parameters` and ``the model `Item` ``; empty without a validator.
        checks: Vec<String>,
        /// What failed.
        failure: Option<String>,
    },
    /// The parameters of the integration request.
    RequestParameters(Vec<Mapped>),
    /// What the cache had, of a method that is cached.
    Cache {
        /// Whether that was the answer.
        is_hit: bool,
        /// Whether the answer was to be fetched anew for a caller who may not have that.
        is_refused: bool,
    },
    /// The body of the integration request.
    Request(Made),
    /// The event that the gateway made for a function.
    Event(Shown),
    /// What was called.
    Call {
        /// Such as `DynamoDB GetItem` or `HTTP GET`.
        endpoint: String,
        /// Where it was sent; of a call of DynamoDB, where AWS sends it; none of a mock.
        uri: Option<String>,
        /// Whether it went over the network.
        is_sent: bool,
        /// What it had as headers.
        headers: Pairs,
        /// What was sent.
        body: Shown,
    },
    /// What it answered.
    Reply {
        /// Its status, which selection patterns match.
        status: String,
        /// Its headers.
        headers: Pairs,
        /// Its body.
        body: Shown,
        /// How long it took.
        took: Duration,
    },
    /// Which integration response was chosen.
    Selection {
        /// What the patterns were matched against.
        status: String,
        /// The patterns in the order of the definition, up to the one that matched.
        tried: Vec<Tried>,
        /// The response that was chosen.
        chosen: Option<Chosen>,
    },
    /// The headers of the answer that are mapped.
    ResponseParameters(Vec<Mapped>),
    /// The body of the answer.
    Response(Made),
    /// What the templates left in `$context.responseOverride`.
    Overrides {
        /// The status.
        status: Option<String>,
        /// The headers.
        headers: Pairs,
    },
    /// The gateway response that answered.
    GatewayResponse {
        /// Its type, such as `DEFAULT_5XX`.
        kind: String,
        /// Why, in the words of AWS's execution log.
        failure: Option<String>,
    },
    /// What the client got.
    Answer {
        /// The status.
        status: u16,
        /// The headers.
        headers: Pairs,
        /// The body.
        body: Shown,
    },
}

/// A parameter that was mapped.
#[derive(Debug)]
pub struct Mapped {
    /// Such as `integration.request.header.X-Id`.
    pub destination: String,
    /// Such as `method.request.path.id`.
    pub source: String,
    /// None when there was nothing to map.
    pub value: Option<String>,
}

/// A body, and what made it.
#[derive(Debug)]
pub struct Made {
    /// The media type of the template, and where it stands; none when the body passed through.
    pub template: Option<(String, Place)>,
    /// The body; none when the template failed.
    pub body: Option<Shown>,
}

/// A pattern that a status was matched against.
#[derive(Debug)]
pub struct Tried {
    /// As it is written.
    pub pattern: String,
    /// Where.
    pub place: Option<Place>,
    /// Whether it matched.
    pub is_match: bool,
}

/// An integration response.
#[derive(Debug)]
pub struct Chosen {
    /// The status that it gives.
    pub status: u16,
    /// Whether it is the default response.
    pub is_default: bool,
    /// Where it stands.
    pub place: Place,
}

/// A text, cut where it is longer than what a trace keeps.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Shown {
    /// The beginning.
    pub text: String,
    /// The bytes of the whole.
    pub bytes: usize,
    /// Whether it is not the whole.
    pub is_cut: bool,
    /// Whether its bytes are no text: `text` has U+FFFD where they are none.
    pub is_binary: bool,
}

impl Trace {
    /// The bytes that it takes in memory, about.
    pub(super) fn weight(&self) -> usize {
        let findings = self.findings.iter().map(|finding| {
            let notes = finding.notes.iter().map(String::len).sum::<usize>();
            let shown = [&finding.value, &finding.help, &finding.label];
            let shown = shown.iter().map(|text| text.as_ref().map_or(0, String::len));
            256 + finding.message.len() + notes + shown.sum::<usize>()
        });
        let steps = self.steps.iter().map(Step::weight);
        512 + self.target.len() + findings.sum::<usize>() + steps.sum::<usize>()
    }
}

impl Step {
    fn weight(&self) -> usize {
        let pairs = |pairs: &Pairs| {
            pairs.iter().map(|(name, value)| 64 + name.len() + value.len()).sum::<usize>()
        };
        let mapped = |mapped: &[Mapped]| {
            let of = |one: &Mapped| {
                96 + one.destination.len()
                    + one.source.len()
                    + one.value.as_ref().map_or(0, String::len)
            };
            mapped.iter().map(of).sum::<usize>()
        };
        256 + match self {
            Step::Authorization { kind, caller, failure, why } => {
                let of = |text: &Option<String>| text.as_ref().map_or(0, String::len);
                kind.len() + of(caller) + of(failure) + why.iter().map(String::len).sum::<usize>()
            }
            Step::Route { path, query, headers, body, .. } => {
                pairs(path) + pairs(query) + pairs(headers) + body.text.len()
            }
            Step::Authorizer { name, .. } => name.len(),
            Step::Validation { checks, failure } => {
                checks.iter().chain(failure).map(String::len).sum()
            }
            Step::RequestParameters(parameters) | Step::ResponseParameters(parameters) => {
                mapped(parameters)
            }
            Step::Request(made) | Step::Response(made) => {
                made.body.as_ref().map_or(0, |body| body.text.len())
            }
            Step::Cache { .. } => 0,
            Step::Event(event) => event.text.len(),
            Step::Call { uri, headers, body, .. } => {
                uri.as_ref().map_or(0, String::len) + pairs(headers) + body.text.len()
            }
            Step::Reply { headers, body, .. } | Step::Answer { headers, body, .. } => {
                pairs(headers) + body.text.len()
            }
            Step::Selection { tried, .. } => {
                tried.iter().map(|tried| 128 + tried.pattern.len()).sum()
            }
            Step::Overrides { headers, .. } => pairs(headers),
            Step::GatewayResponse { kind, failure } => {
                kind.len() + failure.as_ref().map_or(0, String::len)
            }
        }
    }
}
