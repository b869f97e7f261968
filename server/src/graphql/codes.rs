//! The codes that a client reads in `errors[].extensions.code`: all of them, each
//! once. `docs/ERRORS.md` lists them.

macro_rules! codes {
    ($($(#[$doc:meta])* $code:ident,)*) => {
        $($(#[$doc])* pub const $code: &str = stringify!($code);)*

        /// Every code.
        pub const ALL: &[&str] = &[$($code),*];
    };
}

codes! {
    /// The text is not a name that a crate on crates.io could have.
    BAD_CRATE_NAME,
    /// The text is not a Semantic Versioning version.
    BAD_VERSION,
    /// The text is not an advisory's id.
    BAD_ADVISORY_ID,
    /// The arguments of a page contradict each other or are negative.
    BAD_PAGE,
    /// The page has more items than `--max-page`.
    PAGE_TOO_LARGE,
    /// The list did not give out this cursor.
    BAD_CURSOR,
    /// The fault is the service's; its log has the cause.
    INTERNAL,
    /// The request is not one that GraphQL over HTTP describes.
    BAD_REQUEST,
    /// The request is a list of queries.
    BATCH,
    /// The client accepts neither media type of an answer.
    NOT_ACCEPTABLE,
    /// The request is larger than `--max-request`.
    REQUEST_TOO_LARGE,
    /// The request's body took too long to arrive.
    REQUEST_TOO_SLOW,
    /// The document is not registered, and `--dev` is off.
    DOCUMENT_NOT_KNOWN,
    /// The document is not GraphQL.
    BAD_SYNTAX,
    /// The document or its variables do not fit the schema.
    BAD_DOCUMENT,
    /// The document does not have the operation.
    NO_SUCH_OPERATION,
    /// A GET asks for something else than a query.
    NOT_A_QUERY,
    /// The document has more tokens than `--max-tokens`.
    TOO_MANY_TOKENS,
    /// The document has a name of more than 64 bytes.
    NAME_TOO_LONG,
    /// The document is nested deeper than `--max-depth`.
    TOO_DEEP,
    /// The answer could have more fields than `--max-complexity`.
    TOO_COMPLEX,
    /// The document has more aliases than `--max-aliases`.
    TOO_MANY_ALIASES,
    /// An operation has more root fields than `--max-root-fields`.
    TOO_MANY_ROOT_FIELDS,
    /// The document has more directives than `--max-directives`.
    TOO_MANY_DIRECTIVES,
    /// The document uses fragments more often than `--max-fragments`.
    TOO_MANY_FRAGMENTS,
    /// A fragment contains itself.
    CIRCULAR_FRAGMENTS,
    /// More queries run than `--max-concurrent`.
    OVERLOADED,
    /// The database cannot be read, and nothing was read before.
    UNAVAILABLE,
    /// The query ran longer than `--max-time`.
    TOO_SLOW,
    /// The answer is larger than `--max-answer`.
    ANSWER_TOO_LARGE,
}
