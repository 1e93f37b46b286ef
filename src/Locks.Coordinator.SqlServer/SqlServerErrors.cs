using System.Diagnostics.CodeAnalysis;
using Locks.Coordinator.Storage;
using Microsoft.Data.SqlClient;

namespace Locks.Coordinator.SqlServer;

/// <summary>Distinguishes failures that may pass from defects.</summary>
internal static class SqlServerErrors
{
    private const int InvalidColumn = 207, InvalidObject = 208;
    private const int Denied = 229, ColumnDenied = 230, DatabaseDenied = 262, ReadOnlyDatabase = 3906;

    /// <summary>The severity of all errors that are about the text of a statement.</summary>
    private const byte Syntax = 15;

    /// <summary>
    /// Every failure of SQL Server or of the way to it may pass, except those that say that a statement or its values are wrong. Missing
    /// tables or rights may pass, too: a migration or an administrator can add them while messages wait.
    /// </summary>
    public static bool MayPass(Exception failure, [NotNullWhen(true)] out LockStoreUnavailableException? unavailable)
    {
        var message = SqlErrorOf(failure) is { } error ? Explain(error) : null;
        unavailable = message is null ? null : new LockStoreUnavailableException(message, failure);
        return unavailable is not null;
    }

    /// <summary>SQL Server's error; EF Core wraps one that it holds for transient.</summary>
    public static SqlException? SqlErrorOf(Exception failure) =>
        failure as SqlException ?? (failure as InvalidOperationException)?.InnerException as SqlException;

    /// <summary>Says what a SQL Server error means, if it may pass.</summary>
    /// <param name="error">Its number.</param>
    /// <param name="text">Its own text, which repeats no value of a row where it is passed on.</param>
    public static string? Explain(int error, string text = "") => error switch
    {
        // A table function, which is taken for a table where the level is too low to know it.
        InvalidObject when text.Contains("OPENJSON", StringComparison.OrdinalIgnoreCase) => LevelTooLow,
        InvalidObject or InvalidColumn => "The tables of Locks are missing or old in this SQL Server database: run the migration.",
        Denied or ColumnDenied or DatabaseDenied =>
            $"SQL Server refused a statement: {text} The login needs SELECT, INSERT, UPDATE and DELETE on the schema locks.",
        ReadOnlyDatabase => "This SQL Server database takes no writes: it is read-only, or a secondary replica. Connect to the primary.",
        102 or 156 or 170 or 319 => null, // syntax
        137 or 201 or 8144 or 8145 or 8178 => null, // parameters that are missing, or too many
        110 or 120 or 121 or 213 or 264 or 4104 => null, // columns that do not match
        206 or 243 or 257 or 402 or 2715 or 8117 => null, // types that do not fit
        308 or 1934 or 8622 => null, // no such index, or no plan that the hints or the session's settings allow
        241 or 245 or 8114 or 8115 or 8169 or 13609 => null, // conversions, bad JSON
        515 or 547 or 2601 or 2627 => null, // constraints
        2628 or 8152 => null, // text too long
        > 0 => $"SQL Server could not serve a statement (error {error}).",
        _ => "SQL Server can't be reached, or did not answer in time.",
    };

    /// <summary>The database's compatibility level is too low.</summary>
    public static LockStoreUnavailableException TooLow(int level) =>
        new($"{LevelTooLow} It is {level}.", new NotSupportedException($"The compatibility level {level} has no OPENJSON."));

    private const string LevelTooLow =
        "The compatibility level of this SQL Server database is lower than 130, that of SQL Server 2016, which Locks needs: " +
        "ALTER DATABASE CURRENT SET COMPATIBILITY_LEVEL = 130, or higher.";

    private static string? Explain(SqlException error) => error.Class == Syntax ? null : Explain(error.Number, error.Message);
}
