//! What a set of files defines, and what was found on the way.

use vestibule_restapi::{
    AccountId, ApiKey, Diagnostic, DomainName, Place, Region, RestApi, Role, Severity, Sourced,
    Stage, UsagePlan, UserPool,
};

/// Where the definitions will run: what `${AWS::AccountId}`, `${AWS::Region}` and `${AWS::Partition}` stand for.
#[derive(Clone, Debug)]
pub struct Options {
    /// Of every ARN.
    pub account: AccountId,
    /// Of every ARN; it also decides the partition.
    pub region: Region,
    /// Values of CloudFormation parameters, of exports (by their name) and of attributes (`Resource.Attribute`) that
    /// only a deployment would know. Of two with one name the last counts.
    pub parameters: Vec<(String, String)>,
    /// What the base path of an OpenAPI file does.
    pub base_path: BasePath,
}

/// What an import makes of the base path of a document. For `/a/b/c` and the path `/e`:
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum BasePath {
    /// `/e`; AWS's default.
    #[default]
    Ignore,
    /// `/a/b/c/e`.
    Prepend,
    /// `/b/c/e`.
    Split,
}

/// What was read, and all findings.
#[derive(Clone, Debug, Default)]
pub struct Imported {
    /// As much as could be understood.
    pub definitions: Definitions,
    /// Sorted by file and place. They quote no secret.
    pub diagnostics: Vec<Diagnostic>,
    /// Values that were given for parameters with `NoEcho`, and those of API keys: whoever finds more about the definitions quotes none
    /// (`Diagnostic::conceal`).
    pub secrets: Vec<String>,
}

impl Imported {
    /// Whether a finding forbids serving the definitions.
    pub fn has_errors(&self) -> bool {
        self.diagnostics.iter().any(|finding| finding.severity == Severity::Error)
    }
}

/// APIs, how they are served, and the tables they use.
#[derive(Clone, Debug, Default)]
pub struct Definitions {
    /// In the order of the files; no two have one title or id.
    pub apis: Vec<RestApi>,
    /// In the order of the files; each of an API above, none of which has a name twice. An API without one is served under
    /// the stage of the settings.
    pub stages: Vec<Stage>,
    /// In the order of the files; no two have one name.
    pub domain_names: Vec<DomainName>,
    /// In the order of the files; no two have one name.
    pub tables: Vec<Table>,
    /// In the order of the files.
    pub usage_plans: Vec<UsagePlan>,
    /// In the order of the files.
    pub api_keys: Vec<ApiKey>,
    /// What integrations act as, in the order of the files.
    pub roles: Vec<Role>,
    /// In the order of the files.
    pub user_pools: Vec<UserPool>,
}

/// A DynamoDB table that is created in the store when it is missing.
#[derive(Clone, Debug)]
pub struct Table {
    /// Its key under `Resources`.
    pub logical_id: String,
    /// `TableName`; without one, the logical id.
    pub name: Sourced,
    /// The request of the action CreateTable, as JSON text.
    pub create_table: String,
    /// The attribute that holds the time an item ends at, when the table has one that is enabled.
    pub time_to_live_attribute: Option<Sourced>,
    /// Where it is defined.
    pub place: Place,
}
