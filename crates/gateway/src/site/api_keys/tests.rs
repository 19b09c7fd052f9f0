use super::*;
use vestibule_restapi::{ApiKeyValue, Document, Place, Sourced, UsagePlanStage};

const VALUE: &str = "0123456789abcdefghij";

fn place() -> Place {
    Place::new(&Document::new("template.yaml", ""), 0..0, "")
}

fn key(id: &str, value: Option<&str>) -> restapi::ApiKey {
    restapi::ApiKey {
        id: id.to_owned(),
        label: format!("Key{id}"),
        name: None,
        value: value.map(|value| ApiKeyValue(Sourced::inline("template.yaml", value))),
        is_enabled: true,
        place: place(),
    }
}

fn plan(name: &str, stage: &str, keys: &[&str]) -> UsagePlan {
    let stage = StageName::parse(stage).unwrap();
    UsagePlan {
        id: "id".to_owned(),
        label: "Plan".to_owned(),
        name: Some(Sourced::inline("template.yaml", name)),
        stages: vec![UsagePlanStage { api: RestApiId::of("a"), stage, throttle: Vec::new() }],
        throttle: None,
        quota: None,
        keys: keys.iter().map(|key| (*key).to_owned()).collect(),
        place: place(),
    }
}

fn compiled(keys: &[restapi::ApiKey], plans: &[UsagePlan]) -> (ApiKeys, Vec<String>) {
    let stage = |name| Stage::new(StageName::parse(name).unwrap(), RestApiId::of("a"));
    let mut findings = Vec::new();
    let compiled = ApiKeys::compile(keys, plans, &["prod", "test"].map(stage), &mut findings);
    assert!(!format!("{compiled:?}{findings:?}").contains(VALUE));
    let shown = |found: Diagnostic| format!("{}: {}", found.severity, found.message);
    (compiled, findings.into_iter().map(shown).collect())
}

fn found(keys: &[restapi::ApiKey], plans: &[UsagePlan]) -> Vec<String> {
    compiled(keys, plans).1
}

const NOTHING: [&str; 0] = [];

#[test]
fn a_key_of_a_plan_is_found_by_its_value() {
    let (keys, findings) = compiled(&[key("1", Some(VALUE))], &[plan("gold", "prod", &["1"])]);
    assert_eq!(findings, NOTHING);
    let key = keys.find(VALUE).unwrap();
    assert_eq!(&*key.id, "1");
    assert_eq!(keys.plans_of(key).map(|of| of.plan.name.as_str()).collect::<Vec<_>>(), ["gold"]);
    assert!(keys.find("0123456789abcdefghi").is_none());
}

#[test]
fn what_opens_nothing_is_warned_about() {
    let mut disabled = key("1", Some(VALUE));
    disabled.is_enabled = false;
    assert_eq!(
        found(&[disabled, key("2", None)], &[plan("gold", "prod", &["1"])]),
        [
            "warning: the API key `Key1` is disabled, so it opens nothing",
            "warning: the API key `Key2` is in no usage plan, so it opens nothing",
            "warning: the API key `Key2` has no value here, so it opens nothing",
        ]
    );
}

// Source: documented (API_CreateApiKey: 20 to 128 characters).
#[test]
fn a_value_has_20_to_128_characters_that_a_header_carries() {
    let of = |value: &str| found(&[key("1", Some(value))], &[plan("gold", "prod", &["1"])]);
    let refused = |what: &str| [format!("error: the value of the API key `Key1` has {what}")];
    assert_eq!(of(&"k".repeat(20)), NOTHING);
    assert_eq!(of(&"k".repeat(128)), NOTHING);
    assert_eq!(of(&"k".repeat(19)), refused("19 characters"));
    assert_eq!(of(&"k".repeat(129)), refused("129 characters"));
    for value in ["0123456789 abcdefghij", "0123456789-schlüssel-x"] {
        assert_eq!(of(value), refused("more than visible ASCII"));
    }
}

// Source: documented (api-gateway-api-usage-plans: a value is one key's, a key has one plan for a stage).
#[test]
fn a_value_is_of_one_key_and_a_key_has_one_plan_for_a_stage() {
    let gold = plan("gold", "prod", &["1", "2"]);
    let keys = [key("1", Some(VALUE)), key("2", Some(VALUE))];
    assert_eq!(found(&keys, &[gold]), ["error: the API keys `Key1` and `Key2` have one value"]);
    let (keys, gold) = ([key("1", Some(VALUE))], plan("gold", "prod", &["1"]));
    assert_eq!(
        found(&keys, &[gold.clone(), plan("free", "prod", &["1"])]),
        [
            "error: the usage plans `gold` and `free` both have the API key `Key1` for the stage `prod`"
        ]
    );
    assert_eq!(found(&keys, &[gold, plan("free", "test", &["1"])]), NOTHING);
}

#[test]
fn what_a_plan_names_is_there() {
    let (keys, plan) = ([key("1", Some(VALUE))], plan("gold", "none", &["1", "3"]));
    let api = RestApiId::of("a");
    assert_eq!(
        found(&keys, &[plan]),
        [
            "error: the usage plan `gold` has the API key `3`, which is unknown".to_owned(),
            format!(
                "error: the usage plan `gold` holds the stage `none` of the API `{api}`, which does not exist"
            ),
        ]
    );
}
