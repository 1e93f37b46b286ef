namespace Locks.Server.Configuration;

/// <summary>Where locks are kept.</summary>
internal enum StoreKind
{
    /// <summary>In this process's memory, and lost with it.</summary>
    InMemory,

    /// <summary>In a PostgreSQL database.</summary>
    PostgreSql,

    /// <summary>In a SQL Server database.</summary>
    SqlServer,
}
