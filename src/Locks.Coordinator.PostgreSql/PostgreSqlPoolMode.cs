namespace Locks.Coordinator.PostgreSql;

/// <summary>How long a session of the server belongs to a connection of the store.</summary>
public enum PostgreSqlPoolMode
{
    /// <summary>
    /// As long as the connection is open: there is no pooler, or one that pools whole sessions (PgBouncer's <c>pool_mode = session</c>).
    /// Statements stay prepared.
    /// </summary>
    Session,

    /// <summary>
    /// For one transaction: a pooler gives the next transaction another one (PgBouncer's <c>pool_mode = transaction</c>). Each statement is
    /// planned anew, and brings its settings along.
    /// </summary>
    Transaction,
}
