//! Who issues the tokens of user pools, and where the keys are that verify them. The settings and the definitions say it; a
//! deployment takes from it what its authorizers need.

use crate::services::EndpointUrl;
use std::fmt;
use std::sync::Arc;

/// The user pools that somebody has said something about. Any other is Cognito's own.
#[derive(Clone, Debug, Default)]
pub struct UserPools(Vec<UserPool>);

/// Who stands behind a user pool.
#[derive(Clone, Debug)]
pub struct UserPool {
    /// Its id, such as `us-east-1_a1b2c3d4e`, or its ARN.
    pub pool: String,
    /// Who issues its tokens: their `iss`.
    pub issuer: String,
    /// The keys that verify them.
    pub keys: KeySource,
    /// Ids of its app clients, which tokens must be for. None known: any.
    pub clients: Vec<String>,
    /// How ID tokens and access tokens are told apart.
    pub tokens: TokenForm,
}

/// How ID tokens and access tokens of an issuer are told apart.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum TokenForm {
    /// By the claim `token_use`, which every token of Cognito has.
    #[default]
    Cognito,
    /// By `token_use` where there is one; else an access token is one with scopes, and an ID token one whose `aud` is a known client.
    OpenIdConnect,
}

/// Where keys are to be had.
#[derive(Clone)]
pub enum KeySource {
    /// A JSON Web Key Set on the network.
    Url(String),
    /// One that is read again whenever a token names a key that is not in it. A name for whoever operates the gateway, and what
    /// reads it or says why not.
    Document(String, Arc<ReadKeys>),
}

/// Reads a JSON Web Key Set, or says in words why it cannot be read.
pub type ReadKeys = dyn Fn() -> Result<Vec<u8>, String> + Send + Sync;

impl KeySource {
    /// Where Cognito and those who do as it does publish the keys of an issuer.
    pub fn of_issuer(issuer: &str) -> KeySource {
        KeySource::Url(format!("{}/.well-known/jwks.json", issuer.trim_end_matches('/')))
    }

    /// The address or the name.
    pub fn name(&self) -> &str {
        match self {
            KeySource::Url(name) | KeySource::Document(name, _) => name,
        }
    }
}

impl fmt::Debug for KeySource {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("KeySource").field(&self.name()).finish()
    }
}

impl UserPools {
    /// Of two that name one pool the first counts.
    pub fn new(pools: Vec<UserPool>) -> UserPools {
        UserPools(pools)
    }

    /// Who stands behind the pool of this ARN.
    pub(crate) fn find(&self, arn: &PoolArn<'_>) -> UserPool {
        let said = self.0.iter().find(|known| known.pool == arn.arn || known.pool == arn.pool);
        said.cloned().unwrap_or_else(|| arn.of_cognito())
    }
}

/// The ARN of a user pool: `arn:aws:cognito-idp:{region}:{account}:userpool/{id}`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PoolArn<'a> {
    arn: &'a str,
    region: &'a str,
    pool: &'a str,
}

impl<'a> PoolArn<'a> {
    /// Reads an ARN; none when it is that of something else.
    pub fn parse(arn: &'a str) -> Option<PoolArn<'a>> {
        let mut parts = arn.splitn(6, ':');
        let mut next = || parts.next();
        let (prefix, partition, service) = (next()?, next()?, next()?);
        let (region, account, resource) = (next()?, next()?, next()?);
        let pool = resource.strip_prefix("userpool/")?;
        let is_word = |text: &str| {
            let is_plain = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_');
            !text.is_empty() && text.bytes().all(is_plain)
        };
        let is_pool = prefix == "arn" && partition.starts_with("aws") && service == "cognito-idp";
        let is_whole = [region, account, pool].into_iter().all(is_word);
        (is_pool && is_whole).then_some(PoolArn { arn, region, pool })
    }

    /// Returns the id of the pool.
    pub fn pool(&self) -> &'a str {
        self.pool
    }

    /// Returns the issuer of the tokens that Cognito makes for the pool.
    pub fn issuer(&self) -> String {
        let PoolArn { region, pool, .. } = self;
        let end = if region.starts_with("cn-") { ".cn" } else { "" };
        format!("https://cognito-idp.{region}.amazonaws.com{end}/{pool}")
    }

    fn of_cognito(&self) -> UserPool {
        let issuer = self.issuer();
        UserPool {
            pool: self.pool.to_owned(),
            keys: KeySource::of_issuer(&issuer),
            issuer,
            clients: Vec::new(),
            tokens: TokenForm::Cognito,
        }
    }
}

/// Reads the address of a set of keys.
///
/// # Errors
/// What is wrong with it, in words for its author.
pub fn key_set_url(text: &str) -> Result<KeySource, &'static str> {
    EndpointUrl::parse(text).map(|_| KeySource::Url(text.to_owned()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_arn_of_a_pool_names_its_issuer() {
        let issuer = |arn: &str| PoolArn::parse(arn).map(|arn| arn.issuer());
        assert_eq!(
            issuer("arn:aws:cognito-idp:eu-west-1:123456789012:userpool/eu-west-1_AbC").unwrap(),
            "https://cognito-idp.eu-west-1.amazonaws.com/eu-west-1_AbC"
        );
        assert_eq!(
            issuer("arn:aws-cn:cognito-idp:cn-north-1:1:userpool/cn-north-1_A").unwrap(),
            "https://cognito-idp.cn-north-1.amazonaws.com.cn/cn-north-1_A"
        );
        for arn in [
            "",
            "us-east-1_A",
            "arn:aws:cognito-idp:us-east-1:1:userpool/",
            "arn:aws:cognito-idp:us-east-1:1:userpool/a/b",
            "arn:aws:cognito-idp:us-east-1:1:userpool/a:b",
            "arn:aws:cognito-idp:us-east-1.evil.example/:1:userpool/a",
            "arn:aws:cognito-identity:us-east-1:1:userpool/a",
            "arn:aws:iam::1:userpool/a",
        ] {
            assert_eq!(issuer(arn), None, "{arn}");
        }
    }

    #[test]
    fn what_is_said_of_a_pool_by_id_or_arn_stands_before_cognito() {
        let said = |pool: &str| UserPool {
            pool: pool.to_owned(),
            issuer: "https://i.example".to_owned(),
            keys: KeySource::of_issuer("https://i.example/"),
            clients: vec![],
            tokens: TokenForm::OpenIdConnect,
        };
        let arn = "arn:aws:cognito-idp:us-east-1:1:userpool/us-east-1_A";
        let keys = |pools: Vec<UserPool>| {
            let found = UserPools::new(pools).find(&PoolArn::parse(arn).unwrap());
            found.keys.name().to_owned()
        };
        let said_keys = "https://i.example/.well-known/jwks.json";
        assert_eq!(keys(vec![said("us-east-1_A")]), said_keys);
        assert_eq!(keys(vec![said(arn)]), said_keys);
        let cognitos =
            "https://cognito-idp.us-east-1.amazonaws.com/us-east-1_A/.well-known/jwks.json";
        assert_eq!(keys(vec![said("us-east-1_B")]), cognitos);
    }
}
