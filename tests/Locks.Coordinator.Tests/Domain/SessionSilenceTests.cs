using System.Collections.Immutable;
using Locks.Coordinator.Domain;
using Xunit;

namespace Locks.Coordinator.Tests.Domain;

/// <summary>A session is silent when nothing was heard of it for three of its intervals, counted from the latest of three moments.</summary>
public sealed class SessionSilenceTests
{
    private static readonly TimeSpan Now = TimeSpan.FromHours(1);
    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(10);

    /// <param name="heard">How many seconds ago the session was heard.</param>
    /// <param name="queued">How many seconds ago the waiter entered the queue.</param>
    /// <param name="listening">For how many seconds the coordinator has been listening.</param>
    /// <param name="isSilent">Whether the session is silent.</param>
    [Theory]
    [InlineData(31, 31, 31, true)]
    [InlineData(30, 31, 31, false)]
    [InlineData(31, 30, 31, false)]
    [InlineData(31, 31, 30, false)]
    [InlineData(30, 600, 600, false)]
    [InlineData(600, 30, 600, false)]
    [InlineData(600, 600, 30, false)]
    [InlineData(600, 31, 60, true)]
    public void ItCountsFromTheLatest(double heard, double queued, double listening, bool isSilent)
    {
        var sut = new LockUnderTest();
        sut.Decide(Attempt.A.Try());
        sut.Decide(Attempt.B.Wait());
        var waiter = Assert.Single(sut.State.Waiters.InOrder);
        var silence = new SessionSilence(
            Now,
            waiter.QueuedAt.AddSeconds(queued),
            HeardUntil: Now,
            ListeningSince: Now - TimeSpan.FromSeconds(listening),
            ImmutableDictionary<string, SessionHeard>.Empty.Add(waiter.ClientId!, new SessionHeard(Now - TimeSpan.FromSeconds(heard), Interval)),
            ImmutableDictionary<string, SessionHeard>.Empty);

        Assert.Equal(isSilent, silence.IsSilent(waiter));
        Assert.False(silence.IsSilent(waiter with { ClientId = null }));
        Assert.False((silence with { HeardUntil = null }).IsSilent(waiter));
    }
}
