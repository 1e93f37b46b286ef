namespace Locks.Server.Configuration;

/// <summary>Where locks are stored.</summary>
internal enum StoreKind
{
    /// <summary>In this process's memory, and lost with it.</summary>
    InMemory,

    /// <summary>In a PostgreSQL database.</summary>
    PostgreSql,

    /// <summary>In a SQL Server database.</summary>
    SqlServer,

    /// <summary>In an SQLite file, which one server at a time can use.</summary>
    Sqlite,
}
