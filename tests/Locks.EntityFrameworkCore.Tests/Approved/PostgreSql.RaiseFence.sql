INSERT INTO "LockFences" AS fence ("Id", "Key", "Token") VALUES ({0}, {1}, {2})
ON CONFLICT ("Id") DO UPDATE SET "Token" = excluded."Token" WHERE fence."Token" <= excluded."Token"
