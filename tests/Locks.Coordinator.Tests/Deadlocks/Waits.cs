using Locks.Contracts;
using Locks.Coordinator.Storage;

namespace Locks.Coordinator.Tests.Deadlocks;

/// <summary>Waits in a few letters: <c>a&gt;b</c> is an attempt of a that waits for a lock that b holds.</summary>
internal static class Waits
{
    private static readonly DateTimeOffset Noon = new(2026, 3, 1, 12, 0, 0, TimeSpan.Zero);

    /// <summary>A name with an exclamation mark is that of a lease. Each attempt came a second after the one before.</summary>
    public static IReadOnlyList<InspectedWait> Of(params string[] waits) => [.. waits.Select(Of)];

    public static string Story(InspectedWait wait) => $"{Name(wait.Waiter)}>{Name(wait.Holder)}";

    private static InspectedWait Of(string wait, int place)
    {
        var ends = wait.Split('>');
        return new InspectedWait(
            $"key of {ends[1]}",
            LockKey.ToId($"attempt {wait}"),
            Contender(ends[0]),
            Noon.AddSeconds(place),
            LockKey.ToId($"grant of {ends[1]}"),
            Contender(ends[1]),
            FencingToken: 7,
            Noon.AddMinutes(-1));
    }

    private static Contender Contender(string name) =>
        name.EndsWith('!') ? new Contender(name, "session", LockKey.ToId(name))
        : name.Split('@') is [var owner, var session] ? new Contender(owner, session)
        : new Contender(name, "session");

    private static string Name(Contender contender) =>
        contender.ClientId is null or "session" ? contender.Owner : $"{contender.Owner}@{contender.ClientId}";
}
