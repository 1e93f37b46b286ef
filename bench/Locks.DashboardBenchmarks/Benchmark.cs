using System.Collections.Concurrent;
using System.Globalization;
using System.Text.RegularExpressions;

namespace Locks.DashboardBenchmarks;

/// <summary>Rounds without and with dashboards by turns, in the same minutes, under the same load.</summary>
internal sealed partial class Benchmark(RunningServer server, Load load, int dashboards, int rounds, TimeSpan length)
{
    private const int Calls = 20;

    private static readonly string[] Paths =
    [
        "locks?limit=100", "locks?limit=500", "locks?waitingLongerThan=0&limit=500", "lock?key=" + FilledStore.ContendedKey, "statistics",
    ];

    public async Task RunAsync(TextWriter output, CancellationToken cancellationToken)
    {
        await load.MeasureAsync(length, cancellationToken);
        var ratios = new List<double>();
        for (var round = 1; round <= rounds; round++)
        {
            var without = await load.MeasureAsync(length, cancellationToken);
            var (with, events, counts) = await MeasureWithDashboardsAsync(cancellationToken);
            ratios.Add(with / without);
            await output.WriteLineAsync(string.Create(CultureInfo.InvariantCulture,
                $"round {round}: {without:N0} cycles/s without, {with:N0} with {dashboards} dashboards ({with / without:P1}); "
                + $"{events / dashboards / length.TotalSeconds:N2} events a second for each, of {counts} counts"));
        }

        await output.WriteLineAsync(string.Create(CultureInfo.InvariantCulture, $"median: {Median(ratios):P1}"));
        foreach (var path in Paths)
            await output.WriteLineAsync($"GET /api/v1/{path}: {await MeasureAsync(path, cancellationToken)}");
    }

    private async Task<(double CyclesPerSecond, double Events, int Counts)> MeasureWithDashboardsAsync(CancellationToken cancellationToken)
    {
        using var end = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        long events = 0;
        var counts = new ConcurrentDictionary<string, bool>();
        var open = Enumerable.Range(0, dashboards).Select(async _ =>
        {
            using var stream = await server.Http.GetStreamAsync(new Uri("/api/v1/events", UriKind.Relative), end.Token);
            using var reader = new StreamReader(stream);
            while (await reader.ReadLineAsync(end.Token) is { } line)
            {
                if (line.StartsWith("event: snapshot", StringComparison.Ordinal))
                    Interlocked.Increment(ref events);
                else if (CountedAt().Match(line) is { Success: true } counted)
                    counts.TryAdd(counted.Value, true);
            }
        }).ToList();
        var cycles = await load.MeasureAsync(length, cancellationToken);
        await end.CancelAsync();
        foreach (var dashboard in open)
            await dashboard.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        return (cycles, events, counts.Count);
    }

    private async Task<string> MeasureAsync(string path, CancellationToken cancellationToken)
    {
        var times = new List<double>();
        var bytes = 0;
        for (var call = 0; call < Calls; call++)
        {
            var begun = TimeProvider.System.GetTimestamp();
            bytes = (await server.Http.GetByteArrayAsync(new Uri("/api/v1/" + path, UriKind.Relative), cancellationToken)).Length;
            times.Add(TimeProvider.System.GetElapsedTime(begun).TotalMilliseconds);
        }

        return string.Create(CultureInfo.InvariantCulture, $"median {Median(times):N0} ms, longest {times.Max():N0} ms, {bytes:N0} bytes");
    }

    [GeneratedRegex("\"statistics\":{\"at\":\"[^\"]+")]
    private static partial Regex CountedAt();

    private static double Median(List<double> values) => values.Order().ElementAt(values.Count / 2);
}
