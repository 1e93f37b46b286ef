using Locks.Client;
using Locks.Histories.Records;

namespace Locks.Verification.Clients;

/// <summary>Acquires locks, and records each call and its answer.</summary>
internal sealed class RecordingClient(ILockClient locks, GuardedResource resource, CallRecorder recorder, ClientControl control)
{
    /// <summary>The client's own timeout: short, so that calls whose bound depends on it have a short one.</summary>
    public static readonly TimeSpan RequestTimeout = TimeSpan.FromSeconds(4);

    /// <summary>
    /// What a call may take beyond what the client waits for: a cancellation (500 ms), and a machine that has much to do.
    /// </summary>
    public static readonly TimeSpan Slack = TimeSpan.FromSeconds(3.5);

    // An acquire waits for its first answer for so long at least (two times ResendAfter).
    private static readonly TimeSpan LeastWait = TimeSpan.FromSeconds(2);

    /// <summary>Asks for a lock.</summary>
    /// <param name="key">The lock's key.</param>
    /// <param name="lease">Its lease.</param>
    /// <param name="wait">How long to wait for it; absent for a try.</param>
    /// <param name="autoRenew">Whether the client renews it.</param>
    /// <param name="queued">Is told each time when the coordinator says that the caller waits.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <returns>The lock; absent if the caller did not get it.</returns>
    public async Task<RecordedHold?> AcquireAsync(
        string key, TimeSpan lease, TimeSpan? wait, bool autoRenew, CancellationToken cancellationToken, Action? queued = null)
    {
        // A wait that ends with a grant confirms it, which is one more request.
        var longest = wait is { } length ? TimeSpan.FromTicks(Math.Max(length.Ticks, LeastWait.Ticks)) : TimeSpan.Zero;
        var bound = longest + RequestTimeout + Slack;
        var call = recorder.Begin(CallKind.Acquire, key, bound: bound, lease: lease);
        var options = new LockOptions { Lease = lease, AutoRenew = autoRenew, Progress = new RankRecorder(recorder, call, queued) };
        ILockHandle? handle = null;
        await recorder.EndAsync(call, async () =>
        {
            handle = wait is { } time
                ? await locks.TryAcquireAsync(key, time, options, cancellationToken)
                : await locks.TryAcquireAsync(key, options, cancellationToken);
            // The time first, then the look: what it sees was so at that time.
            var answer = recorder.Answer(handle is not null);
            return answer with { Fence = handle?.FencingToken, IsHeld = handle?.IsHeld };
        });
        return handle is null ? null : new RecordedHold(handle, call, resource, recorder, control);
    }

    private sealed class RankRecorder(CallRecorder recorder, long call, Action? queued) : IProgress<WaitingStatus>
    {
        public void Report(WaitingStatus value)
        {
            recorder.Note(recorder.New(RecordKind.Queued) with { Call = call, Rank = value.Rank });
            queued?.Invoke();
        }
    }
}
