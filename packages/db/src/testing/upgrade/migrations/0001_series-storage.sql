-- The series come compressed: trying again would only cost time.
ALTER TABLE "execution_series" ALTER COLUMN "series" SET STORAGE EXTERNAL;
