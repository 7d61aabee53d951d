import { createRootRoute, createRoute, createRouter, notFound, Outlet } from "@tanstack/react-router";
import { basePath } from "../api/base-path.ts";
import { withTyped } from "../forms/typed-search.ts";
import { searchKeys } from "../pages/executions/to-input.ts";
import { Overview } from "../pages/overview/overview.tsx";
import { Crash } from "./crash.tsx";
import { lazyPage } from "./lazy-page.ts";
import { Missing } from "./missing.tsx";
import { only, parseSearch, stringifySearch } from "./search.ts";
import { Shell } from "./shell/shell.tsx";

const root = createRootRoute({ component: Outlet });

const signIn = createRoute({
  getParentRoute: () => root,
  path: "/sign-in",
  validateSearch: only("back"),
  component: lazyPage(() => import("../pages/others.ts"), "SignIn"),
});

const shell = createRoute({ getParentRoute: () => root, id: "shell", component: Shell });

/** For addresses with a number: nothing else has a page. */
const numbered = {
  loader({ params: { id } }: { readonly params: { readonly id: string } }) {
    if (!/^[1-9]\d{0,14}$/.test(id)) throw notFound();
  },
};

const overview = createRoute({ getParentRoute: () => shell, path: "/", component: Overview });

const today = createRoute({
  getParentRoute: () => shell,
  path: "/today",
  component: lazyPage(() => import("../pages/others.ts"), "Today"),
});

const executions = createRoute({
  getParentRoute: () => shell,
  path: "/executions",
  validateSearch: only(...searchKeys),
  component: lazyPage(() => import("../pages/executions/executions.tsx"), "Executions"),
});

const execution = createRoute({
  getParentRoute: () => shell,
  path: "/executions/$id",
  ...numbered,
  validateSearch: only("tab", "benchmark", "risk_free", "scale"),
  component: lazyPage(() => import("../pages/with-figures.ts"), "ExecutionPage"),
});

const start = createRoute({
  getParentRoute: () => shell,
  path: "/new",
  validateSearch: withTyped("strategy", "from", "label", "callback", "format", "attempts"),
  component: lazyPage(() => import("../pages/others.ts"), "New"),
});

const compare = createRoute({
  getParentRoute: () => shell,
  path: "/compare",
  validateSearch: only("ids", "benchmark", "scale", "base"),
  component: lazyPage(() => import("../pages/with-figures.ts"), "Compare"),
});

const sweeps = createRoute({
  getParentRoute: () => shell,
  path: "/sweeps",
  validateSearch: only("cursor"),
  component: lazyPage(() => import("../pages/with-figures.ts"), "Sweeps"),
});

const newSweep = createRoute({
  getParentRoute: () => shell,
  path: "/sweeps/new",
  validateSearch: withTyped("strategy", "axes", "objective", "sample", "train", "test", "label"),
  component: lazyPage(() => import("../pages/with-figures.ts"), "NewSweep"),
});

const sweep = createRoute({
  getParentRoute: () => shell,
  path: "/sweeps/$id",
  ...numbered,
  component: lazyPage(() => import("../pages/with-figures.ts"), "SweepPage"),
});

const schedules = createRoute({
  getParentRoute: () => shell,
  path: "/schedules",
  component: lazyPage(() => import("../pages/others.ts"), "Schedules"),
});

const newSchedule = createRoute({
  getParentRoute: () => shell,
  path: "/schedules/new",
  validateSearch: withTyped(
    "strategy",
    "from",
    "copy",
    "days",
    "exchange",
    "time",
    "label",
    "callback",
    "format",
    "attempts",
  ),
  component: lazyPage(() => import("../pages/others.ts"), "NewSchedule"),
});

const schedule = createRoute({
  getParentRoute: () => shell,
  path: "/schedules/$id",
  ...numbered,
  component: lazyPage(() => import("../pages/others.ts"), "SchedulePage"),
});

const editSchedule = createRoute({
  getParentRoute: () => shell,
  path: "/schedules/$id/edit",
  ...numbered,
  component: lazyPage(() => import("../pages/others.ts"), "EditSchedule"),
});

const deliveries = createRoute({
  getParentRoute: () => shell,
  path: "/deliveries",
  validateSearch: only("state", "since", "receiver", "cursor"),
  component: lazyPage(() => import("../pages/others.ts"), "Deliveries"),
});

const prices = createRoute({
  getParentRoute: () => shell,
  path: "/prices",
  component: lazyPage(() => import("../pages/others.ts"), "Prices"),
});

const ticker = createRoute({
  getParentRoute: () => shell,
  path: "/prices/$ticker",
  component: lazyPage(() => import("../pages/with-figures.ts"), "TickerPage"),
});

const strategies = createRoute({
  getParentRoute: () => shell,
  path: "/strategies",
  component: lazyPage(() => import("../pages/others.ts"), "Strategies"),
});

const strategy = createRoute({
  getParentRoute: () => shell,
  path: "/strategies/$name",
  component: lazyPage(() => import("../pages/others.ts"), "StrategyPage"),
});

const workers = createRoute({
  getParentRoute: () => shell,
  path: "/workers",
  component: lazyPage(() => import("../pages/others.ts"), "Workers"),
});

const settings = createRoute({
  getParentRoute: () => shell,
  path: "/settings",
  component: lazyPage(() => import("../pages/others.ts"), "SettingsPage"),
});

const missing = createRoute({ getParentRoute: () => shell, path: "$", component: Missing });

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
    missing,
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
