//! What a service expects of a signature before it looks at the key: the clock and the scope.

use super::claim::Claim;
use super::presented::{Form, Presented};
use super::refusal::Refusal;
use crate::limits::SKEW_S;
use crate::scope::TERMINATOR;
use crate::timestamp::Timestamp;
use std::fmt;

/// What a service expects of those who call it.
#[derive(Clone, Copy, Debug)]
pub struct Expectation<'e> {
    /// Its region, such as `us-east-1`.
    pub region: &'e str,
    /// Its name for signing, such as `execute-api`.
    pub service: &'e str,
    /// When it is.
    pub now: Timestamp,
    /// The seconds by which the client's clock may differ.
    pub skew_s: u32,
}

impl<'e> Expectation<'e> {
    /// What a service expects that gives clocks AWS's five minutes.
    pub fn new(region: &'e str, service: &'e str, now: Timestamp) -> Expectation<'e> {
        Expectation { region, service, now, skew_s: SKEW_S }
    }
}

/// What is wrong with the scope of a credential, in AWS's words.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum WrongScope {
    /// It is for another region.
    Region {
        /// The region that it is for.
        got: String,
    },
    /// It is for another service.
    Service {
        /// The service that it should be for.
        expected: String,
    },
    /// It does not end with `aws4_request`.
    Terminator {
        /// What it ends with.
        got: String,
    },
    /// It is for another day than the one of the request.
    Date {
        /// The day that it is for.
        got: String,
        /// When the request was signed.
        time: Timestamp,
    },
}

/// AWS's sentence. All but the last end with a space.
impl fmt::Display for WrongScope {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            WrongScope::Region { got } => {
                write!(f, "Credential should be scoped to a valid Region, not '{got}'. ")
            }
            WrongScope::Service { expected } => {
                write!(f, "Credential should be scoped to correct service: '{expected}'. ")
            }
            WrongScope::Terminator { got } => write!(
                f,
                "Credential should be scoped with a valid terminator: '{TERMINATOR}', not '{got}'. "
            ),
            WrongScope::Date { got, time } => write!(
                f,
                "Date in Credential scope does not match YYYYMMDD from ISO-8601 version of date \
                 from HTTP: '{got}' != '{}', from '{time}'.",
                time.date()
            ),
        }
    }
}

impl Presented {
    /// Checks what can be checked without the key: that the signature is neither old nor of the future, and that it is meant for
    /// this service.
    ///
    /// # Errors
    /// It is not: the first complaint in AWS's order.
    pub fn check(self, expected: &Expectation<'_>) -> Result<Claim, Refusal> {
        check_clock(&self, expected)?;
        check_scope(&self, expected)?;
        Ok(Claim::new(self))
    }
}

fn check_clock(presented: &Presented, expected: &Expectation<'_>) -> Result<(), Refusal> {
    let (time, now, skew_s) = (presented.time, expected.now, expected.skew_s);
    let good_s = match presented.form {
        Form::Header => skew_s,
        // AWS: a presigned request that does not say how long it is good for is as good as any other.
        Form::Query => presented.expires_s.unwrap_or(skew_s),
    };
    let age_s = now.epoch_s() - time.epoch_s();
    if age_s > i64::from(good_s) {
        return Err(Refusal::Expired { time, now, good_s });
    }
    if age_s < -i64::from(skew_s) {
        return Err(Refusal::NotYetCurrent { time, now, skew_s });
    }
    Ok(())
}

fn check_scope(presented: &Presented, expected: &Expectation<'_>) -> Result<(), Refusal> {
    let mut parts = presented.credential.split('/');
    let mut next = || parts.next();
    let parts = (next(), next(), next(), next(), next(), next());
    let (Some(_), Some(date), Some(region), Some(service), Some(terminator), None) = parts else {
        let credential = presented.credential.clone();
        return Err(Refusal::MalformedCredential { credential });
    };
    let mut wrong = Vec::new();
    if region != expected.region {
        wrong.push(WrongScope::Region { got: region.to_owned() });
    }
    if service != expected.service {
        wrong.push(WrongScope::Service { expected: expected.service.to_owned() });
    }
    if terminator != TERMINATOR {
        wrong.push(WrongScope::Terminator { got: terminator.to_owned() });
    }
    if date != presented.time.date() {
        wrong.push(WrongScope::Date { got: date.to_owned(), time: presented.time });
    }
    if wrong.is_empty() { Ok(()) } else { Err(Refusal::WrongScope(wrong)) }
}
