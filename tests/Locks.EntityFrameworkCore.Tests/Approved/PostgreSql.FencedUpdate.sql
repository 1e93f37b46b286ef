UPDATE "Accounts" AS a
SET "Balance" = a."Balance" + 50.0,
    "Fence" = @p
WHERE a."Id" = @id AND a."Fence" <= @fencingToken
-- @p: Int64 = 34
-- @id: Int32 = 7
-- @fencingToken: Int64 = 34

SELECT max(a."Fence")
FROM "Accounts" AS a
WHERE a."Id" = @id
-- @id: Int32 = 7
