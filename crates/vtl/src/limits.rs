//! Every bound of this crate, with its unit and what happens past it.
//!
//! Constants bound the parser. [`Limits`] bounds one render; the heap of that render carries it and counts what is spent.

use std::fmt;

/// Longest template text, in bytes. AWS: 300 KB. Past it, parsing fails.
pub const TEMPLATE_BYTES_MAX: usize = 300 * 1024;

/// Deepest nesting of directives, strings, lists and parentheses in a template. Past it, parsing fails.
pub const NESTING_MAX: usize = 64;

/// Longest operator, `#elseif` or reference chain that one expression may hold. Past it, parsing fails.
pub const CHAIN_MAX: usize = 2_000;

/// Operators in one expression, strings in it included. Past it, parsing fails.
pub const OPERATORS_MAX: usize = 200;

/// Blocks and expressions that a render may be inside of at once: a template alone cannot pass it, `#define` blocks that
/// render one another can. Past it, rendering fails.
pub const RENDER_DEPTH_MAX: usize = 400;

/// Parts of an output whose origin a recorded render keeps; what is written past them has none.
pub(crate) const WRITTEN_PARTS_MAX: usize = 65_536;

/// Largest text of a value that an error message repeats, in characters. Past it, the text is cut.
pub const SHOWN_CHARACTERS_MAX: usize = 80;

/// Longest regular expression a template may use, in bytes. Past it, rendering fails.
pub const REGEX_BYTES_MAX: usize = 4 * 1024;

/// Largest compiled regular expression, in bytes. Past it, rendering fails.
pub const REGEX_COMPILED_BYTES_MAX: usize = 1024 * 1024;

/// Steps that a regular expression which looks around or back may take for each byte of a text, besides
/// [`Limits::regex_backtracks`]. A step is one instruction, one way back or 4 characters of a run. Past it, rendering fails.
pub const REGEX_STEPS_PER_BYTE: u64 = 32;

/// Steps that such a regular expression may take for one text of any length. Past it, rendering fails.
pub const REGEX_STEPS_MAX: u64 = 64_000_000;

/// Steps of such a regular expression that count as one step of the render.
pub const REGEX_STEPS_PER_STEP: u64 = 16;

/// How often a regular expression may repeat a part, repetitions in repetitions multiplied. Past it, rendering fails.
pub const REGEX_REPEATS_MAX: u64 = 1_000_000;

/// Steps of a render that each byte of a regular expression costs when it is compiled.
pub const REGEX_BYTE_STEPS: u64 = 50;

/// Steps of a render that each repetition of a regular expression costs when it is compiled.
pub const REGEX_REPEAT_STEPS: u64 = 200;

/// Steps of a render that each repetition costs when a class of Unicode (`\p{L}`) is in the regular expression: such a
/// class is a table of hundreds of ranges.
pub const REGEX_TABLE_REPEAT_STEPS: u64 = 1_200;

/// Most steps of a render that compiling a regular expression costs, however it repeats.
pub const REGEX_COMPILE_STEPS_MAX: u64 = 200_000;

/// Compiled regular expressions a thread keeps. Past it, all are dropped and compiled again when used.
pub const REGEX_CACHED_MAX: usize = 256;

/// Widest field or precision in `String.format`, in characters. Past it, rendering fails.
pub const FORMAT_WIDTH_MAX: usize = 10_000;

/// Largest magnitude of an integer that arithmetic makes, in bits. Past it, rendering fails.
pub const INTEGER_BITS_MAX: u64 = 4 * 1024;

/// Digits that the plain text of a `BigDecimal` may add as zeros. Past it, its text has an exponent.
pub const DECIMAL_ZEROS_MAX: usize = 10_000;

