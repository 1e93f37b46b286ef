namespace Locks.Coordinator.SqlServer;

/// <summary>The statements about the database as a whole.</summary>
internal static class SqlServerSchemaStatements
{
    /// <summary>The compatibility level of this database, or <c>@none</c> where it is not told.</summary>
    public const string CompatibilityLevel =
        "SELECT COALESCE((SELECT CAST(compatibility_level AS int) FROM sys.databases WHERE database_id = DB_ID()), @none);";
}
