//! `[[api_keys]]`: who may call methods that require an API key.

use std::fmt;

use vestibule_restapi::Place;
use zeroize::Zeroizing;

use super::super::error::Error;
use super::Section;
use super::table::{Entries, Table};

pub(super) const SECTION: Section = Section {
    name: "api_keys",
    summary: "API keys, and the values of those that a definition leaves open",
    detail: "`id` is the logical id, the Terraform address or the id of a key of the definition, which then gets the value here; any \
             other one is a key of its own, with a `name` if you like and `enabled = false` to keep it out for a while. A value has 20 to \
             128 characters. See docs/auth-api-keys.md.",
    example: "[[api_keys]]\nid = \"partner\"\nvalue_env = \"PARTNER_KEY\"",
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

pub(super) fn read(entries: Entries<'_>) -> Result<Vec<ApiKeySettings>, Error> {
    entries.list()?.into_iter().map(key).collect()
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
