//! What a verified token claims.

use crate::limits::CLAIMS_MAX;
use crate::members::Members;
use serde_json::Value;

/// The claims of a token whose signature was verified.
#[derive(Clone, Debug)]
pub struct Claims(pub(crate) Members<CLAIMS_MAX>);

impl Claims {
    /// Returns the value of a claim.
    pub fn get(&self, name: &str) -> Option<&Value> {
        self.0.get(name)
    }

    /// Returns the value of a claim that is a text.
    pub fn text(&self, name: &str) -> Option<&str> {
        self.get(name)?.as_str()
    }

    /// Returns a moment (RFC 7519, NumericDate) in seconds since 1970-01-01 UTC; none when it is no number.
    pub fn seconds(&self, name: &str) -> Option<f64> {
        self.get(name)?.as_f64()
    }

    /// Iterates over all claims in their order.
    pub fn iter(&self) -> impl Iterator<Item = (&str, &Value)> {
        self.0.0.iter().map(|(name, value)| (name.as_str(), value))
    }
}
