// Judges the page of an attack three times: as the server wrote it, as the
// custom element would insert it, and as a second parse of the first result.
// The page is in a hidden frame, which saves its layout.
async (path, attack) => {
  const faults = new Set();
  const check = (good, what, it) => good || faults.add(`${what}: ${String(it?.outerHTML ?? it).slice(0, 160)}`);

  const PROSE = "A ABBR B BLOCKQUOTE BR CODE DD DEL DL DT EM H4 H5 H6 HR I KBD LI OL P PRE Q S SAMP STRONG SUB SUP TABLE TBODY TD TH THEAD TR UL VAR".split(" ");
  const OURS = "A B BR BUTTON CODE DD DEL DETAILS DIV DL DT EM FORM H2 H3 I INPUT LABEL LI P PRE Q SECTION SPAN STRONG SUMMARY TABLE TBODY TD TH THEAD TIME TR UL LINK svg path".split(" ");
  const HOST = "A BUTTON DIV FORM H1 LABEL LI NAV OPTION SELECT SMALL SPAN UL".split(" ");
  const ATTRIBUTES = /^(class|id|href|rel|title|open|datetime|type|hidden|tabindex|start|scope|role|aria-(hidden|current|label|busy)|data-[a-z-]+)$/;
  const OF_HOST = /^(for|method|name|value|selected)$/;
  const OF_FORM = /^(method|name|type|value|required|size|maxlength|autocomplete|spellcheck|placeholder)$/;
  const OF_PICTURE = /^(viewBox|preserveAspectRatio|width|height|focusable|fill|fill-rule|d)$/;
  const CLASSES = /^(crate-security(-badge|-marks?)?|cs-[a-z-]+|[aws])$/;
  const ID = /^(RUSTSEC-\d{4}-\d{4}|CVE-[a-z0-9-]+|GHSA-[a-z0-9-]+)$/;

  const frame = Object.assign(document.createElement("iframe"), { hidden: true, src: path });
  const loaded = new Promise((done) => (frame.onload = done));
  document.body.append(frame);
  await loaded;
  const page = frame.contentWindow;
  const place = new URL(path, location);

  // As the server wrote it: nothing escaped from the tab into the document.
  const main = judged(page.document.querySelector("main"));
  const { documentElement: html, head, body } = page.document;
  const names = ({ children }) => [...children].map((it) => it.tagName).join(" ");
  check(names(head) === "META META TITLE LINK LINK SCRIPT SCRIPT", "head", head);
  check(names(body) === "HEADER MAIN FOOTER", "body", names(body));
  check(html.getAttributeNames().join() === "lang", "html", html);
  check(body.getAttributeNames().length === 0 && main.getAttributeNames().join() === "class", "body", body);

  // The attack is in the page, as text.
  const parsed = attack.replace(/\0/g, "").replace(/\r\n?/g, "\n");
  const title = page.document.querySelector("h1");
  check(title.textContent === `${parsed} v${parsed}` && title.children.length === 1, "text", title);
  check(page.document.querySelectorAll("h1").length === 1, "title", title);

  // The page's own properties are unchanged.
  for (const name of ["getElementById", "querySelector", "createElement"]) check(typeof page.document[name] === "function", name, "");
  check(typeof page.document.cookie === "string" && page.document.location === page.location, "clobbered", "");
  check(typeof page.customElements.get === "function" && [...page.document.forms].filter((it) => !it.matches(".cs-form, header > * > .host-jump")).length === 1, "clobbered", "");

  // As the custom element inserts it, and parsed once more.
  const template = page.document.createElement("template");
  template.innerHTML = await (await fetch(path)).text();
  const again = page.document.createElement("template");
  again.innerHTML = judged(template.content.querySelector("main")).outerHTML;
  main.replaceWith(judged(again.content.querySelector("main")));

  // Nothing ran, nothing was loaded, and the page was not left.
  await new Promise((done) => setTimeout(done));
  check(!("__pwned" in page), "it ran", "");
  check(page.location.href === place.href, "location", page.location.href);
  const own = ["/preview.css", "/preview.js", "/security-tab.css", "/security-tab.js", place.pathname];
  for (const { name } of page.performance.getEntriesByType("resource")) {
    const { origin, pathname } = new URL(name);
    check(origin === location.origin && own.includes(pathname), "loaded", name);
  }
  frame.remove();
  return [...faults];

  function judged(root) {
    const [title, tabs, ...sections] = root.children;
    check(title.matches(".host-title") && tabs.matches(".host-tabs") && sections.every((it) => it.matches("section.crate-security, div.crate-security-marks")), "main", root.lastElementChild);
    const walker = document.createTreeWalker(root, NodeFilter.SHOW_ELEMENT | NodeFilter.SHOW_COMMENT | NodeFilter.SHOW_PROCESSING_INSTRUCTION);
    for (let it = walker.nextNode(); it; it = walker.nextNode()) {
      if (it.nodeType === Node.ELEMENT_NODE) element(it);
      else check(false, "comment", it.data);
    }
    return root;
  }

  function element(it) {
    const prose = it.parentElement.closest(".cs-prose");
    const ours = it.closest(".crate-security, .crate-security-badge, .crate-security-marks");
    check((prose ? PROSE : ours ? OURS : HOST).includes(it.tagName), "element", it);
    check(!it.shadowRoot, "shadow", it);
    for (const { name, value } of it.attributes) {
      const known = ATTRIBUTES.test(name) || (!ours && OF_HOST.test(name)) || (OF_FORM.test(name) && it.closest(".cs-form")) || (OF_PICTURE.test(name) && it.closest("svg.cs-icon, .cs-lines svg"));
      check(known, `attribute ${name}`, it);
      check(!prose || !/^(id|class|title|type|data-|aria-|role)/.test(name), `attribute ${name} in prose`, it);
      if (name === "id" && ours) check(ID.test(value), "id", it);
      if (name === "name") check(value === (it.matches(".cs-form input[type=text]") ? "req" : "version"), "name", it);
      if (name === "name") check(it.matches("#host-version, .cs-form input"), "name", it);
      if (name === "class" && ours) check([...it.classList].every((one) => CLASSES.test(one)), "class", it);
    }
    if (it.tagName === "A") link(it, prose);
    if (it.tagName === "LINK") check(it.rel === "stylesheet" && it.getAttribute("href") === "/security-tab.css", "stylesheet", it);
  }

  function link(it, prose) {
    const href = it.getAttribute("href") ?? "";
    if (!prose && (href === "" || /^[?#]/.test(href))) {
      const { origin, pathname } = new URL(href, place);
      check(origin === place.origin && pathname === place.pathname, "own link", it);
      return;
    }
    // An invalid address, ":", leads nowhere.
    check(["http:", "https:", "mailto:", ":"].includes(it.protocol), `link to ${it.protocol}`, it);
    check(it.origin !== place.origin, "link into the site", it);
    check(["noopener", "noreferrer", "nofollow"].every((rel) => it.relList.contains(rel)), "rel", it);
  }
}
