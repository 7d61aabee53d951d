CREATE TABLE "sweep_steps" (
	"execution_id" bigint NOT NULL,
	"number" integer NOT NULL,
	"attempts" integer DEFAULT 0 NOT NULL,
	"outcome" "bytea",
	"failure" text,
	CONSTRAINT "sweep_steps_execution_id_number_pk" PRIMARY KEY("execution_id","number")
);
--> statement-breakpoint
CREATE TABLE "sweeps" (
	"execution_id" bigint PRIMARY KEY NOT NULL,
	"combinations" integer NOT NULL,
	"chunk_size" integer NOT NULL,
	"chunks" integer NOT NULL,
	"chunks_done" integer DEFAULT 0 NOT NULL,
	"evaluated" integer DEFAULT 0 NOT NULL,
	"invalid" integer DEFAULT 0 NOT NULL,
	"failed" integer DEFAULT 0 NOT NULL,
	"prices" jsonb DEFAULT '{}'::jsonb NOT NULL
);
--> statement-breakpoint
ALTER TABLE "sweep_steps" ADD CONSTRAINT "sweep_steps_execution_id_sweeps_execution_id_fk" FOREIGN KEY ("execution_id") REFERENCES "public"."sweeps"("execution_id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "sweeps" ADD CONSTRAINT "sweeps_execution_id_executions_id_fk" FOREIGN KEY ("execution_id") REFERENCES "public"."executions"("id") ON DELETE cascade ON UPDATE no action;