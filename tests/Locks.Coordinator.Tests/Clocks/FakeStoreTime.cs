using Locks.Coordinator.Storage;

namespace Locks.Coordinator.Tests.Clocks;

/// <summary>A store whose clock is what the test says, and whose answers take as long as the test says.</summary>
internal sealed class FakeStoreTime(ManualTimeProvider local) : IStoreTime
{
    /// <summary>How far the store's clock is ahead of the local monotonic clock, which began at noon.</summary>
    public TimeSpan Ahead { get; set; } = TimeSpan.FromSeconds(30);

    /// <summary>How long a statement takes to the store.</summary>
    public TimeSpan There { get; set; }

    /// <summary>How long an answer takes from the store.</summary>
    public TimeSpan Back { get; set; }

    /// <summary>Why the store does not answer; it does when this is absent.</summary>
    public Exception? Failure { get; set; }

    /// <summary>How often the store was asked.</summary>
    public int Reads { get; private set; }

    /// <summary>The store's time now.</summary>
    public DateTimeOffset Now => local.Start + local.GetElapsedTime(0) + Ahead;

    public Task<DateTimeOffset> ReadAsync(CancellationToken cancellationToken)
    {
        Reads++;
        if (Failure is { } failure)
            return Task.FromException<DateTimeOffset>(failure);

        local.Advance(There);
        var now = Now;
        local.Advance(Back);
        return Task.FromResult(now);
    }
}
