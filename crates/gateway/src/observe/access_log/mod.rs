//! The access log: one line a request for an API, in the form that its stage says, or in the gateway's own.
//!
//! AWS docs: set up logging. Only `$context.*` is replaced; what is not known prints `-`. AWS writes values as they are, so
//! that a client's quotation mark ends a text of JSON; here a value cannot break its line, nor what stands between quotation marks.

mod format;
mod value;

pub use format::AccessLogFormat;
pub(crate) use value::masked;
pub(super) use value::root;

use super::completed::Completed;
use std::fmt;
use std::sync::OnceLock;

/// Told of each line, without its end.
type Tell = Box<dyn Fn(String) + Send + Sync>;

/// Where lines go.
#[derive(Default)]
pub(crate) struct AccessLog {
    begun: OnceLock<(AccessLogFormat, Tell)>,
}

impl fmt::Debug for AccessLog {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "AccessLog({})", if self.begun.get().is_some() { "on" } else { "off" })
    }
}

impl AccessLog {
    /// The first call counts. `format` is for stages that say none.
    pub(crate) fn begin(&self, format: AccessLogFormat, tell: Tell) {
        let _later = self.begun.set((format, tell));
    }

    /// Tells of a request, unless nobody wants lines or it is for no API.
    pub(super) fn tell(&self, completed: &Completed<'_>) {
        let Some((format, tell)) = self.begun.get() else { return };
        let Some(stage) = completed.exchange.stage.as_deref() else { return };
        let format = stage.access_log_format().unwrap_or(format);
        tell(format.line(&completed.exchange.client, |source| source.value(completed)));
    }
}
