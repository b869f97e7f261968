// <crate-security-tab> and <crate-security-badge>, described at SCRIPT in lib.rs.
(() => {
  if (customElements.get("crate-security-tab")) return;
  const ROOT = ".crate-security";
  const make = (name, properties) => Object.assign(document.createElement(name), properties);

  class Badge extends HTMLElement {
    static observedAttributes = ["crate", "version", "base"];
    root = `${ROOT}-badge`;
    path = "badge";

    connectedCallback() {
      this.attributeChangedCallback();
    }

    disconnectedCallback() {
      this.request?.abort();
    }

    // Several attributes may be one change.
    attributeChangedCallback() {
      clearTimeout(this.due);
      this.due = setTimeout(() => this.isConnected && this.load());
    }

    async load() {
      this.request?.abort();
      const { signal } = (this.request = new AbortController());
      const [base, ...names] = ["base", "crate", "version"].map((name) => this.getAttribute(name));
      const path = [...names, this.path].filter(Boolean).map(encodeURIComponent).join("/");
      const slow = setTimeout(() => this.wait?.(), 200);
      try {
        const response = await fetch(`${base ?? "/security-tab"}/${path}`, { signal, mode: "same-origin" });
        const template = make("template");
        template.innerHTML = await response.text();
        await this.show(template.content.querySelector(this.root), signal);
      } catch {
        if (!signal.aborted) this.fail();
      }
      clearTimeout(slow);
      if (!signal.aborted) this.ariaBusy = null;
    }

    show(root) {
      this.replaceChildren(root ?? "");
    }

    fail() {
      this.show();
    }
  }

  class Tab extends Badge {
    root = ROOT;
    path = "";

    async load() {
      // What the server put into the page is right until an attribute changes.
      if (this.seen || !this.querySelector("[data-total]")) super.load();
      else this.announce();
      this.seen = true;
    }

    wait() {
      this.ariaBusy = "true";
      if (!this.querySelector(ROOT)) this.say("Loading security advisories…", "status");
    }

    async show(root, signal) {
      // In the head, the stylesheet outlives the fragment.
      const link = root.querySelector("link");
      link?.remove();
      if (link && !document.querySelector(`link[href="${link.getAttribute("href")}"]`)) {
        document.head.append(link);
        await new Promise((done) => (link.onload = link.onerror = done));
      }
      if (signal.aborted) return;
      const isFirst = !this.querySelector("[data-total]");
      const hadFocus = this.contains(document.activeElement);
      this.replaceChildren(root);
      if (hadFocus) (this.querySelector("[aria-current]") ?? this.querySelector("a"))?.focus();
      ready(this, isFirst);
      this.announce();
    }

    announce() {
      const { affected, total, worst = null } = this.querySelector(ROOT).dataset;
      if (total) this.tell("", { affected: +affected, total: +total, worst });
    }

    tell(what, detail) {
      return this.dispatchEvent(new CustomEvent("crate-security" + what, { bubbles: true, cancelable: true, detail }));
    }

    fail() {
      const retry = make("button", { textContent: "Retry" });
      retry.dataset.retry = "";
      this.say("Security advisories could not be loaded. ", "alert").append(retry);
    }

    say(text, role) {
      const section = make("section", { className: "crate-security" });
      const p = make("p", { className: "cs-message", role, textContent: text });
      section.append(p);
      this.replaceChildren(section);
      return p;
    }
  }

  function ready(root, isFirst) {
    if (navigator.clipboard) root.querySelectorAll("[data-copy]").forEach((button) => (button.hidden = false));
    if (isFirst) reveal();
  }

  // A link to an advisory opens it, and whatever it is folded into.
  function reveal() {
    const card = document.getElementById(location.hash.slice(1))?.closest(`${ROOT} details`);
    for (let at = card; at; at = at.parentElement.closest("details")) at.open = true;
    card?.scrollIntoView();
  }

  document.addEventListener("click", (event) => {
    const at = event.target.closest?.(`${ROOT} :is([data-copy], [data-retry], a[href^="?version="])`);
    const tab = at?.closest("crate-security-tab");
    if (at?.matches("[data-copy]")) {
      navigator.clipboard.writeText(at.previousSibling.textContent).then(() => {
        at.textContent = "Copied";
        setTimeout(() => (at.textContent = "Copy"), 2000);
      }, () => {});
    } else if (tab && !(event.ctrlKey || event.metaKey || event.shiftKey || event.altKey)) {
      event.preventDefault();
      const version = new URLSearchParams(at.getAttribute("href")).get("version");
      if (!version) tab.load();
      else if (tab.tell("-version", { version })) tab.setAttribute("version", version);
    }
  });
  addEventListener("hashchange", reveal);

  customElements.define("crate-security-tab", Tab);
  customElements.define("crate-security-badge", Badge);
  ready(document, true);
  addEventListener("DOMContentLoaded", () => ready(document, true));
})();
