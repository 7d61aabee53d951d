/** The path under which a proxy mounts the service, such as `/se`; empty for the root. The server writes it into the page. */
export const basePath: string = document.querySelector<HTMLMetaElement>('meta[name="base-path"]')?.content ?? "";

/** The URL of a resource of the service that is not a page of the dashboard, such as a report. */
export function serviceUrl(path: `/${string}`): string {
  return basePath + path;
}
