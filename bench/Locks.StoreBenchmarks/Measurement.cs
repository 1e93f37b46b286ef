namespace Locks.StoreBenchmarks;

/// <summary>What one contender did in one round.</summary>
/// <param name="RowsPerSecond">Rows per second.</param>
/// <param name="P50">The middle operation's length, in microseconds.</param>
/// <param name="Cpu">Microseconds of this process's processor time for a row.</param>
/// <param name="ServerCpu">Microseconds of the server's processor time for a row.</param>
/// <param name="Wal">Bytes of the server's log for a row.</param>
internal sealed record Measurement(double RowsPerSecond, double P50, double Cpu, double ServerCpu, double Wal)
{
    private static readonly TimeProvider Time = TimeProvider.System;

    public static async Task<Measurement> OfAsync(Contender contender, TimeSpan length, Server server, CancellationToken cancellationToken)
    {
        // What the contender before left is not to be collected in this one's time.
        GC.Collect();
        var (serverCpu, wal) = await server.UsageAsync();
        var cpu = Environment.CpuUsage.TotalTime;
        var start = Time.GetTimestamp();
        var lengths = (await Task.WhenAll(Enumerable.Range(0, contender.InFlight).Select(caller => Task.Run(() => CallAsync(caller), cancellationToken))))
            .SelectMany(all => all).Order().ToList();
        var seconds = Time.GetElapsedTime(start).TotalSeconds;
        var spent = Environment.CpuUsage.TotalTime - cpu;
        var after = await server.UsageAsync();

        var rows = (double)lengths.Count * contender.Rows;
        return new Measurement(
            rows / seconds,
            lengths[lengths.Count / 2],
            spent.TotalMicroseconds / rows,
            (after.Cpu - serverCpu) * 1e6 / rows,
            (after.Wal - wal) / rows);

        async Task<List<double>> CallAsync(int caller)
        {
            var lengths = new List<double>();
            while (Time.GetElapsedTime(start) < length)
            {
                var began = Time.GetTimestamp();
                await contender.Operation(caller, cancellationToken);
                lengths.Add(Time.GetElapsedTime(began).TotalMicroseconds);
            }

            return lengths;
        }
    }

    /// <summary>The middle of each figure.</summary>
    public static Measurement MedianOf(IReadOnlyCollection<Measurement> rounds)
    {
        return new Measurement(Of(m => m.RowsPerSecond), Of(m => m.P50), Of(m => m.Cpu), Of(m => m.ServerCpu), Of(m => m.Wal));

        double Of(Func<Measurement, double> figure) => rounds.Select(figure).Order().ElementAt(rounds.Count / 2);
    }
}
