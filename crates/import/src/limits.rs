//! The limits of the readers. Past each, the document is refused (GW106) with the place where the limit was met.

/// Bytes of one document; AWS's limit for an import.
pub(crate) const DOCUMENT_BYTES_MAX: usize = 6 * 1024 * 1024;

/// Objects and arrays inside each other, aliases followed. Every recursion over a tree is bounded by it.
pub(crate) const DEPTH_MAX: usize = 128;

/// Nodes of one document, each alias and merge key counted as often as what it stands for.
pub(crate) const NODES_MAX: usize = 1_000_000;

/// References that lead to references, one after the other.
pub(crate) const REFERENCE_HOPS_MAX: usize = 16;

/// Bytes of one path of an API; longer than any request line that is taken.
pub(crate) const PATH_BYTES_MAX: usize = 8 * 1024;

/// Variables of a server that are replaced in its URL; those beyond stay as they are.
pub(crate) const SERVER_VARIABLES_MAX: usize = 16;

/// Bytes of one key as a JSON pointer shows it; the rest of a longer one is left out.
pub(crate) const POINTER_STEP_BYTES_MAX: usize = 128;

/// Words that a misspelt one is compared with; there is no suggestion beyond them.
pub(crate) const SUGGESTIONS_MAX: usize = 1_000;

/// Findings of one run; the rest is counted, not shown.
pub(crate) const FINDINGS_MAX: usize = 1_000;

/// Functions of a template inside each other, through what they refer to.
pub(crate) const EVALUATION_DEPTH_MAX: usize = 200;

/// Steps to evaluate one part of a template: one for each value and function, and for each 64 bytes of computed text.
pub(crate) const EVALUATION_STEPS_MAX: usize = 2_000_000;

/// Files that the definitions of a run may name beside the ones that were given.
pub(crate) const FILES_MAX: usize = 1_000;

/// Assemblies of the AWS CDK inside each other.
pub(crate) const ASSEMBLY_DEPTH_MAX: usize = 16;

/// Steps inside the loops of a template: one for each value, item, and 64 bytes of text. AWS takes 500 resources.
pub(crate) const LOOP_STEPS_MAX: usize = 200_000;

/// Expressions of a Terraform configuration that lead to expressions, through variables and outputs of modules.
pub(crate) const EXPRESSION_HOPS_MAX: usize = 64;

/// References that are followed in one Terraform plan. Past it no unknown value is found out, and each is refused by name.
pub(crate) const REFERENCES_MAX: usize = 1_000_000;
