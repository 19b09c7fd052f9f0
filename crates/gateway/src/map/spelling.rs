//! How a template spells the headers that it asks for: the server keeps no case of them, and templates look them up by it.
//!
//! AWS shows names as the client sent them, and a template that asks for `x-tenant` means a client that sends `x-tenant`.

use std::collections::BTreeMap;
use vestibule_vtl::Template;
use vestibule_vtl::tree::{Expr, LinkKind, Reference};
use vestibule_vtl::visit::{self, Visit};

/// The words of a template that may be names of headers, by their lower case; of two that differ in case alone the first.
#[derive(Debug, Default)]
pub(super) struct Spellings(BTreeMap<String, String>);

impl Spellings {
    /// Of a template that looks at `$input.params()`; else none.
    pub(super) fn of(template: &Template) -> Spellings {
        let mut words = Words { found: Spellings::default(), has_maps: false };
        visit::visit(&mut words, template.tree());
        if words.has_maps { words.found } else { Spellings::default() }
    }

    /// The template's spelling of a header, whose name is in lower case.
    pub(super) fn find(&self, header: &str) -> Option<&str> {
        self.0.get(header).map(String::as_str)
    }

    fn add(&mut self, word: &str) {
        self.0.entry(word.to_ascii_lowercase()).or_insert_with(|| word.to_owned());
    }
}

/// Collects the members, keys and texts of a template.
struct Words {
    found: Spellings,
    has_maps: bool,
}

impl<'t> Visit<'t> for Words {
    fn reference(&mut self, reference: &'t Reference) {
        for link in &reference.links {
            match &link.kind {
                LinkKind::Property(name) => self.found.add(name),
                LinkKind::Call { method, arguments } => {
                    self.has_maps |= &**method == "params" && arguments.is_empty();
                }
                LinkKind::Index(_) => {}
            }
        }
        visit::within_reference(self, reference);
    }

    fn expression(&mut self, expression: &'t Expr) {
        if let Expr::Text(text) = expression {
            self.found.add(text);
        }
        visit::within_expression(self, expression);
    }
}
