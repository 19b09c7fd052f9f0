//! `COGNITO_USER_POOLS`: a token of a user pool, in a header. Recorded: where tokens are taken from. The rest follows AWS docs:
//! apigateway-integrate-with-cognito, apigateway-enable-cognito-user-pool, and for what they do not say the verifier of tokens that
//! AWS publishes (inferred).
//!
//! `keys` has the keys of issuers, `seen` the tokens whose signatures were verified, `rules` what else must be true of a token,
//! `text` its claims as `$context.authorizer.claims` shows them, `refusal` the answers.

mod keys;
mod refusal;
mod rules;
mod seen;
mod text;

use super::Authorizer;
use crate::error::GatewayError;
use crate::exchange::Exchange;
use crate::pipeline::Gateway;
use crate::user_pools::UserPool;
use fancy_regex::Regex;
use http::HeaderName;
use keys::{Issuers, Unverified};
use rules::Question;
use seen::{Seen, Verified};
use std::sync::Arc;
use vestibule_jwt::Token;
use vestibule_restapi::Place;

/// An authorizer of this kind, compiled. The methods that name it share it.
#[derive(Debug)]
pub(crate) struct CognitoAuthorizer {
    pub(crate) name: String,
    /// Where a token is looked for.
    pub(crate) header: HeaderName,
    pub(crate) pools: Vec<UserPool>,
    /// What `aud` must match as a whole.
    pub(crate) expression: Option<(Regex, Place)>,
    pub(crate) place: Place,
}

/// What a method asks: a token, and of an access token one of these scopes.
#[derive(Debug)]
pub(crate) struct CognitoAuthorization {
    pub(crate) authorizer: Arc<CognitoAuthorizer>,
    pub(crate) scopes: Vec<String>,
    pub(crate) place: Place,
}

/// What is known of tokens and keys. It outlives what is served.
#[derive(Debug, Default)]
pub(crate) struct Tokens {
    issuers: Issuers,
    seen: Seen,
}

/// Lets in who has a token, with what the token says of them.
pub(crate) async fn check(
    gateway: &Gateway,
    asked: &CognitoAuthorization,
    exchange: &mut Exchange,
) -> Result<Authorizer, GatewayError> {
    let authorizer = &*asked.authorizer;
    if authorizer.header != http::header::AUTHORIZATION {
        exchange.identity.secret_headers.push(authorizer.header.clone());
    }
    let sent = exchange.header(authorizer.header.as_str());
    let Some(token) = sent.as_deref().and_then(bare) else {
        return Err(refusal::no_token(authorizer));
    };
    let (verified, pool) = verified(gateway, authorizer, token).await?;
    let now_s = exchange.epoch_ms / 1000;
    let question = Question { asked, pool, now_s };
    rules::check(&question, &verified.facts).map_err(|rule| refusal::broken(asked, &rule))?;
    Ok(Authorizer { claims: Some(Arc::clone(&verified.text)), ..Authorizer::default() })
}

/// The token without the word `Bearer` that may stand before it; none of nothing.
fn bare(header: &str) -> Option<&str> {
    let header = header.trim();
    let rest = match header.split_once(' ') {
        Some((word, rest)) if word.eq_ignore_ascii_case("bearer") => rest.trim_start(),
        Some(_) | None => header,
    };
    (!rest.is_empty() && !rest.eq_ignore_ascii_case("bearer")).then_some(rest)
}

/// The token as one whose signature is that of an issuer of the authorizer.
async fn verified<'a>(
    gateway: &Gateway,
    authorizer: &'a CognitoAuthorizer,
    sent: &str,
) -> Result<(Arc<Verified>, &'a UserPool), GatewayError> {
    let tokens = gateway.tokens();
    if let Some(known) = tokens.seen.find(sent)
        && let Some(pool) = authorizer.pool(known.keys.issuer(), known.keys.source())
        && known.is_current(gateway)
    {
        return Ok((known, pool));
    }
    let token = Token::parse(sent).map_err(|error| refusal::unreadable(authorizer, &error))?;
    let pool = token.claimed_issuer().and_then(|issuer| authorizer.of_issuer(issuer));
    let Some(pool) = pool else {
        return Err(refusal::foreign(authorizer, token.claimed_issuer()));
    };
    let keys = tokens.issuers.of(pool);
    let set = keys.with(token.key_id(), gateway).await;
    let set = set.map_err(|unverified| match unverified {
        Unverified::NoKeys(why) => refusal::no_keys(authorizer, &keys, &why),
        Unverified::UnknownKey => refusal::unknown_key(authorizer, &keys, token.key_id()),
    })?;
    let Some(key) = set.find(token.key_id()) else {
        return Err(refusal::unknown_key(authorizer, &keys, token.key_id()));
    };
    let signature = |error| refusal::unreadable(authorizer, &error);
    if tokens.seen.is_forged(sent, &set) {
        return Err(signature(vestibule_jwt::TokenError::Signature));
    }
    match token.verified(key) {
        Ok(claims) => {
            let verified = tokens.seen.admit(sent, Verified::new(claims, keys, set));
            Ok((verified, pool))
        }
        Err(error) => {
            tokens.seen.refuse(sent, &set);
            Err(signature(error))
        }
    }
}

impl CognitoAuthorizer {
    /// The pool that this issuer, with keys from there, stands behind.
    fn pool(&self, issuer: &str, source: &str) -> Option<&UserPool> {
        self.pools.iter().find(|pool| pool.issuer == issuer && pool.keys.name() == source)
    }

    fn of_issuer(&self, issuer: &str) -> Option<&UserPool> {
        self.pools.iter().find(|pool| pool.issuer == issuer)
    }
}

#[cfg(test)]
mod tests {
    use super::bare;

    /// AWS docs and users' reports: both forms are taken.
    #[test]
    fn the_word_bearer_may_stand_before_a_token() {
        for header in ["a.b.c", "Bearer a.b.c", "bearer  a.b.c", " BEARER a.b.c "] {
            assert_eq!(bare(header), Some("a.b.c"), "{header}");
        }
        for header in ["", " ", "Bearer", "Bearer ", "bearer  "] {
            assert_eq!(bare(header), None, "{header}");
        }
        assert_eq!(bare("Basic a.b.c"), Some("Basic a.b.c"));
    }
}
