//! Deletes items whose time to live is over, as long as the program runs.

use std::convert::Infallible;

use tokio::time::sleep;
use vestibule_dynamodb::{Expiry, Tables};
use vestibule_gateway::Clock;

use crate::limits::{EXPIRY_PASS_PAUSE, EXPIRY_PAUSE};

/// Looks through the tables for ever, some thousand items a second.
pub(crate) async fn expire(tables: &Tables, clock: &impl Clock) -> Infallible {
    let mut expiry = Expiry::default();
    loop {
        let pause = match expiry.round(tables, clock.epoch_ms() / 1_000).await {
            Ok(round) => {
                if round.deleted > 0 {
                    let items = round.deleted;
                    tracing::debug!(items, "items whose time to live was over were deleted");
                }
                if round.is_pass_over { EXPIRY_PASS_PAUSE } else { EXPIRY_PAUSE }
            }
            Err(error) => {
                tracing::warn!(%error, "items whose time to live is over stay for now");
                EXPIRY_PASS_PAUSE
            }
        };
        sleep(pause).await;
    }
}
