//! Every corpus through its target: a named test a target.
//! Source: inferred (what each parser promises of any input); inputs named `found-*` failed once.

#![expect(clippy::unwrap_used, reason = "a test that cannot read its inputs has failed")]

use std::panic::{AssertUnwindSafe, catch_unwind};

use vestibule_fuzz as fuzz;

/// Runs a target on all its inputs; fails with the names of those on which it panics.
#[expect(clippy::print_stdout, reason = "how many inputs there were is what a reader wants to see")]
fn replay(name: &str, target: fn(&[u8])) {
    let seeds = fuzz::seeds::of(name).unwrap();
    assert!(seeds.len() >= 10, "{} inputs", seeds.len());
    let fails =
        |seed: &&fuzz::seeds::Seed| catch_unwind(AssertUnwindSafe(|| target(&seed.data))).is_err();
    let failed: Vec<&str> = seeds.iter().filter(fails).map(|seed| seed.origin.as_str()).collect();
    assert_eq!(failed, Vec::<&str>::new());
    println!("{name}: {} inputs", seeds.len());
}

macro_rules! replays {
    ($($target:ident,)+) => {
        $(
            #[test]
            fn $target() {
                replay(stringify!($target), fuzz::$target);
            }
        )+

        /// A target that libFuzzer does not know is never fuzzed, one that is not named here is never replayed.
        #[test]
        fn every_target_is_replayed() {
            let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/fuzz_targets");
            let files = std::fs::read_dir(folder).unwrap();
            let name = |file: std::fs::DirEntry| file.path().file_stem().unwrap().to_owned();
            let mut found: Vec<_> = files.map(|file| name(file.unwrap())).collect();
            let mut named = vec![$(std::ffi::OsString::from(stringify!($target))),+];
            found.sort();
            named.sort();
            assert_eq!(found, named);
        }
    };
}

replays! {
    access,
    authorizer_result,
    cloudformation,
    credentials,
    definition,
    forwarded,
    guard,
    json,
    json_schema,
    jsonpath,
    mapping_template,
    openapi,
    policy,
    preamble,
    request,
    seed,
    settings,
    sigv4,
    sigv4_verify,
    tables_call,
    terraform,
    token,
    vtl_parse,
    vtl_render,
}
