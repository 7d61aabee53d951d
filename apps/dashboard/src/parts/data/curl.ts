import { basePath } from "../../api/base-path.ts";
import { useNeedsKey } from "../../api/session.ts";
import { curlOf } from "./curl-of.ts";

/** A call as a curl command. It names a variable in place of the API key. */
export function useCurl(): (path: `/${string}`, body?: unknown) => string {
  const withKey = useNeedsKey();
  return (path, body) => curlOf(location.origin + basePath + path, body, withKey);
}
