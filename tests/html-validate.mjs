// The rules by which every page and fragment is judged: all that html-validate
// recommends, and all of the standard's.
export default {
  root: true,
  extends: ["html-validate:recommended", "html-validate:standard"],
  rules: {
    // Only what comes from elsewhere has to prove what it is: style and script
    // come from the page's own origin, at addresses that hold their hash.
    "require-sri": ["error", { target: "crossorigin" }],
  },
};
