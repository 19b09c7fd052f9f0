//! What is counted, in the text format of Prometheus (version 0.0.4, which OpenMetrics readers take too).

use std::fmt::Write;

use vestibule_gateway::{Distribution, Family, FamilyKind, Sample, SampleValue};

/// The media type of the text.
pub(super) const CONTENT_TYPE: &str = "text/plain; version=0.0.4; charset=utf-8";

/// The metrics as text. A counter's name ends with `_total`; one that nothing happened to has no series.
pub(super) fn text(families: &[Family]) -> String {
    let mut text = String::new();
    for family in families {
        let suffix = match family.kind {
            FamilyKind::Counter => "_total",
            FamilyKind::Gauge | FamilyKind::Histogram => "",
        };
        let kind = match family.kind {
            FamilyKind::Counter => "counter",
            FamilyKind::Gauge => "gauge",
            FamilyKind::Histogram => "histogram",
        };
        let name = family.name;
        text.push_str(&format!("# HELP {name}{suffix} {}\n", family.help));
        text.push_str(&format!("# TYPE {name}{suffix} {kind}\n"));
        for Sample { labels, value } in &family.samples {
            match value {
                SampleValue::Number(number) => {
                    line(&mut text, &format!("{name}{suffix}"), labels, None, number);
                }
                SampleValue::Distribution(distribution) => {
                    histogram(&mut text, name, labels, distribution);
                }
            }
        }
    }
    text
}

type Labels = [(&'static str, String)];

fn histogram(text: &mut String, name: &str, labels: &Labels, distribution: &Distribution) {
    let bounds = distribution.bounds.iter().map(ToString::to_string);
    let bounds = bounds.chain(std::iter::once("+Inf".to_owned()));
    let mut below = 0;
    for (bound, count) in bounds.zip(&distribution.counts) {
        below += count;
        line(text, &format!("{name}_bucket"), labels, Some(&bound), &below);
    }
    line(text, &format!("{name}_sum"), labels, None, &distribution.sum);
    line(text, &format!("{name}_count"), labels, None, &below);
}

/// `name{label="value",le="bound"} number`
fn line(
    text: &mut String,
    name: &str,
    labels: &Labels,
    bound: Option<&str>,
    number: &dyn std::fmt::Display,
) {
    text.push_str(name);
    let labels = labels.iter().map(|(label, value)| (*label, value.as_str()));
    let labels: Vec<String> = labels
        .chain(bound.map(|bound| ("le", bound)))
        .map(|(label, value)| format!("{label}=\"{}\"", escaped(value)))
        .collect();
    if !labels.is_empty() {
        text.push_str(&format!("{{{}}}", labels.join(",")));
    }
    let _infallible = writeln!(text, " {number}");
}

fn escaped(value: &str) -> String {
    value.replace('\\', "\\\\").replace('"', "\\\"").replace('\n', "\\n")
}

#[cfg(test)]
mod tests {
    use super::*;

    // Source: Prometheus docs, "Exposition formats"; the parser of its Python client 0.26 reads the same from this text.
    #[test]
    fn metrics_are_written_as_prometheus_reads_them() {
        let sample = |name: &str, value| Sample {
            labels: vec![("api", name.to_owned()), ("stage", "prod".to_owned())],
            value,
        };
        let distribution =
            Distribution { bounds: &[0.0001, 0.5, 1.0], counts: vec![1, 0, 2, 1], sum: 3.25 };
        let families = [
            Family::of_number("a_now", "Now.", FamilyKind::Gauge, 3),
            Family {
                name: "a_things",
                help: "Things.",
                kind: FamilyKind::Counter,
                samples: vec![
                    sample("a \"b\" \\ \n", SampleValue::Number(1)),
                    sample("ü", SampleValue::Number(u64::MAX)),
                ],
            },
            Family { name: "a_quiet", help: "Q.", kind: FamilyKind::Counter, samples: vec![] },
            Family {
                name: "a_seconds",
                help: "Time.",
                kind: FamilyKind::Histogram,
                samples: vec![sample("x", SampleValue::Distribution(distribution))],
            },
        ];
        assert_eq!(
            text(&families),
            r#"# HELP a_now Now.
# TYPE a_now gauge
a_now 3
# HELP a_things_total Things.
# TYPE a_things_total counter
a_things_total{api="a \"b\" \\ \n",stage="prod"} 1
a_things_total{api="ü",stage="prod"} 18446744073709551615
# HELP a_quiet_total Q.
# TYPE a_quiet_total counter
# HELP a_seconds Time.
# TYPE a_seconds histogram
a_seconds_bucket{api="x",stage="prod",le="0.0001"} 1
a_seconds_bucket{api="x",stage="prod",le="0.5"} 1
a_seconds_bucket{api="x",stage="prod",le="1"} 3
a_seconds_bucket{api="x",stage="prod",le="+Inf"} 4
a_seconds_sum{api="x",stage="prod"} 3.25
a_seconds_count{api="x",stage="prod"} 4
"#
        );
    }
}
