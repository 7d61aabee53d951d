import { readFileSync } from "node:fs";
import { Router } from "express";

/** Saved examples of each operation type, shown as tabs. */
const examples = ["query", "mutation", "subscription"].map((kind) =>
  readFileSync(new URL(`examples/${kind}.graphql`, import.meta.url), "utf8"),
);

/**
 * Serves GraphiQL to browsers at its mount path, without a CDN and under a content security policy that allows only its
 * own scripts.
 */
export function graphiqlPage(basePath: string): Router {
  const router = Router();
  router.get("/", (req, res, next) => {
    if (req.get("accept")?.includes("text/html") !== true) return next();
    res.set("Content-Security-Policy", contentSecurityPolicy);
    res.type("html").send(page(`${basePath}${req.baseUrl}/graphiql`));
  });
  for (const [name, { type, content }] of Object.entries(assets)) {
    router.get(`/graphiql/${name}`, async (_req, res) => {
      // The page loads its workers repeatedly.
      res.set({ "Content-Security-Policy": contentSecurityPolicy, "Cache-Control": "private, max-age=3600" });
      res.type(type).send(await content());
    });
  }
  return router;
}

/** Loaded lazily: the bundle has ten megabytes. */
const bundle = () => import("@graphql-yoga/render-graphiql/graphiql");

const assets = {
  "graphiql.js": { type: "js", content: async () => (await bundle()).js },
  "graphiql.css": { type: "css", content: async () => (await bundle()).css },
  "editor-worker.js": { type: "js", content: async () => (await bundle()).editorWorkerService },
  "json-worker.js": { type: "js", content: async () => (await bundle()).jsonWorker },
  "graphql-worker.js": { type: "js", content: async () => (await bundle()).graphqlWorker },
  "start.js": { type: "js", content: async () => start },
};

// The editor injects styles into the page. No upgrade-insecure-requests: the page is also served over plain http.
const contentSecurityPolicy = [
  "default-src 'none'",
  "script-src 'self'",
  "worker-src 'self'",
  "style-src 'self' 'unsafe-inline'",
  "font-src 'self' data:",
  "img-src 'self' data:",
  "connect-src 'self'",
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
].join("; ");

function page(folder: string): string {
  return `<!doctype html>
<html lang="en">
  <head>
    <meta charset="utf-8">
    <meta name="viewport" content="width=device-width, initial-scale=1">
    <title>Strategy executor</title>
    <link rel="stylesheet" href="${folder}/graphiql.css">
    <link rel="icon" href="data:,">
  </head>
  <body id="body" class="no-focus-outline">
    <div id="root"></div>
    <script src="${folder}/graphiql.js"></script>
    <script src="${folder}/start.js"></script>
  </body>
</html>
`;
}

const options = {
  title: "Strategy executor",
  defaultTabs: examples.map((query) => ({ query })),
};

const start = `const folder = new URL(".", document.currentScript.src);
const workers = { editorWorkerService: "editor-worker.js", json: "json-worker.js", graphql: "graphql-worker.js" };
self.MonacoEnvironment = { globalAPI: false, getWorkerUrl: (_module, label) => new URL(workers[label], folder).href };
YogaGraphiQL.renderYogaGraphiQL(document.querySelector("#root"), ${JSON.stringify(options, null, 2)});
`;
