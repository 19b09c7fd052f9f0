//! The users of the settings as principals: their ARNs, their access keys and the files of their policies.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use vestibule_gateway::{Principals, policy_fault};
use vestibule_iam::{AccessKey, Attached, BadEntry, Directory, Policy, PolicyKind, Principal};
use vestibule_restapi::{AccountId, Code, Diagnostic, Document, Sourced, iam_id};

use super::files::DefinitionFiles;
use crate::config::{AccessKeySettings, UserSettings};
use crate::credentials::epoch_s;

/// Makes the principals of the settings; what is wrong with them is a finding.
pub(super) fn principals(
    users: &[UserSettings],
    account: &AccountId,
    files: &DefinitionFiles,
    diagnostics: &mut Vec<Diagnostic>,
) -> Principals {
    let mut making =
        Making { files, directory: Directory::new(), documents: Vec::new(), diagnostics };
    for user in users {
        making.add(user, account);
    }
    Principals::new(making.directory, making.documents)
}

struct Making<'m> {
    files: &'m DefinitionFiles,
    directory: Directory,
    documents: Vec<(Arc<Policy>, Sourced)>,
    diagnostics: &'m mut Vec<Diagnostic>,
}

impl Making<'_> {
    fn add(&mut self, user: &UserSettings, account: &AccountId) {
        let arn = user.arn.clone();
        let arn = arn.unwrap_or_else(|| format!("arn:aws:iam::{account}:user/{}", user.name));
        let mut all = |paths: &[PathBuf]| -> Vec<Arc<Policy>> {
            paths.iter().filter_map(|path| self.policy(path, &user.place)).collect()
        };
        // One that cannot be read is a finding that forbids all: nobody is unbounded for the lack of it.
        let attached = Attached {
            policies: all(&user.policies),
            boundary: all(user.permissions_boundary.as_slice()).pop(),
            session_policies: all(&user.session_policies),
        };
        let principal = match Principal::parse(&arn, iam_id) {
            Ok(principal) => principal,
            Err(reason) => {
                let help = "write `arn:aws:iam::123456789012:user/NAME`, \
                            `arn:aws:sts::123456789012:assumed-role/ROLE/SESSION` or `arn:aws:iam::123456789012:root`";
                let message = format!("the user of {}: {reason}", user.place);
                let finding = Diagnostic::error(Code::InvalidValue, message);
                self.diagnostics.push(finding.help(help));
                return;
            }
        };
        let id = match self.directory.insert(principal, attached) {
            Ok(id) => id,
            Err(error) => return self.refuse(&user.place, &error),
        };
        for key in &user.access_keys {
            match access_key(key) {
                Ok(access_key) => {
                    if let Err(error) = self.directory.give(access_key, id) {
                        self.refuse(&key.place, &error);
                    }
                }
                Err(reason) => {
                    let message = format!("the access key of {}: {reason}", key.place);
                    self.diagnostics.push(Diagnostic::error(Code::InvalidValue, message));
                }
            }
        }
    }

    fn refuse(&mut self, place: &str, error: &BadEntry) {
        let code = match error {
            BadEntry::Key { .. } | BadEntry::Principal { .. } => Code::Duplicate,
            BadEntry::Policy { .. } | BadEntry::Session { .. } => Code::InvalidValue,
        };
        self.diagnostics.push(Diagnostic::error(code, format!("{place}: {error}")));
    }

    /// Reads and compiles a policy. One that is named by several users is read once.
    fn policy(&mut self, path: &Path, of: &str) -> Option<Arc<Policy>> {
        let name = path.display().to_string();
        let is_known = |(_, text): &&(Arc<Policy>, Sourced)| text.whole().document.name() == name;
        if let Some((policy, _)) = self.documents.iter().find(is_known) {
            return Some(Arc::clone(policy));
        }
        let text = match self.files.read(path).map(String::from_utf8) {
            Ok(Ok(text)) => text,
            Ok(Err(_)) => {
                let message = format!("the policy `{name}` of {of} is not UTF-8 text");
                self.diagnostics.push(Diagnostic::error(Code::Unreadable, message));
                return None;
            }
            Err(error) => {
                let message = format!("cannot read the policy `{name}` of {of}: {error}");
                let finding = Diagnostic::error(Code::Unreadable, message);
                let help =
                    "name a file that exists; its path begins at the folder of the settings file";
                self.diagnostics.push(finding.help(help));
                return None;
            }
        };
        let document = Document::new(name, text.as_str());
        let source = Sourced::verbatim(&document, 0, text.as_str(), "");
        match Policy::parse(&text, PolicyKind::Identity) {
            Ok(policy) => {
                let policy = Arc::new(policy);
                self.documents.push((Arc::clone(&policy), source));
                Some(policy)
            }
            Err(faults) => {
                self.diagnostics.extend(faults.iter().map(|fault| policy_fault(fault, &source)));
                None
            }
        }
    }
}

fn access_key(key: &AccessKeySettings) -> Result<AccessKey, String> {
    let secret = key.secret.to_string();
    let made = match &key.session_token {
        None if key.expires.is_some() => {
            return Err("`expires` is said without a session token".to_owned());
        }
        None => AccessKey::long_term(&key.id, secret),
        Some(token) => {
            let expires_s = key.expires.as_deref().map_or(Ok(i64::MAX), expires_s)?;
            AccessKey::temporary(&key.id, secret, token.to_string(), expires_s)
        }
    };
    made.map_err(|error| error.to_string())
}

fn expires_s(text: &str) -> Result<i64, String> {
    let time = epoch_s(text);
    time.ok_or_else(|| format!("`{text}` for `expires` is no time like `2027-01-31T12:00:00Z`"))
}
