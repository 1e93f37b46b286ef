using System.Diagnostics.Metrics;
using Locks.Client.Diagnostics;
using Locks.Transport.Diagnostics;

namespace Locks.Client.ConsumeFilter;

/// <summary>The guards' metrics, by the type of message. Never by key: the number of keys is unbounded.</summary>
internal static class GuardMeter
{
    private static readonly Meter Meter = new(ClientMeter.Name);

    private static readonly Counter<long> Skipped = Counter(
        "skipped", "Messages that were acknowledged without being consumed, because their lock was busy");

    private static readonly Counter<long> Waited = Counter(
        "waited", "Messages that waited in a queue, because their lock was busy");

    private static readonly Counter<long> Redelivered = Counter(
        "redelivered", "Messages that were delivered again later, because their lock was busy");

    private static readonly Counter<long> Faulted = Counter(
        "faulted", "Messages that failed before they were consumed, because their lock could not be acquired");

    private static readonly Counter<long> Lost = Counter(
        "lost", "Messages whose lock was lost while they were consumed");

    public static void CountSkipped(string messageType) => Skipped.Add(1, Of(messageType));

    public static void CountWaited(string messageType) => Waited.Add(1, Of(messageType));

    public static void CountRedelivered(string messageType) => Redelivered.Add(1, Of(messageType));

    public static void CountFaulted(string messageType, Exception exception) =>
        Faulted.Add(1, Of(messageType), new KeyValuePair<string, object?>(Measured.ErrorType, exception.GetType().FullName));

    public static void CountLost(string messageType) => Lost.Add(1, Of(messageType));

    private static Counter<long> Counter(string name, string description) =>
        Meter.CreateCounter<long>($"locks.guard.{name}", "{message}", description);

    private static KeyValuePair<string, object?> Of(string messageType) => new("locks.message_type", messageType);
}
