//! AWS's services by signed requests: Lambda with and without a proxy, and any other.

pub(crate) mod lambda;
mod service;
mod signed;

pub(crate) use lambda::{FUNCTION_ERROR, Invocation, Invoked, InvokedFunction, LambdaFunction};
pub(crate) use service::{AwsService, Target};
pub(crate) use signed::{NotSigned, Signer};

pub(super) use lambda::{
    call as call_lambda, call_again as call_lambda_again, passed as passed_by_lambda,
};
pub(super) use service::{call as call_service, call_again as call_service_again};
