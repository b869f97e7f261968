// <crate-security-tab> and <crate-security-badge>, described at SCRIPT in lib.rs. Comment
// lines and indentation are removed when the script is served.
(() => {
  if (customElements.get("crate-security-tab")) return;
  const ROOT = ".crate-security";
  // The first element of a fragment that can have the focus.
  const VERDICT = "[tabindex]";
  const COUNTS = ["affected", "total", "vulnerabilities", "unsound", "malicious", "unmaintained"];
  const make = (name, properties) => Object.assign(document.createElement(name), properties);

  // Both elements show HTML that either the host has put into them or they have fetched.
  // `shown` is its root, `asked` the address that it belongs to, `request` the controller
  // of an outstanding request.
  class Badge extends HTMLElement {
    // The root of an answer, fetched or put in by the host.
    root = this.given = `${ROOT}-badge`;
    path = "badge";

    constructor() {
      super();
      const attributeFilter = ["base", "crate", "version", "req"];
      new MutationObserver(() => this.update()).observe(this, { attributeFilter, childList: true });
      // On the element, the listener runs before a router's listener on the document.
      this.addEventListener("click", click);
      this.addEventListener("submit", submit);
    }

    connectedCallback() {
      this.update();
    }

    // Aborts the request; an answer that has not arrived is requested again when the
    // element is back.
    disconnectedCallback() {
      if (this.request) this.asked = this.request.abort();
    }

    // Runs once for all changes of attributes and content that a script makes in one go,
    // before the browser paints them.
    update() {
      const [base, ...names] = ["base", "crate", "version"].map((name) => this.getAttribute(name));
      const path = [...names, this.path].filter(Boolean).map(encodeURIComponent).join("/");
      const address = `${base ?? "/security-tab"}/${path}${this.query()}`;
      const root = this.querySelector(this.given);
      const isGiven = root && root !== this.shown;
      if (!this.isConnected || (!isGiven && this.asked === address)) return;
      // Within a crate, a verdict that names its version stays until the next one arrives.
      const mayStay = this.subject === names[0] && this.shown?.dataset.version;
      this.asked = address;
      this.subject = names[0];
      if (isGiven) {
        this.request = this.request?.abort();
        this.show(root);
      } else {
        this.leave?.();
        if (!mayStay) this.shown = this.shown?.remove();
        // Rapid changes are debounced; the first one is not delayed.
        this.load(this.request ? 100 : 0);
      }
    }

    async load(delay) {
      this.request?.abort();
      const { signal } = (this.request = new AbortController());
      const slow = setTimeout(() => signal.aborted || this.wait?.(), 200);
      try {
        await new Promise((done) => setTimeout(done, delay));
        const limited = AbortSignal.any([signal, AbortSignal.timeout(10_000)]);
        const response = await fetch(this.asked, { signal: limited, mode: "same-origin" });
        const template = make("template");
        template.innerHTML = await response.text();
        const root = template.content.querySelector(this.root);
        await this.dress?.(root);
        if (!signal.aborted) this.show(root);
      } catch {
        if (!signal.aborted) this.fail();
      }
      clearTimeout(slow);
      if (!signal.aborted) this.request = null;
    }

    query() {
      return "";
    }

    show(root) {
      this.shown = root;
      if (root?.parentNode !== this) this.replaceChildren(root ?? "");
    }

    fail() {
      this.show();
    }
  }

  class Tab extends Badge {
    root = ROOT;
    given = "[data-total]";
    path = "";

    query() {
      const req = this.getAttribute("req");
      return req ? "?req=" + encodeURIComponent(req) : "";
    }

    // Announces that the last event no longer holds.
    leave() {
      if (this.querySelector(":focus")) this.place ||= VERDICT;
      if (this.shown) this.tell("", null);
    }

    wait() {
      if (!this.querySelector(ROOT)) this.say("status", "Loading security advisories…");
      this.ariaBusy = "true";
    }

    // Moves the stylesheet into the head, where it outlives the fragment, or drops it if
    // the host links it. Waits for it to load, up to a limit.
    dress(root) {
      const link = root.querySelector("link");
      link?.remove();
      if (!link || document.querySelector('link[href*="/security-tab.css"]')) return;
      document.head.append(link);
      return new Promise((done) => setTimeout((link.onload = link.onerror = done), 1000));
    }

    show(root) {
      super.show(root);
      this.ariaBusy = null;
      this.dress(root);
      const { total, worst = null } = root.dataset;
      ready(this, total && this.subject !== this.named);
      if (total) {
        this.named = this.subject;
        const detail = { worst };
        for (const count of COUNTS) detail[count] = +root.dataset[count];
        this.tell("", detail);
      }
      // The replaced content had the focus, unless the reader has moved on. The answer
      // gets it then, and the browser scrolls it into view.
      const answer = this.place && (this.querySelector(this.place) ?? this.querySelector(VERDICT));
      if (answer) this.place = null;
      if (!document.querySelector(":focus")) answer?.focus();
    }

    tell(what, detail) {
      return this.dispatchEvent(new CustomEvent("crate-security" + what, { bubbles: true, cancelable: true, detail }));
    }

    fail() {
      this.say("alert", "Security advisories could not be loaded. <button type=button tabindex=0>Retry</button>");
    }

    say(role, html) {
      const message = `<p class="cs-message" role=${role}>${html}</p>`;
      this.show(make("section", { className: "crate-security", innerHTML: message }));
    }
  }

  function ready(root, isNew) {
    for (const button of root.querySelectorAll("[data-copy]")) button.hidden = !navigator.clipboard;
    if (isNew) reveal();
  }

  // Opens the advisory of a link, and all folded parts around it.
  function reveal() {
    const card = document.getElementById(location.hash.slice(1))?.closest(`${ROOT} details`);
    for (let at = card; at; at = at.parentElement.closest("details")) at.open = true;
    card?.scrollIntoView();
  }

  function click(event) {
    const at = event.target.closest?.(`${ROOT} :is([type=button], [data-retry], a[href^="?version="])`);
    const tab = at?.closest("crate-security-tab");
    if (event.defaultPrevented || event.ctrlKey || event.metaKey || event.shiftKey || event.altKey) return;
    if (at?.matches("[data-copy]")) {
      event.preventDefault();
      navigator.clipboard.writeText(at.previousSibling.textContent).then(() => {
        at.textContent = "Copied";
        setTimeout(() => (at.textContent = "Copy"), 2000);
      }, () => {});
    } else if (tab) {
      event.preventDefault();
      tab.place = VERDICT;
      const version = new URLSearchParams(at.getAttribute("href")).get("version");
      if (!version) tab.load();
      else if (tab.tell("-version", { version })) {
        tab.removeAttribute("req");
        tab.setAttribute("version", version);
      }
    }
  }

  // Handles a reader's check of a requirement; the form works without this too.
  function submit(event) {
    const req = new FormData(event.target).get("req");
    if (!req) return;
    event.preventDefault();
    if (req === this.getAttribute("req")) return this.querySelector(".cs-answer")?.focus();
    this.place = ".cs-answer";
    if (this.tell("-requirement", { req })) this.setAttribute("req", req);
  }

  // Handles clicks in a tab that is in the page without an element.
  document.addEventListener("click", click);
  addEventListener("hashchange", reveal);

  customElements.define("crate-security-tab", Tab);
  customElements.define("crate-security-badge", Badge);
  ready(document, true);
  addEventListener("DOMContentLoaded", () => ready(document, true));
})();
