/** Where a proxy mounts the service, as the server wrote it into the page: `/se`; empty for the root. */
export const basePath: string = document.querySelector<HTMLMetaElement>('meta[name="base-path"]')?.content ?? "";

/** An address of the service outside the page, such as a report. */
export function serviceUrl(path: `/${string}`): string {
  return basePath + path;
}
