CREATE TABLE "idempotency_keys" (
	"client" text NOT NULL,
	"key" text NOT NULL,
	"fingerprint" text NOT NULL,
	"execution_id" bigint,
	"created_at" timestamp (3) with time zone DEFAULT now() NOT NULL,
	CONSTRAINT "idempotency_keys_client_key_pk" PRIMARY KEY("client","key")
);
--> statement-breakpoint
DROP INDEX "executions_by_status";--> statement-breakpoint
DROP INDEX "executions_by_strategy";--> statement-breakpoint
ALTER TABLE "callbacks" ADD COLUMN "attempts" integer DEFAULT 0 NOT NULL;--> statement-breakpoint
ALTER TABLE "callbacks" ADD COLUMN "max_attempts" integer DEFAULT 1 NOT NULL;--> statement-breakpoint
ALTER TABLE "callbacks" ADD COLUMN "next_attempt_at" timestamp (3) with time zone;--> statement-breakpoint
ALTER TABLE "executions" ADD COLUMN "urgency" smallint DEFAULT 0 NOT NULL;--> statement-breakpoint
ALTER TABLE "executions" ADD COLUMN "turn" integer DEFAULT 0 NOT NULL;--> statement-breakpoint
ALTER TABLE "executions" ADD COLUMN "parked" boolean DEFAULT false NOT NULL;--> statement-breakpoint
CREATE INDEX "idempotency_keys_by_age" ON "idempotency_keys" USING btree ("created_at");--> statement-breakpoint
CREATE INDEX "executions_waiting" ON "executions" USING btree ("urgency","turn") WHERE "executions"."status" = 'pending';--> statement-breakpoint
CREATE INDEX "executions_waiting_by_client" ON "executions" USING btree ("client","urgency","turn") WHERE "executions"."status" = 'pending';--> statement-breakpoint
CREATE INDEX "executions_parked" ON "executions" USING btree ("urgency" DESC NULLS FIRST,"turn","id") WHERE "executions"."parked";--> statement-breakpoint
CREATE INDEX "executions_by_status" ON "executions" USING btree ("status","id");--> statement-breakpoint
CREATE INDEX "executions_by_strategy" ON "executions" USING btree ("strategy","id");