//! 100,000 keys of a usage plan. A process of its own, so that its memory is that of this test.

#[cfg(test)]
#[path = "../data_plane/definition.rs"]
#[expect(dead_code, reason = "it has the definitions of other tests too")]
mod definition;
#[cfg(test)]
#[path = "../data_plane/fixture.rs"]
#[expect(dead_code, reason = "it has what other tests stand on too")]
mod fixture;
#[cfg(test)]
mod keys;
