//! All templates of a run: what one exports, another may import.

use super::template::Template;

/// The templates, in the order of their files.
#[derive(Debug, Default)]
pub(super) struct World<'t> {
    templates: Vec<Template<'t>>,
}

impl<'t> World<'t> {
    pub(super) fn new(templates: Vec<Template<'t>>) -> World<'t> {
        World { templates }
    }

    pub(super) fn templates(&self) -> &[Template<'t>] {
        &self.templates
    }
}
