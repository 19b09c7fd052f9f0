//! Limits that several gateways count together: what the store is asked, and what follows from its answers.
//!
//! Source: ours; the order is AWS's (api-gateway-request-throttling).

use crate::fixture::{ports, store};
use crate::usage_plans::{Moving, ONE, admitted, limit, plan, quota, site};
use std::num::NonZeroU32;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};
use vestibule_gateway::{
    Batch, Day, Decided, Deciding, Gateway, Granted, MeterKind, Reading, SharedStore, Sharing,
    StoreLost, WhenLost,
};
use vestibule_restapi::QuotaPeriod;

/// A store that lets in all, or refuses by the first thing that it is asked for.
#[derive(Debug, Default)]
struct Told {
    batches: Mutex<Vec<Batch>>,
    refuses: AtomicBool,
}

impl SharedStore for Told {
    fn decide(&self, batch: Batch) -> Deciding<'_> {
        let refuses = self.refuses.load(Ordering::Relaxed);
        let granted = |ask: &vestibule_gateway::Ask| Granted {
            requests: if refuses { 0 } else { ask.requests },
            refused_by: refuses.then(|| ask.meters[0]),
        };
        let used = |meter: &vestibule_gateway::Meter| match meter.kind {
            MeterKind::Bucket { .. } => Reading { level: 0, recalled: 0 },
            MeterKind::Quota { counted, recalled, .. } => {
                Reading { level: u64::from(counted) + 1, recalled: u64::from(recalled) + 1 }
            }
        };
        let asks = batch.asks.iter().map(granted).collect();
        let meters = batch.meters.iter().map(used).collect();
        self.batches.lock().unwrap().push(batch);
        Box::pin(async { Ok::<_, StoreLost>(Decided { asks, meters }) })
    }

    fn is_there(&self) -> bool {
        true
    }

    fn gateways(&self) -> NonZeroU32 {
        NonZeroU32::MIN
    }

    fn is_gathering(&self) -> bool {
        false
    }
}

fn gateway() -> (Arc<Gateway>, Arc<Told>) {
    let (clock, told) = (Arc::new(Moving::default()), Arc::new(Told::default()));
    let gateway = Gateway::new(ports(store(), clock));
    let methods = [("/a/GET", limit(10.0, 5))];
    let plan = plan(&methods, Some(limit(100.0, 50)), quota(9, QuotaPeriod::Month));
    gateway.serve(site(plan, Some((1_000.0, 500))));
    gateway.share(Sharing {
        store: Arc::<Told>::clone(&told),
        when_lost: WhenLost::Share,
        gateways: None,
    });
    (gateway, told)
}

/// The names in the batches, each with how it is counted.
fn asked(told: &Told) -> Vec<String> {
    let batches = std::mem::take(&mut *told.batches.lock().unwrap());
    let named = |meter: vestibule_gateway::Meter| match meter.kind {
        MeterKind::Bucket { token_ns, bucket_ns, lacking_ns } => {
            format!("{} {token_ns} {bucket_ns} {lacking_ns}", meter.name)
        }
        MeterKind::Quota { requests, counted, owed, recalled, kept_s } => {
            format!("{} {requests} {counted} {owed} {recalled} {kept_s}", meter.name)
        }
    };
    batches.into_iter().flat_map(|batch| batch.meters).map(named).collect()
}

#[tokio::test]
async fn a_request_asks_for_all_its_limits_in_one_call_in_awss_order() {
    let (gateway, told) = gateway();
    assert_eq!(admitted(&gateway, "prod/a", ONE, 1).await, 1);
    let api = "9xymucop8r";
    let expected = [
        format!("key:4.9/gold/id-of-one:{api}/prod/GET /a 100000000 500000000 0"),
        "key:4.9/gold/id-of-one 10000000 500000000 0".to_owned(),
        format!("method:{api}/prod/GET /a 1000000 500000000 0"),
        "quota:4.9/gold/id-of-one:2026-11-01 9 0 0 0 2851200".to_owned(),
    ];
    assert_eq!(asked(&told), expected);
}

#[tokio::test]
async fn what_the_store_refuses_is_429() {
    let (gateway, told) = gateway();
    told.refuses.store(true, Ordering::Relaxed);
    assert_eq!(admitted(&gateway, "test/a", ONE, 2).await, 0);
    assert_eq!(told.batches.lock().unwrap().len(), 2);
}

/// A store that forgot, and a gateway that was started again: what was kept of the quota's use counts.
#[tokio::test]
async fn what_was_kept_of_a_quota_is_told_to_the_store() {
    let (gateway, told) = gateway();
    gateway.recall_use("gold", [("id-of-one", Day::parse("2026-11-26").unwrap(), 4)]);
    assert_eq!(admitted(&gateway, "test/b", ONE, 2).await, 2);
    let expected = [
        "key:4.9/gold/id-of-one 10000000 500000000 0",
        "quota:4.9/gold/id-of-one:2026-11-01 9 0 0 4 2851200",
        "key:4.9/gold/id-of-one 10000000 500000000 0",
        "quota:4.9/gold/id-of-one:2026-11-01 9 1 0 5 2851200",
    ];
    assert_eq!(asked(&told), expected);
}
