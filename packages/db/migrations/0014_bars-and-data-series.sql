CREATE TABLE "data_series" (
	"name" text PRIMARY KEY NOT NULL,
	"source" text NOT NULL,
	"days" date[] NOT NULL,
	"known_on" date[] NOT NULL,
	"values" double precision[] NOT NULL,
	"sha256" text NOT NULL,
	"loaded_at" timestamp (3) with time zone DEFAULT now() NOT NULL
);
--> statement-breakpoint
ALTER TABLE "price_tickers" ADD COLUMN "bars" text DEFAULT '' NOT NULL;--> statement-breakpoint
ALTER TABLE "price_tickers" ADD COLUMN "warnings" json DEFAULT '[]'::json NOT NULL;--> statement-breakpoint
ALTER TABLE "prices" ADD COLUMN "open" double precision;--> statement-breakpoint
ALTER TABLE "prices" ADD COLUMN "high" double precision;--> statement-breakpoint
ALTER TABLE "prices" ADD COLUMN "low" double precision;--> statement-breakpoint
ALTER TABLE "prices" ADD COLUMN "volume" double precision;