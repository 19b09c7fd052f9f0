//! What a side did in its turn.

/// Renders, and what they took. Both sides say it in the same words.
#[derive(Clone, Copy, Debug, serde::Deserialize)]
pub(crate) struct Turn {
    pub(crate) renders: u64,
    pub(crate) wall_ns: u64,
    /// Of the whole process: compiler and collector included, where there are such.
    pub(crate) cpu_ns: u64,
}

impl Turn {
    /// Nanoseconds by the clock on the wall for one render.
    pub(crate) fn wall_ns_per_render(&self) -> f64 {
        self.wall_ns as f64 / self.renders as f64
    }

    /// Nanoseconds of CPU time for one render.
    pub(crate) fn cpu_ns_per_render(&self) -> f64 {
        self.cpu_ns as f64 / self.renders as f64
    }
}
