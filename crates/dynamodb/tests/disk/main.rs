//! What is left of a store when its process, its power or its disk fails.
//!
//! Each test starts this program again as the victim: a process that writes until it is killed,
//! or that runs on a disk which forgets what was not synced (`shim.c`, for Linux). A few rounds each;
//! `VESTIBULE_CRASH_ROUNDS` asks for more, as `.ci/crash` does.

#[cfg(test)]
mod disk;
#[cfg(test)]
#[path = "../backend/fixture.rs"]
#[expect(dead_code, reason = "the other tests use the rest")]
mod fixture;
#[cfg(test)]
mod flips;
#[cfg(test)]
#[cfg(target_os = "linux")]
mod full;
#[cfg(test)]
mod kill;
#[cfg(test)]
#[cfg(target_os = "linux")]
mod power;
#[cfg(test)]
mod stream;
#[cfg(test)]
mod verdict;
#[cfg(test)]
mod victim;
