//! Signatures that admit nobody, at APIs and at the AWS endpoints: AWS's answer, why, and what to do about it. Nothing of it is secret.

use vestibule_iam::Holder;
use vestibule_sigv4::{Claim, Refusal};

/// For what requests have to be signed.
#[derive(Clone, Copy, Debug)]
pub struct SignedFor<'s> {
    /// The name of the service in scopes, such as `execute-api`.
    pub service: &'s str,
    /// The region.
    pub region: &'s str,
}

/// A signature that admits nobody.
#[derive(Debug)]
pub struct Unadmitted {
    /// What the client is told, in AWS's words.
    pub refusal: Refusal,
    /// What the operator is told: which rule decided.
    pub why: String,
    /// What the client, or whoever keeps its key, has to do otherwise.
    pub help: Option<String>,
}

impl Unadmitted {
    /// One that a rule of signatures refuses.
    pub fn of(refusal: Refusal, wanted: SignedFor<'_>) -> Unadmitted {
        let why = why(&refusal);
        Unadmitted::told(refusal, wanted, why)
    }

    /// One of an access key that nobody has.
    pub fn of_nobody(access_key_id: &str, wanted: SignedFor<'_>) -> Unadmitted {
        let why = format!("nobody has the access key `{access_key_id}`");
        Unadmitted::told(Refusal::UnknownAccessKey, wanted, why)
    }

    /// One that the holder's key did not make of this request. What should have been signed is not told: a session token can stand
    /// in it.
    pub fn of_another(refusal: Refusal, holder: &Holder<'_>, wanted: SignedFor<'_>) -> Unadmitted {
        let (id, arn) = (holder.key.id(), holder.principal.arn());
        let why = format!("the signature is not one of the access key `{id}` of `{arn}`");
        Unadmitted::told(refusal, wanted, why)
    }

    /// What is wrong with the session that a verified request is of, if anything: its token is not that of the access key, or it has
    /// ended.
    pub fn by_session(
        claim: &Claim,
        holder: &Holder<'_>,
        epoch_ms: u64,
        wanted: SignedFor<'_>,
    ) -> Option<Unadmitted> {
        let id = holder.key.id();
        if !claim.is_of_session(holder.key.session_token()) {
            let why = match (claim.presented().session_token(), holder.key.session_token()) {
                (None, _) => {
                    format!(
                        "the access key `{id}` is temporary, and the request has no session token"
                    )
                }
                (Some(_), None) => format!(
                    "the access key `{id}` belongs to no session, and the request has a session token"
                ),
                (Some(_), Some(_)) => {
                    format!("the session token is not that of the access key `{id}`")
                }
            };
            return Some(Unadmitted::told(Refusal::InvalidSecurityToken, wanted, why));
        }
        let now_s = i64::try_from(epoch_ms / 1000).unwrap_or(i64::MAX);
        holder.key.is_expired(now_s).then(|| {
            let why = format!("the session of the access key `{id}` has ended");
            Unadmitted::told(Refusal::ExpiredSecurityToken, wanted, why)
        })
    }

    fn told(refusal: Refusal, wanted: SignedFor<'_>, why: String) -> Unadmitted {
        let help = remedy(&refusal, wanted);
        Unadmitted { refusal, why, help }
    }
}

/// Which rule of signatures refuses one.
pub(super) fn why(refusal: &Refusal) -> String {
    match refusal.clock_difference_s() {
        Some(seconds) if seconds < 0 => format!(
            "the request was signed {} seconds ago, or the client's clock is behind",
            seconds.unsigned_abs()
        ),
        Some(seconds) => format!("the client's clock is {seconds} seconds ahead"),
        // Some of AWS's sentences end with a space.
        None => format!("the signature cannot be taken: {}", refusal.to_string().trim_end()),
    }
}

/// What to do otherwise. Of a signature of something else that depends on what was signed.
fn remedy(refusal: &Refusal, wanted: SignedFor<'_>) -> Option<String> {
    let help = match refusal {
        Refusal::TwoSignatures => "sign in the header or in the query, not in both",
        Refusal::MissingEqualSign { .. } | Refusal::IncompleteHeader { .. } => {
            "sign the request with an access key (Signature Version 4): what stands in `Authorization` is no such signature, or not a whole one"
        }
        Refusal::IncompleteQuery { .. } => "send the presigned URL whole, as the SDK made it",
        Refusal::UnsupportedAlgorithm { .. } => "sign with `AWS4-HMAC-SHA256`",
        Refusal::HostNotSigned | Refusal::HeaderNotSigned { .. } => "sign that header too",
        Refusal::MalformedDate { .. } => {
            "send the moment of the signature as `X-Amz-Date`, such as `20260102T030405Z`"
        }
        Refusal::MalformedExpires | Refusal::ExpiresTooLate => {
            "let `X-Amz-Expires` be a number of seconds, 604800 (a week) at most"
        }
        Refusal::Expired { .. } | Refusal::NotYetCurrent { .. } => {
            "set the client's clock, or sign the request when it is sent"
        }
        Refusal::MalformedCredential { .. } | Refusal::WrongScope(_) => {
            let SignedFor { service, region } = wanted;
            let help = format!(
                "sign for the service `{service}` in the region `{region}`, and for the day of the request"
            );
            return Some(help);
        }
        Refusal::UnknownAccessKey => {
            "give a user of the settings that access key: `[[users.access_keys]]` of `vestibule.toml`"
        }
        Refusal::InvalidSecurityToken => {
            "send the session token of the access key as `X-Amz-Security-Token`, and none with a key that lasts"
        }
        Refusal::ExpiredSecurityToken => "get new temporary credentials",
        Refusal::Mismatch(_) => return None,
    };
    Some(help.to_owned())
}
