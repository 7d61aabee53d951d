ALTER TABLE "receiver_reports" ALTER COLUMN "failures" DROP NOT NULL;--> statement-breakpoint
ALTER TABLE "executions" ADD COLUMN "time_limit_ms" integer;--> statement-breakpoint
ALTER TABLE "executions" ADD COLUMN "trace_parent" text;