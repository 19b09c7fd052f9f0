//! `[[api_keys]]` and `[[usage_plans]]`: who may call methods that require an API key.

use std::fmt;

use vestibule_restapi::Place;
use zeroize::Zeroizing;

use super::super::error::Error;
use super::Section;
use super::table::{Entries, Table};

pub(super) const KEYS: Section = Section {
    name: "api_keys",
    summary: "API keys, and the values of those that a definition leaves open",
    detail: "`id` is the logical id, the Terraform address or the id of a key of the definition, which then gets the value here; any \
             other one is a key of its own, with a `name` if you like and `enabled = false` to keep it out for a while. A value has 20 to \
             128 characters. The file is read at the start alone. See docs/auth-api-keys.md.",
    example: "[[api_keys]]\nid = \"partner\"\nvalue_env = \"PARTNER_KEY\"",
};

pub(super) const PLANS: Section = Section {
    name: "usage_plans",
    summary: "Which API keys open which stages",
    detail: "`stages` are the id or the name of an API, a slash and the stage; `keys` are ids of keys, of this file or of the \
             definition. Throttles and quotas cannot be said yet.",
    example: "[[usage_plans]]\nname = \"partners\"\nstages = [\"shop/prod\"]\nkeys = [\"partner\"]",
};

/// An API key.
#[derive(Clone)]
pub struct ApiKeySettings {
    /// Its id, or what a definition calls it.
    pub id: String,
    /// Its name.
    pub name: Option<String>,
    /// What a caller shows.
    pub value: Option<Zeroizing<String>>,
    /// Whether it opens anything, when that is said.
    pub is_enabled: Option<bool>,
    /// Where it is said.
    pub place: Place,
}

impl fmt::Debug for ApiKeySettings {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.debug_struct("ApiKeySettings").field("id", &self.id).finish_non_exhaustive()
    }
}

/// A usage plan.
#[derive(Debug, Clone)]
pub struct UsagePlanSettings {
    /// Its name.
    pub name: String,
    /// The stages that it opens, as written: `shop/prod`.
    pub stages: Vec<String>,
    /// The ids of its keys, as written.
    pub keys: Vec<String>,
    /// Where it is said.
    pub place: Place,
}

pub(super) fn read_keys(entries: Entries<'_>) -> Result<Vec<ApiKeySettings>, Error> {
    entries.list()?.into_iter().map(key).collect()
}

pub(super) fn read_plans(entries: Entries<'_>) -> Result<Vec<UsagePlanSettings>, Error> {
    entries.list()?.into_iter().map(plan).collect()
}

fn key(mut table: Table<'_>) -> Result<ApiKeySettings, Error> {
    let id = table.required_text("id")?.value;
    let name = table.text("name")?.map(|text| text.value);
    let value = table.secret("value", "value_env", "value_file")?;
    let is_enabled = table.switch("enabled")?;
    let place = table.definition();
    table.finish()?;
    Ok(ApiKeySettings { id, name, value, is_enabled, place })
}

fn plan(mut table: Table<'_>) -> Result<UsagePlanSettings, Error> {
    let name = table.required_text("name")?.value;
    let mut texts = |key| {
        let texts = table.texts(key)?.into_iter().map(|text| text.value);
        Ok::<Vec<String>, Error>(texts.collect())
    };
    let (stages, keys) = (texts("stages")?, texts("keys")?);
    let place = table.definition();
    table.finish()?;
    Ok(UsagePlanSettings { name, stages, keys, place })
}
