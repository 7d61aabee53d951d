ALTER TABLE "callbacks" DROP CONSTRAINT "callbacks_execution_id_executions_id_fk";
--> statement-breakpoint
ALTER TABLE "delivery_attempts" DROP CONSTRAINT "delivery_attempts_execution_id_callbacks_execution_id_fk";
--> statement-breakpoint
ALTER TABLE "execution_events" DROP CONSTRAINT "execution_events_execution_id_executions_id_fk";
--> statement-breakpoint
ALTER TABLE "execution_series" DROP CONSTRAINT "execution_series_execution_id_executions_id_fk";
