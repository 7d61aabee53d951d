import { createHash } from "node:crypto";
import { z } from "zod";
import type { Log } from "../../common/log.ts";
import type { Signals } from "./signals.ts";

export interface ComparedSettings {
  /** The name of this process in the logs of others. */
  readonly process: string;
  /** Settings that all processes on the database should share, as text; null for none. */
  readonly settings: Readonly<Record<string, string | null>>;
}

const Announcement = z.object({
  process: z.string(),
  /** Whether the process has just started and asks the others for their settings. */
  asks: z.boolean(),
  settings: z.record(z.string(), z.string().nullable()),
});

/** Longer values travel as a digest, because a notification is short. */
const longestValue = 80;

/**
 * Compares the settings of this process with those of the others on the same database, at the start and whenever another process starts.
 * Logs each difference once, on a line of its own.
 */
export function compareSettings(signals: Signals, log: Log, { process, settings }: ComparedSettings): Disposable {
  const own = Object.fromEntries(Object.entries(settings).map(([name, value]) => [name, shortened(value)]));
  const told = new Set<string>();
  const announce = (asks: boolean) => {
    const announcement: z.input<typeof Announcement> = { process, asks, settings: own };
    signals.send("settings", encodeURIComponent(JSON.stringify(announcement)));
  };
  const stop = signals.on(
    "settings",
    (subject) => {
      const other = parse(subject);
      // A process gets its own announcements as well.
      if (other === null || other.process === process) return;
      for (const [name, theirs] of Object.entries(other.settings)) {
        const ours = own[name];
        if (ours === undefined || ours === theirs) continue;
        const line = `${name} is ${ours ?? "not set"} here and ${theirs ?? "not set"} in the ${other.process}`;
        if (told.has(line)) continue;
        told.add(line);
        log.warn({ setting: name }, `Settings differ between processes: ${line}`);
      }
      if (other.asks) announce(false);
    },
    () => undefined,
  );
  announce(true);
  return { [Symbol.dispose]: stop };
}

/** Null for an announcement that another version wrote in another format. */
function parse(subject: string): z.output<typeof Announcement> | null {
  try {
    return Announcement.parse(JSON.parse(decodeURIComponent(subject)));
  } catch {
    return null;
  }
}

function shortened(value: string | null): string | null {
  if (value === null || value.length <= longestValue) return value;
  return `${value.slice(0, longestValue / 2)}… (${createHash("sha256").update(value).digest("hex").slice(0, 8)})`;
}
