//! The bar that shows how far long work on items is, on a terminal alone.

use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};
use vestibule_dynamodb::SeedProgress;

/// Items from which work takes long enough to show.
const SHOWN_FROM_ITEMS: u64 = 1_000;

/// A bar that appears with the first report of long work.
#[derive(Debug)]
pub(crate) struct Progress {
    is_shown: bool,
    bar: Option<ProgressBar>,
}

impl Progress {
    /// A bar for standard error, when that is a terminal.
    pub(crate) fn new(is_terminal: bool) -> Progress {
        Progress { is_shown: is_terminal, bar: None }
    }

    /// Takes a report of a seed.
    pub(crate) fn report(&mut self, progress: SeedProgress) {
        let count = |items| u64::try_from(items).unwrap_or(u64::MAX);
        self.show("loading", count(progress.done), count(progress.total));
        if progress.done >= progress.total {
            self.end();
        }
    }

    /// Shows how many items are done of those that there seem to be; `doing` is what is done with them.
    pub(crate) fn show(&mut self, doing: &str, done: u64, total: u64) {
        if !self.is_shown || total.max(done) < SHOWN_FROM_ITEMS {
            return;
        }
        let bar = self.bar.get_or_insert_with(|| {
            let bar = ProgressBar::with_draw_target(Some(total), ProgressDrawTarget::stderr());
            let style = "{msg} {bar:30} {pos}/{len} items, {per_sec}, {eta} left";
            let style = ProgressStyle::with_template(style);
            let bar = bar.with_style(style.unwrap_or_else(|_| ProgressStyle::default_bar()));
            // What a copy goes on from was done before.
            bar.with_position(done).with_message(doing.to_owned())
        });
        bar.set_length(total.max(done));
        bar.set_position(done);
    }

    /// Takes the bar away.
    pub(crate) fn end(&mut self) {
        if let Some(bar) = self.bar.take() {
            bar.finish_and_clear();
        }
    }
}
