UPDATE "Accounts" AS a
SET "Fence" = @p
WHERE a."Id" = 7 AND a."Fence" <= @fencingToken
-- @p: Int64 = 34
-- @fencingToken: Int64 = 34
