//! The memory of one render: what its values are made of and do not own.

use bumpalo::Bump;
use num_bigint::BigInt;

use super::Decimal;

/// Where the values of one render lie: text that was built, lists and maps as they were read, long numbers. It outlives the
/// [`Heap`](super::Heap) and is freed at once, so that values are copied without counting and dropped without a look.
///
/// What lies in it is counted by the heap that puts it there.
#[derive(Default)]
pub struct Arena {
    pub(super) bytes: Bump,
    pub(super) integers: typed_arena::Arena<BigInt>,
    pub(super) decimals: typed_arena::Arena<Decimal>,
}

impl Arena {
    /// Makes an empty arena, which takes no memory.
    #[must_use]
    pub fn new() -> Self {
        Self {
            bytes: Bump::new(),
            integers: typed_arena::Arena::with_capacity(0),
            decimals: typed_arena::Arena::with_capacity(0),
        }
    }
}

impl std::fmt::Debug for Arena {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Arena")
            .field("bytes", &self.bytes.allocated_bytes())
            .finish_non_exhaustive()
    }
}
