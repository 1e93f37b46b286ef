using System.Diagnostics.CodeAnalysis;
using Locks.Coordinator.Storage;
using Microsoft.Data.SqlClient;

namespace Locks.Coordinator.SqlServer;

/// <summary>Distinguishes failures that may pass from defects.</summary>
internal static class SqlServerErrors
{
    private const int InvalidColumn = 207, InvalidObject = 208;

    /// <summary>
    /// Every failure of SQL Server or of the way to it may pass, except those that say that a statement or its values are wrong. Missing
    /// tables or rights may pass, too: a migration or an administrator can add them while messages wait.
    /// </summary>
    public static bool MayPass(Exception failure, [NotNullWhen(true)] out LockStoreUnavailableException? unavailable)
    {
        var message = failure switch
        {
            SqlException error => Explain(error.Number),

            // So EF Core wraps what it holds for transient.
            InvalidOperationException { InnerException: SqlException error } => Explain(error.Number),
            _ => null,
        };
        unavailable = message is null ? null : new LockStoreUnavailableException(message, failure);
        return unavailable is not null;
    }

    /// <summary>Says what a SQL Server error means, if it may pass.</summary>
    public static string? Explain(int error) => error switch
    {
        InvalidObject or InvalidColumn => "The tables of Locks are missing or old in this SQL Server database: run the migration.",
        102 or 156 => null, // syntax
        241 or 245 or 8114 or 8115 or 8169 or 13609 => null, // conversions, bad JSON
        515 or 547 or 2601 or 2627 => null, // constraints
        2628 or 8152 => null, // text too long
        > 0 => $"SQL Server could not serve a statement (error {error}).",
        _ => "SQL Server can't be reached, or did not answer in time.",
    };
}
