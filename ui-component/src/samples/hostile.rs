//! Texts that try to escape from their element. None may.

use crate::answer::{Advisory, AdvisoryKind};

use super::advisories::{advisory, functions, identifier, range};
use super::scene::Scene;

const BODY: &str = r#"</div></details></section><h1>You have been logged out</h1>

<script>document.body.remove()</script><style>body { display: none }</style>

<form action="https://example.org/steal"><input name="password"><button>Log in</button></form>

<img src="https://example.org/pixel.png" onerror="alert(1)"> ![pixel](https://example.org/pixel.png)

[click me](javascript:alert(1)) <a href="javascript:alert(2)" onclick="alert(3)">me too</a> <a name="x">and me</a>

# A heading as large as the page's

### And a level left out

<div class="crate-security" id="crate-security-releases-end" style="position:fixed;inset:0">over everything</div>

| a | b |
| - | - |
| `|` | https://example.org/(very)/long/address/that/does/not/break/anywhere/because/it/has/no/spaces/at/all?and=more&and=more |

    a line of code that is so long that it would push the page sideways if it were allowed to, which it is not, since it scrolls in its own block

&lt;script&gt;alert(4)&lt;/script&gt; [](https://example.org) <!-- --><svg onload=alert(5)>"#;

/// Puts one advisory made of attacks before the others.
pub(super) fn scene(base: Scene) -> Scene {
    let hostile = Advisory {
        description: BODY.to_owned(),
        affected_ranges: vec![range("<script>alert(6)</script>")],
        patched: vec![range("\"><script>alert(7)</script>")],
        functions: functions(
            &[
                "harbour::<Text,Sqlite>::\"onload=alert(8)",
                "Averylongpathwithoutanyplacetobreak".repeat(4).as_str(),
            ],
            "< 1",
        ),
        os: vec!["<b>windows</b>".to_owned()],
        aliases: vec![
            identifier("CVE-\"><b>", Some("javascript:alert(9)")),
            identifier("GHSA-x", Some("data:text/html,x")),
        ],
        related: vec![identifier(
            "https://example.org/related",
            Some("https://example.org/related"),
        )],
        references: vec![
            "javascript:alert(10)".to_owned(),
            "https://example.org/\"onclick=\"alert(11)".to_owned(),
        ],
        keywords: vec!["</dl>".to_owned()],
        categories: vec!["<i>".to_owned()],
        license: "<u>".to_owned(),
        url: Some("vbscript:alert(12)".to_owned()),
        rustsec_url: Some("//example.org".to_owned()),
        source_url: "https://example.org/\u{202e}fdp.exe".to_owned(),
        ..advisory(
            31,
            AdvisoryKind::VULNERABILITY,
            "# </h3></summary> `Vec<T>` of **[links](javascript:x)** <img src=x onerror=alert(13)> and Averylongwordwithoutanyplacetobreakatallthatgoesonandonandonandonandon",
        )
    };
    base.advisory(hostile, 0..18)
}
