//! Whose tables a call is about: names beginning `vestibule.` are the program's own.

use crate::wire::Refused;

/// What the names of the program's own tables begin with.
pub(crate) const OWN_PREFIX: &str = "vestibule.";

/// What their names begin with at another Vestibule, whose clients find no table of the names above.
pub(crate) const GUEST_PREFIX: &str = "guest.vestibule.";

/// Whose tables a call is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Side {
    Tables,
    State,
}

impl Side {
    /// Refuses a new table whose name belongs to the other side.
    pub(crate) fn admit(self, table_name: &str) -> Result<(), Refused> {
        match (self, self.owns(table_name)) {
            (Side::Tables | Side::State, true) => Ok(()),
            (Side::Tables, false) => Err(Refused::Validation(format!(
                "TableName `{table_name}` is refused: names beginning `{OWN_PREFIX}` are reserved"
            ))),
            (Side::State, false) => Err(Refused::Validation(format!(
                "TableName `{table_name}` is refused: names must begin `{OWN_PREFIX}`"
            ))),
        }
    }

    /// Returns whether a table of this name is on this side.
    pub(crate) fn owns(self, table_name: &str) -> bool {
        table_name.starts_with(OWN_PREFIX) == (self == Side::State)
    }
}
