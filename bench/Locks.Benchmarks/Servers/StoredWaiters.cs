using Locks.Benchmarks.Measuring;
using Locks.Contracts;
using Npgsql;

namespace Locks.Benchmarks.Servers;

/// <summary>Looks into the store for who waits.</summary>
internal static class StoredWaiters
{
    private static readonly TimeProvider Time = TimeProvider.System;
    private static readonly TimeSpan Interval = TimeSpan.FromMilliseconds(200);
    private static readonly TimeSpan TimeLimit = TimeSpan.FromMinutes(2);

    /// <summary>Waits for so many waiters of a key.</summary>
    /// <exception cref="MeasurementFailedException">They did not come, or left again.</exception>
    public static async Task UntilLongAsync(string database, string key, int waiters, Task load, CancellationToken cancellationToken)
    {
        await using var dataSource = NpgsqlDataSource.Create(database);
        await using var count = dataSource.CreateCommand("SELECT count(*) FROM locks.lock_waiters WHERE lock_id = $1");
        count.Parameters.Add(new NpgsqlParameter { Value = LockKey.ToId(key) });
        var stored = await UntilAsync(count, stored => stored == waiters || load.IsCompleted, cancellationToken);
        if (load.IsCompleted)
            await load;
        if (stored != waiters)
            throw new MeasurementFailedException($"{stored} of {waiters} waiters are in the queue, and no more come.");
    }

    /// <summary>Waits until those who gave up have left.</summary>
    /// <exception cref="MeasurementFailedException">They did not.</exception>
    public static async Task UntilEmptyAsync(string database, CancellationToken cancellationToken)
    {
        await using var dataSource = NpgsqlDataSource.Create(database);
        await using var count = dataSource.CreateCommand("SELECT count(*) FROM locks.lock_waiters");
        if (await UntilAsync(count, stored => stored == 0, cancellationToken) is > 0 and var stored)
            throw new MeasurementFailedException($"{stored} waiters are in the queue, though all gave up.");
    }

    private static async Task<long> UntilAsync(NpgsqlCommand count, Func<long, bool> holds, CancellationToken cancellationToken)
    {
        for (var start = Time.GetTimestamp(); ;)
        {
            var stored = (long)(await count.ExecuteScalarAsync(cancellationToken))!;
            if (holds(stored) || Time.GetElapsedTime(start) > TimeLimit)
                return stored;
            await Task.Delay(Interval, Time, cancellationToken);
        }
    }
}
