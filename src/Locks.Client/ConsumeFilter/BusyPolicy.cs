namespace Locks.Client.ConsumeFilter;

/// <summary>What a guard does with a message whose lock is busy: held by another owner.</summary>
internal abstract record BusyPolicy
{
    /// <summary>The name of the configurator's method for the policy.</summary>
    public string Name => $"{GetType().Name}WhenBusy";

    /// <summary>The policy that applies to one delivery, which may be another one.</summary>
    public virtual BusyPolicy For(BusyDelivery delivery) => this;

    /// <summary>Acknowledges the message without consuming it.</summary>
    public sealed record Skip : BusyPolicy
    {
        // After the lease and this, a coordinator has noticed that the lease ended, even if the coordinator's process died, too.
        private static readonly TimeSpan Grace = TimeSpan.FromSeconds(10);

        /// <summary>
        /// The holder may be this message's own earlier delivery: in a process that died, on a connection that broke, or at work for longer
        /// than the broker waits. If that one fails, this is the last copy. So it is never skipped, however long the lock is busy.
        /// </summary>
        public override BusyPolicy For(BusyDelivery delivery) => delivery.IsRedelivered || delivery.Redeliveries > 0
            ? new Wait(delivery.Lease + Grace < Wait.MaxTime ? delivery.Lease + Grace : Wait.MaxTime) { IsUntilGranted = true }
            : this;
    }

    /// <summary>Waits in the lock's queue.</summary>
    public sealed record Wait(TimeSpan Limit) : BusyPolicy
    {
        /// <summary>
        /// How long one delivery waits, however often its limit has passed: half of the 30 minutes for which RabbitMQ lets a message stay
        /// unacknowledged by default. Then the broker closes the channel, which ends whatever is consumed there.
        /// </summary>
        public static readonly TimeSpan MaxTime = TimeSpan.FromMinutes(15);

        /// <summary>
        /// Whether the message waits anew when the limit has passed: in the lock's queue, and after <see cref="MaxTime"/> at the tail of
        /// its broker queue. Otherwise it fails.
        /// </summary>
        public bool IsUntilGranted { get; init; }
    }

    /// <summary>Has the message delivered again later.</summary>
    public sealed record Redeliver(TimeSpan Delay, int MaxTimes) : BusyPolicy
    {
        public const int MaxRedeliveries = 10_000;

        public static readonly TimeSpan MinDelay = TimeSpan.FromMilliseconds(1);

        public static readonly TimeSpan MaxDelay = TimeSpan.FromMinutes(15);

        public override BusyPolicy For(BusyDelivery delivery) =>
            delivery.Redeliveries >= MaxTimes ? new Fault { Redeliveries = delivery.Redeliveries } : this;
    }

    /// <summary>Fails the message.</summary>
    public sealed record Fault : BusyPolicy
    {
        /// <summary>How often the message was redelivered before.</summary>
        public int? Redeliveries { get; init; }
    }
}

/// <summary>A delivery whose lock is busy.</summary>
/// <param name="IsRedelivered">Whether the broker delivered the message before and got no acknowledgement.</param>
/// <param name="Redeliveries">How often a guard had the message redelivered.</param>
/// <param name="Lease">The lease of the lock.</param>
internal sealed record BusyDelivery(bool IsRedelivered, int Redeliveries, TimeSpan Lease);
