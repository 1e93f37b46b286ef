UPDATE [a]
SET [a].[Balance] = [a].[Balance] + 50.0,
    [a].[Fence] = @p
FROM [Accounts] AS [a]
WHERE [a].[Id] = @id AND [a].[Fence] <= @fencingToken
-- @p: Int64 = 34
-- @id: Int32 = 7
-- @fencingToken: Int64 = 34

SELECT MAX([a].[Fence])
FROM [Accounts] AS [a]
WHERE [a].[Id] = @id
-- @id: Int32 = 7
