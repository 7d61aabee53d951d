CREATE TABLE "sessions" (
	"hash" "bytea" PRIMARY KEY NOT NULL,
	"key_prefix" text NOT NULL,
	"created_at" timestamp (3) with time zone DEFAULT now() NOT NULL,
	"expires_at" timestamp (3) with time zone NOT NULL,
	"last_used_at" timestamp (3) with time zone DEFAULT now() NOT NULL
);
--> statement-breakpoint
ALTER TABLE "callbacks" ADD COLUMN "delivery_ended_at" timestamp (3) with time zone;--> statement-breakpoint
ALTER TABLE "callbacks" ADD COLUMN "redelivery_queued_at" timestamp (3) with time zone;--> statement-breakpoint
ALTER TABLE "executions" ADD COLUMN "retry_of" bigint;--> statement-breakpoint
ALTER TABLE "sessions" ADD CONSTRAINT "sessions_key_prefix_api_keys_prefix_fk" FOREIGN KEY ("key_prefix") REFERENCES "public"."api_keys"("prefix") ON DELETE cascade ON UPDATE no action;