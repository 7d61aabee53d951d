import type { RequestHandler } from "express";

/**
 * Removes the base path, under which a proxy mounts the service, from a URL. Some proxies remove it themselves, so a URL without it is
 * valid too.
 */
export function withoutBasePath(url: string, basePath: string): string {
  if (basePath === "" || !url.startsWith(basePath)) return url;
  const rest = url.slice(basePath.length);
  if (rest === "" || rest.startsWith("?")) return `/${rest}`;
  return rest.startsWith("/") ? rest : url;
}

/** Lets every other handler see URLs without the base path. */
export function removeBasePath(basePath: string): RequestHandler {
  return (req, _res, next) => {
    req.url = withoutBasePath(req.url, basePath);
    // Refusals and GraphQL read the whole URL.
    req.originalUrl = req.url;
    next();
  };
}
