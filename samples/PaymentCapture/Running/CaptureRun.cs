using MassTransit;
using PaymentCapture.Payments;
using PaymentCapture.Records;

namespace PaymentCapture.Running;

/// <summary>One run from the producer's side: sends the messages, and watches the tallies until all are done with.</summary>
internal sealed class CaptureRun(ISendEndpointProvider bus, ICaptures captures, ITallies tallies, TimeProvider time)
{
    private const int MessagesAtOnce = 200;
    private static readonly TimeSpan Glance = TimeSpan.FromMilliseconds(100);
    private static readonly TimeSpan LongestStall = TimeSpan.FromSeconds(60);

    /// <param name="run">The name of the run, in its messages and records.</param>
    /// <param name="queue">The queue that the consumers read.</param>
    /// <param name="workload">The messages.</param>
    /// <param name="progress">Told how many of how many are done. What it throws ends the run.</param>
    /// <param name="cancellationToken">Gives up.</param>
    public async Task<CaptureReport> RunAsync(
        string run, string queue, Workload workload, Action<int, int> progress, CancellationToken cancellationToken)
    {
        var start = time.GetTimestamp();
        using var end = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        var sending = SendAsync(run, queue, workload, end.Token);
        try
        {
            await WatchAsync(run, workload.Messages, sending, progress, cancellationToken);
            await sending;
        }
        finally
        {
            await end.CancelAsync();
            await sending.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }

        var elapsed = time.GetElapsedTime(start);
        return CaptureReport.Of(
            workload, await captures.CountAsync(run, cancellationToken), await tallies.SumAsync(run, cancellationToken), elapsed);
    }

    private async Task SendAsync(string run, string queue, Workload workload, CancellationToken cancellationToken)
    {
        var endpoint = await bus.GetSendEndpoint(new Uri($"queue:{queue}"));
        foreach (var some in workload.InOrder().Select(payment => new CapturePayment(run, payment)).Chunk(MessagesAtOnce))
        {
            // Between messages, not in the middle of one.
            cancellationToken.ThrowIfCancellationRequested();
            await endpoint.SendBatch(some, CancellationToken.None);
        }
    }

    private async Task WatchAsync(string run, int all, Task sending, Action<int, int> progress, CancellationToken cancellationToken)
    {
        var (done, lastProgress) = (0, time.GetTimestamp());
        while (done < all)
        {
            await Task.Delay(Glance, time, cancellationToken);
            if (sending.IsFaulted)
                await sending;

            var before = done;
            done = (int)(await tallies.SumAsync(run, cancellationToken)).Done;
            progress(Math.Min(done, all), all);
            if (done > before)
                lastProgress = time.GetTimestamp();
            else if (time.GetElapsedTime(lastProgress) > LongestStall)
                throw new SampleException(
                    $"Nothing was captured for {LongestStall.TotalSeconds:0} s; {done:N0} of {all:N0} messages are done. Do the consumers run?");
        }
    }
}
