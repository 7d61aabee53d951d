CREATE TABLE "exchange_days" (
	"exchange" text NOT NULL,
	"day" date NOT NULL,
	"session" boolean NOT NULL,
	"close" text,
	"note" text,
	"set_at" timestamp (3) with time zone DEFAULT now() NOT NULL,
	CONSTRAINT "exchange_days_exchange_day_pk" PRIMARY KEY("exchange","day")
);
--> statement-breakpoint
ALTER TABLE "price_tickers" ADD COLUMN "exchange" text DEFAULT 'XNYS' NOT NULL;