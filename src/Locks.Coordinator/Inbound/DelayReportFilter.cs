using System.Globalization;
using Locks.Contracts;
using Locks.Coordinator.Pipeline;
using Locks.Transport;
using MassTransit;

namespace Locks.Coordinator.Inbound;

/// <summary>
/// Tells a client that its message waits for the store, every 2 s for as long as it does. The client waits on; if it gives up before the
/// coordinator does, it can say why.
/// </summary>
internal sealed class DelayReportFilter<T>(ReplySender sender, StoreFailures failures, TimeProvider time) : IFilter<ConsumeContext<T>>
    where T : class
{
    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(2);

    public async Task Send(ConsumeContext<T> context, IPipe<ConsumeContext<T>> next)
    {
        var work = next.Send(context);
        if (!work.IsCompleted && ProblemAddress.Of(context.ReceiveContext) is { } client)
            await ReportUntilAsync(work, client).ConfigureAwait(false);
        await work.ConfigureAwait(false);
    }

    public void Probe(ProbeContext context) => context.CreateFilterScope("delayReport");

    private async Task ReportUntilAsync(Task work, Uri client)
    {
        var begun = time.GetTimestamp();
        while (true)
        {
            await work.WaitAsync(Interval, time).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            if (work.IsCompleted)
                return;

            var seconds = time.GetElapsedTime(begun).TotalSeconds.ToString("0", CultureInfo.InvariantCulture);
            var detail = failures.Since(begun) ?? $"the request has been waiting for it for {seconds} s";
            await sender.ReportAsync(client, new CoordinatorProblem(ProblemKinds.Store, detail)).ConfigureAwait(false);
        }
    }
}
