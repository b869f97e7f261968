//! All codes that a client reads in `errors[].extensions.code`. `docs/ERRORS.md` lists them.

macro_rules! codes {
    ($($(#[$doc:meta])* $code:ident,)*) => {
        $($(#[$doc])* pub const $code: &str = stringify!($code);)*

        /// Every code.
        pub const ALL: &[&str] = &[$($code),*];
    };
}

codes! {
    /// The text is not a valid crate name on crates.io.
    BAD_CRATE_NAME,
    /// The text is not a SemVer version.
    BAD_VERSION,
    /// The text is not a version requirement.
    BAD_REQUIREMENT,
    /// The list has more than 300 requirements.
    TOO_MANY_REQUIREMENTS,
    /// The text is not an advisory's id.
    BAD_ADVISORY_ID,
    /// `first` and `last` are both given, or one is negative.
    BAD_PAGE,
    /// The page has more items than `--max-page`.
    PAGE_TOO_LARGE,
    /// The cursor does not belong to this list.
    BAD_CURSOR,
    /// The service failed; its log has the cause.
    INTERNAL,
    /// The request does not follow GraphQL over HTTP.
    BAD_REQUEST,
    /// The request is a list of queries.
    BATCH,
    /// The client accepts neither `application/graphql-response+json` nor `application/json`.
    NOT_ACCEPTABLE,
    /// The request is larger than `--max-request`.
    REQUEST_TOO_LARGE,
    /// The request body took too long to arrive.
    REQUEST_TOO_SLOW,
    /// The document is not registered, and `--dev` is off.
    DOCUMENT_NOT_KNOWN,
    /// The document is not GraphQL.
    BAD_SYNTAX,
    /// The document or its variables do not match the schema.
    BAD_DOCUMENT,
    /// The document does not contain the operation.
    NO_SUCH_OPERATION,
    /// A GET names an operation that is not a query.
    NOT_A_QUERY,
    /// The document has more tokens than `--max-tokens`.
    TOO_MANY_TOKENS,
    /// A name in the document is longer than 64 bytes.
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
    /// The document spreads fragments more often than `--max-fragments`.
    TOO_MANY_FRAGMENTS,
    /// A fragment contains itself.
    CIRCULAR_FRAGMENTS,
    /// More queries are running than `--max-concurrent`.
    OVERLOADED,
    /// The database cannot be read, and no data is in memory yet.
    UNAVAILABLE,
    /// The query took longer than `--max-time`.
    TOO_SLOW,
    /// The answer is larger than `--max-answer`.
    ANSWER_TOO_LARGE,
}
