//! Request validation: required parameters first, then the body; the first that fails answers (recorded on AWS).

mod body;
mod format;
mod parameters;
mod violation;

pub(crate) use body::{BodyModels, Schemas};

use crate::error::Stop;
use crate::exchange::Exchange;
use crate::site::Method;
use crate::throttle::Admitted;
use parameters::RequiredParameter;
use vestibule_restapi::RequestParameter;

/// What a method checks before its integration is called.
#[derive(Debug)]
pub(crate) struct Validation {
    parameters: Vec<RequiredParameter>,
    body: Option<BodyModels>,
}

/// Proof that a request was checked as its method asks: the mapping steps take nothing else.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Valid<'s> {
    method: &'s Method,
}

impl<'s> Valid<'s> {
    pub(crate) fn method(&self) -> &'s Method {
        self.method
    }
}

impl Validation {
    /// Checks of the required ones among `parameters`, unless `None`, and of the body against `body`.
    pub(crate) fn new(
        parameters: Option<&[RequestParameter]>,
        body: Option<BodyModels>,
    ) -> Validation {
        let parameters = parameters::required(parameters.unwrap_or_default());
        Validation { parameters, body }
    }

    /// Names of the query parameters it requires.
    pub(crate) fn required_querystring(&self) -> impl Iterator<Item = &str> {
        parameters::querystring(&self.parameters)
    }
}

/// Checks a request as its method asks.
pub(crate) async fn check<'s>(
    admitted: Admitted<'s>,
    exchange: &mut Exchange,
) -> Result<Valid<'s>, Stop> {
    let method = admitted.method();
    if let Some(validation) = &method.validation {
        parameters::check(&validation.parameters, exchange)?;
        if let Some(models) = &validation.body {
            models.check(exchange).await?;
        }
    }
    Ok(Valid { method })
}
