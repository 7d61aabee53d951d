/** Where links of answers lead. */
export interface Links {
  /** Address of the service for browsers, without a slash at its end; null when it is not known. */
  readonly publicUrl: string | null;
  /** The path below which a proxy mounts the service; empty for the root. */
  readonly basePath: string;
}

/** The address of a path of the REST API: complete where the service knows its own, otherwise the path below its base. */
export function linkTo({ publicUrl, basePath }: Links, path: string): string {
  return `${publicUrl ?? basePath}${path}`;
}

/** The address of a table as CSV. `query`: what limits it. */
export function csvLink(links: Links, path: string, query: Readonly<Record<string, unknown>> = {}): string {
  const given = Object.entries(query).map(([name, value]) => [name, String(value)]);
  return linkTo(
    links,
    `${path}?${new URLSearchParams([["format", "csv"], ...given] as [string, string][]).toString()}`,
  );
}
