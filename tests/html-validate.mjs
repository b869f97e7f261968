// The rules for every page and fragment: all that html-validate recommends, and all of
// the standard's.
export default {
  root: true,
  extends: ["html-validate:recommended", "html-validate:standard"],
  rules: {
    // Only files from other origins need a hash. The style and the script come from the
    // page's own origin.
    "require-sri": ["error", { target: "crossorigin" }],
  },
};
