//! kill -9 in the middle of writes loses no acknowledged one and tears no transaction.
//!
//! Source: inferred (the promise of the crate).

use crate::disk::{alone, say};
use crate::fixture::{folder, rounds};
use crate::verdict;
use crate::victim::{self, Acknowledged};

#[test]
fn no_acknowledged_write_is_lost_by_kill_9() {
    if let Some(folder) = std::env::var_os(victim::FOLDER) {
        victim::write(folder.as_ref());
    }
    let _alone = alone();
    let test = "kill::no_acknowledged_write_is_lost_by_kill_9";
    // Whatever was acknowledged before an earlier end is there after this one too.
    let (mut acknowledged, mut all, mut folder) = (0, Acknowledged::new(), folder());
    for round in 0..rounds(5) {
        // One store sees several ends.
        if round % 10 == 9 {
            folder = crate::fixture::folder();
            all.clear();
        }
        let mut process = victim::start(test, folder.path(), &[]);
        let last = 10 + usize::try_from(round * 17 % 60).unwrap();
        let said = victim::listen(&mut process, |process, number| {
            if number == last {
                process.kill().unwrap();
            }
        });
        assert!(!process.wait().unwrap().success());
        acknowledged += said.values().sum::<u64>();
        all.extend(said);
        let wrong = verdict::wrong(folder.path(), &all);
        assert!(wrong.is_empty(), "round {round}: {wrong:?}");
    }
    say(&format!(
        "{} rounds of kill -9, {acknowledged} acknowledged rounds of 16 items",
        rounds(5)
    ));
}
