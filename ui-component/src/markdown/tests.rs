//! Attacks, judged by parsing the output.

mod attacks;

use std::cell::RefCell;

use html5ever::tendril::StrTendril;
use html5ever::tokenizer::{
    BufferQueue, Tag, TagKind, Token, TokenSink, TokenSinkResult, Tokenizer, TokenizerOpts,
};

use super::{block, inline, may_be_markup, parsed_line};
use attacks::ATTACKS;

const TAGS: &[&str] = &[
    "a",
    "abbr",
    "b",
    "blockquote",
    "br",
    "code",
    "dd",
    "del",
    "dl",
    "dt",
    "em",
    "h4",
    "h5",
    "h6",
    "hr",
    "i",
    "kbd",
    "li",
    "ol",
    "p",
    "pre",
    "q",
    "s",
    "samp",
    "strong",
    "sub",
    "sup",
    "table",
    "tbody",
    "td",
    "th",
    "thead",
    "tr",
    "ul",
    "var",
];

const VOID: &[&str] = &["br", "hr"];

/// The tags of a fragment, as a browser's own tokenizer finds them.
#[derive(Default)]
struct Tags(RefCell<Vec<Tag>>);

impl TokenSink for Tags {
    type Handle = ();

    fn process_token(&self, token: Token, _line: u64) -> TokenSinkResult<()> {
        match token {
            Token::TagToken(tag) => self.0.borrow_mut().push(tag),
            Token::CommentToken(_) | Token::DoctypeToken(_) => {
                panic!("neither comment nor doctype: {token:?}")
            }
            _ => {}
        }
        TokenSinkResult::Continue
    }
}

fn tags(html: &str) -> Vec<Tag> {
    let input = BufferQueue::default();
    input.push_back(StrTendril::from_slice(html));
    let tokenizer = Tokenizer::new(Tags::default(), TokenizerOpts::default());
    let _ = tokenizer.feed(&input);
    tokenizer.end();
    tokenizer.sink.0.into_inner()
}

/// Checks any output of this module: known elements, known attributes, links to
/// the web only, and every element closed where it was opened, so that nothing
/// around it can be closed.
fn assert_tame(html: &str, allowed: &[&str], attack: &str) {
    let mut open: Vec<String> = Vec::new();
    for tag in tags(html) {
        let name = tag.name.to_string();
        assert!(
            allowed.contains(&name.as_str()),
            "<{name}> in {html:?} from {attack:?}"
        );
        if tag.kind == TagKind::EndTag {
            assert_eq!(open.pop(), Some(name), "{html:?} from {attack:?}");
            continue;
        }
        let attr = |wanted: &str| {
            tag.attrs
                .iter()
                .find(|a| &*a.name.local == wanted)
                .map(|a| a.value.to_string())
        };
        for attribute in &tag.attrs {
            let known: &[&str] = match name.as_str() {
                "a" => &["href", "rel"],
                "ol" => &["start"],
                "pre" | "table" => &["tabindex"],
                _ => &[],
            };
            assert!(
                known.contains(&&*attribute.name.local),
                "{attribute:?} in {html:?} from {attack:?}"
            );
        }
        if name == "a" {
            let href = attr("href")
                .unwrap_or_else(|| panic!("a link to nowhere in {html:?} from {attack:?}"));
            let known = ["http://", "https://", "mailto:"];
            assert!(
                known
                    .iter()
                    .any(|scheme| href.to_lowercase().starts_with(scheme)),
                "{href:?} from {attack:?}"
            );
            assert_eq!(attr("rel").as_deref(), Some("nofollow noopener noreferrer"));
            assert!(
                !open.contains(&"a".to_owned()),
                "a link in a link: {html:?}"
            );
        }
        if !VOID.contains(&name.as_str()) {
            open.push(name);
        }
    }
    assert!(
        open.is_empty(),
        "{open:?} left open in {html:?} from {attack:?}"
    );
}

