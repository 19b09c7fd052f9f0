//! Spans and metrics as OTLP's requests (opentelemetry-proto 1): the numbers are those of its fields.

use super::protobuf::Message;
use vestibule_gateway::{Family, FamilyKind, Sample, SampleValue, Span, SpanValue};

/// Who tells: the attributes of the resource.
pub(super) type Resource = [(String, String)];

/// `AGGREGATION_TEMPORALITY_CUMULATIVE`
const CUMULATIVE: u64 = 2;

/// `ExportTraceServiceRequest`
pub(super) fn traces(resource: &Resource, spans: &[Span]) -> Vec<u8> {
    let of_scope = scope_message().messages(2, spans.iter().map(span));
    let of_resource = Message::default().message(1, resource_message(resource));
    Message::default().message(1, of_resource.message(2, of_scope)).into_bytes()
}

/// `ExportMetricsServiceRequest`; `start` and `now` in nanoseconds since 1970.
pub(super) fn metrics(resource: &Resource, families: &[Family], start: u64, now: u64) -> Vec<u8> {
    let families = families.iter().filter(|family| !family.samples.is_empty());
    let of_scope = scope_message().messages(2, families.map(|f| metric(f, start, now)));
    let of_resource = Message::default().message(1, resource_message(resource));
    Message::default().message(1, of_resource.message(2, of_scope)).into_bytes()
}

fn resource_message(resource: &Resource) -> Message {
    Message::default().messages(1, resource.iter().map(|(name, value)| text_attribute(name, value)))
}

/// A scope, in the message of what belongs to it.
fn scope_message() -> Message {
    let scope = Message::default().text(1, "vestibule").text(2, env!("CARGO_PKG_VERSION"));
    Message::default().message(1, scope)
}

fn text_attribute(name: &str, value: &str) -> Message {
    let value = Message::default().text(1, value);
    Message::default().text(1, name).message(2, value)
}

fn attribute((name, value): &(&'static str, SpanValue)) -> Message {
    match value {
        SpanValue::Text(text) => text_attribute(name, text),
        SpanValue::Number(number) => {
            let value = Message::default().number(3, number.cast_unsigned());
            Message::default().text(1, name).message(2, value)
        }
    }
}

fn span(span: &Span) -> Message {
    const SERVER: u64 = 2;
    const CLIENT: u64 = 3;
    const ERROR: u64 = 2;
    let message = Message::default()
        .bytes(1, &span.trace_id)
        .bytes(2, &span.span_id)
        .bytes(4, span.parent_span_id.as_ref().map_or(&[], |id| id.as_slice()))
        .text(5, &span.name)
        .number(6, if span.is_call { CLIENT } else { SERVER })
        .fixed(7, span.begin_epoch_ns)
        .fixed(8, span.end_epoch_ns)
        .messages(9, span.attributes.iter().map(attribute));
    match span.is_error {
        true => message.message(15, Message::default().number(3, ERROR)),
        false => message,
    }
}

fn metric(family: &Family, start: u64, now: u64) -> Message {
    let message = Message::default().text(1, family.name).text(2, family.help);
    let points = |start| family.samples.iter().map(move |sample| point(sample, start, now));
    match family.kind {
        FamilyKind::Counter => {
            let sum = Message::default().messages(1, points(start));
            message.message(7, sum.number(2, CUMULATIVE).number(3, 1))
        }
        FamilyKind::Gauge => message.message(5, Message::default().messages(1, points(now))),
        FamilyKind::Histogram => {
            let histogram = Message::default().messages(1, points(start));
            message.text(3, "s").message(9, histogram.number(2, CUMULATIVE))
        }
    }
}

fn point(sample: &Sample, start: u64, now: u64) -> Message {
    let message = Message::default().fixed(2, start).fixed(3, now);
    let labels = sample.labels.iter().map(|(name, value)| text_attribute(name, value));
    match &sample.value {
        SampleValue::Number(number) => message.fixed(6, *number).messages(7, labels),
        SampleValue::Distribution(told) => message
            .fixed(4, told.counts.iter().sum())
            .fixed(5, told.sum.to_bits())
            .packed(6, told.counts.iter().map(|count| count.to_le_bytes()))
            .packed(7, told.bounds.iter().map(|bound| bound.to_le_bytes()))
            .messages(9, labels),
    }
}
