//! Batches of the gateway as calls of a script, and the script's answers as the gateway's.

use std::num::NonZeroU32;
use std::sync::Arc;

use redis::{Script, ScriptInvocation};
use vestibule_gateway::{
    Batch, Decided, Deciding, Granted, MeterKind, Reading, SharedStore, StoreLost,
};

use super::link::{Link, PREFIX};

/// Limits that are counted in the shared store.
#[derive(Debug)]
pub(crate) struct Counts {
    link: Arc<Link>,
    decide: Script,
}

impl Counts {
    /// Limits that are counted over a link.
    pub(crate) fn over(link: Arc<Link>) -> Counts {
        Counts { link, decide: Script::new(include_str!("decide.lua")) }
    }
}

impl SharedStore for Counts {
    fn decide(&self, batch: Batch) -> Deciding<'_> {
        Box::pin(async move {
            let call = invocation(&self.decide, &batch);
            let call = async |mut calls| call.invoke_async::<Vec<i64>>(&mut calls).await;
            let answer = self.link.call(call).await.ok_or(StoreLost)?;
            decided(&batch, &answer).ok_or_else(|| {
                self.link.lose_for_nonsense();
                StoreLost
            })
        })
    }

    fn is_there(&self) -> bool {
        self.link.is_there()
    }

    fn gateways(&self) -> NonZeroU32 {
        self.link.gateways()
    }

    fn is_gathering(&self) -> bool {
        self.link.is_gathering()
    }
}

fn invocation<'s>(script: &'s Script, batch: &Batch) -> ScriptInvocation<'s> {
    let mut call = script.prepare_invoke();
    for meter in &batch.meters {
        call.key(format!("{PREFIX}{}", meter.name));
        match meter.kind {
            MeterKind::Bucket { token_ns, bucket_ns, lacking_ns } => {
                call.arg("bucket").arg(token_ns).arg(bucket_ns).arg(lacking_ns);
            }
            MeterKind::Quota { requests, counted, owed, recalled, kept_s } => {
                call.arg("quota").arg(requests).arg(counted).arg(owed).arg(recalled).arg(kept_s);
            }
        }
    }
    for ask in &batch.asks {
        call.arg(ask.requests).arg(ask.meters.len());
        // Counted from 1 there.
        for at in &ask.meters {
            call.arg(at + 1);
        }
    }
    call
}

/// None of what is no answer to the batch.
fn decided(batch: &Batch, answer: &[i64]) -> Option<Decided> {
    let (asks, meters) = answer.split_at_checked(batch.asks.len().checked_mul(2)?)?;
    let asks = asks.chunks_exact(2).map(|ask| match ask {
        [requests, refused_by] => {
            let refused_by = usize::try_from(*refused_by).ok()?.checked_sub(1);
            Some(Granted { requests: u32::try_from(*requests).ok()?, refused_by })
        }
        _ => None,
    });
    let (meters, []) = meters.as_chunks() else { return None };
    let meters = meters.iter().map(|[level, recalled]| {
        let (level, recalled) = (u64::try_from(*level).ok()?, u64::try_from(*recalled).ok()?);
        Some(Reading { level, recalled })
    });
    Some(Decided { asks: asks.collect::<Option<_>>()?, meters: meters.collect::<Option<_>>()? })
}
