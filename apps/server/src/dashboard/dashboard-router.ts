import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import express, { type RequestHandler, type Router } from "express";
import sirv from "sirv";

export interface DashboardOptions {
  /** Where a proxy mounts the service: `/se`; empty for the root. */
  readonly basePath?: string;
  /** The folder of the built pages. */
  readonly folder?: string;
}

/** The output of `npm run bootstrap`. */
const builtDashboard = fileURLToPath(new URL("../../../dashboard/dist", import.meta.url));

/**
 * Serves the dashboard at `/ui/`. Files with a hash in their name are cached forever; the page itself is revalidated each time. Every other
 * address below `/ui/` is a view of the page and returns it.
 */
export function dashboardRouter({ basePath = "", folder = builtDashboard }: DashboardOptions = {}): Router {
  const router = express.Router();
  router.use("/ui", (_req, res, next) => {
    res.set("Content-Security-Policy", contentSecurityPolicy);
    next();
  });
  router.get("/ui", (req, res, next) => {
    if (req.path.endsWith("/")) return next();
    res.redirect(301, `${basePath}/ui/`);
  });
  if (!existsSync(join(folder, "index.html"))) return router.get("/ui/{*view}", tellMissing);
  router.use("/ui", files(folder));
  const page = withBasePath(readFileSync(join(folder, "index.html"), "utf8"), basePath);
  // A missing file is 404: the browser would run a page in its place as a script.
  router.get(/^\/ui\/(?!assets\/)/, (_req, res) => {
    res.set("Cache-Control", "no-cache").type("html").send(page);
  });
  return router;
}

// No upgrade-insecure-requests: the page is also served over plain http.
const contentSecurityPolicy = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self'",
  "img-src 'self' data: blob:",
  "connect-src 'self'",
  "font-src 'self'",
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
  "require-trusted-types-for 'script'",
].join("; ");

/** The files as the build compressed them. */
function files(folder: string): RequestHandler {
  const serve = sirv(folder, {
    brotli: true,
    gzip: true,
    etag: true,
    // The page has its own handler, which inserts the base path.
    extensions: [],
    setHeaders(res, path) {
      const isHashed = path.startsWith("/assets/");
      res.setHeader("Cache-Control", isHashed ? "public, max-age=31536000, immutable" : "no-cache");
    },
  });
  return (req, res, next) => {
    if (req.path === "/" || req.path === "/index.html") return next();
    serve(req, res, next);
  };
}

/** `base-uri 'none'` forbids a base element, so the page's files are referenced by absolute paths. */
function withBasePath(html: string, basePath: string): string {
  const escaped = basePath.replaceAll("&", "&amp;").replaceAll('"', "&quot;");
  return html
    .replaceAll(/(src|href)="\/ui\//g, (_, attribute: string) => `${attribute}="${escaped}/ui/`)
    .replace('name="base-path" content=""', () => `name="base-path" content="${escaped}"`);
}

const tellMissing: RequestHandler = (_req, res) => {
  res.status(503).type("html").send(missingPage);
};

const missingPage = `<!doctype html>
<html lang="en">
  <head><meta charset="utf-8"><title>Strategy executor</title></head>
  <body>
    <h1>The dashboard is not built</h1>
    <p>Run <code>npm run bootstrap</code> in the checkout, then start the server again. Everything else works:
    <a href="../docs">the API</a>.</p>
  </body>
</html>
`;
