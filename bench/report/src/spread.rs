//! Several measurements of one figure as their middle and their ends.

use std::fmt;

/// The middle of several measurements, and how far they are apart.
#[derive(Clone, Copy, Debug, PartialEq, serde::Serialize)]
pub struct Spread {
    /// The smallest.
    pub least: f64,
    /// The middle; of an even number the mean of the two in the middle.
    pub median: f64,
    /// The largest.
    pub most: f64,
}

impl Spread {
    /// The spread of some figures; zeros when there are none.
    #[must_use]
    pub fn of(figures: impl IntoIterator<Item = f64>) -> Spread {
        let mut sorted: Vec<f64> = figures.into_iter().collect();
        sorted.sort_by(f64::total_cmp);
        let at = |index: usize| sorted.get(index).copied().unwrap_or_default();
        let last = sorted.len().saturating_sub(1);
        // Of an even number the mean of the two in the middle.
        let median = f64::midpoint(at(last / 2), at(sorted.len() / 2));
        Spread { least: at(0), median, most: at(last) }
    }
}

/// As `median (least-most)`, with two digits behind the point.
impl fmt::Display for Spread {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:.2} ({:.2}-{:.2})", self.median, self.least, self.most)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    // Source: the definition of the median.
    #[test]
    fn the_median_is_the_middle_or_the_mean_of_two() {
        let spread = Spread { least: 1.0, median: 2.0, most: 9.0 };
        assert_eq!(Spread::of([9.0, 1.0, 2.0]), spread);
        let spread = Spread { least: 1.0, median: 2.5, most: 9.0 };
        assert_eq!(Spread::of([9.0, 3.0, 1.0, 2.0]), spread);
        assert_eq!(Spread::of([]), Spread { least: 0.0, median: 0.0, most: 0.0 });
    }
}
