//! How often API keys may call: the throttles and quotas of usage plans.
//!
//! Source: recorded wording of the 429s; AWS docs (api-gateway-request-throttling: the order; QuotaSettings).

use crate::definition::{answering, api, compiled, method, text, throttled};
use crate::fixture::{CLIENT, ask, bare_error, fine, get, log, ports, store};
use bytes::Bytes;
use http::Request;
use http_body_util::Full;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;
use vestibule_gateway::{ApiKeys, Clock, Gateway, Site, StageView};
use vestibule_restapi::{
    ApiKey, ApiKeyValue, HttpMethod, QuotaPeriod, QuotaSettings, RestApiId, Stage, StageName,
    ThrottleSettings, UsagePlan, UsagePlanStage,
};

pub(super) const ONE: &str = "value-of-one-0123456789";
const TWO: &str = "value-of-two-0123456789";

/// 2026-11-27 12:00:00 UTC, a Friday.
const NOON_MS: u64 = 1_795_780_800_000;
const DAY_MS: u64 = 86_400_000;

/// Milliseconds that a test moves on.
#[derive(Debug, Default)]
pub(super) struct Moving(AtomicU64);

impl Clock for Moving {
    fn epoch_ms(&self) -> u64 {
        NOON_MS + self.0.load(Ordering::Relaxed)
    }

    fn elapsed(&self) -> Duration {
        Duration::from_millis(self.0.load(Ordering::Relaxed))
    }
}

/// A clock whose time of day is set, and the seconds since it began apart.
#[derive(Debug)]
struct Stepping {
    epoch_ms: AtomicU64,
    elapsed_s: AtomicU64,
}

impl Clock for Stepping {
    fn epoch_ms(&self) -> u64 {
        self.epoch_ms.load(Ordering::Relaxed)
    }

    fn elapsed(&self) -> Duration {
        Duration::from_secs(self.elapsed_s.load(Ordering::Relaxed))
    }
}

pub(super) fn limit(rate: f64, burst: u32) -> ThrottleSettings {
    ThrottleSettings { rate_per_second: Some(rate), burst_requests: Some(burst) }
}

pub(super) fn quota(quota_requests: u32, period: QuotaPeriod) -> Option<QuotaSettings> {
    Some(QuotaSettings { quota_requests, offset: 0, period })
}

/// `gold`, which holds the stages `prod` and `test` and both keys; `methods` are limits of `prod`.
pub(super) fn plan(
    methods: &[(&str, ThrottleSettings)],
    throttle: Option<ThrottleSettings>,
    quota: Option<QuotaSettings>,
) -> UsagePlan {
    let stage = |name, throttle| UsagePlanStage {
        api: RestApiId::of("api"),
        stage: StageName::parse(name).unwrap(),
        throttle,
    };
    let methods = methods.iter().map(|(of, limit)| ((*of).to_owned(), limit.clone())).collect();
    UsagePlan {
        id: "gold".to_owned(),
        label: "Gold".to_owned(),
        name: None,
        stages: vec![stage("prod", methods), stage("test", Vec::new())],
        throttle,
        quota,
        keys: vec!["id-of-one".to_owned(), "id-of-two".to_owned()],
        place: text("plan").whole(),
    }
}

fn key(id: &str, value: &str) -> ApiKey {
    ApiKey {
        id: id.to_owned(),
        label: id.replace("id-of-", "key-"),
        name: None,
        value: Some(ApiKeyValue(text(value))),
        is_enabled: true,
        place: text("key").whole(),
    }
}

/// `/a`, `/b` and `/` require a key, `/open` does not; `stage` are limits of `prod` for all its methods.
fn site_with_findings(plan: UsagePlan, stage: Option<(f64, u32)>) -> (Site, Vec<String>) {
    let guarded = || {
        let mut guarded = method(HttpMethod::Get, answering("fine"));
        guarded.api_key_required = Some(text("security").whole());
        guarded
    };
    let open = method(HttpMethod::Get, answering("fine"));
    let api = api([("/", guarded()), ("/a", guarded()), ("/b", guarded()), ("/open", open)]);
    let snapshot = Arc::new(compiled(api));
    let mut stages = ["prod", "test"]
        .map(|name| Stage::new(StageName::parse(name).unwrap(), RestApiId::of("api")));
    stages[0].method_settings =
        stage.into_iter().map(|(rate, burst)| throttled(None, None, rate, burst)).collect();
    let keys = [key("id-of-one", ONE), key("id-of-two", TWO)];
    let mut findings = Vec::new();
    let keys = ApiKeys::compile(&keys, &[plan], &stages, &mut findings);
    let views = stages.map(|stage| StageView::new(stage, Arc::clone(&snapshot)));
    views.iter().for_each(|view| keys.check(view, &mut findings));
    let findings = findings.into_iter().map(|found| found.message).collect();
    (Site::new(views).with_api_keys(keys), findings)
}

