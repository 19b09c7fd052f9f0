//! The tables of `vestibule.toml` for which a flag has no room: each says what belongs to names that users choose.
//!
//! A section is a file here, a field of [`Sections`], an entry of [`SECTIONS`] and an arm in [`Sections::read`]. The text behind
//! a key of [`SECRETS`] is never shown.

mod api_keys;
mod domains;
mod functions;
mod method_settings;
mod table;
mod usage_plans;
mod user_pools;
mod users;

pub use api_keys::ApiKeySettings;
pub use domains::DomainSettings;
pub use method_settings::StageMethodSettings;
pub(super) use table::Context;
pub use table::SectionError;
pub use usage_plans::{MethodLimitSettings, UsagePlanSettings};
pub use user_pools::{IssuerSettings, KeysSettings, UserPoolSettings};
pub use users::{AccessKeySettings, UserSettings};

use std::path::PathBuf;

use toml::Spanned;
use toml::de::DeValue;
use vestibule_gateway::EndpointUrl;

use super::error::Error;
use super::origin::Origin;
use table::Entries;

/// A section as it can be written.
#[derive(Debug)]
pub(super) struct Section {
    /// Its name in `vestibule.toml`.
    pub(super) name: &'static str,
    /// One line.
    pub(super) summary: &'static str,
    /// What a user needs to know beyond that.
    pub(super) detail: &'static str,
    /// How it looks in `vestibule.toml`.
    pub(super) example: &'static str,
}

/// Every section.
pub(super) const SECTIONS: &[Section] = &[
    users::SECTION,
    functions::SECTION,
    user_pools::SECTION,
    api_keys::SECTION,
    usage_plans::SECTION,
    method_settings::SECTION,
    domains::SECTION,
];

/// The keys whose texts are secrets, at whatever depth. Each can be written with `_env` or `_file` behind it: the text is then that of
/// a variable of the environment, or of a file.
pub(super) const SECRETS: [&str; 3] = ["secret", "session_token", "value"];

/// What the sections of a settings file say.
#[derive(Debug, Clone, Default)]
pub struct Sections {
    /// IAM users, in the order of the file.
    pub users: Vec<UserSettings>,
    /// Where functions answer that are not asked of Lambda: their ARNs or names, none twice.
    pub functions: Vec<(String, EndpointUrl)>,
    /// API keys, in the order of the file.
    pub api_keys: Vec<ApiKeySettings>,
    /// Usage plans, in the order of the file.
    pub usage_plans: Vec<UsagePlanSettings>,
    /// What is said of the methods of stages, in the order of the file.
    pub method_settings: Vec<StageMethodSettings>,
    /// Who issues the tokens of user pools, no pool twice.
    pub user_pools: Vec<UserPoolSettings>,
    /// Custom domains, in the order of the file; none twice.
    pub domains: Vec<DomainSettings>,
    /// The files of secrets that were read.
    pub files: Vec<PathBuf>,
    /// What was read, for showing it.
    pub(super) shown: Vec<(&'static str, toml::Value, Origin)>,
}

impl Sections {
    /// Reads a section, if `name` is that of one.
    pub(super) fn read(
        &mut self,
        name: &Spanned<std::borrow::Cow<'_, str>>,
        value: &Spanned<DeValue<'_>>,
        context: Context<'_>,
    ) -> Result<bool, Error> {
        let Some(section) = SECTIONS.iter().find(|section| section.name == name.get_ref()) else {
            return Ok(false);
        };
        let entries = Entries::of(section.name, value, context);
        match section.name {
            "users" => self.users = users::read(entries)?,
            "functions" => self.functions = functions::read(entries)?,
            "api_keys" => self.api_keys = api_keys::read(entries)?,
            "domains" => self.domains = domains::read(entries)?,
            "usage_plans" => self.usage_plans = usage_plans::read(entries)?,
            "method_settings" => self.method_settings = method_settings::read(entries)?,
            "user_pools" => self.user_pools = user_pools::read(entries)?,
            _ => return Ok(false),
        }
        let origin = Origin::File(context.excerpt(name.span()));
        self.shown.push((section.name, table::shown(value.get_ref()), origin));
        Ok(true)
    }
}

#[cfg(test)]
mod tests {
    use super::super::{Environment, Flags, load};
    use std::ffi::OsString;

