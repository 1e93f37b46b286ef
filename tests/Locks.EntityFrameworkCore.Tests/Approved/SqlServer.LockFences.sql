CREATE TABLE [LockFences] (
    [Id] uniqueidentifier NOT NULL,
    [Key] nvarchar(512) NOT NULL,
    [Token] bigint NOT NULL,
    CONSTRAINT [PK_LockFences] PRIMARY KEY ([Id])
);
GO
