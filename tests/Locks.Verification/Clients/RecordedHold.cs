using Locks.Client;
using Locks.Histories.Records;

namespace Locks.Verification.Clients;

/// <summary>A lock that a caller got: records what its holder does.</summary>
internal sealed class RecordedHold(
    ILockHandle handle, long acquire, GuardedResource resource, CallRecorder recorder, ClientControl control)
{
    private static readonly TimeSpan Bound = RecordingClient.RequestTimeout + RecordingClient.Slack;

    /// <summary>Looks whether the lock is held, as an application does before it relies on it.</summary>
    public bool Look()
    {
        var look = recorder.New(RecordKind.Holds) with { Hold = acquire };
        if (!handle.IsHeld && !control.HasFlag(ClientControl.IgnoreLoss))
            return false;
        recorder.Note(look);
        return true;
    }

    /// <summary>Writes to the resource, without a look.</summary>
    /// <returns>Whether the resource accepted the write.</returns>
    public Task<bool> WriteAsync()
    {
        // The resource has promised nothing.
        var call = recorder.Begin(CallKind.Write, handle.Key, acquire);
        return recorder.EndAsync(call, async () => recorder.Answer(await resource.WriteAsync(
            handle.Key, handle.FencingToken, recorder.Process, call, isFenced: !control.HasFlag(ClientControl.NoFence))));
    }

    /// <summary>Renews the lock for its lease.</summary>
    public Task<bool> RenewAsync() => CallAsync(CallKind.Renew, () => handle.RenewAsync());

    /// <summary>Releases the lock.</summary>
    public Task<bool> ReleaseAsync() => CallAsync(CallKind.Release, () => handle.ReleaseAsync());

    private Task<bool> CallAsync(CallKind what, Func<Task<bool>> act)
    {
        var call = recorder.Begin(what, handle.Key, acquire, Bound);
        return recorder.EndAsync(call, async () => recorder.Answer(await act()));
    }
}
