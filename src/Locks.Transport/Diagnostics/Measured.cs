using System.Diagnostics.Metrics;

namespace Locks.Transport.Diagnostics;

/// <summary>What the instruments of client and coordinator have in common: their tags and the boundaries of their histograms.</summary>
internal static class Measured
{
    /// <summary>The tag that says how it ended.</summary>
    public const string Outcome = "locks.outcome";

    /// <summary>The tag with the group of the key. Never the key: the number of keys is unbounded.</summary>
    public const string KeyGroup = "locks.key_group";

    /// <summary>OpenTelemetry's name for the queue that a message came by.</summary>
    public const string Queue = "messaging.destination.name";

    /// <summary>OpenTelemetry's name for the type of an exception.</summary>
    public const string ErrorType = "error.type";

    /// <summary>In seconds: from a fast answer to a long wait.</summary>
    public static readonly InstrumentAdvice<double> Answers = new()
    {
        HistogramBucketBoundaries = [0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 300],
    };

    /// <summary>In seconds: from a moment to most of a day.</summary>
    public static readonly InstrumentAdvice<double> Holds = new()
    {
        HistogramBucketBoundaries = [0.001, 0.005, 0.01, 0.05, 0.1, 0.5, 1, 5, 10, 30, 60, 300, 900, 3_600, 14_400, 43_200],
    };

    /// <summary>From one to as many as one message or commit takes.</summary>
    public static readonly InstrumentAdvice<int> Sizes = new()
    {
        HistogramBucketBoundaries = [1, 2, 4, 8, 16, 32, 64, 128, 256, 512, 1_024],
    };

    /// <summary>From one waiter to as many as a queue takes.</summary>
    public static readonly InstrumentAdvice<int> Lengths = new()
    {
        HistogramBucketBoundaries = [1, 2, 5, 10, 20, 50, 100, 200, 500, 1_000, 2_000, 5_000, 10_000, 20_000],
    };

    /// <summary>Counts how something ended; without the group where the key has none.</summary>
    public static void Add(this Counter<long> counter, long count, string outcome, string? keyGroup)
    {
        // Tags one by one: a list of them has room for eight, which is cleared each time.
        if (keyGroup is null)
            counter.Add(count, new KeyValuePair<string, object?>(Outcome, outcome));
        else
            counter.Add(count, new KeyValuePair<string, object?>(Outcome, outcome), new KeyValuePair<string, object?>(KeyGroup, keyGroup));
    }

    /// <summary>Counts what can end in one way alone.</summary>
    public static void Add(this Counter<long> counter, long count, string? keyGroup)
    {
        if (keyGroup is null)
            counter.Add(count);
        else
            counter.Add(count, new KeyValuePair<string, object?>(KeyGroup, keyGroup));
    }

    /// <summary>Records how long something lasted, and how it ended, in seconds.</summary>
    public static void Record(this Histogram<double> histogram, TimeSpan duration, string outcome, string? keyGroup)
    {
        if (keyGroup is null)
        {
            histogram.Record(duration.TotalSeconds, new KeyValuePair<string, object?>(Outcome, outcome));
        }
        else
        {
            histogram.Record(
                duration.TotalSeconds, new KeyValuePair<string, object?>(Outcome, outcome), new KeyValuePair<string, object?>(KeyGroup, keyGroup));
        }
    }

    /// <summary>A meter that ends with its owner. One of the host's factory, where there is one, so that tests can tell hosts apart.</summary>
    public static Meter CreateMeter(string name, IMeterFactory? factory, object owner) =>
        factory?.Create(new MeterOptions(name)) ?? new Meter(new MeterOptions(name) { Scope = owner });
}
