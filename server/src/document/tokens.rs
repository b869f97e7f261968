//! A document's tokens, counted before it is parsed: the parser's work and its
//! stack grow with them.

use super::{Limits, Refusal};

/// How deep brackets may be nested, of selections and of values.
const MAX_NESTING: u32 = 64;

/// Checks that a document is small enough to be parsed. A byte that begins no
/// token counts as one, as do a number's sign and point; the parser will say
/// where the document is wrong.
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
            b'"' => string(rest),
            b'.' if rest.starts_with(b"...") => 3,
            _ => run(rest).max(1),
        };
        rest = &rest[length..];
        tokens += 1;
        if tokens > limits.max_tokens {
            return Err(Refusal::TooManyTokens(limits.max_tokens));
        }
        if nesting > MAX_NESTING {
            return Err(Refusal::TooDeep(limits.max_depth));
        }
    }
    Ok(())
}

/// The length of the rest of the line.
fn line(rest: &[u8]) -> usize {
    let end = rest.iter().position(|byte| matches!(byte, b'\n' | b'\r'));
    end.unwrap_or(rest.len())
}

/// The length of a name or a number.
fn run(rest: &[u8]) -> usize {
    let is_part = |byte: &u8| byte.is_ascii_alphanumeric() || *byte == b'_';
    rest.iter().take_while(|byte| is_part(byte)).count()
}

/// The length of a string or a block string; unclosed, to the end of the line
/// or of the document.
fn string(rest: &[u8]) -> usize {
    const BLOCK: &[u8] = b"\"\"\"";
    let (quote, end) = if rest.starts_with(BLOCK) {
        (BLOCK, rest.len())
    } else {
        (&BLOCK[..1], line(rest))
    };
    let mut at = quote.len();
    while at < end {
        if rest[at..end].starts_with(quote) {
            return at + quote.len();
        }
        let is_escaped = rest[at] == b'\\';
        at += if is_escaped { 2 } else { 1 };
    }
    end
}

#[cfg(test)]
mod tests {
    use super::*;

    /// How many tokens a document has.
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
            ("\"\"\"unclosed { a\n}", 1),
            ("\"unclosed \\", 1),
            ("\u{feff}é", 5),
        ] {
            assert_eq!(count(source), expect, "{source}");
        }
    }

    #[test]
    fn brackets_are_counted() {
        let nested = |levels: usize| "[".repeat(levels) + &"]".repeat(levels);
        assert_eq!(check(&nested(64), &Limits::DEFAULT), Ok(()));
        let refused = Err(Refusal::TooDeep(Limits::DEFAULT.max_depth));
        assert_eq!(check(&nested(65), &Limits::DEFAULT), refused);
        let beside = nested(64).repeat(3);
        assert_eq!(check(&beside, &Limits::DEFAULT), Ok(()));
    }
}
