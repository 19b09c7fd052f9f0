//! The pages of `tests/cases/verify`: requests as they are on the wire, and what they are answered.
//!
//! `service` is the region, the name and the time of a service, `keys` has a line an access key: id, secret, session token.
//! Both hold until the next one. After a `request` comes its `answer` and, where there is one, the `hint` for the operator.

use crate::admission::{AccessKey, Received, Service};
use std::path::Path;
use vestibule_sigv4::Timestamp;

#[test]
fn every_request_has_its_answer() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/cases/verify");
    let files = std::fs::read_dir(folder).unwrap().map(|file| file.unwrap().path());
    let answers: usize = files.map(|path| check(&path)).sum();
    assert_eq!(answers, 103);
}

/// Checks the answers of a page and says how many there are.
fn check(path: &Path) -> usize {
    let text = std::fs::read_to_string(path).unwrap();
    let name = path.file_stem().unwrap().to_str().unwrap();
    assert!(text.lines().nth(1).unwrap().starts_with("Source: "), "{name}");
    let mut service = Service::new("", "", Timestamp::from_epoch_s(0));
    let mut request = String::new();
    let mut hint: Option<String> = None;
    let mut answers = 0;
    for block in text.split("\n```").skip(1).step_by(2) {
        let (title, text) = block.split_once('\n').unwrap_or((block, ""));
        let at = format!("{name}: {request}");
        match title {
            "service" => {
                let words: Vec<&str> = text.split(' ').collect();
                let &[region, service_name, now] = words.as_slice() else { panic!("{at}") };
                let keys = std::mem::take(&mut service.access_keys);
                service = Service::new(region, service_name, Timestamp::parse(now).unwrap());
                service.access_keys = keys;
            }
            "keys" => service.access_keys = text.lines().map(access_key).collect(),
            "request" => {
                assert_eq!(hint, None, "{at}");
                text.clone_into(&mut request);
            }
            "answer" => {
                let received = Received::parse(&request);
                let answered = answer(&service, &received);
                assert_eq!(answered, text, "{at}");
                let is_refused = answered.starts_with("InvalidSignature");
                hint = service.hint(&received).filter(|_| is_refused).map(|h| h.to_string());
                answers += 1;
            }
            "hint" => assert_eq!(hint.take().as_deref(), Some(text), "{at}"),
            other => panic!("{other} in {at}"),
        }
    }
    assert_eq!(hint, None, "{name}");
    answers
}

fn access_key(line: &str) -> AccessKey {
    let mut words = line.split(' ').map(str::to_owned);
    let mut next = || words.next();
    AccessKey { id: next().unwrap(), secret: next().unwrap(), session_token: next() }
}

fn answer(service: &Service, received: &Received) -> String {
    match service.admit(received) {
        Ok(Some(access_key_id)) => format!("admitted {access_key_id}"),
        Ok(None) => "nothing presented".to_owned(),
        Err(refusal) => format!("{}\n{refusal}", refusal.error_type()),
    }
}
