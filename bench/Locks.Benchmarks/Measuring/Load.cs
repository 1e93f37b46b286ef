using Locks.Benchmarks.Candidates;

namespace Locks.Benchmarks.Measuring;

/// <summary>Callers that do one operation after another for a while.</summary>
internal static class Load
{
    private static readonly TimeProvider Time = TimeProvider.System;

    /// <exception cref="MeasurementFailedException">An operation failed.</exception>
    public static async Task<LoadFigures> RunAsync(IOperation operation, LoadShape shape, CancellationToken cancellationToken)
    {
        GC.Collect();
        using var window = new Window(shape.Length);
        using var over = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, window.End);
        var waitToken = shape.BehindAHolder ? over.Token : cancellationToken;
        if (!shape.BehindAHolder)
            window.Open();
        var callers = Enumerable.Range(0, shape.Callers).Select(caller => Task.Run(() => CallAsync(shape.KeyOf(caller)), CancellationToken.None));
        var samples = await Task.WhenAll(callers.ToArray());
        // Where those who still wait give up, giving up is not part of the measurement; where they get their turn, it is.
        var seconds = shape.BehindAHolder ? shape.Length.TotalSeconds : window.Elapsed.TotalSeconds;
        cancellationToken.ThrowIfCancellationRequested();
        return new LoadFigures(
            seconds,
            Latencies.Of(samples.SelectMany(sample => sample.First)),
            Latencies.Of(samples.SelectMany(sample => sample.Whole)),
            [.. samples.Select(sample => sample.Whole.Count)]);

        async Task<Samples> CallAsync(string key)
        {
            var samples = new Samples([], []);
            while (!over.IsCancellationRequested)
            {
                var began = Time.GetTimestamp();
                Func<Task> second;
                try
                {
                    second = await operation.TakeAsync(key, shape.Wait, waitToken);
                }
                catch (OperationCanceledException) when (waitToken.IsCancellationRequested)
                {
                    break;
                }

                var between = Time.GetTimestamp();
                window.Open();
                // What ends a hand-off is the grant; the release that follows belongs to the next one.
                var counts = !shape.BehindAHolder || !window.IsOver;
                await second();
                if (!counts)
                    break;
                samples.First.Add(between - began);
                samples.Whole.Add(Time.GetTimestamp() - began);
            }

            return samples;
        }
    }

    private sealed record Samples(List<long> First, List<long> Whole);
}
