using Locks.Benchmarks.Candidates;
using Locks.Benchmarks.Measuring;
using Npgsql;

namespace Locks.Benchmarks.Baselines;

/// <summary>
/// What a user would pick instead: session advisory locks of PostgreSQL. Each lock takes a connection from the pool and keeps it until its
/// release. They are neither stored nor leased, nor do they have fencing tokens.
/// </summary>
/// <param name="Store">The database.</param>
/// <param name="Pool">How many connections there are at most; a caller that finds none free waits for one.</param>
internal sealed record AdvisoryLocksResource(string Store, int Pool) : Resource
{
    public override Task<IAsyncDisposable> OpenAsync(CancellationToken cancellationToken) =>
        Task.FromResult<IAsyncDisposable>(new AdvisoryLocks(Store, Pool));
}

/// <summary>Locks and unlocks. Statements stay prepared for as long as their connection is in the pool.</summary>
internal sealed class AdvisoryLocks(string store, int pool) : IOperation
{
    private const int LongestWait = 300;

    // 64 bits: with 32 of them, two of a thousand keys are the same lock once in ten thousand runs.
    private const string Try = "SELECT pg_try_advisory_lock(hashtextextended($1, 0))";
    private const string Wait = "SELECT true FROM pg_advisory_lock(hashtextextended($1, 0))";
    private const string Unlock = "SELECT pg_advisory_unlock(hashtextextended($1, 0))";

    private readonly NpgsqlDataSource _connections = NpgsqlDataSource.Create(new NpgsqlConnectionStringBuilder(store)
    {
        MaxPoolSize = pool,
        MaxAutoPrepare = 8,
        AutoPrepareMinUsages = 2,
        Timeout = LongestWait,
        CommandTimeout = LongestWait,
        // What is left to reset was released; the round trip would only make the baseline slower.
        NoResetOnClose = true,
    });

    public async Task<Func<Task>> TakeAsync(string key, TimeSpan? wait, CancellationToken cancellationToken)
    {
        var connection = await _connections.OpenConnectionAsync(cancellationToken);
        if (!await AskAsync(connection, wait is null ? Try : Wait, key, cancellationToken))
            throw new MeasurementFailedException($"The advisory lock of '{key}' was busy, though no other caller uses it.");
        return async () =>
        {
            if (!await AskAsync(connection, Unlock, key, CancellationToken.None))
                throw new MeasurementFailedException($"The advisory lock of '{key}' was lost before its release.");
            await connection.DisposeAsync();
        };
    }

    public ValueTask DisposeAsync() => _connections.DisposeAsync();

    private static async Task<bool> AskAsync(NpgsqlConnection connection, string statement, string key, CancellationToken cancellationToken)
    {
        await using var command = new NpgsqlCommand(statement, connection) { Parameters = { new() { Value = key } } };
        return await command.ExecuteScalarAsync(cancellationToken) is true;
    }
}
