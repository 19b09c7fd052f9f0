//! The keys of tables that policies were asked about, kept for a while: a remote store is not asked for each request.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use tokio::time::Instant;

use crate::access::Schema;
use crate::action::Action;
use crate::limits::{SCHEMA_KEPT, SCHEMAS_KEPT};

/// Keys of tables by name.
#[derive(Debug, Default)]
pub(crate) struct Schemas(Mutex<HashMap<String, Kept>>);

#[derive(Debug)]
struct Kept {
    until: Instant,
    schema: Arc<Schema>,
}

impl Schemas {
    /// What is known of a table, when it is not too old.
    pub(crate) fn find(&self, table: &str) -> Option<Arc<Schema>> {
        let kept = self.kept();
        let kept = kept.get(table).filter(|kept| Instant::now() < kept.until)?;
        Some(Arc::clone(&kept.schema))
    }

    /// Keeps what the store said of a table.
    pub(crate) fn keep(&self, table: String, schema: Arc<Schema>) {
        let mut kept = self.kept();
        if kept.len() >= SCHEMAS_KEPT {
            let now = Instant::now();
            kept.retain(|_, kept| now < kept.until);
        }
        if kept.len() >= SCHEMAS_KEPT {
            kept.clear();
        }
        kept.insert(table, Kept { until: Instant::now() + SCHEMA_KEPT, schema });
    }

    /// Forgets all when an action may have changed tables.
    pub(super) fn after(&self, action: Action) {
        let changes = matches!(
            action,
            Action::CreateTable
                | Action::DeleteTable
                | Action::UpdateTable
                | Action::ImportTable
                | Action::RestoreTableFromBackup
                | Action::RestoreTableToPointInTime
        );
        if changes {
            self.kept().clear();
        }
    }

    fn kept(&self) -> MutexGuard<'_, HashMap<String, Kept>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;

    #[tokio::test(start_paused = true)]
    async fn keys_are_kept_for_a_minute_and_not_past_a_change() {
        let schemas = Schemas::default();
        schemas.keep("a".to_owned(), Arc::default());
        tokio::time::advance(Duration::from_millis(59_999)).await;
        assert!(schemas.find("a").is_some());
        tokio::time::advance(Duration::from_millis(1)).await;
        assert!(schemas.find("a").is_none());
        schemas.keep("a".to_owned(), Arc::default());
        schemas.after(Action::PutItem);
        assert!(schemas.find("a").is_some());
        schemas.after(Action::UpdateTable);
        assert!(schemas.find("a").is_none());
    }

    #[tokio::test(start_paused = true)]
    async fn no_more_than_so_many_are_kept() {
        let schemas = Schemas::default();
        for table in 0..SCHEMAS_KEPT {
            schemas.keep(table.to_string(), Arc::default());
        }
        assert!(schemas.find("0").is_some());
        schemas.keep("one more".to_owned(), Arc::default());
        assert_eq!(schemas.kept().len(), 1);
    }
}
