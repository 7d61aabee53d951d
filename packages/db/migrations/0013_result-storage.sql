-- Series arrive compressed: the database need not try again.
ALTER TABLE "execution_series" ALTER COLUMN "series" SET STORAGE EXTERNAL;--> statement-breakpoint
-- pglz takes as long for a result as all else that its end takes; lz4 a quarter of that. Servers built without lz4 keep results as they are.
DO $$
BEGIN
	EXECUTE 'ALTER TABLE "executions" ALTER COLUMN "result" SET COMPRESSION lz4';
EXCEPTION WHEN feature_not_supported OR syntax_error THEN
	ALTER TABLE "executions" ALTER COLUMN "result" SET STORAGE EXTERNAL;
END $$;
