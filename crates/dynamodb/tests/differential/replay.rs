//! Sends the corpus to an embedded store.

use std::collections::BTreeMap;

use bytes::Bytes;
use vestibule_dynamodb::{Embedded, Location, Options, Tables};

use crate::corpus::{Answer, Scenario, scenarios};
use crate::settled::{self, Settled};
use crate::{compare, readme};

const CASES_MIN: usize = 1_500;

/// Source: DynamoDB Local 1.25.1 (recorded); where it differs, the reasons in `README.md`.
#[tokio::test]
async fn answers_are_those_of_dynamodb_local_or_differ_for_a_reason() {
    let scenarios = scenarios();
    let count: usize = scenarios.iter().map(|scenario| scenario.cases.len()).sum();
    assert!(count >= CASES_MIN, "only {count} cases");
    let mut found = BTreeMap::new();
    for scenario in &scenarios {
        found.extend(differences(scenario).await);
    }
    let known = settled::read();
    if std::env::var_os("GOLDEN").is_some_and(|value| value == "update") {
        let settled = settled::renewed(known, found);
        settled::write(&settled);
        readme::write_counts(count, &settled);
        return;
    }
    let wrong = unexpected(&known, &found);
    assert!(wrong.is_empty(), "{} cases:\n{}", wrong.len(), wrong.join("\n"));
    readme::check(count, &known);
}

fn unexpected(known: &BTreeMap<String, Settled>, found: &BTreeMap<String, Answer>) -> Vec<String> {
    let mut wrong = Vec::new();
    for (case, here) in found {
        match known.get(case) {
            Some(known) if known.here == *here => {}
            Some(Settled { here: before, .. }) => {
                wrong.push(format!("{case} has changed:\n  {}\n  {}", before.body, here.body));
            }
            None => wrong.push(format!("{case} differs:\n  {}", here.body)),
        }
    }
    let vanished = known.keys().filter(|case| !found.contains_key(*case));
    wrong.extend(vanished.map(|case| format!("{case} does not differ any more")));
    wrong
}

/// What the store answers where it differs, by the names of the cases.
async fn differences(scenario: &Scenario) -> BTreeMap<String, Answer> {
    let tables = store();
    let mut found = BTreeMap::new();
    for case in &scenario.cases {
        let reply = tables.call(case.action, Bytes::from(case.body.clone())).await.unwrap();
        let here = compare::answer(&reply);
        let of = |answer| compare::significant(case.action, answer);
        if of(&here) != of(&case.local) && found.insert(case.name.clone(), here).is_some() {
            panic!("`{}` is there twice", case.name);
        }
    }
    found
}

/// A store without tables, in the region and the account of DynamoDB Local.
fn store() -> Tables {
    let options = Options { region: "ddblocal".to_owned(), ..Options::new(Location::Ephemeral) };
    Embedded::open(&options).unwrap().0
}
