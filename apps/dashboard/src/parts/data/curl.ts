import { basePath } from "../../api/base-path.ts";
import { useSession } from "../../api/session.ts";
import { curlOf } from "./curl-of.ts";

/** A call as a curl command. It names a variable in place of the API key. */
export function useCurl(): (path: `/${string}`, body?: unknown) => string {
  const { data } = useSession();
  return (path, body) => curlOf(location.origin + basePath + path, body, data?.auth === "on");
}
