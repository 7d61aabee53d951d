import { createRootRoute, createRoute, createRouter, lazyRouteComponent, Outlet } from "@tanstack/react-router";
import { basePath } from "../api/base-path.ts";
import { withTyped } from "../forms/typed-search.ts";
import { Overview } from "../pages/overview/overview.tsx";
import { Crash } from "./crash.tsx";
import { Missing } from "./missing.tsx";
import { only, parseSearch, stringifySearch } from "./search.ts";
import { Shell } from "./shell/shell.tsx";

const root = createRootRoute({ component: Outlet, notFoundComponent: Missing });

const signIn = createRoute({
  getParentRoute: () => root,
  path: "/sign-in",
  validateSearch: only("back"),
  component: lazyRouteComponent(() => import("../pages/sign-in/sign-in.tsx"), "SignIn"),
});

const shell = createRoute({ getParentRoute: () => root, id: "shell", component: Shell });

const overview = createRoute({ getParentRoute: () => shell, path: "/", component: Overview });

const today = createRoute({
  getParentRoute: () => shell,
  path: "/today",
  component: lazyRouteComponent(() => import("../pages/today/today.tsx"), "Today"),
});

const executions = createRoute({
  getParentRoute: () => shell,
  path: "/executions",
  validateSearch: only("status", "strategy", "label", "schedule", "callback", "since", "cursor", "open", "live"),
  component: lazyRouteComponent(() => import("../pages/executions/executions.tsx"), "Executions"),
});

const execution = createRoute({
  getParentRoute: () => shell,
  path: "/executions/$id",
  validateSearch: only("tab", "benchmark", "risk_free", "scale"),
  component: lazyRouteComponent(() => import("../pages/execution/execution.tsx"), "ExecutionPage"),
});

const start = createRoute({
  getParentRoute: () => shell,
  path: "/new",
  validateSearch: withTyped("strategy", "from", "label", "callback", "format", "attempts"),
  component: lazyRouteComponent(() => import("../pages/new/new.tsx"), "New"),
});

const compare = createRoute({
  getParentRoute: () => shell,
  path: "/compare",
  validateSearch: only("ids", "benchmark", "scale", "base"),
  component: lazyRouteComponent(() => import("../pages/compare/compare.tsx"), "Compare"),
});

const sweeps = createRoute({
  getParentRoute: () => shell,
  path: "/sweeps",
  validateSearch: only("cursor"),
  component: lazyRouteComponent(() => import("../pages/sweeps/sweeps.tsx"), "Sweeps"),
});

const newSweep = createRoute({
  getParentRoute: () => shell,
  path: "/sweeps/new",
  validateSearch: withTyped("strategy", "axes", "objective", "sample", "train", "test", "label"),
  component: lazyRouteComponent(() => import("../pages/sweeps/new-sweep.tsx"), "NewSweep"),
});

const sweep = createRoute({
  getParentRoute: () => shell,
  path: "/sweeps/$id",
  component: lazyRouteComponent(() => import("../pages/sweeps/sweep.tsx"), "SweepPage"),
});

const schedules = createRoute({
  getParentRoute: () => shell,
  path: "/schedules",
  component: lazyRouteComponent(() => import("../pages/schedules/schedules.tsx"), "Schedules"),
});

const newSchedule = createRoute({
  getParentRoute: () => shell,
  path: "/schedules/new",
  validateSearch: withTyped("strategy", "from", "copy", "days", "exchange", "time"),
  component: lazyRouteComponent(() => import("../pages/schedules/new-schedule.tsx"), "NewSchedule"),
});

const schedule = createRoute({
  getParentRoute: () => shell,
  path: "/schedules/$id",
  component: lazyRouteComponent(() => import("../pages/schedules/schedule.tsx"), "SchedulePage"),
});

const editSchedule = createRoute({
  getParentRoute: () => shell,
  path: "/schedules/$id/edit",
  component: lazyRouteComponent(() => import("../pages/schedules/edit-schedule.tsx"), "EditSchedule"),
});

const deliveries = createRoute({
  getParentRoute: () => shell,
  path: "/deliveries",
  validateSearch: only("state", "since", "receiver", "cursor"),
  component: lazyRouteComponent(() => import("../pages/deliveries/deliveries.tsx"), "Deliveries"),
});

const prices = createRoute({
  getParentRoute: () => shell,
  path: "/prices",
  component: lazyRouteComponent(() => import("../pages/prices/prices.tsx"), "Prices"),
});

const ticker = createRoute({
  getParentRoute: () => shell,
  path: "/prices/$ticker",
  component: lazyRouteComponent(() => import("../pages/prices/ticker.tsx"), "TickerPage"),
});

const strategies = createRoute({
  getParentRoute: () => shell,
  path: "/strategies",
  component: lazyRouteComponent(() => import("../pages/strategies/strategies.tsx"), "Strategies"),
});

const strategy = createRoute({
  getParentRoute: () => shell,
  path: "/strategies/$name",
  component: lazyRouteComponent(() => import("../pages/strategies/strategy.tsx"), "StrategyPage"),
});

const workers = createRoute({
  getParentRoute: () => shell,
  path: "/workers",
  component: lazyRouteComponent(() => import("../pages/workers/workers.tsx"), "Workers"),
});

const settings = createRoute({
  getParentRoute: () => shell,
  path: "/settings",
  component: lazyRouteComponent(() => import("../pages/settings/settings.tsx"), "SettingsPage"),
});

const routeTree = root.addChildren([
  signIn,
  shell.addChildren([
    overview,
    today,
    executions,
    execution,
    start,
    compare,
    sweeps,
    newSweep,
    sweep,
    schedules,
    newSchedule,
    schedule,
    editSchedule,
    deliveries,
    prices,
    ticker,
    strategies,
    strategy,
    workers,
    settings,
  ]),
]);

/** The pages and their addresses. Each page is loaded when it is opened; the overview is part of the first load. */
export function createPages() {
  return createRouter({
    routeTree,
    basepath: `${basePath}/ui`,
    parseSearch,
    stringifySearch,
    defaultPreload: "intent",
    scrollRestoration: true,
    defaultErrorComponent: Crash,
    defaultNotFoundComponent: Missing,
  });
}

declare module "@tanstack/react-router" {
  interface Register {
    router: ReturnType<typeof createPages>;
  }
}
