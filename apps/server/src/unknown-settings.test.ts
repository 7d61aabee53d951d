import { expect, it } from "vitest";
import { settingNames } from "./config.ts";
import { unknownSettings } from "./unknown-settings.ts";

const found = (...names: string[]) =>
  unknownSettings(Object.fromEntries(names.map((name) => [name, "1"])), settingNames).map(
    ({ name, meant }) => `${name}: ${meant}`,
  );

it("names variables that are spelt almost like a setting", () => {
  expect(
    found("METRIC_PORT", "DATABSE_URL", "DATABASEURL", "Data_Dir", "port", "LOGLEVEL", "CALLBACK_TIMEOUT"),
  ).toEqual([
    "METRIC_PORT: METRICS_PORT",
    "DATABSE_URL: DATABASE_URL",
    "DATABASEURL: DATABASE_URL",
    "Data_Dir: DATA_DIR",
    "port: PORT",
    "LOGLEVEL: LOG_LEVEL",
    "CALLBACK_TIMEOUT: null",
  ]);
});

it("names every setting in which a letter is missing, doubled or swapped, unless it is short", () => {
  for (const name of settingNames.filter((setting) => setting.replaceAll("_", "").length > 6)) {
    const middle = Math.floor(name.length / 2);
    const [head, tail] = [name.slice(0, middle), name.slice(middle)];
    for (const wrong of [
      head + tail.slice(1),
      `${head}${head.at(-1)}${tail}`,
      `${head.slice(0, -1)}${tail[0]}${head.at(-1)}${tail.slice(1)}`,
    ]) {
      if (settingNames.includes(wrong)) continue;
      expect([wrong, found(wrong).length]).toEqual([wrong, 1]);
    }
  }
});

it("leaves alone what belongs to others", () => {
  const others = [
    "NODE",
    "HOSTNAME",
    "HOME",
    "PATH",
    "LANG",
    "npm_config_port",
    "STRATEGY_EXECUTOR_URL",
    "POST",
    "MODEL",
  ];
  expect(found(...others, "STRATEGY_EXECUTOR_PORT_8000_TCP", "OTEL_RESOURCE_ATTRIBUTES", "DATABASE_POOL")).toEqual([]);
  expect(found(...settingNames)).toEqual([]);
});
