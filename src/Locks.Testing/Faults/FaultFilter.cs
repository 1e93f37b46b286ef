using MassTransit;

namespace Locks.Testing.Faults;

/// <summary>
/// Stands in front of the coordinator and lets the script have its way with what clients send. The coordinator's notes to itself, and what
/// the harness sends, do not come through here.
/// </summary>
internal sealed class FaultFilter<T>(FaultPlan script) : IFilter<ConsumeContext<T>>
    where T : class
{
    private const string Name = "lockTestHarness";

    public async Task Send(ConsumeContext<T> context, IPipe<ConsumeContext<T>> next)
    {
        if (!HarnessClient.Sent(context))
        {
            var arrival = InterceptedCommand.Of(context.Message);
            if (script.DelayOf(arrival) is { } delay)
                await script.HoldUpAsync(delay).ConfigureAwait(false);
            if (script.RefusalOf(arrival) is { } why)
            {
                await RefuseAsync(context, why).ConfigureAwait(false);
                return;
            }
        }

        await next.Send(context).ConfigureAwait(false);
    }

    public void Probe(ProbeContext context) => context.CreateFilterScope(Name);

    /// <summary>
    /// Tells the sender at once, as a fault, what it would find out by itself when its patience ends. What expects no answer gets lost.
    /// </summary>
    private static async Task RefuseAsync(ConsumeContext<T> context, string why)
    {
        if (context.ResponseAddress is not null || context.FaultAddress is not null)
            await context.NotifyFaulted(TimeSpan.Zero, Name, new LockCoordinatorAwayException(why)).ConfigureAwait(false);
        // Otherwise MassTransit takes the message for one that nobody wanted.
        await context.NotifyConsumed(TimeSpan.Zero, Name).ConfigureAwait(false);
    }
}
