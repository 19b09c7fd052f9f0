//! The use of quotas, kept over restarts and added up over gateways on one store. Requests count in memory and wait for nobody;
//! what they count is written behind them.

mod table;

pub(crate) use table::UsageError;

use std::collections::HashMap;
use std::sync::Arc;

use tokio::sync::oneshot;
use tokio::task::{JoinHandle, JoinSet};
use tokio::time::{sleep, timeout};
use vestibule_dynamodb::State;
use vestibule_gateway::{CountedPlan, Day, Gateway, Unwritten, Written};

use crate::limits::{USE_BATCH_KEYS_MAX, USE_CLOSE_TIMEOUT, USE_WRITES_MAX, USE_WRITTEN_EVERY};
use table::UsageTable;

/// Writes use as long as it is there.
#[derive(Debug)]
pub(crate) struct Usage {
    stop: oneshot::Sender<()>,
    task: JoinHandle<()>,
}

struct Keeper {
    gateway: Arc<Gateway>,
    state: State,
    /// Once a plan has a quota.
    table: Option<UsageTable>,
    /// From which day on a plan's use is known.
    recalled: HashMap<Arc<str>, Day>,
    /// Whether it was said that the store does not take it.
    is_failing: bool,
}

impl Usage {
    /// Tells the gateway what is kept, and begins to keep what it counts.
    pub(crate) async fn keep(gateway: Arc<Gateway>, state: State) -> Result<Usage, UsageError> {
        let (table, recalled) = (None, HashMap::new());
        let mut keeper = Keeper { gateway, state, table, recalled, is_failing: false };
        keeper.tick().await?;
        let (stop, stopped) = oneshot::channel();
        let task = tokio::spawn(keeper.run(stopped));
        Ok(Usage { stop, task })
    }

    /// Writes the last of it, for a bounded time.
    pub(crate) async fn close(self) {
        drop(self.stop);
        if timeout(USE_CLOSE_TIMEOUT, self.task).await.is_err() {
            tracing::error!("the last use of quotas was not written in time");
        }
    }
}

impl Keeper {
    async fn run(mut self, mut stopped: oneshot::Receiver<()>) {
        loop {
            let is_over = tokio::select! {
                () = sleep(USE_WRITTEN_EVERY) => false,
                _ = &mut stopped => true,
            };
            let kept = self.tick().await;
            self.say(kept.err());
            if is_over {
                return;
            }
        }
    }

    /// Writes what was counted, and reads what is kept of plans that are new here. A table that is gone is made again the next time.
    async fn tick(&mut self) -> Result<(), UsageError> {
        let kept = self.write_and_read().await;
        if kept.as_ref().is_err_and(UsageError::is_of_no_table) {
            self.table = None;
        }
        kept
    }

    async fn write_and_read(&mut self) -> Result<(), UsageError> {
        let plans = self.gateway.counted_plans();
        let table = match &self.table {
            Some(table) => table.clone(),
            None if plans.is_empty() => return Ok(()),
            None => UsageTable::open(self.state.clone()).await?,
        };
        self.table = Some(table.clone());
        loop {
            let unwritten = self.gateway.unwritten_use(USE_BATCH_KEYS_MAX);
            if unwritten.is_empty() {
                break;
            }
            write(&table, unwritten).await?;
        }
        self.recall(&table, plans).await
    }

    async fn recall(
        &mut self,
        table: &UsageTable,
        plans: Vec<CountedPlan>,
    ) -> Result<(), UsageError> {
        for CountedPlan { plan, since } in plans {
            if self.recalled.get(&plan).is_some_and(|known| *known <= since) {
                continue;
            }
            let kept = table.kept(&plan, since).await?;
            let kept = kept.iter().map(|kept| (kept.key.as_str(), kept.day, kept.requests));
            self.gateway.recall_use(&plan, kept);
            self.recalled.insert(plan, since);
        }
        Ok(())
    }

    /// Says once that the store does not take it, and once that it does again.
    fn say(&mut self, error: Option<UsageError>) {
        let was_failing = std::mem::replace(&mut self.is_failing, error.is_some());
        match error {
            Some(error) if !was_failing => tracing::error!(
                %error, "the use of quotas is not kept: it is counted in memory and written later"
            ),
            None if was_failing => tracing::info!("the use of quotas is kept again"),
            Some(_) | None => (),
        }
    }
}

/// Writes all of it, as far as it goes. Returns one of the errors.
async fn write(table: &UsageTable, unwritten: Vec<Unwritten>) -> Result<(), UsageError> {
    let (mut writes, mut outcome) = (JoinSet::new(), Ok(()));
    for one in unwritten {
        if writes.len() >= USE_WRITES_MAX {
            settled(writes.join_next().await, &mut outcome);
        }
        let table = table.clone();
        writes.spawn(async move {
            let added = table.add(&one).await;
            let written =
                added.as_ref().map_or_else(UsageError::written, |all| Written::Total(*all));
            one.settle(written);
            added.map(drop)
        });
    }
    while let Some(write) = writes.join_next().await {
        settled(Some(write), &mut outcome);
    }
    outcome
}

fn settled(
    write: Option<Result<Result<(), UsageError>, tokio::task::JoinError>>,
    outcome: &mut Result<(), UsageError>,
) {
    // A write that panics is a bug that the log has; what it was to write is not written again.
    if let Some(Ok(Err(error))) = write {
        *outcome = Err(error);
    }
}
