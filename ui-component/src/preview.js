// The host's code around the custom elements, as on a single-page site: a router that
// listens on the root element, as SvelteKit's does, and keeps the elements from one page
// to the next. The first part of a path says how the tab is loaded: /embedded lets the
// element fetch it, /routed fetches it before it shows the page.
let turn = 0;

// The page that /routed shows after its content has arrived.
const template = document.querySelector("main > template");

if (template || document.querySelector("crate-security-tab")) {
  document.documentElement.addEventListener("click", follow);
  addEventListener("popstate", () => navigate(new URL(location)));
  addEventListener("crate-security-version", choose);
  addEventListener("crate-security-requirement", choose);
}
if (template) navigate(new URL(location));

// Colours the host's own tab as the event says; null removes the colour.
addEventListener("crate-security", ({ detail }) => {
  const { dataset } = document.querySelector(".host-tabs");
  for (const name of ["affected", "total"]) {
    if (detail) dataset[name] = detail[name];
    else delete dataset[name];
  }
});

// Follows a link to another page of the preview. A click that a listener prevented
// before is not ours.
async function follow(event) {
  const link = event.target.closest("a[href]");
  if (!link || event.defaultPrevented || event.ctrlKey || event.metaKey || event.shiftKey || event.altKey) return;
  const url = new URL(link.href);
  if (url.origin !== location.origin || partOf(url, 1) !== partOf(location, 1) || partOf(url, 3)) return;
  if (url.hash && url.pathname === location.pathname && url.search === location.search) return;
  event.preventDefault();
  await navigate(url, history.pushState);
  scrollTo(0, 0);
  document.activeElement?.blur();
}

// Handles a reader's choice of a release in the tab, or a check of a requirement: shows
// another page, at the same place. A requirement leaves the version unchanged.
function choose(event) {
  event.preventDefault();
  const { version, req } = event.detail;
  const url = new URL(location);
  if (version) url.search = new URLSearchParams({ version });
  else url.searchParams.set("req", req);
  url.hash = "";
  navigate(url, history.pushState);
}

async function navigate(url, push) {
  const now = ++turn;
  const crate = partOf(url, 2);
  const version = url.searchParams.get("version");
  const req = url.searchParams.get("req");
  const isRouted = partOf(url, 1) === "routed";
  const fragment = isRouted ? await load(crate, version, req) : "";
  if (now !== turn) return;
  push?.call(history, null, "", url);
  document.title = `${crate}: Security (preview)`;
  const page = template?.isConnected ? template.content : document;
  page.querySelector("h1").textContent = [crate, version].filter(Boolean).join(" ");
  page.querySelector(".host-tabs [aria-current]").search = version ? new URLSearchParams({ version }) : "";
  for (const list of page.querySelectorAll(".host-tabs a:not([aria-current])")) {
    list.pathname = `/embedded/${crate}/${partOf(list, 3)}`;
  }
  for (const element of page.querySelectorAll("crate-security-tab, crate-security-badge")) {
    for (const [name, value] of Object.entries({ crate, version, req })) {
      if (value) element.setAttribute(name, value);
      else element.removeAttribute(name);
    }
  }
  if (isRouted) page.querySelector("crate-security-tab").innerHTML = fragment;
  if (page !== document) template.replaceWith(page);
  document.body.hidden = false;
}

// Returns the tab's HTML, or nothing on failure: then the element tries by itself, and
// reports a failure.
async function load(crate, version, req) {
  const query = req ? `?${new URLSearchParams({ req })}` : "";
  const path = ["/security-tab", crate, version].filter(Boolean).join("/") + query;
  try {
    const response = await fetch(path, { signal: AbortSignal.timeout(10_000) });
    const html = await response.text();
    return response.ok && html.startsWith('<section class="crate-security"') ? html : "";
  } catch {
    return "";
  }
}

function partOf(url, place) {
  return url.pathname.split("/")[place];
}
