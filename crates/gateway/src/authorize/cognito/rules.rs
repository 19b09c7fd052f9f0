//! What must be true of a token whose signature is right: it is valid now, of the kind that the method takes, and for a client of the
//! pool. Each rule that is broken is told by its claim.

use super::CognitoAuthorization;
use crate::limits::{CLOCK_SKEW_S, SHOWN_CHARS_MAX};
use crate::user_pools::{TokenForm, UserPool};
use serde_json::Value;
use vestibule_jwt::Claims;

/// A method's question to a token.
pub(super) struct Question<'q> {
    pub(super) asked: &'q CognitoAuthorization,
    /// Who has issued it.
    pub(super) pool: &'q UserPool,
    /// Seconds since 1970.
    pub(super) now_s: u64,
}

/// The claims that rules are about.
#[derive(Debug)]
pub(super) struct Facts {
    expires_s: Option<f64>,
    not_before_s: Option<f64>,
    issued_s: Option<f64>,
    token_use: Option<String>,
    scopes: Vec<String>,
    audiences: Vec<String>,
    client: Option<String>,
}

/// What is not true of a token, told by its claim.
#[derive(Debug)]
pub(super) enum Broken {
    /// Its time is over.
    Expired(String),
    /// Any other rule.
    Rule(String),
}

/// The kinds of tokens that a pool issues.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Kind {
    Id,
    Access,
}

impl Facts {
    pub(super) fn of(claims: &Claims) -> Facts {
        let text = |name: &str| claims.text(name).map(str::to_owned);
        // `scp`, `azp` and `cid` are other issuers' words.
        let scopes = claims.get("scope").or_else(|| claims.get("scp"));
        let scopes = scopes.map(list).unwrap_or_default();
        let separate = |scopes: &String| scopes.split(' ').map(str::to_owned).collect::<Vec<_>>();
        Facts {
            expires_s: claims.seconds("exp"),
            not_before_s: claims.seconds("nbf"),
            issued_s: claims.seconds("iat"),
            token_use: text("token_use"),
            scopes: scopes.iter().flat_map(separate).filter(|scope| !scope.is_empty()).collect(),
            audiences: claims.get("aud").map(list).unwrap_or_default(),
            client: text("client_id").or_else(|| text("azp")).or_else(|| text("cid")),
        }
    }

    /// Bytes of texts.
    pub(super) fn bytes(&self) -> usize {
        let texts = self.scopes.iter().chain(&self.audiences).chain(&self.token_use);
        texts.chain(&self.client).map(|text| size_of::<String>() + text.len()).sum()
    }

    fn kind(&self, pool: &UserPool) -> Option<Kind> {
        match (self.token_use.as_deref(), pool.tokens) {
            (Some("id"), _) => Some(Kind::Id),
            (Some("access"), _) => Some(Kind::Access),
            (Some(_), _) | (None, TokenForm::Cognito) => None,
            (None, TokenForm::OpenIdConnect) if !self.scopes.is_empty() => Some(Kind::Access),
            (None, TokenForm::OpenIdConnect) => {
                let is_known = |audience| pool.clients.contains(audience);
                self.audiences.iter().any(is_known).then_some(Kind::Id)
            }
        }
    }
}

/// A text, or the texts of a list.
fn list(value: &Value) -> Vec<String> {
    let texts = value.as_array().map_or(std::slice::from_ref(value), Vec::as_slice);
    texts.iter().filter_map(|text| text.as_str().map(str::to_owned)).collect()
}

/// Refuses a token of which a rule is not true.
pub(super) fn check(question: &Question<'_>, facts: &Facts) -> Result<(), Broken> {
    is_valid_now(question, facts)?;
    let kind = facts.kind(question.pool);
    let kind = kind.ok_or_else(|| Broken::Rule(no_kind(question, facts)))?;
    is_of_the_kind(question, facts, kind)?;
    is_for_a_client(question, facts, kind)?;
    matches_the_expression(question, facts)
}

