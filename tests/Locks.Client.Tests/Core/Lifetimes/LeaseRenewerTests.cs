using Locks.Client.Core.Lifetimes;
using Locks.Client.Requests;
using Locks.TestKit;
using Microsoft.Extensions.Logging.Abstractions;
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
        var handle = new object();
        var start = _time.GetTimestamp();
        var answer = new TaskCompletionSource<bool>();
        var renewer = Renewer(
            handle,
            async _ =>
            {
                _renewals.Add(_time.GetElapsedTime(start));
                return await answer.Task;
            },
            () => throw new InvalidOperationException("abandoned"));
        renewer.Start();

        _time.Advance(Lease / 3);
        await Eventually.HoldsAsync(() => _renewals.Count == 1);
        _time.Advance((Lease / 3) - Moment);
        answer.SetResult(true);
        await Eventually.HoldsAsync(() => _time.Timers.Contains(Moment));
        _time.Advance(Moment);
        await Eventually.HoldsAsync(() => _renewals.Count == 2);

        // The answer is there at once now; the next one is a third later.
        await Eventually.HoldsAsync(() => _time.Timers.Contains(Lease / 3));
        renewer.Stop();
        Assert.Empty(_time.Timers);
        _time.Advance(Lease);
        Assert.Equal([Lease / 3, Lease / 3 * 2], _renewals);
        GC.KeepAlive(handle);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task ALeaseWhoseHandleIsGone_IsRenewedOnlyIfTheApplicationHasGotAHandleAgain(bool isAbandoned)
    {
        var renewed = new TaskCompletionSource();
        var renewer = Renewer(
            handle: null,
            _ =>
            {
                renewed.SetResult();
                return Task.FromResult(false);
            },
            () => isAbandoned);
        renewer.Start();
        Assert.NotEmpty(_time.Timers);

        _time.Advance(Lease / 3);
        await Eventually.HoldsAsync(() => _time.Timers.Count == 0);

        Assert.Equal(!isAbandoned, renewed.Task.IsCompleted);
    }

    [Fact]
    public async Task ARenewalThatIsUnderWay_IsGivenUp_AndIsTheLast()
    {
        var handle = new object();
        var begun = new TaskCompletionSource();
        var givenUp = new TaskCompletionSource();
        var renewer = Renewer(handle, async cancellationToken =>
        {
            _renewals.Add(TimeSpan.Zero);
            begun.SetResult();
            await Task.Delay(Timeout.InfiniteTimeSpan, TimeProvider.System, cancellationToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            givenUp.SetResult();
            return true;
        });
        renewer.Start();
        _time.Advance(Lease / 3);
        await begun.Task.Within();

        renewer.Stop();

        await givenUp.Task.Within();
        _time.Advance(Lease);
        Assert.Empty(_time.Timers);
        Assert.Single(_renewals);
        GC.KeepAlive(handle);
    }

    [Fact]
    public void ARenewerThatWasStopped_RenewsNothing_WhenItsTimerCallsLate()
    {
        var handle = new object();
        var renewer = Renewer(handle, Count);
        renewer.Start();
        renewer.Stop();
        _time.Advance(Lease);

        ((ITimed)renewer).OnTimer();
        renewer.Start();
        _time.Advance(Lease);

        Assert.Empty(_renewals);
        GC.KeepAlive(handle);
    }

    [Fact]
    public void ATimerThatCallsEarly_IsSetToWhatIsLeft()
    {
        var handle = new object();
        var renewer = Renewer(handle, Count);
        renewer.Start();
        _time.Advance((Lease / 3) - Moment);

        ((ITimed)renewer).OnTimer();

        Assert.Empty(_renewals);
        Assert.Equal([Moment], _time.Timers);
        renewer.Stop();
        GC.KeepAlive(handle);
    }

    private Task<bool> Count(CancellationToken cancellationToken)
    {
        _renewals.Add(TimeSpan.Zero);
        return Task.FromResult(true);
    }

    private LeaseRenewer Renewer(object? handle, Func<CancellationToken, Task<bool>> renew, Func<bool>? tryAbandon = null) => new(
        new TimerPool(_time), Lease, new WeakReference<object>(handle!), (_, cancellationToken) => renew(cancellationToken),
        tryAbandon ?? (() => false), NullLogger.Instance);
}
