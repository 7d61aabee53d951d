import { lazyRouteComponent } from "@tanstack/react-router";
import { isAnswering } from "../api/connection.ts";

/**
 * A page whose code is loaded when it is opened. If that fails, the router reloads the tab, because a new version of the service may have
 * other files. Without a network the browser would show its own error page instead.
 */
export const lazyPage: typeof lazyRouteComponent = (load, name) =>
  lazyRouteComponent(
    () =>
      load().catch(async (error: unknown) => {
        if (await isAnswering()) throw error;
        throw new TypeError("The code of this page could not be loaded", { cause: error });
      }),
    name,
  );