pub(super) fn site(plan: UsagePlan, stage: Option<(f64, u32)>) -> Site {
    let (site, findings) = site_with_findings(plan, stage);
    assert_eq!(findings, [""; 0]);
    site
}

fn gateway(plan: UsagePlan, stage: Option<(f64, u32)>) -> (Arc<Gateway>, Arc<Moving>) {
    let clock = Arc::new(Moving::default());
    let gateway = Gateway::new(ports(store(), clock.clone()));
    gateway.serve(site(plan, stage));
    (gateway, clock)
}

fn request(path: &str, key: &str) -> Request<Full<Bytes>> {
    let mut request = get(&format!("/{}/{path}", RestApiId::of("api")));
    request.headers_mut().insert("x-api-key", key.parse().unwrap());
    request
}

/// Which of so many requests are let in; the others are throttled.
pub(super) async fn admitted(
    gateway: &Arc<Gateway>,
    path: &str,
    key: &str,
    requests: usize,
) -> usize {
    let throttled =
        bare_error("429 Too Many Requests", "TooManyRequestsException", "Too Many Requests");
    let mut admitted = 0;
    for _ in 0..requests {
        let answer = ask(gateway, request(path, key)).await;
        assert!(answer == fine("fine") || answer == throttled, "{answer}");
        admitted += usize::from(answer == fine("fine"));
    }
    admitted
}

/// Which of so many requests are let in; the others find the quota used up.
async fn within(gateway: &Arc<Gateway>, path: &str, key: &str, requests: usize) -> usize {
    let used_up = bare_error("429 Too Many Requests", "LimitExceededException", "Limit Exceeded");
    let mut admitted = 0;
    for _ in 0..requests {
        let answer = ask(gateway, request(path, key)).await;
        assert!(answer == fine("fine") || answer == used_up, "{answer}");
        admitted += usize::from(answer == fine("fine"));
    }
    admitted
}

#[tokio::test]
async fn a_key_has_one_bucket_for_all_stages_of_its_plan() {
    let (gateway, clock) = gateway(plan(&[], Some(limit(10.0, 3)), None), None);
    assert_eq!(admitted(&gateway, "prod/a", ONE, 2).await, 2);
    assert_eq!(admitted(&gateway, "test/b", ONE, 5).await, 1);
    assert_eq!(admitted(&gateway, "prod/a", TWO, 5).await, 3);
    clock.0.store(100, Ordering::Relaxed);
    assert_eq!(admitted(&gateway, "test/a", ONE, 5).await, 1);
}

// Source: documented (where no key is required, a key that is shown is neither counted nor throttled).
#[tokio::test]
async fn a_method_without_a_key_is_not_counted() {
    let none = plan(&[("/open/GET", limit(0.0, 0))], Some(limit(0.0, 0)), None);
    let (gateway, _) = gateway(UsagePlan { quota: quota(0, QuotaPeriod::Day), ..none }, None);
    assert_eq!(admitted(&gateway, "prod/open", ONE, 3).await, 3);
    assert_eq!(admitted(&gateway, "prod/a", ONE, 3).await, 0);
    assert_eq!(gateway.test_invoke(request("prod/a", ONE), CLIENT).await.status(), 200);
}

#[tokio::test]
async fn a_plan_limits_single_methods_of_a_stage() {
    let methods = [("/a/GET", limit(1.0, 2)), ("//GET", limit(1.0, 1))];
    let (gateway, _) = gateway(plan(&methods, None, None), None);
    assert_eq!(admitted(&gateway, "prod/a", ONE, 5).await, 2);
    assert_eq!(admitted(&gateway, "prod/a", TWO, 5).await, 2);
    assert_eq!(admitted(&gateway, "prod/", ONE, 5).await, 1);
    assert_eq!(admitted(&gateway, "prod/b", ONE, 5).await, 5);
    assert_eq!(admitted(&gateway, "test/a", ONE, 5).await, 5);
}

