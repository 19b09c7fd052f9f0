//! The bar that shows how far a long seed is, on a terminal alone.

use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};
use vestibule_dynamodb::SeedProgress;

/// Items from which a seed takes long enough to show.
const SHOWN_FROM_ITEMS: usize = 1_000;

/// A bar that appears with the first report of a long seed.
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

    /// Takes a report.
    pub(crate) fn report(&mut self, progress: SeedProgress) {
        if !self.is_shown || progress.total < SHOWN_FROM_ITEMS {
            return;
        }
        let total = u64::try_from(progress.total).unwrap_or(u64::MAX);
        let bar = self.bar.get_or_insert_with(|| {
            let bar = ProgressBar::with_draw_target(Some(total), ProgressDrawTarget::stderr());
            let style =
                ProgressStyle::with_template("loading {bar:30} {pos}/{len} items, {eta} left");
            bar.with_style(style.unwrap_or_else(|_| ProgressStyle::default_bar()))
        });
        bar.set_position(u64::try_from(progress.done).unwrap_or(u64::MAX));
        if progress.done >= progress.total {
            bar.finish_and_clear();
            self.bar = None;
        }
    }
}
