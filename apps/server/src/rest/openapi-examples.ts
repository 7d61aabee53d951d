import { builtInStrategies, executionCallback, toStrategyDescription } from "@strategy-executor/core";

/** Examples of request and response bodies of an operation, by name. */
export interface OperationExamples {
  readonly requests?: Examples;
  readonly answers?: Examples;
}

type Examples = Readonly<Record<string, { readonly summary: string; readonly value: unknown }>>;

const url = "https://your-server.com/webhook/strategy-result";
const identity = { strategy: "BoldAssetAllocation", version: "1.0.0" };
const execution_parameters = { variant: "BAA-G4", initial_capital: 100_000, use_real_data: false };

const unnamed = {
  label: null,
  schedule_id: null,
  retry_of: null,
  kind: "execution",
  accepted_at: "2025-10-04T12:00:00.000Z",
};

const received = {
  status_code: 200,
  response_text: '{"status": "received"}',
  headers: { "Content-Type": "application/json" },
};
const once = { attempts: 1, max_attempts: 1, next_attempt_at: null };
const unsent = { url, format: "json", sent: false, sent_at: null, response: null, ...once, attempts: 0 };
const delivered = { url, format: "json", sent: true, sent_at: "2025-10-04T12:00:15.500Z", response: received, ...once };
const undelivered = {
  url,
  format: "json",
  sent: false,
  sent_at: null,
  response: { error: "Connection refused" },
  ...once,
};

const secret = {
  secret_id: "sign_1f0c7a52be94",
  client: "dashboard",
  version: "v1",
  public_key: null,
  created_at: "2025-10-04T12:00:00.000Z",
  ends_at: null,
  active: true,
};
const newSecret = { ...secret, secret: "whsec_…" };

const unemployment = {
  name: "UNRATE",
  first_day: "2024-01-01",
  last_day: "2024-02-01",
  rows: 2,
  source: "unrate-monthly.csv",
};

const schedule = {
  schedule_id: 1,
  client: "local",
  name: "BAA at month end",
  strategy_name: "BoldAssetAllocation",
  parameters: { variant: "BAA-G12", use_real_data: true },
  label: null,
  priority: "high",
  when: {
    days: "month_end",
    offset: 0,
    exchange: "XNYS",
    time: { after_close: 30 },
    time_zone: "America/New_York",
    day_offset: 0,
  },
  prices: { refresh: true, wait_minutes: 720 },
  catch_up: "latest",
  catch_up_hours: 168,
  callback: { url, format: "json", max_attempts: 5, when: "decision_changed", min_turnover: 0 },
  warnings: [],
  version: 1,
  description: "30 minutes after the close on the last session of every month (XNYS)",
  paused_at: null,
  pause_note: null,
  next_at: "2026-11-30T21:30:00.000Z",
  decision: { weights: { TIP: 0.5, BIL: 0.5 }, mode: "defensive" },
  decided_on: "2026-10-30",
  created_at: "2026-10-04T12:00:00.000Z",
  updated_at: "2026-10-04T12:00:00.000Z",
};
const run = {
  schedule_id: 1,
  fire_at: "2026-10-30T20:30:00.000Z",
  origin: "fire",
  trading_day: "2026-10-30",
  state: "ended",
  reason: "The decision has not changed",
  execution_id: 130,
  changed: false,
  notification: "withheld",
};

const running = {
  execution_id: 127,
  ...identity,
  status: "running",
  started_at: "2025-10-04T12:10:00.000Z",
  completed_at: null,
  execution_parameters,
  callback: unsent,
  label: "BAA at month end",
  retry_of: null,
  kind: "execution",
  schedule_id: 1,
  accepted_at: "2025-10-04T12:09:59.000Z",
};

const shown = new Set(["BoldAssetAllocation", "MovingAverageCrossover"]);
const catalogue = builtInStrategies.filter(({ name }) => shown.has(name)).map(toStrategyDescription);

