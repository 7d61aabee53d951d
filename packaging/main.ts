import { resolve } from "node:path";
import { checkout } from "./checkout.ts";
import { packAll } from "./pack.ts";

// `npm run pack:all -- FOLDER` writes the tarballs, into `tarballs/` when no folder is named.
const target = resolve(process.argv[2] ?? `${checkout}/tarballs`);
for (const tarball of await packAll(target)) console.log(tarball);
