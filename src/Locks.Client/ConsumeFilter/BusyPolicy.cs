namespace Locks.Client.ConsumeFilter;

/// <summary>What to do with a message whose lock somebody else holds.</summary>
internal abstract record BusyPolicy
{
    /// <summary>As users write it.</summary>
    public string Name => $"{GetType().Name}WhenBusy";

    /// <summary>What the policy comes to for one delivery.</summary>
    public virtual BusyPolicy For(BusyDelivery delivery) => this;

    /// <summary>Acknowledge it.</summary>
    public sealed record Skip : BusyPolicy
    {
        // By then a coordinator has found the lease that ended, even if its own process died, too.
        private static readonly TimeSpan Grace = TimeSpan.FromSeconds(10);

        /// <summary>The holder may be this message's own earlier delivery, in a process that died: skipped, the message would be lost.</summary>
        public override BusyPolicy For(BusyDelivery delivery) =>
            delivery.IsRedelivered ? new Wait(delivery.Lease + Grace) { ThenSkip = true } : this;
    }

    /// <summary>Wait in line.</summary>
    public sealed record Wait(TimeSpan Limit) : BusyPolicy
    {
        /// <summary>Whether the message is skipped when its turn did not come; else it fails.</summary>
        public bool ThenSkip { get; init; }
    }

    /// <summary>Deliver it again later.</summary>
    public sealed record Redeliver(TimeSpan Delay, int MaxTimes) : BusyPolicy
    {
        public const int MostTimes = 10_000;

        public static readonly TimeSpan ShortestDelay = TimeSpan.FromMilliseconds(1);

        public static readonly TimeSpan LongestDelay = TimeSpan.FromMinutes(15);

        public override BusyPolicy For(BusyDelivery delivery) =>
            delivery.Redeliveries >= MaxTimes ? new Fault { Redeliveries = delivery.Redeliveries } : this;
    }

    /// <summary>Fail it.</summary>
    public sealed record Fault : BusyPolicy
    {
        /// <summary>How often it was delivered again before.</summary>
        public int? Redeliveries { get; init; }
    }
}

/// <summary>What is known of a delivery whose lock is busy.</summary>
/// <param name="IsRedelivered">Whether the broker had delivered the message before, and got no acknowledgement.</param>
/// <param name="Redeliveries">How often a guard had it delivered again.</param>
/// <param name="Lease">The lease of the lock.</param>
internal sealed record BusyDelivery(bool IsRedelivered, int Redeliveries, TimeSpan Lease);
