// Audits a server for GraphQL over HTTP: `node audits.mjs URL`. Prints a line for each
// audit: its result, its id and its name.

import { createRequire } from "node:module";

// From the folder above, into which npm installs.
const require = createRequire(new URL("../package.json", import.meta.url));
const { serverAudits } = require("graphql-http");

for (const audit of serverAudits({ url: process.argv[2] })) {
  const { status, reason } = await audit.fn();
  const failed = status === "ok" ? "" : `: ${reason}`;
  console.log(`${status === "ok" ? "pass" : "FAIL"} ${audit.id} ${audit.name}${failed}`);
}
