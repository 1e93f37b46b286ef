using Locks.Client.Core.Lifetimes;
using Locks.TestKit;
using Xunit;

namespace Locks.Client.Tests.Core.Lifetimes;

/// <summary>When renewals are sent: the lease runs from then, however long their answers take.</summary>
public sealed class LeaseRenewerTests
{
    private static readonly TimeSpan Lease = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan Moment = TimeSpan.FromMilliseconds(1);

    private readonly ManualTimeProvider _time = new();
    private readonly List<TimeSpan> _renewals = [];

    [Fact]
    public async Task AnAnswerThatTakesLong_DoesNotPutOffTheNextRenewal()
    {
        using var end = new CancellationTokenSource();
        var handle = new object();
        var start = _time.GetTimestamp();
        var answer = new TaskCompletionSource<bool>();
        var keeping = new LeaseRenewer(_time, Lease, new WeakReference<object>(handle)).RunAsync(
            async (_, _) =>
            {
                _renewals.Add(_time.GetElapsedTime(start));
                return await answer.Task;
            },
            () => throw new InvalidOperationException("abandoned"),
            end.Token);

        _time.Advance(Lease / 3);
        await Eventually.HoldsAsync(() => _renewals.Count == 1);
        _time.Advance((Lease / 3) - Moment);
        answer.SetResult(true);
        await Eventually.HoldsAsync(() => _time.Timers.Contains(Moment));
        _time.Advance(Moment);
        await Eventually.HoldsAsync(() => _renewals.Count == 2);

        // The answer is there at once now; the next one is a third later.
        await Eventually.HoldsAsync(() => _time.Timers.Contains(Lease / 3));
        await end.CancelAsync();
        await keeping.Within();
        Assert.Equal([Lease / 3, Lease / 3 * 2], _renewals);
        GC.KeepAlive(handle);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task ALeaseWhoseHandleIsGone_IsRenewedOnlyIfTheApplicationHasGotAHandleAgain(bool isAbandoned)
    {
        using var end = new CancellationTokenSource();
        var renewed = new TaskCompletionSource();
        var keeping = new LeaseRenewer(_time, Lease, new WeakReference<object>(null!)).RunAsync(
            (_, _) =>
            {
                renewed.SetResult();
                return Task.FromResult(false);
            },
            () => isAbandoned,
            end.Token);

        _time.Advance(Lease / 3);
        await keeping.Within();

        Assert.Equal(!isAbandoned, renewed.Task.IsCompleted);
    }
}
