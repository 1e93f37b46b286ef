using Locks.Client;
using MassTransit;
using PaymentCapture.CommandLine;

namespace PaymentCapture.Payments;

/// <summary>How payments are consumed: one at a time for each payment, by whichever process.</summary>
internal sealed class CaptureConsumerDefinition(CaptureSettings settings) : ConsumerDefinition<CaptureConsumer>
{
    private static readonly TimeSpan Lease = TimeSpan.FromSeconds(15);
    private static readonly TimeSpan MaxWait = TimeSpan.FromSeconds(60);

    protected override void ConfigureConsumer(
        IReceiveEndpointConfigurator endpointConfigurator, IConsumerConfigurator<CaptureConsumer> consumerConfigurator, IRegistrationContext context)
    {
        // What waits for its lock was fetched, but does not count as being consumed: so the consumer has a limit, and the endpoint room.
        endpointConfigurator.PrefetchCount = 4 * settings.Concurrency;
        consumerConfigurator.ConcurrentMessageLimit = settings.Concurrency;

        consumerConfigurator.UseMessageRetry(
            retry => retry.Intervals(TimeSpan.FromMilliseconds(200), TimeSpan.FromSeconds(1), TimeSpan.FromSeconds(5)));
        if (settings.Guard != Guard.None)
            consumerConfigurator.UseDistributedLock<CaptureConsumer, CapturePayment>(context, message => $"payment:{message.Payment}", Configure);
    }

    private void Configure(LockGuardConfigurator guard)
    {
        guard.Lease = Lease;
        if (settings.Guard == Guard.Skip)
            guard.SkipWhenBusy();
        else
            guard.WaitWhenBusy(MaxWait);
    }
}