// Source: inferred (a request that is not taken costs nothing).
#[tokio::test]
async fn what_a_later_limit_refuses_costs_no_token_of_an_earlier_one() {
    let methods = [("/a/GET", limit(0.001, 3))];
    let (gateway, clock) = gateway(plan(&methods, Some(limit(0.001, 4)), None), Some((1.0, 1)));
    for second in 0..3 {
        clock.0.store(second * 1_000, Ordering::Relaxed);
        assert_eq!(admitted(&gateway, "prod/a", ONE, 5).await, 1, "{second}");
    }
    clock.0.store(10_000, Ordering::Relaxed);
    assert_eq!(admitted(&gateway, "prod/a", ONE, 5).await, 0);
    // The plan has one more, and the stage was not asked.
    assert_eq!(admitted(&gateway, "prod/b", ONE, 5).await, 1);
    assert_eq!(admitted(&gateway, "prod/a", TWO, 5).await, 1);
}

#[tokio::test]
async fn a_quota_is_used_up_until_midnight() {
    let (gateway, clock) = gateway(plan(&[], None, quota(3, QuotaPeriod::Day)), None);
    assert_eq!(within(&gateway, "prod/a", ONE, 2).await, 2);
    assert_eq!(within(&gateway, "test/b", ONE, 5).await, 1);
    assert_eq!(within(&gateway, "prod/a", TWO, 5).await, 3);
    clock.0.store(DAY_MS / 2 - 1, Ordering::Relaxed);
    assert_eq!(within(&gateway, "prod/a", ONE, 5).await, 0);
    clock.0.store(DAY_MS / 2, Ordering::Relaxed);
    assert_eq!(within(&gateway, "prod/a", ONE, 5).await, 3);
}

#[tokio::test]
async fn weeks_begin_on_sunday_and_months_on_the_first() {
    for (period, days) in [(QuotaPeriod::Week, 2), (QuotaPeriod::Month, 4)] {
        let (gateway, clock) = gateway(plan(&[], None, quota(1, period)), None);
        assert_eq!(within(&gateway, "prod/a", ONE, 2).await, 1);
        clock.0.store((days - 1) * DAY_MS, Ordering::Relaxed);
        assert_eq!(within(&gateway, "prod/a", ONE, 2).await, 0, "{period:?}");
        clock.0.store(days * DAY_MS, Ordering::Relaxed);
        assert_eq!(within(&gateway, "prod/a", ONE, 2).await, 1, "{period:?}");
    }
}

// Source: inferred (that a throttled request costs no quota; AWS documents the order of throttles alone).
#[tokio::test]
async fn a_throttled_request_costs_no_quota_and_a_request_without_quota_no_token() {
    let limits = plan(&[], Some(limit(1.0, 1)), quota(2, QuotaPeriod::Day));
    let (gateway, clock) = gateway(limits, None);
    assert_eq!(admitted(&gateway, "prod/a", ONE, 5).await, 1);
    clock.0.store(1_000, Ordering::Relaxed);
    assert_eq!(admitted(&gateway, "prod/a", ONE, 1).await, 1);
    clock.0.store(2_000, Ordering::Relaxed);
    assert_eq!(within(&gateway, "prod/a", ONE, 5).await, 0);
}

#[tokio::test]
async fn a_clock_that_steps_fills_no_bucket() {
    let clock =
        Arc::new(Stepping { epoch_ms: AtomicU64::new(NOON_MS), elapsed_s: AtomicU64::new(0) });
    let gateway = Gateway::new(ports(store(), Arc::<Stepping>::clone(&clock)));
    gateway.serve(site(plan(&[], Some(limit(0.001, 3)), None), Some((0.001, 9))));
    assert_eq!(admitted(&gateway, "test/b", ONE, 5).await, 3);
    for epoch_ms in [NOON_MS + 365 * DAY_MS, NOON_MS - 365 * DAY_MS, 0, NOON_MS] {
        clock.epoch_ms.store(epoch_ms, Ordering::Relaxed);
        assert_eq!(admitted(&gateway, "test/b", ONE, 5).await, 0, "{epoch_ms}");
    }
    clock.elapsed_s.store(1_000, Ordering::Relaxed);
    assert_eq!(admitted(&gateway, "test/b", ONE, 5).await, 1);
}

