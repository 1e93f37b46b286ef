using MassTransit;

namespace Locks.Testing.Faults;

/// <summary>
/// Applies the fault plan to the commands that clients send, before the coordinator reads them. The coordinator's messages to itself, and
/// those of the harness, pass without it.
/// </summary>
internal sealed class FaultFilter<T>(FaultPlan faults) : IFilter<ConsumeContext<T>>
    where T : class
{
    private const string Name = "lockTestHarness";

    public async Task Send(ConsumeContext<T> context, IPipe<ConsumeContext<T>> next)
    {
        if (!HarnessClient.Sent(context))
        {
            var command = InterceptedCommand.Of(context.Message);
            if (faults.DelayOf(command) is { } delay)
                await faults.HoldUpAsync(delay).ConfigureAwait(false);
            if (faults.RefusalOf(command) is { } why)
            {
                await RefuseAsync(context, why).ConfigureAwait(false);
                return;
            }
        }

        await next.Send(context).ConfigureAwait(false);
    }

    public void Probe(ProbeContext context) => context.CreateFilterScope(Name);

    /// <summary>
    /// Sends the sender a fault at once, so that it need not wait for its timeout. A command that expects no answer gets lost.
    /// </summary>
    private static async Task RefuseAsync(ConsumeContext<T> context, string why)
    {
        if (context.ResponseAddress is not null || context.FaultAddress is not null)
            await context.NotifyFaulted(TimeSpan.Zero, Name, new LockCoordinatorAwayException(why)).ConfigureAwait(false);
        // Otherwise MassTransit moves the message to the skipped queue.
        await context.NotifyConsumed(TimeSpan.Zero, Name).ConfigureAwait(false);
    }
}
