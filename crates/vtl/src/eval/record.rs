//! Which part of a template wrote which part of its output: kept only where somebody asks for it.

use std::ops::Range;

use super::halt::Eval;
use super::render::Render;
use crate::limits::WRITTEN_PARTS_MAX;
use crate::syntax::Span;
use crate::syntax::tree::{Node, Text};
use crate::value::Output;

/// The parts of an output with the parts of the template that wrote them, in the order of the output.
/// Of what `#define` blocks print, the parts of the blocks. Ends at a limit: what is past it has no origin.
#[derive(Debug, Default, Clone, PartialEq, Eq)]
pub struct Written {
    parts: Vec<Part>,
}

/// A part of an output and what wrote it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Part {
    /// Bytes of the output; empty where a reference printed nothing.
    pub output: Range<usize>,
    /// The text or the reference in the template that wrote it.
    pub span: Span,
    /// Whether it is text of the template that was copied through.
    pub is_text: bool,
}

impl Written {
    /// Returns all parts, in the order of the output.
    #[must_use]
    pub fn parts(&self) -> &[Part] {
        &self.parts
    }

    /// Returns what wrote the byte at `offset`: of copied text that very place, else the whole reference.
    #[must_use]
    pub fn at(&self, offset: usize) -> Option<Part> {
        let found = self.parts.iter().find(|part| part.output.contains(&offset))?;
        if !found.is_text {
            return Some(found.clone());
        }
        let start = found.span.start.saturating_add(number(offset - found.output.start));
        let span = Span { start: start.min(found.span.end), end: found.span.end };
        Some(Part { output: offset..found.output.end, span, is_text: true })
    }

    fn push(&mut self, part: Part) {
        if self.parts.len() < WRITTEN_PARTS_MAX {
            self.parts.push(part);
        }
    }

    /// Notes text that was copied through from byte `start` of the output on: a part for each run of the template.
    fn text(&mut self, start: usize, text: &Text) {
        let length = number(text.text.len());
        for (index, (begin, origin)) in text.runs.iter().enumerate() {
            let end = text.runs.get(index + 1).map_or(length, |(next, _)| *next);
            let output = start + *begin as usize..start + end as usize;
            let span = Span { start: *origin, end: origin.saturating_add(end - begin) };
            self.push(Part { output, span, is_text: true });
        }
    }

    /// Notes what a reference printed, unless what it printed has noted itself.
    fn print(&mut self, output: Range<usize>, span: Span) {
        if self.parts.last().is_some_and(|last| last.output.end > output.start) {
            return;
        }
        self.push(Part { output, span, is_text: false });
    }
}

fn number(bytes: usize) -> u32 {
    u32::try_from(bytes).unwrap_or(u32::MAX)
}

impl<'a> Render<'a, '_> {
    /// Renders statements one after the other, and notes what each wrote.
    pub(super) fn recorded(&mut self, nodes: &'a [Node], out: &mut Output) -> Eval<()> {
        nodes.iter().try_for_each(|node| {
            let start = out.as_str().len();
            self.node(node, out)?;
            let end = out.as_str().len();
            let Some(written) = out.written() else { return Ok(()) };
            match node {
                Node::Text(text) if end > start => written.text(start, text),
                Node::Print(print) => written.print(start..end, print.reference.span),
                _ => {}
            }
            Ok(())
        })
    }
}

#[cfg(test)]
mod tests {
    use crate::value::{Arena, Heap, MapKind};
    use crate::{Limits, Template, Variables};

    /// Each part as `output<-template`.
    fn parts(template: &str) -> Vec<String> {
        let parsed = Template::parse(template).unwrap();
        let arena = Arena::new();
        let mut heap = Heap::new(&arena, Limits::default());
        let map = heap.map(MapKind::Linked, 2).unwrap();
        heap.put(map, "a".into(), "1".into()).unwrap();
        heap.put(map, "b".into(), "2".into()).unwrap();
        let mut variables = Variables::default();
        variables.set("m", map);
        variables.set("x", "é\"");
        let plain = parsed.render(&mut heap, &variables).unwrap();
        let arena = Arena::new();
        let mut heap = Heap::new(&arena, Limits::default());
        let map = heap.map(MapKind::Linked, 2).unwrap();
        heap.put(map, "a".into(), "1".into()).unwrap();
        heap.put(map, "b".into(), "2".into()).unwrap();
        variables.set("m", map);
        let (text, written) = parsed.render_recorded(&mut heap, &variables).unwrap();
        assert_eq!(text, plain);
        let shown = |part: &super::Part| {
            let output = text.get(part.output.clone()).unwrap();
            format!("{output}<-{}", template.get(part.span.range()).unwrap())
        };
        written.parts().iter().map(shown).collect()
    }

    #[test]
    fn every_part_of_the_output_has_its_origin() {
        assert_eq!(
            parts("{\"n\": \"$x\", $!{nothing}}"),
            ["{\"n\": \"<-{\"n\": \"", "é\"<-$x", "\", <-\", ", "<-$!{nothing}", "}<-}"]
        );
    }

    #[test]
    fn a_round_of_a_loop_has_the_origin_of_its_body() {
        assert_eq!(
            parts("[#foreach($v in $m)$v#if($foreach.hasNext),#end#end]"),
            ["[<-[", "1<-$v", ",<-,", "2<-$v", "]<-]"]
        );
    }

    #[test]
    fn a_block_has_the_origin_of_its_own_text() {
        assert_eq!(parts("#define($b)<$x>#end$b"), ["<<-<", "é\"<-$x", "><->"]);
    }

    #[test]
    fn text_in_strings_belongs_to_the_reference_that_prints_it() {
        assert_eq!(parts("#set($s = \"<$x>\")$s"), ["<é\"><-$s"]);
    }

    #[test]
    fn what_is_past_the_limit_has_no_origin() {
        let template = "#foreach($i in [1..1000])#foreach($j in [1..70])x#end#end";
        let parsed = Template::parse(template).unwrap();
        let arena = Arena::new();
        let mut heap = Heap::new(&arena, Limits::default());
        let rendered = parsed.render_recorded(&mut heap, &Variables::default());
        let (text, written) = rendered.unwrap();
        assert_eq!((text.len(), written.parts().len()), (70_000, 65_536));
        assert!(written.at(65_535).is_some());
        assert_eq!(written.at(65_536), None);
    }

    #[test]
    fn a_byte_of_copied_text_is_found_exactly() {
        let parsed = Template::parse("ab\\\\$x cd").unwrap();
        let arena = Arena::new();
        let mut heap = Heap::new(&arena, Limits::default());
        let mut variables = Variables::default();
        variables.set("x", "XY");
        let (text, written) = parsed.render_recorded(&mut heap, &variables).unwrap();
        let at = |found: &str| {
            let part = written.at(text.find(found).unwrap()).unwrap();
            (part.span.start, part.is_text)
        };
        assert_eq!(at("b"), (1, true));
        assert_eq!(at("Y"), (4, false));
        assert_eq!(at("d"), (8, true));
        assert_eq!(written.at(text.len()), None);
    }
}
