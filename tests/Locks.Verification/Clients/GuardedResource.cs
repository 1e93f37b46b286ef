using Npgsql;

namespace Locks.Verification.Clients;

/// <summary>
/// What the locks guard: a row for each key, which takes a write only with a fencing token that is not lower than the highest it has seen,
/// and records what it took, in that order.
/// </summary>
/// <param name="connectionString">The database.</param>
/// <param name="isPooled">Whether connections are kept; one that is kept fails once after the database was away.</param>
internal sealed class GuardedResource(string connectionString, bool isPooled = true) : IAsyncDisposable
{
    private const string Tables = """
        CREATE TABLE guarded (key text PRIMARY KEY, fence bigint NOT NULL, version bigint NOT NULL);
        CREATE TABLE accepted (
            key text NOT NULL, version bigint NOT NULL, fence bigint NOT NULL, process text NOT NULL, call bigint NOT NULL)
        """;

    /// <summary>What its sessions are called in the database.</summary>
    public const string SessionName = "guarded-resource";

    private const string Fenced = " AND fence <= $2";

    private readonly NpgsqlDataSource _database = NpgsqlDataSource.Create(new NpgsqlConnectionStringBuilder(connectionString)
    {
        Pooling = isPooled,
        MaxPoolSize = 8,
        CommandTimeout = 5,
        Timeout = 5,
        ApplicationName = SessionName,
    });

    /// <summary>Creates the tables, with a row for each key.</summary>
    public async Task CreateAsync(IEnumerable<string> keys)
    {
        await using var create = _database.CreateCommand(Tables);
        await create.ExecuteNonQueryAsync();
        await using var insert = _database.CreateCommand("INSERT INTO guarded SELECT unnest($1), 0, 0");
        insert.Parameters.AddWithValue(keys.ToArray());
        await insert.ExecuteNonQueryAsync();
    }

    /// <summary>Writes.</summary>
    /// <param name="key">What is written.</param>
    /// <param name="fence">The writer's fencing token.</param>
    /// <param name="process">The process that writes.</param>
    /// <param name="call">The number of the call.</param>
    /// <param name="isFenced">Whether the resource looks at the token.</param>
    /// <returns>Whether the resource accepted the write.</returns>
    public async Task<bool> WriteAsync(string key, long fence, string process, long call, bool isFenced)
    {
        await using var write = _database.CreateCommand($"""
            WITH written AS (
                UPDATE guarded SET fence = $2, version = version + 1 WHERE key = $1{(isFenced ? Fenced : "")} RETURNING version)
            INSERT INTO accepted SELECT $1, version, $2, $3, $4 FROM written
            """);
        write.Parameters.AddWithValue(key);
        write.Parameters.AddWithValue(fence);
        write.Parameters.AddWithValue(process);
        write.Parameters.AddWithValue(call);
        return await write.ExecuteNonQueryAsync() == 1;
    }

    /// <summary>The highest token that the resource has seen for a key.</summary>
    public async Task<long> HighestFenceAsync(string key)
    {
        await using var read = _database.CreateCommand("SELECT fence FROM guarded WHERE key = $1");
        read.Parameters.AddWithValue(key);
        return (long)(await read.ExecuteScalarAsync())!;
    }

    /// <summary>Everything that the resource has accepted.</summary>
    public async Task<IReadOnlyList<(string Key, long Version, long Fence, string Process, long Call)>> ReadAsync()
    {
        var accepted = new List<(string, long, long, string, long)>();
        await using var read = _database.CreateCommand("SELECT key, version, fence, process, call FROM accepted");
        await using var rows = await read.ExecuteReaderAsync();
        while (await rows.ReadAsync())
            accepted.Add((rows.GetString(0), rows.GetInt64(1), rows.GetInt64(2), rows.GetString(3), rows.GetInt64(4)));
        return accepted;
    }

    public ValueTask DisposeAsync() => _database.DisposeAsync();
}
