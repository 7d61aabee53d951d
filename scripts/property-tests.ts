import fc from "fast-check";

// Shrinking a counterexample of a slow property can take minutes. The one found by then is shown.
fc.configureGlobal({ interruptAfterTimeLimit: 45_000 });
