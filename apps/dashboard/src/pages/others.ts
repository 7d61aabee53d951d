/** The pages without curves and figures, but for the overview and the list of executions. They are one file of the build. */
export { Deliveries } from "./deliveries/deliveries.tsx";
export { New } from "./new/new.tsx";
export { Prices } from "./prices/prices.tsx";
export { EditSchedule } from "./schedules/edit-schedule.tsx";
export { NewSchedule } from "./schedules/new-schedule.tsx";
export { SchedulePage } from "./schedules/schedule.tsx";
export { Schedules } from "./schedules/schedules.tsx";
export { SettingsPage } from "./settings/settings.tsx";
export { SignIn } from "./sign-in/sign-in.tsx";
export { Strategies } from "./strategies/strategies.tsx";
export { StrategyPage } from "./strategies/strategy.tsx";
export { Today } from "./today/today.tsx";
export { Workers } from "./workers/workers.tsx";