#[tokio::test]
async fn a_reload_keeps_what_keys_have_used() {
    let of = |burst, requests| {
        let methods = [("/a/GET", limit(0.001, burst))];
        plan(&methods, Some(limit(0.001, burst + 1)), quota(requests, QuotaPeriod::Day))
    };
    let (gateway, _) = gateway(of(2, 10), None);
    assert_eq!(admitted(&gateway, "prod/a", ONE, 5).await, 2);
    assert_eq!(admitted(&gateway, "prod/b", ONE, 5).await, 1);
    gateway.serve(site(of(2, 10), None));
    assert_eq!(admitted(&gateway, "prod/a", ONE, 5).await, 0);
    gateway.serve(site(plan(&[], None, None), None));
    assert_eq!(admitted(&gateway, "prod/a", ONE, 5).await, 5);
    gateway.serve(site(of(10, 4), None));
    assert_eq!(within(&gateway, "prod/a", ONE, 5).await, 1);
}

#[tokio::test]
async fn a_limit_of_a_method_that_is_not_there_is_told() {
    let one = || limit(1.0, 1);
    let limits = plan(&[("/A/GET", one()), ("/a/PUT", one()), ("/a/GET", one())], None, None);
    let expected = ["GET `/A`", "PUT `/a`"].map(|method| {
        format!(
            "the usage plan `Gold` limits {method} of the stage `prod`, which has no such method"
        )
    });
    assert_eq!(site_with_findings(limits, None).1, expected);
}

// Source: inferred (ours).
#[tokio::test]
async fn an_operator_reads_which_limit_of_which_plan() {
    let limits =
        plan(&[("/b/GET", limit(0.5, 1))], Some(limit(10.0, 2)), quota(3, QuotaPeriod::Month));
    let log = log();
    let (gateway, clock) = gateway(limits, None);
    for path in ["prod/b", "prod/b", "prod/a", "prod/a"] {
        ask(&gateway, request(path, ONE)).await;
    }
    clock.0.store(1_000, Ordering::Relaxed);
    for path in ["prod/a", "prod/a"] {
        ask(&gateway, request(path, ONE)).await;
    }
    let text = log.text();
    let lines = text.lines().map(|line| line.split_once(" request_id=").unwrap().0);
    let expected = [
        "more requests with the API key `key-one` than the usage plan `Gold` allows of GET `/b`: 0.5 a second, 1 at once",
        "more requests with the API key `key-one` than the usage plan `Gold` allows: 10 a second, 2 at once",
        "the API key `key-one` has used up the quota of the usage plan `Gold`: 3 a MONTH, again at 2026-12-01 00:00 UTC",
    ];
    let expected = expected.map(|line| format!(" INFO api.yaml:1:1: {line}"));
    assert_eq!(lines.collect::<Vec<_>>(), expected);
    assert!(!text.contains(ONE), "{text}");
}

/// The headers that tell of limits.
async fn told(gateway: &Arc<Gateway>, path: &str, key: &str) -> String {
    let answer = ask(gateway, request(path, key)).await;
    let (head, _) = answer.split_once("\n\n").unwrap();
    let is_told = |line: &&str| {
        ["2", "4", "ratelimit", "retry-after"].iter().any(|start| line.starts_with(start))
    };
    head.lines().filter(is_told).collect::<Vec<_>>().join("\n")
}

