// GraphiQL over the internal door it came from, with questions to begin with.

import { createGraphiQLFetcher } from "@graphiql/toolkit";
import { GraphiQL, HISTORY_PLUGIN } from "graphiql";
import { createRoot } from "react-dom/client";
import "graphiql/style.css";
import { examples } from "./examples.js";

const WORKERS = { json: "json", graphql: "graphql" };

globalThis.MonacoEnvironment = {
  getWorker: (_, label) =>
    new Worker(`/graphiql/assets/${WORKERS[label] ?? "editor"}.worker.js`),
};

// On a first visit; later the tabs are as they were left.
const isFirst = localStorage.getItem("graphiql:tabState") === null;

const fetcher = createGraphiQLFetcher({ url: "/graphql" });

createRoot(document.getElementById("graphiql")).render(
  <GraphiQL
    fetcher={fetcher}
    defaultTabs={examples}
    initialVariables={isFirst ? examples[0].variables : undefined}
    defaultEditorToolsVisibility="variables"
    plugins={[HISTORY_PLUGIN]}
    shouldPersistHeaders
  />,
);
