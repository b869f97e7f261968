//! Counts a document's tokens before it is parsed, because the parser's work and
//! its stack grow with them.

use super::{Limits, Refusal};

/// The deepest nesting of brackets, of selections and of values.
pub(super) const MAX_NESTING: u32 = 64;

/// The longest name, in bytes: an error's path repeats each name above its field.
const MAX_NAME: usize = 64;

/// The delimiter of a block string.
const BLOCK: &[u8] = b"\"\"\"";

/// Checks that a document is small enough to be parsed. A byte that begins no
/// token counts as one, as do the sign and the point of a number; the parser will
/// report the error.
pub(super) fn check(source: &str, limits: &Limits) -> Result<(), Refusal> {
    let mut rest = source.as_bytes();
    let mut tokens = 0;
    let mut nesting: u32 = 0;
    while let Some((&first, after)) = rest.split_first() {
        let length = match first {
            b' ' | b'\t' | b'\r' | b'\n' | b',' => {
                rest = after;
                continue;
            }
            b'#' => {
                rest = &rest[line(rest)..];
                continue;
            }
            b'{' | b'[' | b'(' => {
                nesting += 1;
                1
            }
            b'}' | b']' | b')' => {
                nesting = nesting.saturating_sub(1);
                1
            }
            b'"' if rest.starts_with(BLOCK) => block_string(rest).ok_or_else(|| {
                // The parser would read it as an empty string and another string.
                position(source, source.len() - rest.len())
            })?,
            b'"' => string(rest),
            b'.' if rest.starts_with(b"...") => 3,
            _ => run(rest).max(1),
        };
        if length > MAX_NAME && first != b'"' {
            return Err(Refusal::NameTooLong(MAX_NAME));
        }
        tokens += weight(&rest[..length]);
        rest = &rest[length..];
        if tokens > limits.max_tokens {
            return Err(Refusal::TooManyTokens(limits.max_tokens));
        }
        if nesting > MAX_NESTING {
            return Err(Refusal::TooDeep(MAX_NESTING));
        }
    }
    Ok(())
}

/// Returns the length of the comment or string that begins here, if any: brackets
/// and numbers in it are text.
pub(super) fn opaque(rest: &[u8]) -> Option<usize> {
    match rest.first()? {
        b'#' => Some(line(rest)),
        b'"' if rest.starts_with(BLOCK) => block_string(rest),
        b'"' => Some(string(rest)),
        _ => None,
    }
}

/// Returns the number of tokens that the parser can make of a run: it reads
/// `0000` as four numbers, and `truetrue` as two values.
fn weight(run: &[u8]) -> usize {
    let words: [&[u8]; 3] = [b"true", b"false", b"null"];
    match run {
        [b'0', ..] => run.len(),
        _ if words.iter().any(|word| run.starts_with(word)) => run.len().div_ceil(4),
        _ => 1,
    }
}

/// Returns the length of the rest of the line.
fn line(rest: &[u8]) -> usize {
    let end = rest.iter().position(|byte| matches!(byte, b'\n' | b'\r'));
    end.unwrap_or(rest.len())
}

/// Returns the length of a name or a number.
fn run(rest: &[u8]) -> usize {
    let is_part = |byte: &u8| byte.is_ascii_alphanumeric() || *byte == b'_';
    rest.iter().take_while(|byte| is_part(byte)).count()
}

/// Returns the length of a string. An unclosed one ends at the end of the line.
fn string(rest: &[u8]) -> usize {
    let mut at = 1;
    while let Some(byte) = rest.get(at) {
        match byte {
            b'"' => return at + 1,
            b'\n' | b'\r' => return at,
            // An escaped character does not end the string, unless it is a line
            // end.
            b'\\' if !matches!(rest.get(at + 1), Some(b'\n' | b'\r')) => at += 2,
            _ => at += 1,
        }
    }
    rest.len()
}

/// Returns the length of a block string, or `None` if it is not closed. A
/// backslash is an escape only before three quotes.
fn block_string(rest: &[u8]) -> Option<usize> {
    const ESCAPED: &[u8] = b"\\\"\"\"";
    let mut at = BLOCK.len();
    while at < rest.len() {
        match &rest[at..] {
            here if here.starts_with(BLOCK) => return Some(at + BLOCK.len()),
            here if here.starts_with(ESCAPED) => at += ESCAPED.len(),
            _ => at += 1,
        }
    }
    None
}

/// Returns the syntax error at a byte of the document.
fn position(source: &str, at: usize) -> Refusal {
    let before = source.get(..at).unwrap_or_default();
    let line_start = before.rfind('\n').map_or(0, |newline| newline + 1);
    Refusal::Syntax {
        line: before.matches('\n').count() + 1,
        column: before[line_start..].chars().count() + 1,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Counts the tokens of a document.
    fn count(source: &str) -> usize {
        let limits = |max_tokens| Limits {
            max_tokens,
            ..Limits::DEFAULT
        };
        (0..100)
            .find(|&max| check(source, &limits(max)).is_ok())
            .expect("fewer than a hundred")
    }

    #[test]
    fn tokens_are_counted() {
        for (source, expect) in [
            ("", 0),
            (" \t\r\n,", 0),
            ("# only { a comment", 0),
            ("{ a b_1 }", 4),
            ("{a(b:-1.5e3){...C@d}}", 17),
            (r#"{ a(b: "{ c \" d }") }"#, 8),
            ("{ a(b: \"\"\"{ c \" \\\"\"\" d\n }\"\"\") }", 8),
            ("\"unclosed { a\n}", 2),
            // The second backslash and the quotes are one escape.
            (r#"{ a(b: """c\\""" [ """, d: e) }"#, 11),
            ("\"unclosed \\", 1),
            ("\"unclosed \\\n}", 2),
            ("[0000 100 truetrue nullable]", 11),
            ("\u{feff}é", 5),
        ] {
            assert_eq!(count(source), expect, "{source}");
        }
    }

    /// The parser would continue where the scanner sees only a string.
    #[test]
    fn unclosed_block_strings() {
        for (source, line, column) in [
            (r#"{ a(b: ["""c"]) }"#, 1, 9),
            ("{\n a(b: \"\"\"c\\\"\"\" d\n) }", 2, 7),
        ] {
            let refused = Err(Refusal::Syntax { line, column });
            assert_eq!(check(source, &Limits::DEFAULT), refused, "{source}");
        }
    }

    #[test]
    fn names_are_short() {
        let name = |length: usize| format!("{{ {} }}", "n".repeat(length));
        assert_eq!(check(&name(64), &Limits::DEFAULT), Ok(()));
        let refused = Err(Refusal::NameTooLong(64));
        assert_eq!(check(&name(65), &Limits::DEFAULT), refused);
    }

    #[test]
    fn brackets_are_counted() {
        let nested = |levels: usize| "[".repeat(levels) + &"]".repeat(levels);
        assert_eq!(check(&nested(64), &Limits::DEFAULT), Ok(()));
        let refused = Err(Refusal::TooDeep(MAX_NESTING));
        assert_eq!(check(&nested(65), &Limits::DEFAULT), refused);
        let beside = nested(64).repeat(3);
        assert_eq!(check(&beside, &Limits::DEFAULT), Ok(()));
    }
}
