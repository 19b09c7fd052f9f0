//! Waits until something happens in the folders of the definitions. Folders and not files: editors write beside a file and
//! rename. What has changed, if anything, is for the caller to find out.

use std::sync::Arc;

use notify::event::{AccessKind, AccessMode, EventKind};
use notify::{RecommendedWatcher, RecursiveMode, Watcher};
use tokio::sync::Notify;
use tokio::time::timeout;

use super::files::FilesRead;
use crate::limits::{CHANGE_QUIET, CHANGE_SETTLED};

/// A watch over folders.
#[derive(Debug)]
pub(crate) struct Watch {
    watcher: RecommendedWatcher,
    happened: Arc<Notify>,
}

impl Watch {
    /// A watch over no folder yet.
    pub(crate) fn new() -> notify::Result<Watch> {
        let happened = Arc::new(Notify::new());
        let told = Arc::clone(&happened);
        let watcher = notify::recommended_watcher(move |event: notify::Result<notify::Event>| {
            // An error means that events were lost.
            if event.is_ok_and(|event| !is_change(event.kind)) {
                return;
            }
            told.notify_one();
        })?;
        // What happened before the first folder was watched is looked for once.
        happened.notify_one();
        Ok(Watch { watcher, happened })
    }

    /// Watches the folders of `files` from here on, beside those it watched before. For a folder that is not there, the one
    /// above in which it would be made.
    pub(crate) fn follow(&mut self, files: &FilesRead) -> notify::Result<()> {
        for folder in files.folders() {
            if let Some(there) = folder.ancestors().find(|folder| folder.is_dir()) {
                // One that is watched already stays so; one that was gone and is back is watched anew.
                self.watcher.watch(there, RecursiveMode::NonRecursive)?;
            }
        }
        Ok(())
    }

    /// Waits until something happens.
    pub(crate) async fn touched(&self) {
        self.happened.notified().await;
    }

    /// Waits until something has happened and it is quiet again.
    pub(crate) async fn happened(&self) {
        self.touched().await;
        let quiet =
            async { while timeout(CHANGE_QUIET, self.happened.notified()).await.is_ok() {} };
        // Who never ends to write is read in between.
        let _ = timeout(CHANGE_SETTLED, quiet).await;
    }
}

/// Whether an event can be a change of content. Files that are opened and read, also by this program, are none.
fn is_change(kind: EventKind) -> bool {
    match kind {
        EventKind::Access(AccessKind::Close(AccessMode::Write)) => true,
        EventKind::Access(_) => false,
        EventKind::Any
        | EventKind::Create(_)
        | EventKind::Modify(_)
        | EventKind::Remove(_)
        | EventKind::Other => true,
    }
}
