using Locks.Benchmarks.Command;
using Locks.Benchmarks.Measuring;
using Locks.Benchmarks.Report;

namespace Locks.Benchmarks.Scenarios;

/// <summary>
/// Measures everything in turn, again and again, every other time backwards: what else happens on the machine meanwhile then meets all of
/// them alike.
/// </summary>
internal static class Rounds
{
    // Long enough for the compiler's second look at what runs often: one caller's operations go on becoming faster for ten seconds.
    private static readonly TimeSpan LongestWarmUp = TimeSpan.FromSeconds(10);

    public static async Task<IReadOnlyList<EntryFigures>> RunAsync(
        IReadOnlyList<Entry> entries, BenchmarkSettings settings, CancellationToken cancellationToken)
    {
        await Console.Error.WriteLineAsync("Warming up.");
        var warmUp = settings.Length * 3 < LongestWarmUp ? settings.Length * 3 : LongestWarmUp;
        foreach (var entry in entries)
            await entry.MeasureAsync(warmUp, cancellationToken);

        var found = entries.ToDictionary(entry => entry, _ => new List<Measurement>());
        for (var round = 1; round <= settings.Rounds; round++)
        {
            await Console.Error.WriteLineAsync($"Round {round} of {settings.Rounds}.");
            foreach (var entry in round % 2 == 1 ? entries : entries.Reverse())
                found[entry].Add(await entry.MeasureAsync(settings.Length, cancellationToken));
        }

        return [.. entries.Select(entry => EntryFigures.Of(entry, found[entry], floor => found[floor]))];
    }
}