/** Examples by operation name. Callback payloads are defined with the callback. */
export const examples: Readonly<Record<string, OperationExamples>> = {
  executeStrategy: {
    requests: {
      with_callback: {
        summary: "Receive the result by callback",
        value: {
          strategy_name: "BoldAssetAllocation",
          parameters: { variant: "BAA-G4", initial_capital: 100_000 },
          callback_url: url,
        },
      },
      without_callback: {
        summary: "Poll for the result",
        value: { strategy_name: "MovingAverageCrossover", parameters: { short_window: 20, long_window: 50 } },
      },
    },
    answers: {
      with_callback: { summary: "The result will be sent", value: accepted(123, url) },
      without_callback: { summary: "The result can be polled", value: accepted(126, null) },
    },
  },
  listStrategies: {
    answers: { built_in: { summary: "Two of the built-in strategies", value: { strategies: catalogue } } },
  },
  getStrategy: {
    answers: { built_in: { summary: "A built-in strategy", value: catalogue[0] } },
  },
  getExecution: {
    answers: {
      completed: {
        summary: "Completed, callback delivered",
        value: { ...payload("completed"), callback: delivered, ...unnamed },
      },
      failed: {
        summary: "Failed, callback not delivered",
        value: { ...payload("failed"), callback: undelivered, ...unnamed },
      },
      running: { summary: "Running", value: running },
    },
  },
  cancelExecution: {
    answers: {
      cancelled: {
        summary: "Cancelled before it ran",
        value: { ...payload("cancelled"), callback: unsent, ...unnamed },
      },
    },
  },
  listExecutions: {
    answers: {
      first_page: {
        summary: "A page that is not the last one",
        value: {
          executions: [
            { ...running, final_value: null, return: null },
            { ...payload("failed"), callback: undelivered, ...unnamed, final_value: null, return: null },
          ],
          next_cursor: "124",
        },
      },
    },
  },
  getSeries: {
    answers: {
      series: {
        summary: "Three days",
        value: {
          dates: ["2025-09-29", "2025-09-30", "2025-10-01"],
          equity: [100_000, 101_000, 99_990],
          drawdown: [0, 0, -0.01],
          weights: [
            {
              date: "2025-09-29",
              weights: { VTI: 0.5, VEA: 0.5 },
              mode: "offensive",
              canary: { SPY: 0.31, VWO: 0.12, VEA: 0.24, BND: 0.05 },
              because: "no canary is negative: top 2 of 4 offensive assets",
            },
          ],
        },
      },
    },
  },
  listDeliveryAttempts: {
    answers: {
      one: {
        summary: "One attempt, accepted",
        value: {
          attempts: [
            {
              number: 1,
              url,
              redelivery: false,
              started_at: "2025-10-04T12:00:15.100Z",
              ended_at: "2025-10-04T12:00:15.500Z",
              duration_ms: 398,
              signed_with: [secret.secret_id],
              response: received,
            },
          ],
          next_cursor: null,
        },
      },
    },
  },
  redeliverCallback: {
    answers: {
      failed: {
        summary: "The state before the redelivery",
        value: { ...payload("failed"), callback: undelivered, ...unnamed },
      },
    },
  },
  redeliverCallbacks: {
    requests: {
      yesterday: { summary: "All callbacks given up since yesterday", value: { since: "2025-10-03T00:00:00.000Z" } },
    },
    answers: { all: { summary: "No further callbacks", value: { redelivered: 12, next_cursor: null } } },
  },
  listExecutionAttempts: {
    answers: {
      again: {
        summary: "The first worker was killed",
        value: {
          attempts: [
            {
              number: 2,
              status: "running",
              worker_id: 8,
              worker: "worker-2/17",
              started_at: "2025-10-04T12:00:12.300Z",
              last_seen_at: "2025-10-04T12:00:20.100Z",
              ended_at: null,
            },
            {
              number: 1,
              status: "interrupted",
              worker_id: 7,
              worker: "worker-1/17",
              started_at: "2025-10-04T12:00:00.100Z",
              last_seen_at: "2025-10-04T12:00:02.000Z",
              ended_at: "2025-10-04T12:00:12.300Z",
            },
          ],
          next_cursor: null,
        },
      },
    },
  },
  listWorkers: {
    answers: {
      two: {
        summary: "One worker runs an execution, another was killed",
        value: {
          workers: [
            {
              worker_id: 8,
              name: "worker-2/17",
              version: "0.1.0",
              state: "alive",
              threads: 2,
              threads_busy: 1,
              started_at: "2025-10-04T11:00:00.000Z",
              last_seen_at: "2025-10-04T12:00:20.100Z",
              sweep_steps: 0,
              running: [
                {
                  execution_id: 123,
                  client: "local",
                  strategy: "BoldAssetAllocation",
                  attempt: 2,
                  started_at: "2025-10-04T12:00:12.300Z",
                },
              ],
            },
            {
              worker_id: 7,
              name: "worker-1/17",
              version: "0.1.0",
              state: "lost",
              threads: 2,
              threads_busy: 1,
              started_at: "2025-10-04T11:00:00.000Z",
              last_seen_at: "2025-10-04T12:00:02.000Z",
              sweep_steps: 0,
              running: [],
            },
          ],
        },
      },
    },
  },
  getQueue: {
    answers: {
      some: {
        summary: "Twelve executions of one client wait",
        value: {
          queues: [
            { queue: "executions", depth: 12, oldest_age_seconds: 4.2 },
            { queue: "sweeps", depth: 0, oldest_age_seconds: null },
            { queue: "callbacks", depth: 0, oldest_age_seconds: null },
          ],
          groups: [{ queue: "executions", client: "local", priority: "normal", depth: 12, oldest_age_seconds: 4.2 }],
        },
      },
    },
  },
  listReceivers: {
    answers: {
      two: {
        summary: "One circuit is open, one receiver is healthy",
        value: {
          receivers: [
            {
              origin: "https://gone.example.org",
              circuit: "open",
              failures: null,
              open_until: "2025-10-04T12:10:20.000Z",
              under_way: 0,
              latency_ms: 8_412,
              delivered_at: "2025-10-04T11:58:00.000Z",
              failed_at: "2025-10-04T12:10:00.000Z",
            },
            {
              origin: "https://your-server.com",
              circuit: "closed",
              failures: 0,
              open_until: null,
              under_way: 1,
              latency_ms: 42,
              delivered_at: "2025-10-04T12:10:01.000Z",
              failed_at: null,
            },
          ],
        },
      },
    },
  },
  createSigningSecret: {
    requests: { v1: { summary: "A shared secret", value: { version: "v1" } } },
    answers: { v1: { summary: "The secret for the receiver, shown only once", value: newSecret } },
  },
  rotateSigningSecret: {
    requests: { day: { summary: "Both secrets sign for a day", value: { version: "v1", overlap_hours: 24 } } },
    answers: { day: { summary: "The new secret", value: newSecret } },
  },
  listSigningSecrets: {
    answers: { one: { summary: "One secret", value: { secrets: [secret] } } },
  },
  endSigningSecret: {
    answers: {
      ended: { summary: "Ended", value: { ...secret, ends_at: "2025-10-05T12:00:00.000Z", active: false } },
    },
  },
  submitSweep: {
    requests: {
      crossovers: {
        summary: "5,035 crossovers of SPY, the best by Sharpe ratio",
        value: {
          strategy_name: "MovingAverageCrossover",
          parameters: { symbol: "SPY", use_real_data: true },
          grid: { axes: { short_window: { from: 5, to: 99 }, long_window: { from: 10, to: 270, step: 5 } } },
          objective: "sharpe",
          callback_url: url,
        },
      },
      walk_forward: {
        summary: "Chosen on five years, reported on the next",
        value: {
          strategy_name: "MovingAverageCrossover",
          grid: { axes: { short_window: [10, 20, 50], long_window: [100, 150, 200] } },
          walk_forward: { train: 1260, test: 252 },
        },
      },
      sample: {
        summary: "Twenty combinations at random",
        value: {
          strategy_name: "BoldAssetAllocation",
          grid: {
            axes: { variant: ["BAA-G12", "BAA-G4"], cost_bps: { from: 0, to: 50 } },
            sample: { count: 20, seed: 1 },
          },
          objective: "calmar",
        },
      },
    },
    answers: {
      with_callback: {
        summary: "It will be sent",
        value: {
          execution_id: 128,
          status: "pending",
          message: "Sweep started",
          combinations: 5035,
          callback_url: url,
        },
      },
    },
  },
  listPrices: {
    answers: {
      prices: {
        summary: "One ticker",
        value: {
          prices: [
            {
              ticker: "DEMO",
              first_day: "2024-01-02",
              last_day: "2024-01-03",
              sessions_behind: 0,
              rows: 2,
              source: "demo.csv",
              exchange: "XNYS",
              bars: ["open", "high", "low", "volume"],
              warnings: [],
            },
          ],
        },
      },
    },
  },
  getPrices: {
    answers: {
      prices: {
        summary: "Two days",
        value: {
          ticker: "DEMO",
          source: "demo.csv",
          exchange: "XNYS",
          days: ["2024-01-02", "2024-01-03"],
          close: [100, 101],
          adj_close: [99.5, 100.5],
        },
      },
    },
  },
  deletePrices: {
    answers: {
      removed: {
        summary: "The removed data",
        value: {
          ticker: "DEMO",
          first_day: "2024-01-02",
          last_day: "2024-01-03",
          sessions_behind: 0,
          rows: 2,
          source: "demo.csv",
          exchange: "XNYS",
          bars: [],
          warnings: [],
        },
      },
    },
  },
  listDataSeries: {
    answers: { series: { summary: "One series", value: { data_series: [unemployment] } } },
  },
  importDataSeries: {
    requests: { csv: { summary: "Two months", value: "month,value\n2024-01,3.7\n2024-02,3.9\n" } },
    answers: {
      report: {
        summary: "Two values of a new series",
        value: {
          name: "UNRATE",
          first_day: "2024-01-01",
          last_day: "2024-02-01",
          rows: 2,
          blank_rows: 0,
          replaced: null,
          unchanged: false,
        },
      },
    },
  },
  deleteDataSeries: { answers: { removed: { summary: "The removed data", value: unemployment } } },
  refreshPrices: {
    requests: { two: { summary: "Two tickers", value: { tickers: ["QQQ", "SPY"] } } },
    answers: {
      two: {
        summary: "One ticker has a new day; for the other the provider did not answer",
        value: {
          tickers: [
            {
              ticker: "QQQ",
              outcome: "replaced",
              provider: "yahoo",
              first_day: "1999-03-10",
              last_day: "2026-11-27",
              rows: 6_973,
              new_days: 1,
              message: null,
            },
            {
              ticker: "SPY",
              outcome: "failed",
              provider: "yahoo",
              first_day: "1993-01-29",
              last_day: "2026-11-25",
              rows: 8_512,
              new_days: 0,
              message: "Yahoo's rate limit is reached; try again later",
            },
          ],
          next_cursor: null,
        },
      },
    },
  },
  createSchedule: {
    requests: {
      month_end: {
        summary: "At month end, with a callback only if the decision has changed",
        value: {
          name: "BAA at month end",
          strategy_name: "BoldAssetAllocation",
          parameters: { variant: "BAA-G12", use_real_data: true },
          when: { days: "month_end" },
          callback: { url, max_attempts: 5 },
        },
      },
    },
    answers: {
      month_end: {
        summary: "It fires automatically from now on",
        value: { ...schedule, decision: null, decided_on: null },
      },
    },
  },
  listSchedules: {
    answers: { one: { summary: "One schedule", value: { schedules: [schedule], next_cursor: null } } },
  },
  getSchedule: { answers: { schedule: { summary: "A schedule that has decided", value: schedule } } },
  updateSchedule: {
    answers: { edited: { summary: "Edited", value: { ...schedule, version: 2, catch_up: "all" } } },
  },
  pauseSchedule: {
    answers: {
      paused: {
        summary: "Paused",
        value: { ...schedule, paused_at: "2026-11-02T09:00:00.000Z", pause_note: "Holidays", next_at: null },
      },
    },
  },
  resumeSchedule: { answers: { resumed: { summary: "It fires again", value: schedule } } },
  deleteSchedule: { answers: { deleted: { summary: "The schedule before its deletion", value: schedule } } },
  triggerSchedule: {
    answers: {
      waiting: {
        summary: "A run that is about to execute",
        value: {
          ...run,
          origin: "trigger",
          state: "waiting",
          reason: null,
          execution_id: null,
          changed: null,
          notification: "none",
        },
      },
    },
  },
  backfillSchedule: { answers: { year: { summary: "Twelve months", value: { backfilled: 12 } } } },
  listScheduleRuns: {
    answers: { unchanged: { summary: "Nothing was sent", value: { runs: [run], next_cursor: null } } },
  },
  getToday: {
    answers: {
      one: {
        summary: "What to hold",
        value: {
          schedules: [
            {
              schedule_id: 1,
              name: "BAA at month end",
              execution_id: 130,
              decision: schedule.decision,
              previous: schedule.decision,
              turnover: 0,
              changed: false,
              because: "VWO is falling",
              decided_on: "2026-10-30",
              traded_on: "2026-10-30",
              prices_until: "2026-10-30",
            },
          ],
        },
      },
    },
  },
  previewSchedule: {
    requests: {
      month_end: {
        summary: "Half an hour after the close of each month's last session",
        value: { when: { days: "month_end" }, from: "2027-05-01T00:00:00.000Z", count: 2 },
      },
    },
    answers: {
      month_end: {
        summary: "31 May is Memorial Day",
        value: {
          description: "30 minutes after the close on the last session of every month (XNYS)",
          fires: [
            { fire_at: "2027-05-28T20:30:00.000Z", local: "2027-05-28T16:30:00-04:00", trading_day: "2027-05-28" },
            { fire_at: "2027-06-30T20:30:00.000Z", local: "2027-06-30T16:30:00-04:00", trading_day: "2027-06-30" },
          ],
          warnings: [],
        },
      },
    },
  },
  getCalendar: {
    answers: {
      week: {
        summary: "A week with Thanksgiving in it",
        value: {
          exchange: "XNYS",
          time_zone: "America/New_York",
          horizon: null,
          sessions: [
            { day: "2026-11-25", close: "16:00", early: false },
            { day: "2026-11-27", close: "13:00", early: true },
            { day: "2026-11-30", close: "16:00", early: false },
          ],
          month_ends: ["2026-11-30"],
          exceptions: [],
        },
      },
    },
  },
  setExchangeDay: {
    requests: {
      closed: {
        summary: "Closed for a storm",
        value: { day: "2012-10-29", session: false, note: "Hurricane Sandy" },
      },
    },
    answers: {
      closed: {
        summary: "In effect from now on",
        value: { day: "2012-10-29", session: false, close: null, note: "Hurricane Sandy" },
      },
    },
  },
  importPrices: {
    requests: {
      csv: {
        summary: "Two days of one ticker",
        value: "date,ticker,close,adj_close\n2024-01-02,DEMO,100,99.5\n2024-01-03,DEMO,101,100.5\n",
      },
    },
    answers: {
      report: {
        summary: "Two rows of a new ticker",
        value: {
          rows: 2,
          tickers: [
            {
              ticker: "DEMO",
              first_day: "2024-01-02",
              last_day: "2024-01-03",
              rows: 2,
              replaced: null,
              unchanged: false,
              warnings: [],
            },
          ],
          skipped_rows: 0,
          skipped: [],
        },
      },
    },
  },
};

function accepted(execution_id: number, callback_url: string | null) {
  return { execution_id, status: "pending", message: "Strategy execution started", callback_url };
}

function payload(name: string) {
  return executionCallback.examples?.[name]?.value;
}
