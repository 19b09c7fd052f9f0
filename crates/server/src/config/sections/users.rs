//! `[[users]]`: IAM users whose signed requests are taken, with their access keys and policies.

use std::fmt;
use std::path::PathBuf;

use zeroize::Zeroizing;

use super::super::error::Error;
use super::Section;
use super::table::{Entries, Table};

pub(super) const SECTION: Section = Section {
    name: "users",
    summary: "IAM users whose requests are taken where a method has `AWS_IAM` authorization",
    detail: "`arn` is `arn:aws:iam::{account}:user/{name}` unless it says another, such as that of a role's session. \
             `policies` are files of identity policies, JSON as in IAM; `permissions_boundary` is the file of one that \
             bounds them, and `session_policies` are those of a role's session. A user has up to 1,000 access keys; \
             one with a `session_token` is temporary and must be sent with it, until `expires` \
             (`2027-01-31T12:00:00Z`) if that is said.",
    example: "[[users]]\nname = \"alice\"\npolicies = [\"policies/alice.json\"]\n\n[[users.access_keys]]\nid = \
              \"AKIAIOSFODNN7EXAMPLE\"\nsecret_env = \"ALICE_SECRET\"",
};

/// An IAM user.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct UserSettings {
    /// Its name.
    pub name: String,
    /// Its ARN, when it is not made of the name.
    pub arn: Option<String>,
    /// Files of its identity policies.
    pub policies: Vec<PathBuf>,
    /// The file of its permissions boundary.
    pub permissions_boundary: Option<PathBuf>,
    /// Files of its session policies: of a role's session alone.
    pub session_policies: Vec<PathBuf>,
    /// Its access keys.
    pub access_keys: Vec<AccessKeySettings>,
    /// Where it is said, such as `vestibule.toml:12`.
    pub place: String,
}

/// An access key.
#[derive(Clone, PartialEq, Eq)]
pub struct AccessKeySettings {
    /// Its id.
    pub id: String,
    /// What requests are signed with.
    pub secret: Zeroizing<String>,
    /// What a request must show beside it, for a temporary one.
    pub session_token: Option<Zeroizing<String>>,
    /// When it ends, as written.
    pub expires: Option<String>,
    /// Where it is said.
    pub place: String,
}

impl fmt::Debug for AccessKeySettings {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.debug_struct("AccessKeySettings").field("id", &self.id).finish_non_exhaustive()
    }
}

pub(super) fn read(entries: Entries<'_>) -> Result<Vec<UserSettings>, Error> {
    entries.list()?.into_iter().map(user).collect()
}

fn user(mut table: Table<'_>) -> Result<UserSettings, Error> {
    let name = table.required_text("name")?.value;
    let arn = table.text("arn")?.map(|text| text.value);
    let policies = table.paths("policies")?;
    let permissions_boundary = table.path("permissions_boundary")?.map(|(_, path)| path);
    let session_policies = table.paths("session_policies")?;
    let access_keys = table.list("access_keys")?;
    let access_keys = access_keys.into_iter().map(access_key).collect::<Result<_, _>>()?;
    let place = table.place();
    table.finish()?;
    Ok(UserSettings {
        name,
        arn,
        policies,
        permissions_boundary,
        session_policies,
        access_keys,
        place,
    })
}

fn access_key(mut table: Table<'_>) -> Result<AccessKeySettings, Error> {
    let id = table.required_text("id")?.value;
    let secret = table.secret("secret", "secret_env", "secret_file")?;
    let says = "lacks a secret";
    let help = || Some("say `secret_env`, the name of a variable, or `secret_file`".to_owned());
    let secret = secret.ok_or_else(|| table.wrong(says, help()))?;
    let session_token = table.secret("session_token", "session_token_env", "session_token_file")?;
    let expires = table.text("expires")?.map(|text| text.value);
    let place = table.place();
    table.finish()?;
    Ok(AccessKeySettings { id, secret, session_token, expires, place })
}
