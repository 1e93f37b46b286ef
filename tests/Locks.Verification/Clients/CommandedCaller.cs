using System.Collections.Concurrent;
using System.Globalization;

namespace Locks.Verification.Clients;

/// <summary>A caller that does what it is told, a line for each command, and says what came of it.</summary>
/// <param name="client">What it calls.</param>
/// <param name="defective">What it calls for <see cref="ControlKey"/>.</param>
/// <param name="stopping">Gives up what it waits for.</param>
internal sealed class CommandedCaller(RecordingClient client, RecordingClient defective, CancellationToken stopping)
{
    /// <summary>Acquires a lock and holds it, as in <c>hold KEY MILLISECONDS renewed</c>. Answer: <c>HELD</c> or <c>BUSY</c>.</summary>
    public const string Hold = "hold";

    /// <summary>Writes with the token of the lock, without a look at the lock. Answer: <c>ACCEPTED</c> or <c>REFUSED</c>.</summary>
    public const string Write = "write";

    /// <summary>Releases the lock. Answer: <c>RELEASED</c>.</summary>
    public const string Release = "release";

    /// <summary>Callers wait for a lock, as in <c>wait KEY MILLISECONDS COUNT</c>. Answer: <c>QUEUED</c> when all of them do.</summary>
    public const string Wait = "wait";

    /// <summary>The answer of a caller that got its lock.</summary>
    public const string Held = "HELD";

    /// <summary>The lock in whose use a client may have a defect.</summary>
    public const string ControlKey = "control";

    private static readonly TimeSpan LongestWait = TimeSpan.FromSeconds(15);
    private static readonly TimeSpan BetweenLooks = TimeSpan.FromMilliseconds(20);

    private readonly ConcurrentDictionary<string, RecordedHold> _holds = [];
    private readonly List<Task> _running = [];

    /// <summary>Does what a line says.</summary>
    /// <returns>The answer.</returns>
    public async Task<string> DoAsync(string line)
    {
        var words = line.Split(' ');
        var key = words[1];
        switch (words[0])
        {
            case Hold:
                return await HoldAsync(key, Milliseconds(words[2]), isRenewed: words[3] == "renewed") ? Held : "BUSY";
            case Write:
                var isAccepted = await _holds[key].WriteAsync();
                _holds[key].Look();
                return isAccepted ? "ACCEPTED" : "REFUSED";
            case Release:
                _holds.TryRemove(key, out var hold);
                await hold!.ReleaseAsync();
                return "RELEASED";
            case Wait:
                var count = int.Parse(words[3], CultureInfo.InvariantCulture);
                await Task.WhenAll(Enumerable.Range(0, count).Select(_ => WaitOnceAsync(key, Milliseconds(words[2]))));
                return "QUEUED";
            default:
                throw new ArgumentException($"There is no command '{line}'.");
        }
    }

    /// <summary>Waits until its callers have given up.</summary>
    public Task EndAsync()
    {
        _holds.Clear();
        return Task.WhenAll(_running);
    }

    private async Task<bool> HoldAsync(string key, TimeSpan lease, bool isRenewed)
    {
        var hold = await (key == ControlKey ? defective : client).AcquireAsync(key, lease, LongestWait, isRenewed, stopping);
        if (hold?.Look() is not true)
            return false;

        _holds[key] = hold;
        if (isRenewed)
            _running.Add(LookAsync(key, hold));
        return true;
    }

    /// <summary>Looks at the lock all the time until it is released, as work under a lock does.</summary>
    private async Task LookAsync(string key, RecordedHold hold)
    {
        while (_holds.TryGetValue(key, out var current) && current == hold && hold.Look())
            await Task.Delay(BetweenLooks, TimeProvider.System);
    }

    /// <summary>Waits for a lock, and releases it at once.</summary>
    /// <returns>Completes when the caller waits.</returns>
    private Task WaitOnceAsync(string key, TimeSpan lease)
    {
        var queued = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        _running.Add(RunAsync());
        return queued.Task;

        async Task RunAsync()
        {
            var hold = await client.AcquireAsync(key, lease, LongestWait, autoRenew: false, stopping, () => queued.TrySetResult());
            queued.TrySetResult();
            if (hold is not null)
                await hold.ReleaseAsync();
        }
    }

    private static TimeSpan Milliseconds(string text) => TimeSpan.FromMilliseconds(double.Parse(text, CultureInfo.InvariantCulture));
}
