//! What definitions hold, as far as a reload tells how one version differs from the one before: a hash of each method, of what
//! each API says beside its methods, of each stage. Where things stand in a file does not count.

use std::collections::BTreeMap;
use std::fmt::{self, Debug, Write};
use std::hash::{DefaultHasher, Hasher};

use crate::config::{AccessKeySettings, Sections, UserSettings};
use vestibule_restapi::{ApiKey, DeploymentId, DomainName, RestApi, Stage, UsagePlan};

/// What one version of the definitions holds.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Contents {
    /// By API, verb and path.
    methods: BTreeMap<String, u64>,
    /// By API.
    apis: BTreeMap<String, u64>,
    /// By API and stage.
    stages: BTreeMap<String, u64>,
    domains: u64,
    api_keys: u64,
    /// Users, without their policies, and their access keys.
    users: u64,
    /// Of users.
    policies: u64,
    /// Who issues tokens.
    user_pools: u64,
    /// Where functions answer.
    functions: u64,
}

impl Contents {
    /// Takes in an API, which stays as it is.
    pub(crate) fn add_api(&mut self, api: &mut RestApi) {
        let resources = std::mem::take(&mut api.resources);
        self.apis.insert(api.name.to_string(), hash(&*api));
        for resource in &resources {
            for method in &resource.methods {
                let key = format!("{}\n{} {}", &*api.name, method.http_method, &*resource.path);
                self.methods.insert(key, hash(method));
            }
        }
        api.resources = resources;
    }

    /// The id of a deployment of an API that was taken in: another one when anything of it is said otherwise, be it in a file
    /// that the definition names or by a parameter.
    pub(crate) fn deployment_id(&self, api: &RestApi) -> DeploymentId {
        let name = api.name.as_str();
        let mut content = format!("{name}\n{:?}\n", self.apis.get(name));
        let own = self.methods.range(format!("{name}\n")..);
        for (key, hash) in own.take_while(|(key, _)| key.split('\n').next() == Some(name)) {
            content.push_str(&format!("{key}\n{hash}\n"));
        }
        DeploymentId::of(content.as_bytes())
    }

    /// Takes in the stages and custom domains.
    pub(crate) fn add_stages(&mut self, stages: &[Stage], domains: &[DomainName]) {
        let one = |stage: &Stage| (format!("{}\n{}", stage.api, stage.name), hash(stage));
        self.stages = stages.iter().map(one).collect();
        self.domains = hash(domains);
    }

    /// Takes in the API keys, whose values no debug form shows, and their usage plans.
    pub(crate) fn add_api_keys(&mut self, keys: &[ApiKey], plans: &[UsagePlan]) {
        let value = |key: &ApiKey| key.value.as_ref().map(|value| hash(value.0.as_str()));
        let values: Vec<Option<u64>> = keys.iter().map(value).collect();
        self.api_keys = hash(&(keys, values, plans));
    }

    /// Takes in who may call, as the settings say, and the policies of users.
    pub(crate) fn add_callers<'p>(
        &mut self,
        sections: &Sections,
        policies: impl Iterator<Item = &'p str>,
    ) {
        // No debug form shows the secrets, and lines do not count.
        let key = |key: &AccessKeySettings| {
            let token = key.session_token.as_ref().map(|token| hash(token.as_str()));
            let secret = hash(key.secret.as_str());
            hash(&(&key.id, secret, token, &key.expires))
        };
        let user = |user: &UserSettings| {
            let bounds = (&user.permissions_boundary, &user.session_policies);
            let keys: Vec<u64> = user.access_keys.iter().map(key).collect();
            hash(&(&user.name, &user.arn, &user.policies, bounds, keys))
        };
        self.users = hash(&sections.users.iter().map(user).collect::<Vec<u64>>());
        self.policies = hash(&policies.collect::<Vec<&str>>());
        self.user_pools = hash(&sections.user_pools);
        self.functions = hash(&sections.functions);
    }

    /// How `self` differs from what was before, with the tables that were created: `2 methods changed, 1 added`.
    pub(crate) fn changes_since(&self, before: &Contents, created_tables: usize) -> String {
        let kinds = [
            ("method", changes(&before.methods, &self.methods)),
            ("API", changes(&before.apis, &self.apis)),
            ("stage", changes(&before.stages, &self.stages)),
            ("table", [("created", created_tables), ("", 0), ("", 0)]),
        ];
        let mut parts = Vec::new();
        for (noun, changes) in kinds {
            let mut noun = Some(noun);
            for (what, number) in changes.into_iter().filter(|(_, number)| *number > 0) {
                parts.push(match noun.take() {
                    Some(noun) if number == 1 => format!("1 {noun} {what}"),
                    Some(noun) => format!("{number} {noun}s {what}"),
                    None => format!("{number} {what}"),
                });
            }
        }
        if self.domains != before.domains {
            parts.push("custom domains changed".to_owned());
        }
        if self.api_keys != before.api_keys {
            parts.push("API keys changed".to_owned());
        }
        let of_settings = [
            ("users", self.users != before.users),
            ("policies of users", self.policies != before.policies),
            ("user pools", self.user_pools != before.user_pools),
            ("functions", self.functions != before.functions),
        ];
        let changed = of_settings.into_iter().filter(|(_, is_changed)| *is_changed);
        parts.extend(changed.map(|(what, _)| format!("{what} changed")));
        if parts.is_empty() { "nothing changed".to_owned() } else { parts.join(", ") }
    }
}