#[expect(clippy::cast_precision_loss, reason = "seconds since 1970 are small")]
fn is_valid_now(question: &Question<'_>, facts: &Facts) -> Result<(), Broken> {
    let now_s = question.now_s;
    let now = now_s as f64;
    let Some(expires) = facts.expires_s else {
        return Err(Broken::Rule("it has no `exp`, a number of seconds since 1970".to_owned()));
    };
    if now >= expires {
        let says = format!("it has expired: `exp` is {expires}, the clock says {now_s}");
        return Err(Broken::Expired(says));
    }
    // AWS docs (HTTP APIs, JWT authorizers): neither lies in the future. Clocks differ a little.
    for (name, moment) in [("nbf", facts.not_before_s), ("iat", facts.issued_s)] {
        if moment.is_some_and(|moment| moment > now + CLOCK_SKEW_S as f64) {
            let moment = moment.unwrap_or_default();
            let says = format!("its `{name}` is {moment}, in the future: the clock says {now_s}");
            return Err(Broken::Rule(says));
        }
    }
    Ok(())
}

fn no_kind(question: &Question<'_>, facts: &Facts) -> String {
    match (&facts.token_use, question.pool.tokens) {
        (Some(other), _) => {
            let other: String = other.chars().take(SHOWN_CHARS_MAX).collect();
            format!("its `token_use` is `{other}`, neither `id` nor `access`")
        }
        (None, TokenForm::Cognito) => "it has no `token_use`".to_owned(),
        (None, TokenForm::OpenIdConnect) => {
            "it has neither `token_use` nor scopes, and its `aud` is no known client: it is no ID \
             token and no access token"
                .to_owned()
        }
    }
}

/// AWS docs: a method without scopes takes ID tokens, one with scopes takes access tokens that have one of them.
fn is_of_the_kind(question: &Question<'_>, facts: &Facts, kind: Kind) -> Result<(), Broken> {
    let scopes = &question.asked.scopes;
    let says = match kind {
        Kind::Id if scopes.is_empty() => return Ok(()),
        Kind::Access if scopes.iter().any(|scope| facts.scopes.contains(scope)) => return Ok(()),
        Kind::Access if scopes.is_empty() => {
            "it is an access token: the method has no scopes, and takes ID tokens".to_owned()
        }
        Kind::Id => format!(
            "it is an ID token: the method takes access tokens with the scope {}",
            one_of(scopes)
        ),
        Kind::Access => {
            format!("its scopes are {}: the method takes {}", one_of(&facts.scopes), one_of(scopes))
        }
    };
    Err(Broken::Rule(says))
}

fn is_for_a_client(question: &Question<'_>, facts: &Facts, kind: Kind) -> Result<(), Broken> {
    let known = &question.pool.clients;
    let (claim, clients) = match kind {
        Kind::Id => ("aud", facts.audiences.as_slice()),
        Kind::Access => ("client_id", facts.client.as_slice()),
    };
    if known.is_empty() || clients.iter().any(|client| known.contains(client)) {
        return Ok(());
    }
    let says = format!(
        "its `{claim}` is {}, the clients of the pool are {}",
        one_of(clients),
        one_of(known)
    );
    Err(Broken::Rule(says))
}

/// AWS docs: it is matched against `aud`, which access tokens do not have.
fn matches_the_expression(question: &Question<'_>, facts: &Facts) -> Result<(), Broken> {
    let Some((expression, place)) = &question.asked.authorizer.expression else { return Ok(()) };
    // A pattern that gives up on a text does not match it.
    let matches = |text: &String| expression.is_match(text).unwrap_or(false);
    if facts.audiences.iter().any(matches) {
        return Ok(());
    }
    let says = format!(
        "its `aud` is {}, which does not match `identityValidationExpression` ({place})",
        one_of(&facts.audiences)
    );
    Err(Broken::Rule(says))
}

/// `a`, `b` or `c`; the first few of many.
fn one_of(names: &[String]) -> String {
    const NAMED_MAX: usize = 5;
    let quoted =
        |name: &String| format!("`{}`", name.chars().take(SHOWN_CHARS_MAX).collect::<String>());
    let mut named: Vec<String> = names.iter().take(NAMED_MAX).map(quoted).collect();
    let further = names.len().saturating_sub(NAMED_MAX);
    if further > 0 {
        named.push(format!("{further} more"));
    }
    match named.split_last() {
        None => "not there".to_owned(),
        Some((last, [])) => last.clone(),
        Some((last, others)) => format!("{} or {last}", others.join(", ")),
    }
}
