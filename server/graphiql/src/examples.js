// The tabs that GraphiQL opens with. A test runs each of them.

import advisory from "../examples/advisory.graphql";
import advisoryVariables from "../examples/advisory.json";
import status from "../examples/data-status.graphql";
import tab from "../examples/security-tab.graphql";
import tabVariables from "../examples/security-tab.json";
import versions from "../examples/versions.graphql";
import versionsVariables from "../examples/versions.json";

const example = (query, variables) => ({
  query,
  variables: variables && JSON.stringify(variables, null, 2),
});

export const examples = [
  example(tab, tabVariables),
  example(advisory, advisoryVariables),
  example(versions, versionsVariables),
  example(status),
];
