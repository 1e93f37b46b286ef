using System.Reflection;
using Locks.Client;
using Locks.Testing;

namespace Locks.Adapters.Tests.DistributedLock;

/// <summary>A lock client for which every lock is busy: each wait is over at once, by the client's time, and was in vain.</summary>
public class BusyClient : DispatchProxy
{
    private readonly List<TimeSpan> _waits = [];

    /// <summary>The time, which each wait moves.</summary>
    public ManualTimeProvider Time { get; } = new();

    /// <summary>The waits that were asked for.</summary>
    public IReadOnlyList<TimeSpan> Waits => _waits;

    public static BusyClient Create(out ILockClient locks)
    {
        locks = Create<ILockClient, BusyClient>();
        return (BusyClient)(object)locks;
    }

    protected override object? Invoke(MethodInfo? targetMethod, object?[]? args)
    {
        if (targetMethod?.Name != nameof(ILockClient.TryAcquireAsync) || args?[1] is not TimeSpan wait)
            throw new NotSupportedException($"{targetMethod?.Name} is not expected.");

        _waits.Add(wait);
        Time.Advance(wait);
        return Task.FromResult<ILockHandle?>(null);
    }
}
