//! Metrics as they are handed to whoever exports them: names, texts and numbers, of no format.

/// A metric with all its series.
#[derive(Clone, Debug, PartialEq)]
pub struct Family {
    /// Its name as Prometheus writes it, without the suffixes of a kind.
    pub name: &'static str,
    /// What it tells, in one sentence.
    pub help: &'static str,
    /// What its numbers are.
    pub kind: FamilyKind,
    /// Its series, in the order of their labels; empty until something happened.
    pub samples: Vec<Sample>,
}

/// What the numbers of a metric are.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FamilyKind {
    /// Numbers that only grow while the program runs.
    Counter,
    /// Numbers that go up and down.
    Gauge,
    /// Durations in seconds, counted by buckets.
    Histogram,
}

/// One series.
#[derive(Clone, Debug, PartialEq)]
pub struct Sample {
    /// Names and values; none of the values is empty.
    pub labels: Vec<(&'static str, String)>,
    /// What stands there now.
    pub value: SampleValue,
}

/// What stands in a series.
#[derive(Clone, Debug, PartialEq)]
pub enum SampleValue {
    /// Of a counter or gauge.
    Number(u64),
    /// Of a histogram.
    Distribution(Distribution),
}

/// Durations by buckets.
#[derive(Clone, Debug, PartialEq)]
pub struct Distribution {
    /// Upper bounds in seconds, each part of its bucket.
    pub bounds: &'static [f64],
    /// How many fell into each bucket alone; one more than there are bounds.
    pub counts: Vec<u64>,
    /// The sum of all in seconds.
    pub sum: f64,
}

impl Family {
    /// A metric with one number and no labels.
    pub fn of_number(
        name: &'static str,
        help: &'static str,
        kind: FamilyKind,
        number: u64,
    ) -> Family {
        let value = SampleValue::Number(number);
        Family { name, help, kind, samples: vec![Sample { labels: Vec::new(), value }] }
    }
}
