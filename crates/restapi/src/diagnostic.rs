//! A finding about a definition, for its author: code, place, cause, remedy.
//!
//! Readers collect all findings and never stop at the first. The text form shows the line with a caret.

use crate::place::Place;
use crate::printable::one_line;
use std::fmt;

/// How much a finding weighs.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Severity {
    /// The definition cannot be served.
    Error,
    /// It can be served, and something in it does not do what its author may believe.
    Warning,
    /// It can be served and may well be meant; whoever reviews it may want to know.
    Note,
}

impl fmt::Display for Severity {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Severity::Error => "error",
            Severity::Warning => "warning",
            Severity::Note => "note",
        })
    }
}

/// What an error keeps from being served.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Scope {
    /// Everything: it stands outside of any method, or it concerns the whole API.
    #[default]
    Definition,
    /// The method it stands in, which is refused (`Refusal`). The others can be served without it.
    Method,
}

macro_rules! codes {
    ($($(#[doc = $doc:literal])+ $name:ident = $id:literal,)+) => {
        /// The stable name of a kind of finding. A page in `docs/errors.md` explains each; none is ever reused.
        /// `GW1xx` OpenAPI and files, `GW2xx` CloudFormation and Terraform, `GW3xx` templates and mappings, `GW4xx` not supported,
        /// `GW5xx` requests.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum Code {
            $($(#[doc = $doc])+ $name,)+
        }

        impl Code {
            /// Every code there is.
            pub const ALL: &[Code] = &[$(Code::$name,)+];

            /// The code as it is printed, such as `GW301`.
            pub fn id(self) -> &'static str {
                match self { $(Code::$name => $id,)+ }
            }
        }
    };
}

codes! {
    /// A file cannot be read.
    Unreadable = "GW100",
    /// A file is neither YAML nor JSON.
    Syntax = "GW101",
    /// A file is YAML or JSON, but no definition that is known.
    UnknownKind = "GW102",
    /// A value has the wrong type.
    WrongType = "GW103",
    /// A `$ref` or a name leads nowhere.
    UnknownReference = "GW104",
    /// A key stands twice in one object.
    DuplicateKey = "GW105",
    /// A document is larger or deeper than the reader's limits.
    LimitExceeded = "GW106",
    /// A required member is missing.
    Missing = "GW107",
    /// A value is not one of those allowed.
    InvalidValue = "GW108",
    /// A path is not one that API Gateway takes.
    InvalidPath = "GW109",
    /// The same API, resource or method is defined twice.
    Duplicate = "GW110",
    /// A member that API Gateway ignores.
    Ignored = "GW111",
    /// A member nobody knows.
    UnknownMember = "GW112",
    /// A model's JSON Schema is invalid.
    InvalidSchema = "GW113",
    /// Nothing to serve.
    NothingToServe = "GW114",
    /// Something that the language of an export cannot say.
    Inexpressible = "GW115",
    /// What no request can use: an API key, a method that asks for a key or signature which nobody has, a stage that no host leads to.
    OpensNothing = "GW116",
    /// A policy document is invalid.
    InvalidPolicy = "GW117",
    /// A policy names what is never asked for, or asks for what is never known.
    PolicyNeverMatches = "GW118",
    /// A role of an integration whose policies are not known.
    RoleNotKnown = "GW119",
    /// What verifies tokens comes over a connection that is not protected.
    KeysNotProtected = "GW120",
    /// Calls that are to be signed, and nothing to sign them with.
    NothingToSignWith = "GW121",
    /// A way in that is less protected than another one to the same.
    WayAround = "GW122",
    /// A CloudFormation resource or property is invalid.
    InvalidResource = "GW201",
    /// An intrinsic function that is not evaluated yet.
    Intrinsic = "GW202",
    /// CloudFormation resources that were passed over.
    SkippedResources = "GW203",
    /// An intrinsic function that is used wrongly.
    IntrinsicMisused = "GW204",
    /// A parameter of a template has no value.
    ParameterMissing = "GW205",
    /// A value of a Terraform plan that is known only after the plan is applied.
    UnknownUntilApplied = "GW206",
    /// A mapping template does not parse.
    TemplateSyntax = "GW301",
    /// A JSONPath written in a template or mapping does not parse.
    JsonPathSyntax = "GW302",
    /// A parameter mapping is not an expression of API Gateway.
    InvalidMapping = "GW303",
    /// A template names a table that is reserved for the gateway itself.
    ReservedTable = "GW304",
    /// A selection pattern is not a regular expression.
    InvalidPattern = "GW305",
    /// A DynamoDB action that does not exist.
    UnknownAction = "GW306",
    /// A mapping template failed while it was rendered.
    TemplateFailed = "GW307",
    /// A condition that is true, or false, whatever it seems to ask.
    ConditionAlwaysTrue = "GW308",
    /// A hyphen that became part of a name.
    HyphenInName = "GW309",
    /// What a client writes, printed inside JSON quotes as it comes.
    UnescapedInput = "GW310",
    /// The `\\'` of `escapeJavaScript` inside JSON quotes.
    EscapedApostrophe = "GW311",
    /// A variable that nothing sets.
    UnknownVariable = "GW312",
    /// A property or method that does not exist.
    UnknownTemplateMember = "GW313",
    /// A helper of AppSync's templates.
    AppSyncHelper = "GW314",
    /// A request template that is never JSON.
    NeverJson = "GW315",
    /// A JSONPath that only later versions of its library know.
    LaterJsonPath = "GW316",
    /// A selection pattern that matches no status.
    PatternMatchesNoStatus = "GW317",
    /// A directive that is text because letters follow at once.
    GluedDirective = "GW318",
    /// An error that the default response answers as a success.
    ErrorsUnderDefault = "GW319",
    /// A template of a gateway response that is written as a mapping template.
    GatewayResponseTemplate = "GW320",
    /// A parameter mapping that is fixed text and looks like a reference.
    QuotedMapping = "GW321",
    /// A template that never renders, because what gets to it is bytes.
    TemplateOverBytes = "GW322",
    /// A cache that is asked for and caches nothing.
    CachingWithoutEffect = "GW323",
    /// Something that a cached answer depends on and its key has not.
    CacheKeyLacksInput = "GW324",
    /// A cached answer that depends on its caller, whom its key does not tell.
    CacheKeyLacksCaller = "GW325",
    /// A part of a cache key that nothing declares.
    UndeclaredCacheKey = "GW326",
    /// Authorization that the gateway does not enforce yet.
    UnenforcedAuthorization = "GW401",
    /// A resource policy where none is read.
    UnenforcedPolicy = "GW403",
    /// An endpoint restriction that the gateway does not enforce yet.
    UnenforcedEndpoint = "GW404",
    /// An integration type or service that is not supported yet.
    UnsupportedIntegration = "GW405",
    /// A DynamoDB action that the store does not have.
    UnsupportedAction = "GW406",
    /// A feature of a method, integration or API that is not supported yet.
    UnsupportedFeature = "GW407",
    /// A definition language, version or document kind that is not supported yet.
    UnsupportedDocument = "GW408",
    /// A service of AWS that cannot be called: nothing says where it is, or there are no credentials.
    UnreachableService = "GW409",
    /// A request of an integration that is not JSON.
    RequestNotJson = "GW501",
    /// A request that DynamoDB refused.
    RequestRefused = "GW502",
    /// A table that does not exist.
    UnknownTable = "GW503",
    /// An error of an integration that was answered as a success.
    ErrorAsSuccess = "GW504",
    /// A value that changed the structure of a request.
    InputInStructure = "GW505",
    /// A path that led nowhere in the answer of an integration.
    NothingPrinted = "GW506",
    /// A map that was printed as Java prints it.
    MapAsText = "GW507",
    /// An answer that is not JSON and says that it is.
    AnswerNotJson = "GW508",
    /// An item that is not there, answered as a success.
    NoItem = "GW509",
    /// A body of a media type that has no template.
    NoTemplate = "GW510",
    /// A request that lacks a parameter, or whose body does not fit its model.
    InvalidRequest = "GW511",
    /// An integration that did not answer.
    IntegrationFailed = "GW512",
    /// Whatever else of a definition makes a request fail.
    Misconfigured = "GW513",
    /// A request that no method answers.
    NoMethod = "GW514",
    /// A result of a Lambda function that says no answer.
    MalformedResult = "GW515",
    /// A Lambda function that failed.
    FunctionFailed = "GW516",
    /// A caller who is not let in.
    CallerRefused = "GW517",
    /// A call that the role of the integration may not make.
    RoleDenied = "GW518",
}

/// One finding about a definition. Its texts are one line each: control characters in what they quote are escaped.
#[derive(Clone, Debug)]
pub struct Diagnostic {
    /// Which kind.
    pub code: Code,
    /// Whether it stops the definition from being served.
    pub severity: Severity,
    /// How much of it an error stops.
    pub scope: Scope,
    /// Where, unless it concerns no file's content.
    pub place: Option<Place>,
    /// Whether the line at its place is not shown, because a secret stands in it.
    pub is_line_withheld: bool,
    /// What is wrong: lower case, no full stop, the user's text in backticks.
    pub message: String,
    /// What stands under the caret, such as `not defined here`.
    pub label: Option<String>,
    /// The value that was met, of a request.
    pub value: Option<String>,
    /// What AWS does, or why it matters.
    pub notes: Vec<String>,
    /// What to do.
    pub help: Option<String>,
}

impl Diagnostic {
    /// A finding that stops the definition from being served.
    pub fn error(code: Code, message: impl Into<String>) -> Diagnostic {
        Diagnostic::new(Severity::Error, code, message.into())
    }

    /// A finding that does not.
    pub fn warning(code: Code, message: impl Into<String>) -> Diagnostic {
        Diagnostic::new(Severity::Warning, code, message.into())
    }

    /// A finding that is worth knowing, and often as meant.
    pub fn note_finding(code: Code, message: impl Into<String>) -> Diagnostic {
        Diagnostic::new(Severity::Note, code, message.into())
    }

    fn new(severity: Severity, code: Code, message: String) -> Diagnostic {
        let message = one_line(&message);
        let (scope, place) = (Scope::Definition, None);
        let (label, value, notes, help) = (None, None, Vec::new(), None);
        let is_line_withheld = false;
        Diagnostic {
            code,
            severity,
            scope,
            place,
            is_line_withheld,
            message,
            label,
            value,
            notes,
            help,
        }
    }

    /// Says where.
    pub fn at(mut self, place: Place) -> Diagnostic {
        self.place = Some(place);
        self
    }

    /// Says what stands under the caret.
    pub fn label(mut self, label: impl Into<String>) -> Diagnostic {
        self.label = Some(one_line(&label.into()));
        self
    }

    /// Says which value was met.
    pub fn value(mut self, value: impl Into<String>) -> Diagnostic {
        self.value = Some(one_line(&value.into()));
        self
    }

    /// Adds what AWS does, or why it matters.
    pub fn note(mut self, note: impl Into<String>) -> Diagnostic {
        self.notes.push(one_line(&note.into()));
        self
    }

    /// Says what to do.
    pub fn help(mut self, help: impl Into<String>) -> Diagnostic {
        self.help = Some(one_line(&help.into()));
        self
    }

    /// Says that it concerns the method at `method` alone, where that is so: it stands there, and what it speaks of is no
    /// protection of the whole API.
    pub fn narrow(&mut self, method: &Place) {
        let is_of_api = matches!(self.code, Code::UnenforcedPolicy | Code::UnenforcedEndpoint);
        let is_inside = self.place.as_ref().is_some_and(|place| place.is_within(method));
        if is_inside && !is_of_api {
            self.scope = Scope::Method;
        }
    }

    /// Whether it forbids all that the definitions say.
    pub fn forbids_all(&self) -> bool {
        self.severity == Severity::Error && self.scope == Scope::Definition
    }

    /// Puts `***` in the place of each secret that its texts quote. A line of the file is shown as it is, unless a long secret,
    /// such as a key, stands in it.
    pub fn conceal(&mut self, secrets: &[String]) {
        self.texts().for_each(|text| conceal(text, secrets));
        if let Some(place) = &self.place {
            let line = place.document.line(place.start().line);
            let is_in_line = |secret: &String| {
                secret.len() >= SECRET_BYTES_OF_LINES_MIN && line.contains(secret.as_str())
            };
            self.is_line_withheld = secrets.iter().any(is_in_line);
        }
    }

    /// Its texts, for whoever hides what must not be shown.
    pub fn texts(&mut self) -> impl Iterator<Item = &mut String> {
        let texts = [&mut self.message].into_iter().chain(&mut self.label).chain(&mut self.value);
        texts.chain(&mut self.notes).chain(&mut self.help)
    }

    /// The order in which findings are shown: by file, then by place.
    pub fn sort(findings: &mut [Diagnostic]) {
        findings.sort_by(|a, b| a.order().cmp(&b.order()));
    }

    fn order(&self) -> (Option<(&str, usize)>, &str) {
        let place = self.place.as_ref().map(|place| (place.document.name(), place.span.start));
        (place, self.code.id())
    }
}

/// Bytes of a secret that is hidden inside of other words too; a shorter one, such as `a`, only where it is all that is quoted.
const SECRET_BYTES_MIN: usize = 4;

/// Bytes of a secret for which a whole line is not shown; what is shorter may stand there by chance.
const SECRET_BYTES_OF_LINES_MIN: usize = 8;

/// Puts `***` in the place of each secret in a text that was made for one line.
pub(crate) fn conceal(text: &mut String, secrets: &[String]) {
    for secret in secrets.iter().map(|secret| one_line(secret)).filter(|s| !s.is_empty()) {
        let (quoted, hidden) = if secret.len() < SECRET_BYTES_MIN {
            (format!("`{secret}`"), "`***`")
        } else {
            (secret, "***")
        };
        if text.contains(&quoted) {
            *text = text.replace(&quoted, hidden);
        }
    }
}

/// The form for a terminal: message, place, line with caret, notes and help; no colour, no line end at the end.
impl fmt::Display for Diagnostic {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}[{}]: {}", self.severity, self.code.id(), self.message)?;
        let mut margin = 3;
        if let Some(place) = &self.place {
            margin = place.start().line.to_string().len();
            write!(f, "\n{:margin$}--> {place}", "")?;
            if !place.pointer.is_empty() {
                write!(f, "  ({})", one_line(&place.pointer))?;
            }
            if !self.is_line_withheld {
                snippet(f, place, margin, self.label.as_deref())?;
            }
        }
        if let Some(value) = &self.value {
            write!(f, "\n{:margin$} = value: {value}", "")?;
        }
        for note in &self.notes {
            write!(f, "\n{:margin$} = note: {note}", "")?;
        }
        if let Some(help) = &self.help {
            write!(f, "\n{:margin$} = help: {help}", "")?;
        }
        Ok(())
    }
}

