import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { parse } from "yaml";
import { readConfig, settingNames } from "../config.ts";

interface Compose {
  readonly services: Readonly<Record<string, ComposeService>>;
  readonly volumes: Readonly<Record<string, unknown>>;
}

interface ComposeService {
  readonly environment: Readonly<Record<string, string | number>>;
  readonly ports?: readonly string[];
  readonly volumes?: readonly string[];
  readonly logging?: unknown;
  readonly mem_limit?: string;
}

const checkout = new URL("../../../../", import.meta.url);
const read = (file: string) => parse(readFileSync(new URL(file, checkout), "utf8"), { merge: true }) as Compose;

/** As Compose fills in variables: their default, or a value for those that it demands. */
function filled(environment: ComposeService["environment"]): Record<string, string> {
  const values: Readonly<Record<string, string>> = {
    SECRETS_KEY: Buffer.alloc(32, "test").toString("base64"),
    POSTGRES_PASSWORD: "secret",
    PUBLIC_URL: "https://strategies.example.com",
  };
  return Object.fromEntries(
    Object.entries(environment).map(([name, value]) => [
      name,
      String(value).replaceAll(/\$\{(\w+):([-?])([^}]*)\}/g, (_match, variable: string, kind: string, text: string) => {
        if (kind === "-") return text;
        expect(values).toHaveProperty(variable);
        return values[variable]!;
      }),
    ]),
  );
}

describe.each([
  ["docker-compose.yml", ["server", "worker"]],
  ["production.yml", ["api", "worker"]],
])("%s", (file, processes) => {
  const { services, volumes } = read(file);

  it.each(processes)("gives %s settings that there are, with values that the server takes", (name) => {
    const environment = filled(services[name]!.environment);
    expect(Object.keys(environment).filter((setting) => !settingNames.includes(setting))).toEqual([]);
    const config = readConfig(environment);
    expect(config).toMatchObject({
      role: name === "worker" ? "worker" : file === "production.yml" ? "api" : "all",
      mode: file === "production.yml" ? "production" : "development",
      auth: file === "production.yml" ? "on" : "off",
      strategiesDir: "/strategies",
      secretsKey: expect.any(String),
    });
    if (name === "worker") expect(config.metricsPort).not.toBeNull();
  });

  it("publishes nothing but the API, on this machine only, and uses every volume", () => {
    expect(Object.values(services).flatMap(({ ports = [] }) => ports)).toEqual(["127.0.0.1:8000:8000"]);
    const used = Object.values(services).flatMap(({ volumes: mounts = [] }) => mounts);
    for (const volume of Object.keys(volumes)) {
      expect(used.some((mount) => mount.startsWith(`${volume}:`) || mount.includes(`:-${volume}}:`))).toBe(true);
    }
  });
});

it("production.yml demands its secrets, and bounds memory and logs of every container", () => {
  const { services } = read("production.yml");
  expect(services["api"]!.environment["SECRETS_KEY"]).toMatch(/^\$\{SECRETS_KEY:\?/);
  expect(services["postgres"]!.environment["POSTGRES_PASSWORD"]).toMatch(/^\$\{POSTGRES_PASSWORD:\?/);
  for (const service of Object.values(services)) {
    expect(service).toMatchObject({ mem_limit: expect.any(String), logging: { options: { "max-size": "10m" } } });
  }
});