/// The bounds of one render.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Limits {
    /// Bytes a render may write. Default 10 MiB (AWS: payload size 10 MB). Past it, rendering fails.
    pub output_bytes: usize,
    /// Steps a render may take: one for each node evaluated, element printed or compared and byte of 64 scanned.
    /// Default 5,000,000. Past it, rendering fails.
    pub steps: u64,
    /// Rounds of one `#foreach`. Default 1,000 as on AWS. Past it, the loop ends without an error.
    pub foreach_iterations: u32,
    /// Objects (maps, lists, iterators) a heap may hold. Default 500,000. Past it, rendering fails.
    pub objects: u32,
    /// Elements that all lists and maps of a heap may be given together. Default 2,000,000. Past it, rendering fails.
    pub elements: u64,
    /// Bytes of text that values may be built of, copies of the input not counted. Default 64 MiB. Past it,
    /// rendering fails.
    pub text_bytes: usize,
    /// How deep values are followed when they are printed, compared, hashed, exported or imported. Default 100.
    /// Past it, the operation fails.
    pub value_depth: u32,
    /// Steps a backtracking regular expression may take for one text, besides [`REGEX_STEPS_PER_BYTE`] for each of its bytes.
    /// Default 1,000,000. Past it, rendering fails.
    pub regex_backtracks: usize,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            output_bytes: 10 * 1024 * 1024,
            steps: 5_000_000,
            foreach_iterations: 1_000,
            objects: 500_000,
            elements: 2_000_000,
            text_bytes: 64 * 1024 * 1024,
            value_depth: 100,
            regex_backtracks: 1_000_000,
        }
    }
}

/// Which bound of [`Limits`] was passed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Limit {
    /// [`Limits::output_bytes`].
    OutputBytes,
    /// [`Limits::steps`].
    Steps,
    /// [`Limits::objects`].
    Objects,
    /// [`Limits::elements`].
    Elements,
    /// [`Limits::text_bytes`].
    TextBytes,
    /// [`Limits::value_depth`].
    ValueDepth,
    /// [`Limits::regex_backtracks`].
    RegexBacktracks,
    /// [`REGEX_BYTES_MAX`] or [`REGEX_COMPILED_BYTES_MAX`].
    RegexBytes,
    /// [`RENDER_DEPTH_MAX`].
    RenderDepth,
    /// [`INTEGER_BITS_MAX`].
    IntegerBits,
    /// [`FORMAT_WIDTH_MAX`].
    FormatWidth,
    /// No key of a map that is written as JSON may be null: json-smart fails there.
    NullKey,
}

/// A bound was passed: which, and where it lies.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct LimitExceeded {
    /// The bound.
    pub limit: Limit,
    /// Its value, in the unit of the bound.
    pub max: u64,
}

impl LimitExceeded {
    /// Names `limit`, whose value is `max`.
    #[must_use]
    pub fn new(limit: Limit, max: usize) -> Self {
        Self { limit, max: max as u64 }
    }
}

impl fmt::Display for LimitExceeded {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let max = self.max;
        match self.limit {
            Limit::OutputBytes => write!(f, "the output is larger than {max} bytes"),
            Limit::Steps => write!(f, "the template takes more than {max} steps"),
            Limit::Objects => write!(f, "the template makes more than {max} lists and maps"),
            Limit::Elements => write!(f, "lists and maps hold more than {max} elements together"),
            Limit::TextBytes => write!(f, "the template builds more than {max} bytes of text"),
            Limit::ValueDepth => {
                write!(f, "a value is nested deeper than {max} levels or contains itself")
            }
            Limit::RegexBacktracks => {
                write!(f, "a regular expression takes more than {max} steps for one text")
            }
            Limit::RegexBytes => write!(f, "a regular expression is larger than {max} bytes"),
            Limit::RenderDepth => {
                write!(f, "`#define` blocks render one another deeper than {max} levels")
            }
            Limit::IntegerBits => write!(f, "a number is longer than {max} bits"),
            Limit::FormatWidth => write!(f, "a format asks for more than {max} characters"),
            Limit::NullKey => f.write_str("a map with a null key cannot be written as JSON"),
        }
    }
}

impl std::error::Error for LimitExceeded {}
