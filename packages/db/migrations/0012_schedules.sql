CREATE TABLE "schedule_runs" (
	"schedule_id" bigint NOT NULL,
	"fire_at" timestamp (3) with time zone NOT NULL,
	"spec" json NOT NULL,
	"client" text NOT NULL,
	"origin" text NOT NULL,
	"trading_day" date,
	"state" text DEFAULT 'waiting' NOT NULL,
	"reason" text,
	"execution_id" bigint,
	"changed" boolean,
	"notification" text DEFAULT 'none' NOT NULL,
	"notifies" boolean DEFAULT true NOT NULL,
	"created_at" timestamp (3) with time zone DEFAULT now() NOT NULL,
	CONSTRAINT "schedule_runs_schedule_id_fire_at_pk" PRIMARY KEY("schedule_id","fire_at"),
	CONSTRAINT "schedule_runs_origin" CHECK ("schedule_runs"."origin" in ('fire', 'catch_up', 'trigger', 'backfill')),
	CONSTRAINT "schedule_runs_state" CHECK ("schedule_runs"."state" in ('waiting', 'executing', 'ended', 'superseded', 'missed', 'cancelled')),
	CONSTRAINT "schedule_runs_notification" CHECK ("schedule_runs"."notification" in ('none', 'withheld', 'due'))
);
--> statement-breakpoint
CREATE TABLE "schedules" (
	"id" bigint PRIMARY KEY GENERATED ALWAYS AS IDENTITY (sequence name "schedules_id_seq" INCREMENT BY 1 MINVALUE 1 MAXVALUE 9223372036854775807 START WITH 1 CACHE 1),
	"client" text NOT NULL,
	"name" text NOT NULL,
	"spec" json NOT NULL,
	"paused_at" timestamp (3) with time zone,
	"pause_note" text,
	"version" integer DEFAULT 1 NOT NULL,
	"next_at" timestamp (3) with time zone,
	"decision" json,
	"decision_fire_at" timestamp (3) with time zone,
	"created_at" timestamp (3) with time zone DEFAULT now() NOT NULL,
	"updated_at" timestamp (3) with time zone DEFAULT now() NOT NULL,
	CONSTRAINT "schedules_name" UNIQUE("client","name")
);
--> statement-breakpoint
ALTER TABLE "callbacks" ADD COLUMN "additions" json;--> statement-breakpoint
CREATE INDEX "schedule_runs_execution" ON "schedule_runs" USING btree ("execution_id");--> statement-breakpoint
CREATE INDEX "schedule_runs_open" ON "schedule_runs" USING btree ("state","created_at") WHERE "schedule_runs"."state" in ('waiting', 'executing');--> statement-breakpoint
CREATE INDEX "schedules_due" ON "schedules" USING btree ("next_at") WHERE "schedules"."paused_at" is null;