using System.Diagnostics.Metrics;

namespace Locks.Client.ConsumeFilter;

/// <summary>What guards count, by the type of message. Never by key: there is no end of keys.</summary>
internal static class GuardMeter
{
    private static readonly Meter Meter = new("Locks.Client");

    private static readonly Counter<long> Skipped = Count("skipped", "Messages that were acknowledged without being consumed, because their lock was busy");

    private static readonly Counter<long> Waited = Count("waited", "Messages that waited in line, because their lock was busy");

    private static readonly Counter<long> Redelivered = Count("redelivered", "Messages that were delivered again later, because their lock was busy");

    private static readonly Counter<long> Faulted = Count("faulted", "Messages that failed before they were consumed, because their lock could not be had");

    private static readonly Counter<long> Lost = Count("lost", "Messages whose lock was lost while they were consumed");

    public static void CountSkipped(string messageType) => Skipped.Add(1, Of(messageType));

    public static void CountWaited(string messageType) => Waited.Add(1, Of(messageType));

    public static void CountRedelivered(string messageType) => Redelivered.Add(1, Of(messageType));

    public static void CountFaulted(string messageType, Exception exception) =>
        Faulted.Add(1, Of(messageType), new KeyValuePair<string, object?>("exception", exception.GetType().Name));

    public static void CountLost(string messageType) => Lost.Add(1, Of(messageType));

    private static Counter<long> Count(string what, string description) => Meter.CreateCounter<long>($"locks.guard.{what}", "{message}", description);

    private static KeyValuePair<string, object?> Of(string messageType) => new("message_type", messageType);
}
