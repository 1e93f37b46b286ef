using Locks.Benchmarks.Contestants;

namespace Locks.Benchmarks.Measuring;

/// <summary>Callers that do one operation after another for a while.</summary>
internal static class Load
{
    private static readonly TimeProvider Time = TimeProvider.System;

    /// <exception cref="MeasurementFailedException">An operation failed.</exception>
    public static async Task<Measurement> RunAsync(
        Contestant contestant, int inFlight, TimeSpan length, CancellationToken cancellationToken)
    {
        GC.Collect();
        var cpu = Environment.CpuUsage.TotalTime;
        var start = Time.GetTimestamp();
        var callers = Enumerable.Range(0, inFlight).Select(caller => Task.Run(() => CallAsync(caller), cancellationToken)).ToArray();
        var samples = await AllAsync(contestant, callers);
        var seconds = Time.GetElapsedTime(start).TotalSeconds;
        var spent = Environment.CpuUsage.TotalTime - cpu;
        cancellationToken.ThrowIfCancellationRequested();

        var operations = samples.Sum(sample => sample.Whole.Count);
        return new Measurement(
            operations,
            operations / seconds,
            Quantiles.Of([.. samples.SelectMany(sample => sample.First)]),
            Quantiles.Of([.. samples.SelectMany(sample => sample.Whole)]),
            spent.TotalMilliseconds / operations);

        async Task<Samples> CallAsync(int caller)
        {
            var samples = new Samples([], []);
            while (Time.GetElapsedTime(start) < length && !cancellationToken.IsCancellationRequested)
            {
                var began = Time.GetTimestamp();
                var second = await contestant.TakeAsync(caller);
                var between = Time.GetTimestamp();
                await second();
                samples.First.Add(between - began);
                samples.Whole.Add(Time.GetTimestamp() - began);
            }

            return samples;
        }
    }

    private static async Task<Samples[]> AllAsync(Contestant contestant, Task<Samples>[] callers)
    {
        try
        {
            return await Task.WhenAll(callers);
        }
        catch (Exception exception) when (exception is not (OperationCanceledException or MeasurementFailedException))
        {
            throw new MeasurementFailedException($"{contestant.Name}: an operation failed: {exception.Message}", exception);
        }
    }

    private sealed record Samples(List<long> First, List<long> Whole);
}
