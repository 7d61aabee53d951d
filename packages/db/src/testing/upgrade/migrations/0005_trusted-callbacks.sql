CREATE TABLE "receiver_reports" (
	"origin" text NOT NULL,
	"process" uuid NOT NULL,
	"circuit" text NOT NULL,
	"failures" integer,
	"open_until" timestamp (3) with time zone,
	"under_way" integer NOT NULL,
	"delivered_at" timestamp (3) with time zone,
	"failed_at" timestamp (3) with time zone,
	"reported_at" timestamp (3) with time zone DEFAULT now() NOT NULL,
	CONSTRAINT "receiver_reports_origin_process_pk" PRIMARY KEY("origin","process")
);
--> statement-breakpoint
CREATE TABLE "signing_secrets" (
	"id" text PRIMARY KEY NOT NULL,
	"client" text NOT NULL,
	"version" text NOT NULL,
	"sealed" "bytea" NOT NULL,
	"public_key" text,
	"created_at" timestamp (3) with time zone DEFAULT now() NOT NULL,
	"ends_at" timestamp (3) with time zone,
	CONSTRAINT "signing_secrets_version" CHECK ("signing_secrets"."version" in ('v1', 'v1a'))
);
--> statement-breakpoint
ALTER TABLE "delivery_attempts" ADD COLUMN "duration_ms" integer;--> statement-breakpoint
ALTER TABLE "delivery_attempts" ADD COLUMN "signed_with" json;--> statement-breakpoint
ALTER TABLE "delivery_attempts" ADD COLUMN "redelivery" boolean DEFAULT false NOT NULL;--> statement-breakpoint
CREATE INDEX "signing_secrets_by_client" ON "signing_secrets" USING btree ("client","created_at");