//! The program's log: lines for people or JSON objects, on standard error.
//! Who logs decides what is said; secrets are never handed to it.

use std::io::Write;

use tracing::Subscriber;
use tracing_subscriber::filter::LevelFilter;
use tracing_subscriber::fmt::MakeWriter;
use tracing_subscriber::fmt::format::Writer;
use tracing_subscriber::fmt::time::{FormatTime, SystemTime};
use vestibule_gateway::Trace;
use vestibule_restapi::Severity;

use crate::config::{LogFormat, LogLevel};

/// How the log is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Style {
    /// The least level that is logged.
    pub level: LogLevel,
    /// The form of a line.
    pub format: LogFormat,
    /// Whether a text line is coloured. A JSON line never is.
    pub is_coloured: bool,
}

/// Logs to standard error from here on, with UTC times. The first call of a process counts; returns
/// whether this was it.
pub fn start(style: Style) -> bool {
    tracing::subscriber::set_global_default(subscriber(style, SystemTime, std::io::stderr)).is_ok()
}

/// Returns what writes traces to standard error: in the text format as a person reads them, in JSON as one object a line, with
/// the trace under `trace`. The level of the log does not count: whoever wants no traces says so.
pub fn traces(style: Style) -> impl Fn(&Trace) + Send + Sync + 'static {
    move |trace| {
        let text = match style.format {
            LogFormat::Text => trace.text(style.is_coloured),
            LogFormat::Json => json_line(trace, &SystemTime),
        };
        // One write, so that no other line comes between. A reader that has gone away is no failure of ours.
        let _reader_gone = std::io::stderr().lock().write_all(text.as_bytes());
    }
}

fn json_line(trace: &Trace, time: &impl FormatTime) -> String {
    let mut timestamp = String::new();
    let _infallible = time.format_time(&mut Writer::new(&mut timestamp));
    let is_error = trace.findings.first().is_some_and(|f| f.severity == Severity::Error);
    let line = serde_json::json!({
        "timestamp": timestamp,
        "level": if is_error { "ERROR" } else { "INFO" },
        "message": trace.findings.first().map_or("traced", |finding| finding.message.as_str()),
        "request_id": trace.request_id,
        "trace": trace.json(),
    });
    format!("{line}\n")
}

type Lines = Box<dyn Subscriber + Send + Sync>;

fn subscriber<T, W>(style: Style, time: T, writer: W) -> Lines
where
    T: FormatTime + Send + Sync + 'static,
    W: for<'w> MakeWriter<'w> + Send + Sync + 'static,
{
    let lines = tracing_subscriber::fmt()
        .with_max_level(filter(style.level))
        .with_timer(time)
        .with_writer(writer)
        .with_target(false);
    match style.format {
        LogFormat::Text => Box::new(lines.with_ansi(style.is_coloured).finish()),
        LogFormat::Json => Box::new(lines.json().flatten_event(true).finish()),
    }
}

fn filter(level: LogLevel) -> LevelFilter {
    match level {
        LogLevel::Off => LevelFilter::OFF,
        LogLevel::Error => LevelFilter::ERROR,
        LogLevel::Warn => LevelFilter::WARN,
        LogLevel::Info => LevelFilter::INFO,
        LogLevel::Debug => LevelFilter::DEBUG,
        LogLevel::Trace => LevelFilter::TRACE,
    }
}

#[cfg(test)]
pub(crate) mod captured;

#[cfg(test)]
mod tests {
    use std::sync::{Arc, Mutex};

    use super::*;

    #[derive(Clone, Default)]
    struct Buffer(Arc<Mutex<Vec<u8>>>);

    impl std::io::Write for Buffer {
        fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
            self.0.lock().unwrap().extend_from_slice(bytes);
            Ok(bytes.len())
        }

        fn flush(&mut self) -> std::io::Result<()> {
            Ok(())
        }
    }

    fn logged(level: LogLevel, format: LogFormat) -> String {
        let buffer = Buffer::default();
        let writer = buffer.clone();
        let style = Style { level, format, is_coloured: false };
        let lines = subscriber(style, (), move || writer.clone());
        tracing::subscriber::with_default(lines, || {
            tracing::info!(port = 8080, "listening on `a\nb`\u{1b}[2J");
            tracing::warn!("slow");
        });
        let bytes = buffer.0.lock().unwrap().clone();
        String::from_utf8(bytes).unwrap()
    }

    #[test]
    fn a_text_line_has_level_message_and_fields() {
        assert_eq!(
            logged(LogLevel::Info, LogFormat::Text),
            "  INFO listening on `a\nb`\\x1b[2J port=8080\n  WARN slow\n"
        );
    }

    #[test]
    fn a_json_line_is_one_object() {
        assert_eq!(
            logged(LogLevel::Info, LogFormat::Json),
            concat!(
                r#"{"timestamp":"","level":"INFO","message":"listening on `a\nb`\u001b[2J","port":8080}"#,
                "\n",
                r#"{"timestamp":"","level":"WARN","message":"slow"}"#,
                "\n"
            )
        );
    }

    #[test]
    fn a_lower_level_is_not_logged() {
        assert_eq!(logged(LogLevel::Warn, LogFormat::Text), "  WARN slow\n");
        assert_eq!(logged(LogLevel::Off, LogFormat::Text), "");
    }
}
