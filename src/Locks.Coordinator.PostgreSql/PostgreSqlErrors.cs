using System.Diagnostics.CodeAnalysis;
using System.Net.Sockets;
using Locks.Coordinator.Storage;
using Npgsql;

namespace Locks.Coordinator.PostgreSql;

/// <summary>Distinguishes failures that may pass from defects.</summary>
internal static class PostgreSqlErrors
{
    /// <summary>
    /// Every failure of PostgreSQL or of the way to it may pass, except those that say that a statement or its values are wrong. Missing
    /// tables or rights may pass, too: a migration or an administrator can add them while messages wait.
    /// </summary>
    public static bool MayPass(Exception failure, [NotNullWhen(true)] out LockStoreUnavailableException? unavailable)
    {
        var message = failure switch
        {
            PostgresException { SqlState: var state } when IsAboutTheTables(state) =>
                "The tables of Locks are missing or old in this PostgreSQL database: run the migration.",
            _ when IsAboutPreparation(failure) =>
                "A pooler between the coordinator and PostgreSQL does not keep what a session has prepared: connect to PostgreSQL " +
                "directly, let the pooler pool sessions, or set the option PoolMode to Transaction (or leave it out).",

            PostgresException { SqlState: PostgresErrorCodes.InsufficientPrivilege } denial =>
                $"PostgreSQL refused a statement: {denial.MessageText}. " +
                "The role needs USAGE on the schema locks, and SELECT, INSERT, UPDATE and DELETE on its tables.",
            PostgresException { SqlState: PostgresErrorCodes.ReadOnlySqlTransaction } =>
                "PostgreSQL takes no writes here: this is a standby, or default_transaction_read_only is on. Connect to the primary; " +
                "a connection string that names several hosts finds it with Target Session Attributes=primary.",

            // So PgBouncer refuses what it does not do, and says in words what that is.
            PostgresException { SqlState: PostgresErrorCodes.ProtocolViolation } refusal =>
                $"PostgreSQL, or a pooler before it, refused a connection or a statement: {refusal.MessageText}." + RemedyFor(refusal),
            PostgresException { SqlState: var state } when IsAboutTheStatement(state) => null,
            PostgresException { SqlState: var state } => $"PostgreSQL could not serve a statement (SQLSTATE {state}).",

            // A host name that does not resolve comes as the bare socket's error.
            NpgsqlException or SocketException or TimeoutException => "PostgreSQL can't be reached, or did not answer in time.",

            // So EF Core wraps what it holds for transient.
            InvalidOperationException { InnerException: NpgsqlException inner } =>
                MayPass(inner, out var wrapped) ? wrapped.Message : null,
            _ when IsAboutTheConversation(failure) =>
                "PostgreSQL's answer to a statement was not understood; its connection was closed, and what was written is not known.",
            _ => null,
        };
        unavailable = message is null ? null : new LockStoreUnavailableException(message, failure);
        return unavailable is not null;
    }

    /// <summary>
    /// Whether a prepared statement is not in the session that it was prepared in, or another one is there: a pooler has exchanged it.
    /// </summary>
    public static bool IsAboutPreparation(Exception failure) => failure is PostgresException
    {
        SqlState: PostgresErrorCodes.DuplicatePreparedStatement or PostgresErrorCodes.InvalidSqlStatementName,
    };

    private static string RemedyFor(PostgresException refusal) =>
        refusal.MessageText.Contains("statement pooling", StringComparison.Ordinal)
            ? " The pooler has to pool transactions or sessions (PgBouncer's pool_mode)."
            : "";

    // Npgsql lost its place in what PostgreSQL sends. It closes the connection, so another try starts afresh, but it says so by a bare
    // exception and not by one of its own: type and text are all there is to know it by.
    private static bool IsAboutTheConversation(Exception failure) =>
        failure.GetType() == typeof(Exception) &&
        failure.Message.StartsWith("Received unexpected backend message", StringComparison.Ordinal);

    private static bool IsAboutTheTables(string state) =>
        state is PostgresErrorCodes.UndefinedTable or PostgresErrorCodes.UndefinedColumn or PostgresErrorCodes.InvalidSchemaName;

    private static bool IsAboutTheStatement(string state) =>
        state[..2] is "21" or "22" or "23" or "42";
}
