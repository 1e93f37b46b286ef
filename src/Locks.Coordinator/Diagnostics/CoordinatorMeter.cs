using System.Diagnostics.Metrics;

namespace Locks.Coordinator.Diagnostics;

/// <summary>What a coordinator counts. Never by key or session: there is no end of them.</summary>
internal static class CoordinatorMeter
{
    private static readonly Meter Meter = new("Locks.Coordinator");

    private static readonly Counter<long> PassedOver = Meter.CreateCounter<long>(
        "locks.waiters.passed_over", "{waiter}", "Waiters that were not granted when their turn came, because nothing had been heard of their session");

    public static void CountPassedOver(int waiters) => PassedOver.Add(waiters);
}
