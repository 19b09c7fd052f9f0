//! Deletes items whose time to live is over, and records of streams that are a day old, as long as the program runs.

use std::convert::Infallible;

use tokio::time::sleep;
use vestibule_dynamodb::{Expiry, State, Tables};
use vestibule_gateway::Clock;

use crate::limits::{EXPIRY_PASS_PAUSE, EXPIRY_PAUSE};

/// Looks through users' tables and the program's own for ever, some thousand items a second.
pub(crate) async fn expire((tables, state): (Tables, State), clock: &impl Clock) -> Infallible {
    let mut expiries = [Expiry::from(tables.clone()), Expiry::from(state)];
    loop {
        let mut pause = EXPIRY_PASS_PAUSE;
        for expiry in &mut expiries {
            if !round(expiry, clock).await {
                pause = EXPIRY_PAUSE;
            }
        }
        if !trim(&tables, clock).await {
            pause = EXPIRY_PAUSE;
        }
        sleep(pause).await;
    }
}

/// Looks at some thousand items; returns whether there is no more for now.
async fn round(expiry: &mut Expiry, clock: &impl Clock) -> bool {
    match expiry.round(clock.epoch_ms() / 1_000).await {
        Ok(round) => {
            if round.deleted > 0 {
                let items = round.deleted;
                tracing::debug!(items, "items whose time to live was over were deleted");
            }
            round.is_pass_over
        }
        Err(error) => {
            tracing::warn!(%error, "items whose time to live is over stay for now");
            true
        }
    }
}

/// Removes some thousand records; returns whether there is no more for now.
async fn trim(tables: &Tables, clock: &impl Clock) -> bool {
    match tables.trim_records(clock.epoch_ms() / 1_000).await {
        Ok(is_over) => is_over,
        Err(error) => {
            tracing::warn!(%error, "records of streams that are a day old stay for now");
            true
        }
    }
}
