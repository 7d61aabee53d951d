import {
  cancelExecution,
  createSigningSecret,
  endSigningSecret,
  cancelSweep,
  executeStrategy,
  getCalendar,
  getExecution,
  getReport,
  getSeries,
  getStrategy,
  getSweep,
  getSweepTable,
  importPrices,
  getPrices,
  deletePrices,
  listDataSeries,
  importDataSeries,
  deleteDataSeries,
  listDeliveryAttempts,
  listExecutions,
  listPrices,
  listReceivers,
  listSigningSecrets,
  listStrategies,
  redeliverCallback,
  redeliverCallbacks,
  rotateSigningSecret,
  listSweeps,
  previewSchedule,
  createSchedule,
  listSchedules,
  getSchedule,
  updateSchedule,
  pauseSchedule,
  resumeSchedule,
  deleteSchedule,
  triggerSchedule,
  backfillSchedule,
  listScheduleRuns,
  getToday,
  setExchangeDay,
  submitSweep,
} from "@strategy-executor/core";
import { z } from "zod";
import { mutation, procedure, query, router } from "./procedure.ts";
import { watchExecutionProcedure, watchExecutionsProcedure } from "./subscriptions.ts";

export type { FeedUpdate } from "./subscriptions.ts";

/** All operations by name, and the live subscriptions. */
export const appRouter = router({
  listStrategies: query(listStrategies),
  getStrategy: query(getStrategy),
  executeStrategy: mutation(executeStrategy),
  cancelExecution: mutation(cancelExecution),
  listExecutions: query(listExecutions),
  getExecution: query(getExecution),
  getReport: query(getReport),
  getSeries: query(getSeries),
  listDeliveryAttempts: query(listDeliveryAttempts),
  redeliverCallback: mutation(redeliverCallback),
  redeliverCallbacks: mutation(redeliverCallbacks),
  listReceivers: query(listReceivers),
  createSigningSecret: mutation(createSigningSecret),
  rotateSigningSecret: mutation(rotateSigningSecret),
  listSigningSecrets: query(listSigningSecrets),
  endSigningSecret: mutation(endSigningSecret),
  listPrices: query(listPrices),
  // The file is a JSON string.
  importPrices: procedure
    .input(importPrices.input.extend({ csv: z.string("must be text").meta(importPrices.input.shape.csv.meta() ?? {}) }))
    .mutation(({ ctx, input }) => importPrices.run(ctx.ctx, input)),
  getPrices: query(getPrices),
  deletePrices: mutation(deletePrices),
  listDataSeries: query(listDataSeries),
  importDataSeries: procedure
    .input(
      importDataSeries.input.extend({
        csv: z.string("must be text").meta(importDataSeries.input.shape.csv.meta() ?? {}),
      }),
    )
    .mutation(({ ctx, input }) => importDataSeries.run(ctx.ctx, input)),
  deleteDataSeries: mutation(deleteDataSeries),
  submitSweep: mutation(submitSweep),
  cancelSweep: mutation(cancelSweep),
  listSweeps: query(listSweeps),
  getSweep: query(getSweep),
  getSweepTable: query(getSweepTable),
  getCalendar: query(getCalendar),
  setExchangeDay: mutation(setExchangeDay),
  previewSchedule: query(previewSchedule),
  createSchedule: mutation(createSchedule),
  listSchedules: query(listSchedules),
  getSchedule: query(getSchedule),
  updateSchedule: mutation(updateSchedule),
  pauseSchedule: mutation(pauseSchedule),
  resumeSchedule: mutation(resumeSchedule),
  deleteSchedule: mutation(deleteSchedule),
  triggerSchedule: mutation(triggerSchedule),
  backfillSchedule: mutation(backfillSchedule),
  listScheduleRuns: query(listScheduleRuns),
  getToday: query(getToday),
  watchExecution: watchExecutionProcedure,
  watchExecutions: watchExecutionsProcedure,
});

/** The type that clients are typed with. */
export type AppRouter = typeof appRouter;
