CREATE TABLE "feed_epoch" (
	"only" boolean PRIMARY KEY DEFAULT true NOT NULL,
	"epoch" text NOT NULL,
	"origin" text NOT NULL,
	CONSTRAINT "feed_epoch_only" CHECK ("feed_epoch"."only")
);