/// The longest source line that is shown, in characters; of a longer one, the part around the place.
const LINE_CHARS_MAX: usize = 120;

fn snippet(
    f: &mut fmt::Formatter<'_>,
    place: &Place,
    margin: usize,
    label: Option<&str>,
) -> fmt::Result {
    let start = place.start();
    let line = place.document.line(start.line);
    let skipped = if start.column > LINE_CHARS_MAX { start.column - LINE_CHARS_MAX / 2 } else { 0 };
    let shown: String = line.chars().skip(skipped).take(LINE_CHARS_MAX).collect();
    let before: String = shown
        .chars()
        .take((start.column - 1).saturating_sub(skipped))
        .map(|c| if c == '\t' { '\t' } else { ' ' })
        .collect();
    let marked = place.text().lines().next().map_or(0, |first| first.chars().count());
    let room = shown.chars().count().saturating_sub(before.chars().count());
    let carets = "^".repeat(marked.min(room).max(1));
    write!(f, "\n{:margin$} |\n{} | {shown}\n{:margin$} | {before}{carets}", "", start.line, "")?;
    label.map_or(Ok(()), |label| write!(f, " {label}"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::place::Document;

    #[test]
    fn shows_the_line_with_a_caret_under_the_place() {
        let document = Document::new("orders.yaml", "a: 1\n\ttemplate: $inptu.path\n");
        let finding = Diagnostic::warning(Code::TemplateSyntax, "unknown variable `$inptu`")
            .at(Place::new(&document, 16..22, "/template"))
            .label("not defined here")
            .note("an undefined reference is the empty string")
            .help("did you mean `$input`?");
        let expected = "\
warning[GW301]: unknown variable `$inptu`
 --> orders.yaml:2:12  (/template)
  |
2 | \ttemplate: $inptu.path
  | \t          ^^^^^^ not defined here
  = note: an undefined reference is the empty string
  = help: did you mean `$input`?";
        assert_eq!(finding.to_string(), expected);
    }

    #[test]
    fn a_very_long_line_is_shown_around_the_place() {
        let text = format!("{}$x{}", "a".repeat(500), "b".repeat(500));
        let document = Document::new("min.json", text);
        let finding =
            Diagnostic::error(Code::Syntax, "odd").at(Place::new(&document, 500..502, ""));
        let shown = finding.to_string();
        assert_eq!(
            shown.lines().nth(3),
            Some(&*format!("1 | {}$x{}", "a".repeat(59), "b".repeat(59)))
        );
        assert_eq!(shown.lines().nth(4), Some(&*format!("  | {}^^", " ".repeat(59))));
    }

    #[test]
    fn secrets_are_not_quoted() {
        let secrets = ["hunter2".to_owned(), String::new(), "a\nbc".to_owned(), "s".to_owned()];
        let mut finding =
            Diagnostic::error(Code::InvalidValue, "`x-hunter2-y` is no verb, nor `s`")
                .label("hunter2")
                .note("`a\nbc` is none either")
                .help("not `hunter2`");
        finding.conceal(&secrets);
        let expected = "error[GW108]: `x-***-y` is no verb, nor `***`\n    = note: `***` is none either\n    = help: not `***`";
        assert_eq!(finding.to_string(), expected);
        assert_eq!(finding.label.as_deref(), Some("***"));
    }

    #[test]
    fn a_line_with_a_key_in_it_is_not_shown() {
        let document = Document::new("t.yaml", "Key: {Value: 0123456789abcdef}\nOther: prod\n");
        let shown = |span, secret: &str| {
            let finding = Diagnostic::error(Code::InvalidValue, "odd");
            let mut finding = finding.at(Place::new(&document, span, "/Key"));
            finding.conceal(&[secret.to_owned()]);
            finding.to_string()
        };
        let key = "0123456789abcdef";
        assert_eq!(shown(0..3, key), "error[GW108]: odd\n --> t.yaml:1:1  (/Key)");
        assert!(shown(31..36, key).ends_with("Other: prod\n  | ^^^^^"));
        assert!(shown(31..36, "prod").ends_with("Other: prod\n  | ^^^^^"));
    }

    #[test]
    fn every_code_is_explained() {
        let page = include_str!("../../../docs/errors.md");
        let titles: Vec<&str> = page.lines().filter_map(|l| l.strip_prefix("## ")).collect();
        let codes: Vec<&str> = Code::ALL.iter().map(|code| code.id()).collect();
        assert_eq!(titles, codes);
    }

    #[test]
    fn codes_are_unique() {
        let mut ids: Vec<_> = Code::ALL.iter().map(|code| code.id()).collect();
        ids.sort_unstable();
        ids.dedup();
        assert_eq!(ids.len(), Code::ALL.len());
    }
}
