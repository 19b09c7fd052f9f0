//! Limits that several gateways count together.

mod store;

pub use store::{
    Ask, Batch, Decided, Deciding, Granted, Meter, MeterKind, Reading, SharedStore, StoreLost,
};
