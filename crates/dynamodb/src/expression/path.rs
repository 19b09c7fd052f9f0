//! Document paths: `a.b[0].#c`.

use super::{Fault, Names};
use crate::limits;

/// One step of a path.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Step {
    Name(String),
    Index(usize),
}

/// A path as it is written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Written<'t> {
    pub(super) steps: Vec<WrittenStep<'t>>,
}

/// One step of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum WrittenStep<'t> {
    Name(&'t str),
    Placeholder(&'t str),
    Index(&'t str),
}

impl Written<'_> {
    /// Puts names in the place of placeholders, and refuses what no path may be.
    pub(super) fn resolved(&self, names: &Names) -> Result<Vec<Step>, Fault> {
        let steps = self.steps.iter().map(|step| step.resolved(names));
        let path: Vec<Step> = steps.collect::<Result<_, Fault>>()?;
        if path.len() > limits::PATH_STEPS {
            return Err(Fault::new(format!(
                "The document path has too many nesting levels; nesting levels: {}",
                path.len()
            )));
        }
        Ok(path)
    }
}

impl WrittenStep<'_> {
    fn resolved(&self, names: &Names) -> Result<Step, Fault> {
        match self {
            WrittenStep::Name(name) => Ok(Step::Name((*name).to_owned())),
            WrittenStep::Placeholder(name) => {
                let known = names.as_ref().and_then(|names| names.get(*name));
                known.map(|known| Step::Name(known.clone())).ok_or_else(|| {
                    Fault::new(format!(
                        "An expression attribute name used in the document path is not defined; attribute name: {name}"
                    ))
                })
            }
            WrittenStep::Index(digits) => {
                let index = digits.parse().ok().filter(|index| *index <= limits::LIST_INDEX);
                index.map(Step::Index).ok_or_else(|| {
                    Fault::new(format!(
                        "List index is not within the allowable range; index: [{digits}]"
                    ))
                })
            }
        }
    }
}

/// Writes a path as AWS shows it: `[a, b, [0]]`.
pub(super) fn shown(path: &[Step]) -> String {
    let steps: Vec<String> = path
        .iter()
        .map(|step| match step {
            Step::Name(name) => name.clone(),
            Step::Index(index) => format!("[{index}]"),
        })
        .collect();
    format!("[{}]", steps.join(", "))
}

/// Refuses two paths of which one lies in the other, or which ask one attribute for a member and for an element.
pub(super) fn check_apart(paths: &[Vec<Step>]) -> Result<(), Fault> {
    let mut conflict = None;
    for (at, two) in paths.iter().enumerate() {
        for one in paths.iter().take(at) {
            let show = |what: &str| {
                Fault::new(format!(
                    "Two document paths {what} with each other; must remove or rewrite one of these paths; path one: {}, path two: {}",
                    shown(one),
                    shown(two)
                ))
            };
            match one.iter().zip(two).find(|(one, two)| one != two) {
                None => return Err(show("overlap")),
                Some((Step::Name(_), Step::Index(_)) | (Step::Index(_), Step::Name(_))) => {
                    conflict.get_or_insert_with(|| show("conflict"));
                }
                Some(_) => {}
            }
        }
    }
    conflict.map_or(Ok(()), Err)
}
