import type { UseQueryResult } from "@tanstack/react-query";
import type { ReactNode } from "react";
import { useKeptData } from "../../api/kept-data.ts";
import { Failure } from "./failure.tsx";
import { type Shape, Skeleton } from "./skeleton.tsx";

/**
 * The data of a query; a placeholder while it loads, and the error if it fails. While the service cannot be reached, the last data stay,
 * because the banner already reports it.
 */
export function Loaded<Data>({
  query,
  shape = "table",
  children,
}: {
  readonly query: UseQueryResult<Data>;
  readonly shape?: Shape;
  readonly children: (data: Data) => ReactNode;
}) {
  const data = useKeptData(query);
  if (data !== undefined) return children(data);
  if (query.error !== null) return <Failure error={query.error} retry={() => void query.refetch()} />;
  return <Skeleton shape={shape} />;
}
