using Microsoft.Extensions.Logging;

namespace Locks.Coordinator.PostgreSql;

/// <summary>What the PostgreSQL store logs.</summary>
internal static partial class PostgreSqlLog
{
    [LoggerMessage(1, LogLevel.Information,
        "A pooler answers between this coordinator and PostgreSQL. It is taken to pool transactions: statements are not prepared, and "
        + "each brings its settings along. A direct connection is faster; so is a pooler that pools sessions, if the option PoolMode is "
        + "set to Session.")]
    public static partial void PoolerFound(this ILogger logger);
}
