//! Why a request was stopped. Steps make these; only `respond` turns them into bytes.

use http::StatusCode;
use std::borrow::Cow;
use std::fmt;
use vestibule_restapi::{GatewayResponseType, Place};

/// Why a request was stopped.
#[derive(Debug)]
pub(crate) enum Stop {
    /// No API is known yet: nothing of the answer can be customised.
    Bare(BareError),
    /// The API's gateway response of this kind answers.
    Gateway(Box<GatewayError>),
}

/// An answer that belongs to no API.
#[derive(Debug)]
pub(crate) struct BareError {
    /// The status.
    pub(crate) status: StatusCode,
    /// `x-amzn-ErrorType`.
    pub(crate) error_type: &'static str,
    /// The text under `message`.
    pub(crate) message: &'static str,
    /// For the operator's log alone, never in a response.
    pub(crate) detail: Option<Box<Detail>>,
}

/// An answer that the gateway makes itself.
#[derive(Debug)]
pub(crate) struct GatewayError {
    /// Chooses the customised response.
    pub(crate) kind: GatewayResponseType,
    /// The status, when AWS's differs from the kind's.
    pub(crate) status: Option<StatusCode>,
    /// `x-amzn-ErrorType`; one kind has several.
    pub(crate) error_type: &'static str,
    /// `$context.error.message` in AWS's words; `None` is JSON null.
    pub(crate) message: Option<Cow<'static, str>>,
    /// `$context.error.validationErrorString`.
    pub(crate) validation: Option<String>,
    /// For the operator's log alone, never in a response.
    pub(crate) detail: Option<Detail>,
    /// In the words of AWS's execution log, where it has others.
    pub(crate) logged: Option<String>,
}

/// What an operator is told of a failure: what happened and where in the definition.
#[derive(Debug)]
pub(crate) struct Detail {
    /// One sentence: lower case, no full stop.
    pub(crate) message: String,
    /// The spot in the definition.
    pub(crate) place: Option<Place>,
    /// The request's values that were involved, each cut to a bounded length.
    pub(crate) values: Vec<String>,
    /// What to do, where that is known.
    pub(crate) help: Option<String>,
}

/// `file:line:column: message`.
impl fmt::Display for Detail {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.place {
            Some(place) => write!(f, "{place}: {}", self.message),
            None => f.write_str(&self.message),
        }
    }
}

impl BareError {
    /// An error with AWS's words.
    pub(crate) fn new(
        status: StatusCode,
        error_type: &'static str,
        message: &'static str,
    ) -> BareError {
        BareError { status, error_type, message, detail: None }
    }

    /// AWS's 403 for what no API is known of, or none may be reached by.
    pub(crate) fn forbidden() -> BareError {
        BareError::new(StatusCode::FORBIDDEN, "ForbiddenException", "Forbidden")
    }

    /// Adds what the operator is told.
    pub(crate) fn detail(mut self, detail: Detail) -> BareError {
        self.detail = Some(Box::new(detail));
        self
    }
}

impl Stop {
    /// What an operator is told of it.
    pub(crate) fn detail(&self) -> Option<&Detail> {
        match self {
            Stop::Bare(error) => error.detail.as_deref(),
            Stop::Gateway(error) => error.detail.as_ref(),
        }
    }
}

impl GatewayError {
    /// An error of `kind` with AWS's words.
    pub(crate) fn new(
        kind: GatewayResponseType,
        error_type: &'static str,
        message: impl Into<Cow<'static, str>>,
    ) -> GatewayError {
        GatewayError {
            kind,
            status: None,
            error_type,
            message: Some(message.into()),
            validation: None,
            detail: None,
            logged: None,
        }
    }

    /// AWS's 500 for whatever is wrong with the API itself; the detail is the operator's.
    pub(crate) fn configuration(message: impl Into<String>, place: Option<Place>) -> GatewayError {
        GatewayError::new(
            GatewayResponseType::ApiConfigurationError,
            "InternalServerErrorException",
            "Internal server error",
        )
        .detail(message, place)
    }

    /// Sets a status that differs from the kind's own.
    pub(crate) fn status(mut self, status: StatusCode) -> GatewayError {
        self.status = Some(status);
        self
    }

    /// Adds what the operator is told.
    pub(crate) fn detail(
        mut self,
        message: impl Into<String>,
        place: Option<Place>,
    ) -> GatewayError {
        self.detail =
            Some(Detail { message: message.into(), place, values: Vec::new(), help: None });
        self
    }

    /// Says it as AWS's execution log does.
    pub(crate) fn logged(mut self, words: String) -> GatewayError {
        self.logged = Some(words);
        self
    }

    /// Adds the values that were involved, for an error that has a detail.
    pub(crate) fn values(mut self, values: Vec<String>) -> GatewayError {
        if let Some(detail) = &mut self.detail {
            detail.values = values;
        }
        self
    }

    /// Says what to do, for an error that has a detail.
    pub(crate) fn help(mut self, help: Option<String>) -> GatewayError {
        if let Some(detail) = &mut self.detail {
            detail.help = help;
        }
        self
    }
}

impl From<GatewayError> for Stop {
    fn from(error: GatewayError) -> Stop {
        Stop::Gateway(Box::new(error))
    }
}

impl From<Box<GatewayError>> for Stop {
    fn from(error: Box<GatewayError>) -> Stop {
        Stop::Gateway(error)
    }
}

impl From<BareError> for Stop {
    fn from(error: BareError) -> Stop {
        Stop::Bare(error)
    }
}
