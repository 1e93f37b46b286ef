using System.Collections.Concurrent;

namespace Locks.Client.Core.Holding;

/// <summary>The locks that this client holds, by key, so that a caller can be told that it waits for its own process.</summary>
internal sealed class HeldLocks
{
    private readonly ConcurrentDictionary<string, HeldLock> _byKey = new(StringComparer.Ordinal);

    /// <summary>Adds a lock; in place of an earlier grant that was lost and not noticed yet.</summary>
    public void Add(HeldLock held) => _byKey[held.Key] = held;

    public void Remove(HeldLock held) => _byKey.TryRemove(new KeyValuePair<string, HeldLock>(held.Key, held));

    /// <summary>The lock, if this client holds it now.</summary>
    public HeldLock? Find(string key) => _byKey.TryGetValue(key, out var held) && held.IsHeld ? held : null;
}
