//! What is logged, for tests.

use std::io::{self, Write};
use std::sync::{Arc, Mutex};

use tracing_subscriber::fmt::MakeWriter;

/// Sets a subscriber of the whole process before anything is logged: a place in the code that is met while there is none counts as one
/// that nobody wants, also for a test whose own log begins at the same moment.
pub(crate) fn subscribe() {
    static EVERYTHING: std::sync::Once = std::sync::Once::new();
    EVERYTHING.call_once(|| {
        let nowhere = tracing_subscriber::fmt().with_writer(io::sink).finish();
        tracing::subscriber::set_global_default(nowhere).unwrap();
    });
}

/// What is logged on this thread while `work` is done.
pub(crate) fn logged(work: impl FnOnce()) -> String {
    #[derive(Clone, Default)]
    struct Text(Arc<Mutex<Vec<u8>>>);
    impl Write for Text {
        fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
            self.0.lock().unwrap().extend_from_slice(bytes);
            Ok(bytes.len())
        }
        fn flush(&mut self) -> io::Result<()> {
            Ok(())
        }
    }
    impl<'w> MakeWriter<'w> for Text {
        type Writer = Text;
        fn make_writer(&'w self) -> Text {
            self.clone()
        }
    }
    subscribe();
    let text = Text::default();
    let lines = tracing_subscriber::fmt().without_time().with_target(false).with_ansi(false);
    let lines = lines.with_writer(text.clone()).finish();
    tracing::subscriber::with_default(lines, work);
    let bytes = text.0.lock().unwrap().clone();
    String::from_utf8(bytes).unwrap()
}
