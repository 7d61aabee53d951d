CREATE TABLE "callbacks" (
	"execution_id" bigint PRIMARY KEY NOT NULL,
	"webhook_id" uuid DEFAULT gen_random_uuid() NOT NULL,
	"url" text NOT NULL,
	"state" text DEFAULT 'waiting' NOT NULL,
	"sent" boolean DEFAULT false NOT NULL,
	"sent_at" timestamp (3) with time zone,
	"response" json,
	CONSTRAINT "callbacks_state" CHECK ("callbacks"."state" in ('waiting', 'due', 'ended'))
);
--> statement-breakpoint
CREATE TABLE "delivery_attempts" (
	"id" bigint PRIMARY KEY GENERATED ALWAYS AS IDENTITY (sequence name "delivery_attempts_id_seq" INCREMENT BY 1 MINVALUE 1 MAXVALUE 9223372036854775807 START WITH 1 CACHE 1),
	"execution_id" bigint NOT NULL,
	"number" integer NOT NULL,
	"url" text NOT NULL,
	"started_at" timestamp (3) with time zone DEFAULT now() NOT NULL,
	"ended_at" timestamp (3) with time zone,
	"status_code" integer,
	"response_text" text,
	"headers" json,
	"error" text,
	CONSTRAINT "delivery_attempts_number" UNIQUE("execution_id","number")
);
--> statement-breakpoint
CREATE TABLE "execution_events" (
	"execution_id" bigint NOT NULL,
	"number" integer NOT NULL,
	"status" text NOT NULL,
	"at" timestamp (3) with time zone DEFAULT now() NOT NULL,
	"transaction" "xid8" NOT NULL,
	CONSTRAINT "execution_events_execution_id_number_pk" PRIMARY KEY("execution_id","number")
);
--> statement-breakpoint
CREATE TABLE "execution_series" (
	"execution_id" bigint PRIMARY KEY NOT NULL,
	"series" "bytea" NOT NULL
);
--> statement-breakpoint
CREATE TABLE "executions" (
	"id" bigint PRIMARY KEY GENERATED ALWAYS AS IDENTITY (sequence name "executions_id_seq" INCREMENT BY 1 MINVALUE 1 MAXVALUE 9223372036854775807 START WITH 1 CACHE 1),
	"strategy" text NOT NULL,
	"version" text NOT NULL,
	"status" text DEFAULT 'pending' NOT NULL,
	"parameters" json NOT NULL,
	"execution_parameters" json NOT NULL,
	"result" json,
	"error_message" text,
	"attempt" integer DEFAULT 0 NOT NULL,
	"released_attempts" integer DEFAULT 0 NOT NULL,
	"progress" json,
	"event_count" integer DEFAULT 1 NOT NULL,
	"event_transaction" "xid8" DEFAULT pg_current_xact_id() NOT NULL,
	"accepted_at" timestamp (3) with time zone DEFAULT now() NOT NULL,
	"started_at" timestamp (3) with time zone,
	"completed_at" timestamp (3) with time zone,
	CONSTRAINT "executions_status" CHECK ("executions"."status" in ('pending', 'running', 'completed', 'failed', 'cancelled'))
);
--> statement-breakpoint
CREATE TABLE "price_imports" (
	"id" bigint PRIMARY KEY GENERATED ALWAYS AS IDENTITY (sequence name "price_imports_id_seq" INCREMENT BY 1 MINVALUE 1 MAXVALUE 9223372036854775807 START WITH 1 CACHE 1),
	"source" text NOT NULL,
	"started_at" timestamp (3) with time zone DEFAULT now() NOT NULL
);
--> statement-breakpoint
CREATE TABLE "price_tickers" (
	"ticker" text PRIMARY KEY NOT NULL,
	"import_id" bigint NOT NULL,
	"source" text NOT NULL,
	"first_day" date NOT NULL,
	"last_day" date NOT NULL,
	"rows" integer NOT NULL,
	"sha256" text NOT NULL,
	"loaded_at" timestamp (3) with time zone DEFAULT now() NOT NULL
);
--> statement-breakpoint
CREATE TABLE "prices" (
	"import_id" bigint NOT NULL,
	"ticker" text NOT NULL,
	"day" date NOT NULL,
	"close" double precision,
	"adj_close" double precision NOT NULL,
	CONSTRAINT "prices_import_id_ticker_day_pk" PRIMARY KEY("import_id","ticker","day")
);
--> statement-breakpoint
ALTER TABLE "callbacks" ADD CONSTRAINT "callbacks_execution_id_executions_id_fk" FOREIGN KEY ("execution_id") REFERENCES "public"."executions"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "delivery_attempts" ADD CONSTRAINT "delivery_attempts_execution_id_callbacks_execution_id_fk" FOREIGN KEY ("execution_id") REFERENCES "public"."callbacks"("execution_id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "execution_events" ADD CONSTRAINT "execution_events_execution_id_executions_id_fk" FOREIGN KEY ("execution_id") REFERENCES "public"."executions"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "execution_series" ADD CONSTRAINT "execution_series_execution_id_executions_id_fk" FOREIGN KEY ("execution_id") REFERENCES "public"."executions"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "price_tickers" ADD CONSTRAINT "price_tickers_import_id_price_imports_id_fk" FOREIGN KEY ("import_id") REFERENCES "public"."price_imports"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
CREATE INDEX "execution_events_feed" ON "execution_events" USING btree ("transaction","execution_id","number");--> statement-breakpoint
CREATE INDEX "executions_by_status" ON "executions" USING btree ("status","id" DESC NULLS LAST);--> statement-breakpoint
CREATE INDEX "executions_by_strategy" ON "executions" USING btree ("strategy","id" DESC NULLS LAST);