//! Why the engine cannot open a file, read from its own error.

use dynoxide::DynoxideError;
use rusqlite::ErrorCode;

/// Why the engine cannot open a file.
#[derive(Debug, PartialEq, Eq, thiserror::Error)]
pub(super) enum EngineFault {
    /// A newer engine wrote it: the schema found, and the newest one that is known.
    #[error("it has the engine's schema {found}, the newest known is {known}")]
    Newer { found: u32, known: u32 },
    /// It is not a database, or its pages make no sense.
    #[error("{0}")]
    Damaged(String),
    /// The system does not let it be used.
    #[error("{0}")]
    Unusable(String),
}

impl From<DynoxideError> for EngineFault {
    fn from(error: DynoxideError) -> EngineFault {
        let message = error.to_string();
        match error {
            DynoxideError::InternalServerError(text) if text.contains("newer version") => {
                let mut numbers = text
                    .split(|letter: char| !letter.is_ascii_digit())
                    .filter_map(|digits| digits.parse().ok());
                EngineFault::Newer {
                    found: numbers.next().unwrap_or_default(),
                    known: numbers.next().unwrap_or_default(),
                }
            }
            DynoxideError::InternalServerError(text) if text.contains("not a valid") => {
                EngineFault::Damaged("it is not a database".to_owned())
            }
            DynoxideError::SqliteError(error)
                if error.sqlite_error_code() == Some(ErrorCode::DatabaseCorrupt) =>
            {
                EngineFault::Damaged(error.to_string())
            }
            _ => EngineFault::Unusable(message),
        }
    }
}

impl From<rusqlite::Error> for EngineFault {
    fn from(error: rusqlite::Error) -> EngineFault {
        EngineFault::from(DynoxideError::from(error))
    }
}