fn changes(
    before: &BTreeMap<String, u64>,
    after: &BTreeMap<String, u64>,
) -> [(&'static str, usize); 3] {
    let changed = after.iter().filter(|(key, hash)| before.get(*key).is_some_and(|b| b != *hash));
    let added = after.keys().filter(|key| !before.contains_key(*key));
    let removed = before.keys().filter(|key| !after.contains_key(*key));
    [("changed", changed.count()), ("added", added.count()), ("removed", removed.count())]
}

/// The hash of the debug form without places: nothing that a value holds can be forgotten in it.
fn hash(value: &(impl Debug + ?Sized)) -> u64 {
    struct Text(DefaultHasher);
    impl Write for Text {
        fn write_str(&mut self, text: &str) -> fmt::Result {
            self.0.write(text.as_bytes());
            Ok(())
        }
    }
    let mut text = Text(DefaultHasher::new());
    // A hasher takes every text.
    let _ = write!(text, "{value:-?}");
    text.0.finish()
}

#[cfg(test)]
mod tests {
    use super::*;
    use vestibule_import::{BasePath, NoFiles, Options, Source, read};
    use vestibule_restapi::{AccountId, Region};

    fn apis(paths: &str) -> Vec<RestApi> {
        let text = format!("openapi: 3.0.1\ninfo: {{title: case, version: '1'}}\npaths:\n{paths}");
        let options = Options {
            account: AccountId::parse("000000000000").unwrap(),
            region: Region::parse("us-east-1").unwrap(),
            parameters: vec![],
            base_path: BasePath::Ignore,
        };
        read(&[Source::new("api.yaml", text)], &options, &NoFiles).definitions.apis
    }

    fn contents(paths: &str) -> Contents {
        let mut contents = Contents::default();
        for mut api in apis(paths) {
            contents.add_api(&mut api);
            assert_eq!(api.resources.len(), paths.matches("  /").count());
        }
        contents
    }

    const MOCK: &str = "{responses: {'200': {description: a}}, x-amazon-apigateway-integration: \
                        {type: mock, responses: {default: {statusCode: '200'}}}}";

    #[test]
    fn what_differs_is_counted() {
        let before = contents(&format!("  /a: {{get: {MOCK}, put: {MOCK}}}\n"));
        let other = MOCK.replace("mock,", "mock, timeoutInMillis: 50,");
        let after = contents(&format!("  /a: {{get: {other}}}\n  /b: {{get: {MOCK}}}\n"));
        assert_eq!(after.changes_since(&before, 0), "1 method changed, 1 added, 1 removed");
        let none = Contents::default();
        assert_eq!(after.changes_since(&none, 2), "2 methods added, 1 API added, 2 tables created");
    }

    #[test]
    fn a_deployment_has_the_id_of_what_it_says() {
        let id = |paths: &str| {
            let mut api = apis(paths).remove(0);
            let mut contents = Contents::default();
            contents.add_api(&mut api);
            contents.deployment_id(&api)
        };
        let first = id(&format!("  /a: {{get: {MOCK}}}\n"));
        assert_eq!(first, id(&format!("\n  /a:\n     get: {MOCK}\n")));
        assert_ne!(first, id(&format!("  /b: {{get: {MOCK}}}\n")));
        assert_ne!(first, id(&format!("  /a: {{get: {}}}\n", MOCK.replace("'200'", "'201'"))));
    }

    #[test]
    fn another_value_of_a_key_is_a_change() {
        let key = |value: &str| {
            let text = format!(
                "Resources:\n  Key: {{Type: AWS::ApiGateway::ApiKey, Properties: {{Value: {value}}}}}"
            );
            let options = Options {
                account: AccountId::parse("000000000000").unwrap(),
                region: Region::parse("us-east-1").unwrap(),
                parameters: vec![],
                base_path: BasePath::Ignore,
            };
            let read = read(&[Source::new("t.yaml", text)], &options, &NoFiles);
            let mut contents = Contents::default();
            contents.add_api_keys(&read.definitions.api_keys, &[]);
            contents
        };
        let before = key("first-value-0123456789");
        assert_eq!(key("first-value-0123456789").changes_since(&before, 0), "nothing changed");
        assert_eq!(key("other-value-0123456789").changes_since(&before, 0), "API keys changed");
    }

    #[test]
    fn where_something_stands_does_not_count() {
        let before = contents(&format!("  /a: {{get: {MOCK}}}\n"));
        let after = contents(&format!("\n  # moved\n  /a:\n     get: {MOCK}\n"));
        assert_eq!(after.changes_since(&before, 0), "nothing changed");
    }
}
