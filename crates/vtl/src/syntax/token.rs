//! The kinds of tokens.

/// What a token is. The same characters are different tokens in different modes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum TokenKind {
    End,
    // Text.
    Text,
    Escape,
    DoubleEscape,
    EscapedDirective,
    EmptyIndex,
    LineCommentStart,
    LineCommentEnd,
    BlockComment,
    FormalComment,
    TextBlock,
    // References.
    Identifier,
    Dot,
    /// `{` and `}` of a formal reference.
    FormalOpen,
    FormalClose,
    IndexOpen,
    IndexClose,
    CallClose,
    // Directives.
    Word,
    BracketedWord,
    Set,
    If,
    ElseIf,
    Else,
    EndDirective,
    // Inside parentheses.
    Whitespace,
    String,
    True,
    False,
    Integer,
    Float,
    ParenOpen,
    ParenClose,
    BracketOpen,
    BracketClose,
    BraceOpen,
    BraceClose,
    Comma,
    Colon,
    DoubleDot,
    Minus,
    Plus,
    Multiply,
    Divide,
    Modulus,
    And,
    Or,
    Less,
    LessOrEqual,
    Greater,
    GreaterOrEqual,
    Equal,
    NotEqual,
    Not,
    Assign,
}

/// One token. Its image is the text `start..end`, with whatever led to it (`\\$`, `#`).
#[derive(Debug, Clone)]
pub(super) struct Token {
    pub(super) kind: TokenKind,
    pub(super) start: u32,
    pub(super) end: u32,
    /// What a reference or directive that came to nothing leaves before this token when it prints.
    pub(super) dropped: Option<Box<str>>,
}
