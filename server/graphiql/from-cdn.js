// Loads GraphiQL from a CDN when the reader clicks the button.

const button = document.querySelector("button");
const status = document.querySelector("[role=status]");
const files = document.querySelector("template").content;

button.hidden = false;
button.addEventListener("click", load);

async function load() {
  button.disabled = true;
  status.textContent = "Loading…";
  try {
    // Load the files one after another, because GraphiQL needs React.
    for (const file of files.children) await add(document.importNode(file, true));
    start(JSON.parse(button.dataset.examples));
  } catch (error) {
    status.textContent = `${error.message} Build GraphiQL with the command above, or copy the folder server/graphiql/dist from a machine that has built it.`;
    button.disabled = false;
  }
}

function add(file) {
  return new Promise((resolve, reject) => {
    const url = file.src ?? file.href;
    file.onload = resolve;
    file.onerror = () => {
      file.remove();
      reject(new Error(`Cannot load ${url}: it is out of reach, or is not the expected file.`));
    };
    document.head.append(file);
  });
}

function start(examples) {
  // Set variables on the first visit only. GraphiQL restores its tabs on later visits.
  const isFirst = localStorage.getItem("graphiql:tabState") === null;
  const root = document.createElement("div");
  root.id = "graphiql";
  document.body.replaceChildren(root);
  const { GraphiQL, React, ReactDOM } = globalThis;
  const graphiql = React.createElement(GraphiQL, {
    fetcher: GraphiQL.createFetcher({ url: "/graphql" }),
    defaultTabs: examples,
    variables: isFirst ? examples[0].variables : undefined,
    defaultEditorToolsVisibility: "variables",
    shouldPersistHeaders: true,
  });
  ReactDOM.createRoot(root).render(graphiql);
}