// Source: draft-ietf-httpapi-ratelimit-headers-11; AWS sends none, which is what holds unless they are asked for.
#[tokio::test]
async fn a_client_is_told_its_own_limits_where_that_is_asked_for() {
    let methods = [("/b/GET", limit(0.25, 2))];
    let limits = plan(&methods, Some(limit(10.0, 3)), quota(5, QuotaPeriod::Month));
    let (gateway, clock) = gateway(limits.clone(), None);
    assert_eq!(told(&gateway, "prod/a", TWO).await, "200 OK");
    gateway.serve(site(limits, None).with_rate_limit_headers());
    let policy = "ratelimit-policy: \"plan\";q=10;w=1, \"quota\";q=5;w=2592000";
    let of = |status: &str, plan: &str, quota: u32, retry: &str| {
        format!(
            "{status}\nratelimit: \"plan\";{plan}, \"quota\";r={quota};t=302400\n{policy}{retry}"
        )
    };
    assert_eq!(told(&gateway, "prod/a", ONE).await, of("200 OK", "r=2;t=1", 4, ""));
    assert_eq!(told(&gateway, "prod/a", ONE).await, of("200 OK", "r=1;t=1", 3, ""));
    // What somebody else does is not told.
    assert_eq!(told(&gateway, "prod/a", TWO).await, of("200 OK", "r=1;t=1", 3, ""));
    assert_eq!(told(&gateway, "prod/a", ONE).await, of("200 OK", "r=0;t=1", 2, ""));
    let throttled = of("429 Too Many Requests", "r=0;t=1", 2, "\nretry-after: 1");
    assert_eq!(told(&gateway, "prod/a", ONE).await, throttled);
    clock.0.store(1_000, Ordering::Relaxed);
    let policies =
        "ratelimit-policy: \"plan-method\";q=2;w=8, \"plan\";q=10;w=1, \"quota\";q=5;w=2592000";
    let of = |status: &str, method: &str, plan: &str, quota: u32, t: u32, retry: &str| {
        let limits =
            format!("\"plan-method\";{method}, \"plan\";{plan}, \"quota\";r={quota};t={t}");
        format!("{status}\nratelimit: {limits}\n{policies}{retry}")
    };
    let of_b = |status, method, quota, t, retry| of(status, method, "r=2;t=1", quota, t, retry);
    assert_eq!(told(&gateway, "prod/b", ONE).await, of_b("200 OK", "r=1;t=4", 1, 302_399, ""));
    clock.0.store(2_000, Ordering::Relaxed);
    assert_eq!(told(&gateway, "prod/b", ONE).await, of_b("200 OK", "r=0;t=3", 0, 302_398, ""));
    clock.0.store(2_100, Ordering::Relaxed);
    let retry = "\nretry-after: 3";
    let expected = of("429 Too Many Requests", "r=0;t=3", "r=3", 0, 302_398, retry);
    assert_eq!(told(&gateway, "prod/b", ONE).await, expected);
    let used_up = "429 Too Many Requests\nratelimit: \"plan\";r=3, \"quota\";r=0;t=302398\n";
    let used_up = format!("{used_up}{policy}\nretry-after: 302398");
    assert_eq!(told(&gateway, "prod/a", ONE).await, used_up);
    assert_eq!(told(&gateway, "prod/open", ONE).await, "200 OK");
}

// Source: ours (what is left of a limit that clients share says what the others did).
#[tokio::test]
async fn of_a_limit_that_clients_share_only_when_to_come_again_is_told() {
    let site = |rate| site(plan(&[], None, None), Some((rate, 2))).with_rate_limit_headers();
    let (gateway, _) = gateway(plan(&[], None, None), None);
    gateway.serve(site(0.3));
    for _ in 0..2 {
        assert_eq!(told(&gateway, "prod/a", ONE).await, "200 OK");
    }
    assert_eq!(told(&gateway, "prod/a", ONE).await, "429 Too Many Requests\nretry-after: 4");
    gateway.serve(site(0.0));
    assert_eq!(told(&gateway, "prod/a", ONE).await, "429 Too Many Requests");
}

// Source: AWS docs (api-gateway-request-throttling: the account's limit is asked after the stage's), 10,000 a second there.
#[tokio::test]
async fn the_account_has_a_limit_for_everything_that_is_asked_last() {
    let plan = |quota| plan(&[], Some(limit(0.001, 9)), quota);
    let account = |rate, burst| {
        let site = site(plan(quota(5, QuotaPeriod::Day)), Some((0.001, 7)));
        site.with_account_throttle(&limit(rate, burst))
    };
    let log = log();
    let (gateway, clock) = gateway(plan(None), None);
    gateway.serve(account(1.0, 3));
    assert_eq!(admitted(&gateway, "prod/open", ONE, 2).await, 2);
    assert_eq!(admitted(&gateway, "test/a", TWO, 5).await, 1);
    let text = log.text();
    let line = text.lines().next().unwrap().split_once(" request_id=").unwrap().0;
    assert_eq!(line, " INFO more requests than `account_limit` allows: 1 a second, 3 at once");
    // What it refused cost neither the stage's bucket, nor the key's, nor the quota.
    clock.0.store(60_000, Ordering::Relaxed);
    assert_eq!(admitted(&gateway, "prod/a", ONE, 5).await, 3);
    clock.0.store(120_000, Ordering::Relaxed);
    assert_eq!(within(&gateway, "prod/a", ONE, 3).await, 2);
    // A reload keeps what was taken.
    gateway.serve(account(1.0, 3));
    assert_eq!(admitted(&gateway, "test/open", ONE, 5).await, 1);
    gateway.serve(account(-1.0, 3));
    assert_eq!(admitted(&gateway, "test/open", ONE, 50).await, 50);
}
