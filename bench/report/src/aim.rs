//! What was promised, beside what was found.

use crate::table;

/// A figure that was promised.
#[derive(Clone, Debug)]
pub struct Aim {
    /// What it is a figure of.
    pub what: String,
    /// The figure.
    pub found: f64,
    /// What it may be.
    pub most: f64,
    /// Of both, as it stands behind them.
    pub unit: &'static str,
}

impl Aim {
    /// The table of some aims, `head` above what they are figures of.
    #[must_use]
    pub fn table(head: &str, aims: impl IntoIterator<Item = Aim>) -> String {
        let rows = aims.into_iter().map(|Aim { what, found, most, unit }| {
            let met = if found <= most { "met" } else { "missed" };
            [what, format!("{found:.2}{unit}"), format!("{most}{unit}"), met.to_owned()]
        });
        table([head, "found", "at most", ""], rows)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    // Source: inferred (an aim that is just reached is met).
    #[test]
    fn an_aim_is_met_up_to_what_it_may_be() {
        let aim = |what: &str, found| Aim { what: what.to_owned(), found, most: 1.3, unit: "x" };
        let expected = "\
| aim   | found | at most |        |
|-------|------:|--------:|-------:|
| bytes | 1.30x |    1.3x |    met |
| time  | 1.31x |    1.3x | missed |

";
        assert_eq!(Aim::table("aim", [aim("bytes", 1.3), aim("time", 1.31)]), expected);
    }
}
