using Locks.Storage.Relational;
using Microsoft.Data.Sqlite;

namespace Locks.Coordinator.Sqlite;

/// <summary>The one connection that the store reads and writes on, with its prepared statements. Not safe for use by several at once.</summary>
internal sealed class SqliteSession : IDisposable
{
    private readonly SqliteConnection _connection;
    private readonly Dictionary<string, SqliteCommand> _commands = [];

    private SqliteSession(SqliteConnection connection) => _connection = connection;

    /// <summary>Opens the connection: with a write-ahead log, and with every commit on the disk before it returns.</summary>
    /// <exception cref="SqliteException">The file can't be opened, or is no database.</exception>
    public static SqliteSession Open(string connectionString)
    {
        var session = new SqliteSession(new SqliteConnection(connectionString));
        try
        {
            session._connection.Open();
            session.Pragma("journal_mode = WAL");
            session.Pragma("synchronous = FULL");
            return session;
        }
        catch
        {
            session.Dispose();
            throw;
        }
    }

    /// <summary>Sets something of the connection.</summary>
    public void Pragma(string setting)
    {
        using var command = _connection.CreateCommand();
#pragma warning disable CA2100 // Constants of this program.
        command.CommandText = $"PRAGMA {setting}";
#pragma warning restore CA2100
        command.ExecuteNonQuery();
    }

    /// <summary>Runs work in one transaction, which is rolled back when it throws.</summary>
    public T InTransaction<T>(Func<T> work)
    {
        Change("BEGIN IMMEDIATE");
        try
        {
            var result = work();
            Change("COMMIT");
            return result;
        }
        catch
        {
            RollBack();
            throw;
        }
    }

    /// <summary>Runs a statement with the values of a row.</summary>
    /// <returns>How many rows it changed.</returns>
    public int Change<TRow>(string statement, Table<TRow> table, TRow row)
    {
        var command = Prepared(statement);
        foreach (var column in table.Input)
            Bind(command, SqliteStatements.ParameterOf(column), column.ValueOf(row));
        return command.ExecuteNonQuery();
    }

    /// <summary>Runs a statement with these values.</summary>
    /// <returns>How many rows it changed.</returns>
    public int Change(string statement, params ReadOnlySpan<(string Name, object Value)> values) =>
        With(Prepared(statement), values).ExecuteNonQuery();

    /// <summary>Runs a statement with these values and reads what it returns.</summary>
    public async Task<T> ReadAsync<T>(string statement, Func<RowReader, Task<T>> read, params (string Name, object Value)[] values)
    {
        var reader = With(Prepared(statement), values).ExecuteReader();
        await using var _ = reader.ConfigureAwait(false);
        return await read(new SqliteRowReader(reader)).ConfigureAwait(false);
    }

    /// <summary>Runs a statement that returns a number.</summary>
    public long ReadNumber(string statement, params ReadOnlySpan<(string Name, object Value)> values) =>
        (long)With(Prepared(statement), values).ExecuteScalar()!;

    public void Dispose()
    {
        foreach (var command in _commands.Values)
            command.Dispose();
        _connection.Dispose();
    }

    private static SqliteCommand With(SqliteCommand command, ReadOnlySpan<(string Name, object Value)> values)
    {
        foreach (var (name, value) in values)
            Bind(command, name, value);
        return command;
    }

    private static void Bind(SqliteCommand command, string name, object? value)
    {
        var place = command.Parameters.IndexOf(name);
        if (place < 0)
            command.Parameters.AddWithValue(name, SqliteValues.Of(value));
        else
            command.Parameters[place].Value = SqliteValues.Of(value);
    }

    private SqliteCommand Prepared(string statement)
    {
        if (_commands.TryGetValue(statement, out var prepared))
            return prepared;

        var command = _connection.CreateCommand();
#pragma warning disable CA2100 // The statements are constants of this program.
        command.CommandText = statement;
#pragma warning restore CA2100
        _commands.Add(statement, command);
        return command;
    }

    // A full disk ends the transaction by itself; there is nothing to roll back then.
    private void RollBack()
    {
        try
        {
            Change("ROLLBACK");
        }
        catch (SqliteException)
        {
        }
    }
}
