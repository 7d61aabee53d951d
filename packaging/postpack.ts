import { restore } from "./in-place.ts";

// `npm pack` in the folder of a package calls this last.
await restore();
