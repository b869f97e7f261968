// What a host does with the custom elements: it follows the version that was
// chosen in the tab, and colours its own tab by what the tab announces.
addEventListener("crate-security-version", ({ detail: { version } }) => {
  const address = new URL(location);
  address.searchParams.set("version", version);
  history.pushState(null, "", address);
  show(version);
});

addEventListener("crate-security", ({ detail: { affected, total } }) => {
  document.querySelector(".host-tabs").dataset.affected = affected;
  document.querySelector(".host-tabs").dataset.total = total;
});

addEventListener("popstate", () => show(new URL(location).searchParams.get("version")));

function show(version) {
  for (const element of document.querySelectorAll("crate-security-tab, crate-security-badge")) {
    if (version) element.setAttribute("version", version);
    else element.removeAttribute("version");
  }
}