#[test]
fn no_attack_gets_through_a_text() {
    for attack in ATTACKS {
        assert_tame(&block(attack).into_string(), TAGS, attack);
    }
}

#[test]
fn no_attack_gets_through_a_title() {
    for attack in ATTACKS {
        let html = inline(attack).into_string();
        assert_tame(&html, &["code", "del", "em", "strong"], attack);
    }
}

#[test]
fn attacks_do_not_join_forces() {
    let all = ATTACKS.join("\n\n");
    assert_tame(&block(&all).into_string(), TAGS, "all of them");
    for pair in ATTACKS.windows(2) {
        let pair = pair.concat();
        assert_tame(&block(&pair).into_string(), TAGS, &pair);
    }
}

#[test]
fn titles_keep_what_is_written() {
    let check =
        |title: &str, html: &str| assert_eq!(inline(title).into_string(), html, "{title:?}");
    check(
        "Use after free in `Vec<T>`",
        "Use after free in <code>Vec&lt;T&gt;</code>",
    );
    check(
        "Unsound Vec<T> in *some* cases",
        "Unsound Vec&lt;T&gt; in <em>some</em> cases",
    );
    check("_Every_ `Send`", "<em>Every</em> <code>Send</code>");
    check("# no heading", "# no heading");
    check("1. no list", "1. no list");
    check("- no list", "- no list");
    check("> no quote", "&gt; no quote");
    check("    no code", "no code");
    check("...", "...");
    check("", "");
    check("a & b", "a &amp; b");
    check("two\nlines", "two lines");
    check("`a` first", "<code>a</code> first");
    check("see [the notes](https://example.org)", "see the notes");
    check("![picture](https://example.org/x.png)", "picture");
}

#[test]
fn titles_without_markup_are_not_parsed() {
    let plain = (' '..='\u{2ff}').filter(|c| !may_be_markup(*c));
    for c in plain {
        for title in [
            format!("a{c}b"),
            format!("{c} a"),
            format!("a {c}{c}{c}"),
            format!("{c}{c}{c}"),
            format!("x{c}(https://example.org) 1{c} {c}a{c}"),
        ] {
            let line = title.split_whitespace().collect::<Vec<_>>().join(" ");
            assert_eq!(
                inline(&title).into_string(),
                parsed_line(&line).into_string()
            );
        }
    }
}

#[test]
fn headings_follow_the_card_without_a_gap() {
    let html = block("### a\n\n# b\n\n### c\n\n#### d\n\n##### e\n\n## f").into_string();
    assert_eq!(
        html.lines().collect::<Vec<_>>(),
        [
            "<h4>a</h4>",
            "<h4>b</h4>",
            "<h5>c</h5>",
            "<h6>d</h6>",
            "<h6>e</h6>",
            "<h5>f</h5>",
        ]
    );
}

#[test]
fn bare_addresses_become_links() {
    let check = |text: &str, links: &[&str]| {
        let html = block(text).into_string();
        let found: Vec<String> = tags(&html)
            .iter()
            .filter(|tag| tag.kind == TagKind::StartTag && &*tag.name == "a")
            .map(|tag| tag.attrs[0].value.to_string())
            .collect();
        assert_eq!(found, links, "{html}");
    };
    check(
        "see https://example.org/a_b_c.",
        &["https://example.org/a_b_c"],
    );
    check("(https://example.org/a(b))", &["https://example.org/a(b)"]);
    check("**https://example.org**", &["https://example.org"]);
    check(
        "http://a.example, https://b.example?x=1&y=2!",
        &["http://a.example", "https://b.example?x=1&y=2"],
    );
    check("<https://example.org>", &["https://example.org"]);
    check(
        "[https://a.example](https://b.example)",
        &["https://b.example"],
    );
    check("`https://example.org`", &[]);
    check("    https://example.org", &[]);
    check("xhttps://example.org", &[]);
    check("https:// and http:", &[]);
    check(
        "[](https://example.org) <a href='https://example.org'><b> </b></a>",
        &[],
    );
    check("mail <a@b.example>", &["mailto:a@b.example"]);
}

