import { databaseNow } from "@strategy-executor/db";
import { DomainError } from "../../common/domain-error.ts";
import type { ScheduleSpec } from "../../engine/schedules/schedule-spec.ts";
import { readExchanges } from "../../prices/exchange-days.ts";
import { preview } from "../../schedules/preview.ts";
import type { When } from "../../schedules/when.ts";
import { ensureSmallParameters } from "../json-size.ts";
import type { Ctx } from "../operation.ts";
import type { CallbackFormat } from "../../notifications/callback-format.ts";
import { isMail } from "../../notifications/mailto.ts";
import { checkCallback } from "../callbacks/check-callback.ts";
import { findStrategy } from "../strategies/find-strategy.ts";

/** The definition as a client sends it, without defaults. */
interface Said {
  readonly strategy_name: string;
  readonly parameters?: ScheduleSpec["parameters"] | null | undefined;
  readonly label?: string | null | undefined;
  readonly priority?: ScheduleSpec["priority"] | null | undefined;
  readonly when: When;
  readonly prices?:
    | { readonly refresh?: boolean | null | undefined; readonly wait_minutes?: number | null | undefined }
    | null
    | undefined;
  readonly catch_up?: ScheduleSpec["catch_up"] | null | undefined;
  readonly catch_up_hours?: number | null | undefined;
  readonly callback?:
    | {
        readonly url: string;
        readonly format?: CallbackFormat | null | undefined;
        readonly max_attempts?: number | null | undefined;
        readonly when?: NonNullable<ScheduleSpec["callback"]>["when"] | null | undefined;
        readonly min_turnover?: number | null | undefined;
      }
    | null
    | undefined;
}

/** Fills in the defaults. @throws DomainError for an unknown strategy, large parameters, and a refused callback address */
export function toSpec(ctx: Ctx, said: Said): Omit<ScheduleSpec, "warnings"> {
  const { name } = findStrategy(ctx.strategies, said.strategy_name);
  ensureSmallParameters(ctx, said.parameters ?? {});
  return {
    strategy_name: name,
    parameters: said.parameters ?? {},
    label: said.label ?? null,
    priority: said.priority ?? "high",
    when: said.when,
    prices: { refresh: said.prices?.refresh ?? true, wait_minutes: said.prices?.wait_minutes ?? 720 },
    catch_up: said.catch_up ?? "latest",
    catch_up_hours: said.catch_up_hours ?? 168,
    callback: callbackOf(ctx, said.callback ?? null),
  };
}

/** The next fires of a rule. */
export interface Outlook {
  readonly nextAt: Date;
  /** What may be a mistake in the rule. */
  readonly warnings: string[];
}

/** Number of fires that are looked at for warnings, as in a preview. */
const fires = 10;

/** When a rule fires next, by the database's clock. @throws DomainError for a rule that never does */
export async function outlookOf(ctx: Ctx, when: When): Promise<Outlook> {
  const { db } = ctx.database;
  const ahead = preview(when, await readExchanges(db), await databaseNow(db), fires);
  const [next] = ahead.fires;
  if (next !== undefined) return { nextAt: new Date(next.fire_at), warnings: [...ahead.warnings] };
  const message = "does not fire within five years";
  throw new DomainError("invalid", `when.cron: ${message}`, [{ path: "when.cron", message }]);
}

function callbackOf(ctx: Ctx, said: NonNullable<Said["callback"]> | null): ScheduleSpec["callback"] {
  if (said === null) return null;
  const { url } = said;
  // Older versions stored `json` for mail, too.
  const format = isMail(url) && said.format === "json" ? null : said.format;
  checkCallback(ctx, { url, format, paths: { url: "callback.url", format: "callback.format" } });
  return {
    url,
    format: format ?? "json",
    max_attempts: said.max_attempts ?? 1,
    when: said.when ?? "decision_changed",
    min_turnover: said.min_turnover ?? 0,
  };
}
