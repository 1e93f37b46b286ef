UPDATE [a]
SET [a].[Fence] = @p
FROM [Accounts] AS [a]
WHERE [a].[Id] = 7 AND [a].[Fence] <= @fencingToken
-- @p: Int64 = 34
-- @fencingToken: Int64 = 34
