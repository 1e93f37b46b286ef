using System.Collections.Concurrent;

namespace Locks.Client.Requests;

/// <summary>
/// Tells all that is open that the client stops, because its bus does: what holds a lock ends its hold and releases it, what renews a lease
/// ends that.
/// </summary>
/// <param name="grace">Completes when a lock that its holder has not released by then is released for it.</param>
internal sealed class ClientStop(Task grace)
{
    private readonly ConcurrentBag<Task> _releases = [];

    /// <summary>Completes when a lock that its holder has not released by then is released for it.</summary>
    public Task Grace => grace;

    /// <summary>Completes when all locks that were held have been released, or could not be.</summary>
    public Task Released => Task.WhenAll(_releases);

    /// <summary>The stop waits for this release, which never faults.</summary>
    public void Add(Task release) => _releases.Add(release);
}