#[test]
fn images_are_links_and_never_load() {
    assert_eq!(
        block("![a *crab*](https://example.org/crab.png)")
            .into_string()
            .trim(),
        r#"<p><a href="https://example.org/crab.png" rel="nofollow noopener noreferrer">Image: a <em>crab</em></a></p>"#
    );
    assert_eq!(block("![a](x.png)").into_string().trim(), "<p>Image: a</p>");
}

#[test]
fn tags_that_are_not_let_through_are_text() {
    let check = |text: &str, html: &str| {
        assert_eq!(block(text).into_string().trim(), html, "{text:?}");
    };
    for (text, html) in [
        ("`a` for Vec<u8>", "<p><code>a</code> for Vec&lt;u8&gt;</p>"),
        (
            "from git-<crate> to gix-<crate>.",
            "<p>from git-&lt;crate&gt; to gix-&lt;crate&gt;.</p>",
        ),
        ("Lazy<T>", "<p>Lazy&lt;T&gt;</p>"),
        ("<T>\nis a *type*", "<p>&lt;T&gt;\nis a *type*</p>"),
        ("<Vec<T> as A>::b", "<p>&lt;Vec&lt;T&gt; as A&gt;::b</p>"),
        ("press <kbd>Ctrl</kbd>", "<p>press <kbd>Ctrl</kbd></p>"),
        (
            "<kbd>Ctrl</kbd>+<KBD class=x>Z</KBD>",
            "<p><kbd>Ctrl</kbd>+<kbd>Z</kbd></p>",
        ),
        ("a<br>b<br/>c", "<p>a<br>b<br>c</p>"),
        ("2<sup>*n*</sup>", "<p>2<sup><em>n</em></sup></p>"),
        (
            "Foo<b> and <i>Bar</i>",
            "<p>Foo&lt;b&gt; and <i>Bar</i></p>",
        ),
        (
            "a</b> *<s>* b</s>",
            "<p>a&lt;/b&gt; <em>&lt;s&gt;</em> b&lt;/s&gt;</p>",
        ),
        ("<b><i>a</b></i>", "<p><b>&lt;i&gt;a</b>&lt;/i&gt;</p>"),
        ("a <!-- b --> c", "<p>a &lt;!-- b --&gt; c</p>"),
        ("<!-- b\n\nc -->", "<p>&lt;!-- b\n\nc --&gt;</p>"),
        (
            "a <?b?> <!C> <![CDATA[d]]>",
            "<p>a &lt;?b?&gt; &lt;!C&gt; &lt;![CDATA[d]]&gt;</p>",
        ),
        (
            "<div>a &amp; <kbd>b</kbd>\n</div>",
            "<p>&lt;div&gt;a &amp; <kbd>b</kbd>\n&lt;/div&gt;</p>",
        ),
        (
            "<script>\na\n</script>\nb",
            "<p>&lt;script&gt;\na\n&lt;/script&gt;</p>\n<p>b</p>",
        ),
        ("<div", "<p>&lt;div</p>"),
        ("a <b", "<p>a &lt;b</p>"),
    ] {
        check(text, html);
    }
    check(
        "<a href='https://a.example'>https://b.example</a> <a name=x>y</a>",
        "<p><a href=\"https://a.example\" rel=\"nofollow noopener noreferrer\">https://b.example</a> \
         &lt;a name=x&gt;y&lt;/a&gt;</p>",
    );
    check(
        "<a href='https://a.example'>[b](https://b.example)</a>",
        "<p>&lt;a href='https://a.example'&gt;\
         <a href=\"https://b.example\" rel=\"nofollow noopener noreferrer\">b</a>&lt;/a&gt;</p>",
    );
}
