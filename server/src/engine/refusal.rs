//! The reasons why a document is not run, or its answer not sent.

use crate::graphql::codes;

/// The reason why a document is not run, or its answer not sent. The messages
/// are ours, because the parser's would repeat the document.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Refusal {
    /// It is not registered.
    #[error("the document is not registered; only registered documents can be run")]
    NotRegistered,
    /// It is not GraphQL.
    #[error("syntax error at line {line}, column {column}")]
    Syntax {
        /// The line, counted from 1.
        line: usize,
        /// The column, counted from 1, in characters.
        column: usize,
    },
    /// It has several definitions of one name, or an operation without a name
    /// beside others.
    #[error(
        "operations and fragments must have unique names; an unnamed operation must be the only one"
    )]
    Names,
    /// It has no operation of the requested name, or it has several and the
    /// request names none.
    #[error("the document does not contain the operation; check `operationName`")]
    NoSuchOperation,
    /// A variable is missing, or has a value that is not of its type.
    #[error("the variable ${name} must have a value of type {ty}")]
    BadVariable {
        /// The name of the variable.
        name: String,
        /// The type that the document declares.
        ty: String,
    },
    /// A GET names an operation that is not a query.
    #[error("GET runs queries only; use POST")]
    NotAQuery,
    /// It has more tokens than [`max_tokens`](super::Limits::max_tokens).
    #[error("the document has more than {0} tokens")]
    TooManyTokens(usize),
    /// It has a name that is longer than any name of the schema.
    #[error("a name in the document is longer than {0} bytes")]
    NameTooLong(usize),
    /// It is deeper than [`max_depth`](super::Limits::max_depth).
    #[error("the document is nested more than {0} levels deep")]
    TooDeep(u32),
    /// It has more fields than
    /// [`max_complexity`](super::Limits::max_complexity).
    #[error("the answer could have more than {0} fields; request fewer fields, or smaller pages")]
    TooComplex(u64),
    /// It has more aliases than [`max_aliases`](super::Limits::max_aliases).
    #[error("the document has more than {0} aliases")]
    TooManyAliases(u64),
    /// It has more root fields than
    /// [`max_root_fields`](super::Limits::max_root_fields).
    #[error("an operation has more than {0} root fields")]
    TooManyRootFields(u64),
    /// It has more directives than
    /// [`max_directives`](super::Limits::max_directives).
    #[error("the document has more than {0} directives")]
    TooManyDirectives(u64),
    /// It has more spreads than [`max_fragments`](super::Limits::max_fragments).
    #[error("the document spreads fragments more than {0} times")]
    TooManyFragments(u64),
    /// It has a fragment that contains itself.
    #[error("a fragment contains itself")]
    CircularFragments,
    /// Too many other documents are running.
    #[error("too many queries are running; try again")]
    Overloaded,
    /// The database has not been read yet, and does not answer.
    #[error("the database cannot be read; try again")]
    Unavailable,
    /// It ran longer than [`max_time`](super::Limits::max_time).
    #[error("the query took longer than {0} ms")]
    TooSlow(u64),
    /// Its answer is larger than [`max_answer`](super::Limits::max_answer).
    #[error("the answer is larger than {0} bytes; request fewer fields, or smaller pages")]
    AnswerTooLarge(usize),
}

impl Refusal {
    /// Returns the code that a client reads in `extensions.code`.
    #[must_use]
    pub fn code(&self) -> &'static str {
        match self {
            Self::NotRegistered => codes::DOCUMENT_NOT_KNOWN,
            Self::Syntax { .. } | Self::Names => codes::BAD_SYNTAX,
            Self::NoSuchOperation => codes::NO_SUCH_OPERATION,
            Self::BadVariable { .. } => codes::BAD_DOCUMENT,
            Self::NotAQuery => codes::NOT_A_QUERY,
            Self::TooManyTokens(_) => codes::TOO_MANY_TOKENS,
            Self::NameTooLong(_) => codes::NAME_TOO_LONG,
            Self::TooDeep(_) => codes::TOO_DEEP,
            Self::TooComplex(_) => codes::TOO_COMPLEX,
            Self::TooManyAliases(_) => codes::TOO_MANY_ALIASES,
            Self::TooManyRootFields(_) => codes::TOO_MANY_ROOT_FIELDS,
            Self::TooManyDirectives(_) => codes::TOO_MANY_DIRECTIVES,
            Self::TooManyFragments(_) => codes::TOO_MANY_FRAGMENTS,
            Self::CircularFragments => codes::CIRCULAR_FRAGMENTS,
            Self::Overloaded => codes::OVERLOADED,
            Self::Unavailable => codes::UNAVAILABLE,
            Self::TooSlow(_) => codes::TOO_SLOW,
            Self::AnswerTooLarge(_) => codes::ANSWER_TOO_LARGE,
        }
    }
}
