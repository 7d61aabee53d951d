/** A package of the workspace that other projects can install. */
export interface PackedPackage {
  /** Its folder, from the root of the checkout. */
  readonly folder: string;
  readonly description: string;
  /** Subpaths and their sources. */
  readonly entries: Readonly<Record<string, string>>;
  /** Installed beside it. Everything else it imports becomes part of it. */
  readonly dependencies: readonly string[];
  /** Parts of the checkout that it does without: it does not import them where they are missing. */
  readonly absent?: readonly string[];
  /** Needed for types alone, by those who use TypeScript. */
  readonly typesOf?: readonly string[];
  /** Packages whose types become part of it. */
  readonly typesWithin?: readonly string[];
  readonly node: string;
  /** A program instead of a library: it has no types, and this is its name. */
  readonly command?: string;
}

/** All packages that `npm run pack:all` packs. */
export const packedPackages: readonly PackedPackage[] = [
  {
    folder: "packages/callback",
    description: "Define, document, send, sign and receive HTTP callbacks.",
    entries: { ".": "src/index.ts", "./contract": "src/contract/index.ts", "./receive": "src/receive/index.ts" },
    dependencies: ["ipaddr.js", "undici", "zod"],
    typesOf: ["@types/node"],
    typesWithin: ["zod-openapi"],
    node: ">=20.18.1",
  },
  {
    folder: "packages/client",
    description: "Typed client of the strategy executor, for Node and the browser.",
    entries: { ".": "src/index.ts", "./callbacks": "src/callbacks.ts" },
    dependencies: ["@trpc/client", "@trpc/server", "zod"],
    typesOf: ["@types/node"],
    typesWithin: ["eventsource", "zod-openapi"],
    node: ">=20.18.1",
  },
  {
    folder: "packages/core",
    description: "Write strategies of your own for the strategy executor.",
    entries: { "./strategy": "src/strategy/authoring.ts" },
    dependencies: ["zod"],
    node: ">=20.18.1",
  },
  {
    folder: "apps/cli",
    description: "Command line of the strategy executor.",
    entries: { ".": "src/main.ts" },
    dependencies: [
      "@bomb.sh/tab",
      "@trpc/client",
      "@trpc/server",
      "asciichart",
      "cli-progress",
      "commander",
      "string-width",
      "zod",
    ],
    absent: ["@strategy-executor/server/tools"],
    node: ">=22.12",
    command: "strategy-executor",
  },
];