    /// What `text` below `version = 1` comes to: the sections as `config` shows them, or what is wrong.
    fn read(text: &str) -> Result<String, String> {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("v.toml");
        std::fs::write(&path, format!("version = 1\n{text}")).unwrap();
        std::fs::write(folder.path().join("secret"), "of a file\n").unwrap();
        std::fs::write(folder.path().join("long"), "x".repeat(65_537)).unwrap();
        let variable = |name: &str, value: &str| (OsString::from(name), OsString::from(value));
        let path = path.display().to_string();
        let environment = Environment::from_iter([
            variable("VESTIBULE_CONFIG", &path),
            variable("ALICE", "of a variable"),
        ]);
        let short = |text: String| text.replace(&folder.path().display().to_string(), "F");
        match load(&Flags::default(), &environment) {
            Ok(loaded) => {
                let sections = loaded.settings.sections;
                let users = sections.users.iter().flat_map(|user| &user.access_keys);
                let secrets: Vec<&str> = users.map(|key| key.secret.as_str()).collect();
                Ok(secrets.join(","))
            }
            Err(error) => {
                let place =
                    error.excerpt().map(|excerpt| format!("{}:{}: ", excerpt.line, excerpt.column));
                let help = error.help().map(|help| format!(" ({help})"));
                let message = error.message();
                Err(short([place, Some(message), help].into_iter().flatten().collect()))
            }
        }
    }

    fn key(lines: &str) -> String {
        format!("[[users]]\nname = \"alice\"\n[[users.access_keys]]\nid = \"AKIA\"\n{lines}")
    }

    #[test]
    fn a_secret_is_written_or_of_a_variable_or_a_file() {
        let of = |lines: &str| read(&key(lines)).unwrap();
        assert_eq!(of("secret = \" written \""), "written");
        assert_eq!(of("secret_env = \"ALICE\""), "of a variable");
        assert_eq!(of("secret_file = \"secret\""), "of a file");
    }

    #[test]
    fn what_is_wrong_names_its_place_and_shows_no_secret() {
        let line = "F/v.toml:4";
        let lacks = format!(
            "`users[0].access_keys[0]` ({line}) lacks a secret (say `secret_env`, the name of a variable, or `secret_file`)"
        );
        let twice = format!(
            "`users[0].access_keys[0]` ({line}) says more than one of `secret`, `secret_env` and `secret_file` (say one of them)"
        );
        let cases = [
            (key(""), lacks),
            (key("secret = \"hunter2\"\nsecret_env = \"ALICE\""), twice),
            (key("secret = \" \""), format!("`users[0].access_keys[0]` ({line}) has an empty `secret`")),
            (
                key("secret = [\"hunter2\"]"),
                "`users[0].access_keys[0].secret` (F/v.toml:6) must be a string, this is an array".to_owned(),
            ),
            (
                key("secret_env = \"BOB\""),
                "6:14: `users[0].access_keys[0].secret_env`: the environment has no variable `BOB` (set it, or name another)"
                    .to_owned(),
            ),
            (
                key("secret_file = \"gone\""),
                "6:15: `users[0].access_keys[0].secret_file`: cannot read `F/gone`: no such file".to_owned(),
            ),
            (
                key("secret_file = \"long\""),
                "6:15: `users[0].access_keys[0].secret_file`: cannot read `F/long`: it is longer than 65536 bytes"
                    .to_owned(),
            ),
            (
                "[[users]]\nname = \"alice\"\npolicys = []".to_owned(),
                "4:1: unknown key `policys` in `users[0]` (did you mean `policies`?)".to_owned(),
            ),
            ("users = 1".to_owned(), "`users` (F/v.toml:2) must be an array of tables, this is a whole number".to_owned()),
            (
                "[functions]\nx = \"localhost\"".to_owned(),
                "3:5: `localhost` for `functions.x`: neither `http://` nor `https://` \
                 (write it like `http://127.0.0.1:3001` or `https://sqs.us-east-1.amazonaws.com`)"
                    .to_owned(),
            ),
            (
                "function = 1".to_owned(),
                "2:1: unknown setting `function` (did you mean `functions`?)".to_owned(),
            ),
        ];
        for (text, expected) in cases {
            assert_eq!(read(&text).unwrap_err(), expected, "{text}");
        }
    }

    #[test]
    fn a_section_without_end_is_refused() {
        let many: String = (0..1_001).map(|n| format!("f{n} = \"http://localhost\"\n")).collect();
        assert_eq!(
            read(&format!("[functions]\n{many}")).unwrap_err(),
            "2:1: `functions` has more than 1000 entries"
        );
    }
}
