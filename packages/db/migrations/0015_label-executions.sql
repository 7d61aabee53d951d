ALTER TABLE "executions" ADD COLUMN "label" text;--> statement-breakpoint
ALTER TABLE "executions" ADD COLUMN "schedule_id" bigint;--> statement-breakpoint
CREATE INDEX "executions_by_label" ON "executions" USING btree ("label" text_pattern_ops,"id") WHERE "executions"."label" is not null;--> statement-breakpoint
CREATE INDEX "executions_by_schedule" ON "executions" USING btree ("schedule_id","id") WHERE "executions"."schedule_id" is not null;