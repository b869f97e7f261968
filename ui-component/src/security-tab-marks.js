// <crate-security-marks>, described at MARKS_SCRIPT in lib.rs. Comment lines and
// indentation are removed when the script is served.
(() => {
  const NAME = "crate-security-marks";
  if (customElements.get(NAME)) return;
  const HIDDEN = "{ position: absolute; width: 1px; height: 1px; overflow: hidden; clip-path: inset(50%) }";
  // The style of the marks, and of the status in the shadow root. A mark lies in its
  // slot and takes no room, so that nothing moves.
  const style = new CSSStyleSheet();
  style.replaceSync(`
    ${NAME} [data-security-mark] { position: relative; container-type: inline-size }
    ${NAME} a.crate-security-mark:any-link {
      position: absolute;
      box-sizing: border-box;
      max-inline-size: 100%;
      padding: 0 0.5em;
      overflow: hidden;
      border: 1px solid #8888;
      border-radius: 3px;
      background: light-dark(#fdf8ea, #3a301d);
      color: light-dark(#744502, #eeb560);
      font-size: 0.8125rem;
      line-height: 22px;
      text-overflow: ellipsis;
      white-space: nowrap;
    }
    ${NAME} a.cs-alarm:any-link { background: light-dark(#fdf3f1, #3a2220); color: light-dark(#991b1b, #ff9d92) }
    :host > p, .crate-security-mark .cs-hidden ${HIDDEN}
    @container (max-width: 20rem) { .crate-security-mark .cs-long ${HIDDEN} }
  `);

  document.adoptedStyleSheets.push(style);
  class Marks extends HTMLElement {
    constructor() {
      super();
      const attributeFilter = ["base", "crate", "data-security-crate", "data-security-req", "data-security-version"];
      new MutationObserver(() => this.update()).observe(this, { attributeFilter, childList: true, subtree: true });
      // The status is in a shadow root, so that the host's list gets no sibling.
      const root = this.attachShadow({ mode: "open" });
      root.innerHTML = "<slot></slot><p role=status></p>";
      root.adoptedStyleSheets = [style];
      this.status = root.lastChild;
    }

    connectedCallback() {
      this.update();
    }

    // Marks the known rows and asks about the others.
    update() {
      const crate = this.getAttribute("crate");
      const path = `${this.getAttribute("base") ?? "/security-tab"}/${encodeURIComponent(crate ?? "-")}/marks`;
      if (path !== this.path) {
        this.path = path;
        // The marks by row; rows that were asked about without a mark are included.
        this.marks = new Map();
      }
      const left = [];
      for (const slot of this.querySelectorAll("[data-security-mark]")) {
        const row = slot.closest("[data-security-version], [data-security-req]");
        const { securityVersion, securityCrate, securityReq } = row?.dataset ?? {};
        const key = crate ? securityVersion : securityReq && `${securityCrate}=${securityReq}`;
        const query = crate ? "" : encodeURIComponent(securityCrate) + "=" + encodeURIComponent(securityReq);
        if (key && !this.marks.has(query)) {
          this.marks.set(query);
          left.push(query);
        }
        this.fill(slot, this.marks.get(key), crate ?? securityCrate);
      }
      left.sort();
      while (left.length) {
        let query = left.shift();
        // Proxies reject an address of 8 kB.
        while (left.length && query.length < 4000) query += "&" + left.shift();
        this.load(path, query && "?" + query);
      }
    }

    async load(path, query) {
      let html = "";
      try {
        html = await (await fetch(path + query, { mode: "same-origin" })).text();
      } catch {}
      // No other content is parsed, such as a network's login page.
      if (!html.startsWith(`<div class="${NAME}"`) || path !== this.path) return;
      const root = new DOMParser().parseFromString(html, "text/html").body.firstChild;
      for (const mark of root.children) this.marks.set(mark.dataset.for, mark);
      // A screen reader is told once that there are marks, and reads each in its row.
      this.status.textContent = root.dataset.summary;
      this.update();
    }

    // The slot holds a copy of the mark, which remembers the original.
    fill(slot, mark, crate) {
      if (slot.firstChild?.from === mark) return;
      slot.replaceChildren();
      if (!mark) return;
      const tab = this.getAttribute("tab") ?? "/crates/{crate}/security";
      const copy = slot.appendChild(mark.cloneNode(true));
      copy.from = mark;
      copy.href = tab.replace("{crate}", encodeURIComponent(crate)) + mark.getAttribute("href");
    }
  }
  customElements.define(NAME, Marks);
})();
