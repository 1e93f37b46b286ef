using Locks.Histories.Model;
using Locks.Simulation.Processes;
using Locks.Simulation.Running;

namespace Locks.Simulation.Model;

/// <summary>
/// What clients believe, for the model of a lock that histories of real processes are checked by, too. Its resource is here: it refuses
/// older tokens.
/// </summary>
internal sealed class HoldModel(Checker checker, World world)
{
    private readonly Dictionary<string, Holders> _locks = [];

    /// <summary>The token by which each lock was got last, as an operator sees it.</summary>
    public Dictionary<string, long> LastGot { get; } = [];

    /// <summary>A caller got a lock.</summary>
    public Holder Got(SimulatedProcess process, string who, string key, long fence, Func<bool> isHeld)
    {
        if (!_locks.TryGetValue(key, out var found))
            _locks.Add(key, found = new Holders(new FencedMutex(key, violation => checker.Report(violation.Promise, violation.What)), []));
        LastGot[key] = fence;

        // The grant was revoked while its answer was on the way: others may hold the lock, and the next message says so.
        if (checker.Commits.IsRevoked(key, fence))
            return new Holder(process, key, new Hold(who, fence, world.Now), isHeld);

        var holder = new Holder(process, key, found.Mutex.Got(who, fence, world.Now), isHeld);
        found.Current.Add(holder);
        return holder;
    }

    /// <summary>Grants are revoked: their holders may not know of it yet.</summary>
    /// <param name="key">The lock.</param>
    /// <param name="fences">The tokens of the grants.</param>
    /// <param name="lease">The shared lease that was revoked, if it was that: the client that did so knows it before.</param>
    public void Revoked(string key, IReadOnlyCollection<long> fences, Guid? lease)
    {
        if (!_locks.TryGetValue(key, out var found))
            return;
        foreach (var holder in found.Current.FindAll(holder => fences.Contains(holder.Hold.Fence)))
        {
            if (lease is not { } id || !checker.Leases.IsRevokedBy(holder.Process.Name, id))
                Releases(holder);
        }
    }

    /// <summary>The caller is about to release the lock: from now on it counts on nothing.</summary>
    public void Releases(Holder holder)
    {
        var (mutex, holders) = _locks[holder.Key];
        mutex.Ends(holder.Hold);
        holders.Remove(holder);
    }

    /// <summary>The caller writes to the resource that the lock guards, if its handle says that it holds the lock.</summary>
    public void Writes(Holder holder)
    {
        if (!holder.IsHeld())
            return;
        var mutex = _locks[holder.Key].Mutex;
        if (holder.Hold.Fence < mutex.LastAccepted)
        {
            // The resource is what protects it from a holder that does not know yet.
            if (!checker.Commits.IsRevoked(holder.Key, holder.Hold.Fence))
                mutex.Refused(holder.Hold);
        }
        else
            mutex.Accepted(holder.Hold.Who, holder.Hold.Fence);
    }

    /// <summary>A process that stands still believes nothing: it looks at the clock before it goes on.</summary>
    public void Check()
    {
        foreach (var (mutex, holders) in _locks.Values)
        {
            if (holders.Count < 2)
                continue;

            foreach (var dead in holders.FindAll(holder => holder.Process.IsDead))
                Releases(dead);
            foreach (var holder in holders)
            {
                if (holder.Process.AsleepUntil is not null)
                    continue;
                holder.Process.Clock.CatchUp(world.Now);
                if (holder.IsHeld())
                    mutex.Holds(holder.Hold, world.Now);
            }
        }
    }

    /// <summary>A caller that got a lock.</summary>
    internal sealed record Holder(SimulatedProcess Process, string Key, Hold Hold, Func<bool> IsHeld);

    private sealed record Holders(FencedMutex Mutex, List<Holder> Current);
}
