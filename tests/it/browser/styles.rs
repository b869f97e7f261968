//! The host's style and ours do not affect each other.

use super::{AFFECTED, UNFOLD, VERDICT, at};
use integration_tests::browser::Browser;
use std::collections::BTreeMap;

/// Rules by element, as in a site's own style.
const OF_HOST: &str = "
    a { color: red; display: block; text-decoration: none; font-weight: 900; padding: 7px; border-bottom: 3px dotted }
    a::before { content: '→' }
    b, strong, em, i { color: purple; font-size: 30px; font-style: normal; font-weight: 100 }
    button { color: lime; background: black; border: 9px double; font: 40px serif; text-transform: uppercase; min-width: 300px; border-radius: 99px }
    code, pre { color: pink; background: navy; font: 33px cursive; white-space: normal; border: 4px solid }
    details { border: 5px solid red; padding: 30px; display: flex; margin: 20px }
    dl, dt, dd { margin: 44px; float: left; width: 50px; font-weight: 100 }
    h1, h2, h3, h4 { font-size: 60px; color: blue; text-transform: uppercase; margin: 50px; letter-spacing: 9px; text-align: center; line-height: 3 }
    li { display: inline-block; padding: 12px; border-left: 3px solid; width: 33% }
    section li { list-style: square }
    p { margin: 40px; text-indent: 4em; text-align: right; max-width: 100px; line-height: 4 }
    section { padding: 60px; background: gold; display: inline; border: 10px solid; margin: 9px; font-size: 40px }
    span { opacity: 0.3; vertical-align: super; position: relative; top: 9px }
    summary { display: list-item; list-style: none; padding: 50px; background: orange; cursor: help; font-weight: 900 }
    svg { width: 90px; height: 90px; display: block; fill: red; margin: 40px }
    table { width: 900px; border: 8px solid; border-collapse: separate; table-layout: fixed; float: right }
    td, th { padding: 31px; background: teal; text-align: right; border: 3px solid; text-transform: uppercase }
    time { font-style: italic; color: red; display: block }
    ul, ol { margin: 70px; padding: 70px; columns: 3; list-style: upper-roman; display: grid; gap: 60px }
";

/// The looks of an element of each kind and place: its path, and all computed
/// properties, except for custom properties, which have no order, and those
/// that depend on the size of other elements.
const LOOKS: &str = "(roots) => {
    const looks = {};
    const dependent = /^(--.*|width|height|block-size|inline-size|perspective-origin|transform-origin|top|left|right|bottom|inset.*|-webkit-(locale|logical).*)$/;
    for (const it of document.querySelectorAll(roots)) {
        let path = it.tagName;
        if (it.hasAttribute('class')) path += '.' + it.getAttribute('class').replaceAll(' ', '.');
        path = `${it.parentElement?.tagName}.${it.parentElement?.getAttribute('class') ?? ''} ${path}`;
        if (path in looks) continue;
        const [style, before] = [getComputedStyle(it), getComputedStyle(it, '::before')];
        looks[path] = [...style].filter((name) => !dependent.test(name))
            .map((name) => `${name}: ${style.getPropertyValue(name)}`).concat(`before: ${before.content}`).join('\\n');
    }
    return looks;
}";

type Looks = BTreeMap<String, String>;

async fn looks(browser: &Browser, of: &str) -> Looks {
    browser.call(LOOKS, serde_json::json!([of])).await
}

/// Returns the properties of elements that differ.
fn differences(before: &Looks, after: &Looks) -> Vec<String> {
    let mut found = Vec::new();
    for (path, before) in before {
        let after = after.get(path).map_or("", String::as_str);
        let pairs = before.lines().zip(after.lines());
        let changed = pairs.filter(|(before, after)| before != after);
        found.extend(changed.map(|(before, after)| format!("{path} {{ {before} -> {after} }}")));
    }
    found
}

async fn add_style(browser: &Browser, style: &str) {
    let add = "(style) => void document.head.prepend(
        Object.assign(document.createElement('style'), { textContent: style }))";
    browser.call::<()>(add, serde_json::json!([style])).await;
}

#[tokio::test]
async fn the_hosts_style_does_not_reach_in() {
    let test = "the_hosts_style_does_not_reach_in";
    let path = "/embedded/openssl?version=0.10.8";
    let Some((browser, host)) = at(test, path).await else {
        return;
    };
    for path in [
        path,
        "/embedded/sample-long-text",
        "/embedded/sample-hostile-text",
    ] {
        browser.goto(&host.url(path)).await;
        browser.until(&format!("{VERDICT} != ''"), true).await;
        browser.eval::<()>(UNFOLD).await;
        let inside = ":is(.crate-security, .crate-security-badge), :is(.crate-security, .crate-security-badge) *";
        let before = looks(&browser, inside).await;
        assert!(before.len() > 50, "{}", before.len());
        add_style(&browser, OF_HOST).await;
        // The style arrived.
        let title = "getComputedStyle(document.querySelector('h1')).textTransform";
        assert_eq!(browser.eval::<String>(title).await, "uppercase");
        let found = differences(&before, &looks(&browser, inside).await);
        assert!(found.is_empty(), "{path}: {}: {found:#?}", found.len());
    }
}

#[tokio::test]
async fn our_style_does_not_reach_out() {
    let test = "our_style_does_not_reach_out";
    let Some((browser, _host)) = at(test, "/embedded/openssl?version=0.10.8").await else {
        return;
    };
    browser.until(VERDICT, AFFECTED.to_owned()).await;
    // Every element that we style, outside the tab.
    let host = "void document.querySelector('main').insertAdjacentHTML('beforeend', `<div class=outside>
        <h2>h</h2><h3>h</h3><h4>h</h4><p>p <a href=/>a</a> <b>b</b> <em>e</em> <code>c</code> <time>t</time> <i class=a>i</i></p>
        <ul><li>l</ol></ul><ol><li>l</ol><dl><dt>t<dd>d</dl><pre>p</pre><blockquote>q</blockquote>
        <table><tr><th>h<td>d</table><details open><summary>s</summary>d</details><button>b</button>
        <span class=y>s</span><a class=p href=/ aria-current=page>a</a></div>`)";
    browser.eval::<()>(host).await;
    let outside = ":is(html, body, header, main, .host-title, .host-tabs, .outside), :is(header, .host-title, .host-tabs, .outside) *:not(crate-security-badge *)";
    let with = looks(&browser, outside).await;
    assert!(with.len() > 30, "{}", with.len());
    let remove = "document.querySelectorAll('link[href*=security-tab]').forEach((it) => (it.disabled = true))";
    browser.eval::<()>(remove).await;
    let border = "getComputedStyle(document.querySelector('.cs-verdict')).borderLeftWidth";
    assert_eq!(browser.eval::<String>(border).await, "0px", "ours is gone");
    let found = differences(&with, &looks(&browser, outside).await);
    assert!(found.is_empty(), "{found:#?}");
}
