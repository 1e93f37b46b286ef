using Locks.Benchmarks.Measuring;
using Npgsql;

namespace Locks.Benchmarks.Servers;

/// <summary>Looks at the store for how many wait.</summary>
internal static class WaitingLine
{
    private static readonly TimeProvider Time = TimeProvider.System;
    private static readonly TimeSpan Interval = TimeSpan.FromMilliseconds(200);
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(5);

    /// <exception cref="MeasurementFailedException">They did not come, or left again.</exception>
    public static async Task UntilLongAsync(string database, int waiters, Task load, CancellationToken cancellationToken)
    {
        await using var dataSource = NpgsqlDataSource.Create(database);
        var start = Time.GetTimestamp();
        var stored = 0L;
        while (Time.GetElapsedTime(start) < Patience)
        {
            await using var count = dataSource.CreateCommand("SELECT count(*) FROM locks.lock_waiters");
            stored = (long)(await count.ExecuteScalarAsync(cancellationToken))!;
            if (stored == waiters)
                return;
            if (load.IsCompleted)
            {
                await load;
                break;
            }

            await Task.Delay(Interval, Time, cancellationToken);
        }

        throw new MeasurementFailedException($"{stored} of {waiters} waiters are in line, and no more come.");
    }
}
