using Hangfire;
using Hangfire.States;
using Locks.Client;
using Locks.TestKit;
using Xunit;

namespace Locks.Compliance.Adapters.Hangfire;

/// <summary>Jobs of Hangfire's own server, beside another process that uses the same locks, on every transport and store.</summary>
/// <param name="locks">The transport and the store.</param>
public abstract class HangfireCompliance(LocksSubject locks) : IAsyncLifetime
{
    private readonly string _account = $"{Guid.CreateVersion7():N}";
    private readonly JobServer _server = new();

    private string Key => $"report:{_account}";

    /// <inheritdoc/>
    public ValueTask InitializeAsync()
    {
        _server.Start(locks.NewApplication(_ => { }));
        return default;
    }

    /// <inheritdoc/>
    public ValueTask DisposeAsync()
    {
        GC.SuppressFinalize(this);
        return _server.DisposeAsync();
    }

    [Fact]
    public async Task AJob_IsPerformedUnderALockThatIsRenewed_AndReleased()
    {
        var job = _server.Enqueue(() => ReportJobs.Fail(_account, null!, CancellationToken.None));
        var performance = await JobServer.PerformanceAsync(_account);

        await locks.IsRenewedAsync(Key, performance.Context.FencingToken());

        Assert.Null(await locks.Other.TryAcquireAsync(Key));
        Assert.False(performance.Token.IsCancellationRequested);
        performance.Ended.SetResult();
        await _server.BecomesAsync(job, SucceededState.StateName);
        await locks.IsFreeAsync(Key);
    }

    [Fact]
    public async Task WhileAnotherProcessHoldsTheLock_AJobFails_OrIsDeleted()
    {
        await using var busy = await locks.Other.AcquireAsync(Key, TimeSpan.Zero);

        var failing = _server.Enqueue(() => ReportJobs.Fail(_account, null!, CancellationToken.None));
        var skipped = _server.Enqueue(() => ReportJobs.Skip(_account, null!, CancellationToken.None));

        await _server.BecomesAsync(failing, FailedState.StateName);
        await _server.BecomesAsync(skipped, DeletedState.StateName);
        Assert.Contains(nameof(LockBusyException), _server.StateOf(failing).Data["ExceptionType"], StringComparison.Ordinal);
        Assert.Contains("another process", _server.StateOf(failing).Data["ExceptionMessage"], StringComparison.Ordinal);
        Assert.Empty(ReportJobs.Of(_account));
    }

    [Fact]
    public async Task AJobThatWaits_IsPerformedAfterTheOtherProcess()
    {
        var busy = await locks.Other.AcquireAsync(Key, TimeSpan.Zero);
        var job = _server.Enqueue(() => ReportJobs.Wait(_account, null!, CancellationToken.None));
        await locks.HasWaitersAsync(Key, 1);
        Assert.Empty(ReportJobs.Of(_account));

        await busy.ReleaseAsync();

        (await JobServer.PerformanceAsync(_account)).Ended.SetResult();
        await _server.BecomesAsync(job, SucceededState.StateName);
    }

    [Fact]
    public async Task AJobThatIsRescheduled_IsPerformedWhenTheLockIsFree()
    {
        var busy = await locks.Other.AcquireAsync(Key, TimeSpan.Zero);
        var job = _server.Enqueue(() => ReportJobs.Reschedule(_account, null!, CancellationToken.None));
        await _server.BecomesAsync(job, ScheduledState.StateName);

        await busy.ReleaseAsync();

        (await JobServer.PerformanceAsync(_account)).Ended.SetResult();
        await _server.BecomesAsync(job, SucceededState.StateName);
    }

    [Fact]
    public async Task TheLossOfTheLock_FailsTheJob_AndFiresItsToken()
    {
        var job = _server.Enqueue(() => ReportJobs.Fail(_account, null!, CancellationToken.None));
        var performance = await JobServer.PerformanceAsync(_account);

        await locks.LoseAsync(Key);

        await Eventually.FiresAsync(performance.Token);
        await _server.BecomesAsync(job, FailedState.StateName);
        Assert.Contains(nameof(LockLostException), _server.StateOf(job).Data["ExceptionType"], StringComparison.Ordinal);
    }
}
