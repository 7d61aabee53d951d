import { dirname } from "node:path";
import { fileURLToPath } from "node:url";
import express, { type Router } from "express";

export interface DocsPageOptions {
  /** Path of the OpenAPI document on the same host: `/openapi.json`. */
  readonly openapiUrl: string;
  /** Title of the page. */
  readonly title: string;
  /** Where a proxy mounts the application: `/api`; the root when absent. */
  readonly basePath?: string;
}

/**
 * Serves Swagger UI at `/docs`, without a CDN and under a content security policy that allows only its own scripts. It
 * replaces a policy that a middleware such as helmet has set.
 *
 *     app.use(docsPage({ openapiUrl: "/openapi.json", title: "Invoices" }));
 */
export function docsPage({ openapiUrl, title, basePath = "" }: DocsPageOptions): Router {
  const router = express.Router();
  router.use("/docs", (_req, res, next) => {
    res.set("Content-Security-Policy", contentSecurityPolicy);
    next();
  });
  router.get("/docs", (req, res) => {
    res.type("html").send(page(title, `${basePath}${req.baseUrl}/docs`));
  });
  router.get("/docs/initializer.js", (_req, res) => {
    res.type("js").send(initializer(basePath + openapiUrl));
  });
  for (const asset of assets) {
    router.get(`/docs/${asset}`, (_req, res) => {
      res.sendFile(asset, { root: assetsDir });
    });
  }
  return router;
}

const assets = ["swagger-ui.css", "swagger-ui-bundle.js", "favicon-32x32.png"];
const assetsDir = dirname(fileURLToPath(import.meta.resolve("swagger-ui-dist/swagger-ui.css")));

// No upgrade-insecure-requests: the page is also served over plain http. The style sheet's icons are data URLs.
const contentSecurityPolicy = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self'",
  "img-src 'self' data:",
  "connect-src 'self'",
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
].join("; ");

function page(title: string, folder: string): string {
  return `<!doctype html>
<html lang="en">
  <head>
    <meta charset="utf-8">
    <meta name="viewport" content="width=device-width, initial-scale=1">
    <title>${escapeHtml(title)}</title>
    <link rel="stylesheet" href="${folder}/swagger-ui.css">
    <link rel="icon" type="image/png" href="${folder}/favicon-32x32.png">
  </head>
  <body>
    <div id="swagger-ui"></div>
    <script src="${folder}/swagger-ui-bundle.js"></script>
    <script src="${folder}/initializer.js"></script>
  </body>
</html>
`;
}

function initializer(openapiUrl: string): string {
  const options = {
    url: openapiUrl,
    dom_id: "#swagger-ui",
    deepLinking: true,
    docExpansion: "list",
    tryItOutEnabled: true,
    // The validator badge would send the document to an external service.
    validatorUrl: null,
  };
  return `SwaggerUIBundle(${JSON.stringify(options, null, 2)});\n`;
}

function escapeHtml(text: string): string {
  return text.replaceAll("&", "&amp;").replaceAll("<", "&lt;");
}
