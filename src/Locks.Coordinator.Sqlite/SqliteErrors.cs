using System.Diagnostics.CodeAnalysis;
using Locks.Coordinator.Storage;
using Microsoft.Data.Sqlite;

namespace Locks.Coordinator.Sqlite;

/// <summary>Distinguishes failures that may pass from defects.</summary>
internal static class SqliteErrors
{
    // SQLite's result codes, https://www.sqlite.org/rescode.html
    private const int Error = 1, Perm = 3, Busy = 5, Locked = 6, NoMemory = 7, ReadOnly = 8, Interrupted = 9, InputOutput = 10, Corrupt = 11;
    private const int Full = 13, CannotOpen = 14, Protocol = 15, NoLargeFiles = 22, NotADatabase = 26;

    /// <summary>
    /// Every failure of the file or of the disk may pass, except those that say that a statement or its values are wrong. A damaged file and
    /// missing tables may pass, too: an administrator can bring a backup, or run a migration, while messages wait.
    /// </summary>
    public static bool MayPass(Exception failure, string path, [NotNullWhen(true)] out LockStoreUnavailableException? unavailable)
    {
        var message = failure switch
        {
            SqliteException error => Explain(error.SqliteErrorCode, error.Message, path),
            InvalidOperationException { InnerException: SqliteException error } => Explain(error.SqliteErrorCode, error.Message, path),
            _ => null,
        };
        unavailable = message is null ? null : new LockStoreUnavailableException(message, failure);
        return unavailable is not null;
    }

    /// <summary>Says that the file or its folder can't be written to.</summary>
    public static LockStoreUnavailableException CannotWrite(string path, Exception failure) => new(CannotWrite(path), failure);

    /// <summary>Says what an SQLite error means and what to do about it, if it may pass.</summary>
    public static string? Explain(int error, string message, string path) => error switch
    {
        Full => $"There is no space left for the SQLite file '{path}', so nothing was written: free space on its disk.",
        NotADatabase => $"The file '{path}' is not an SQLite database: name another file, or restore this one from a backup.",
        Corrupt => $"The SQLite file '{path}' is damaged: stop this process and restore the file from a backup, without the files '-wal' and "
            + "'-shm' that are beside it now.",
        Busy or Locked => $"Another program keeps the SQLite file '{path}' locked: end its transaction, or close it.",
        CannotOpen or ReadOnly or Perm => CannotWrite(path),
        Error when message.Contains("no such table", StringComparison.Ordinal) || message.Contains("no such column", StringComparison.Ordinal)
            || message.Contains("has no column", StringComparison.Ordinal) =>
            $"The tables of Locks are missing or old in the SQLite file '{path}': run the migration.",
        InputOutput or NoMemory or Interrupted or Protocol or NoLargeFiles =>
            $"SQLite could not read or write the file '{path}' (error {error}).",
        _ => null,
    };

    private static string CannotWrite(string path) =>
        $"The SQLite file '{path}' can't be opened for writing: this process needs the right to write to the file and to its folder.";
}
