namespace Locks.Client.Core.Sets;

/// <summary>
/// The keys that sets of this client have found busy a short while ago, as far as they are remembered. While such a key is waited for, the
/// locks behind it would be taken only to be released, and others would wait for them meanwhile.
/// </summary>
internal sealed class ContendedKeys(TimeProvider time)
{
    private static readonly TimeSpan Memory = TimeSpan.FromSeconds(5);

    // Each key in the slot that its hash gives it: one that is forgotten too early costs a message.
    private readonly Sighting?[] _sightings = new Sighting?[1_024];

    public bool Contains(string key) =>
        Volatile.Read(ref SlotOf(key)) is { } seen && seen.Key == key && time.GetElapsedTime(seen.Timestamp) < Memory;

    /// <summary>
    /// The first key, contended or not, and those behind it up to the first contended one. None is behind a first one that is contended.
    /// </summary>
    public string[] UpToContended(ReadOnlySpan<string> keys)
    {
        // Each key is looked at once: other callers report keys meanwhile.
        var count = 1;
        if (!Contains(keys[0]))
        {
            while (count < keys.Length && !Contains(keys[count]))
                count++;
        }

        return keys[..count].ToArray();
    }

    /// <summary>The key was busy just now, or it was free.</summary>
    public void Report(string key, bool wasBusy)
    {
        if (wasBusy)
            Volatile.Write(ref SlotOf(key), new Sighting(key, time.GetTimestamp()));
        else if (Contains(key))
            Volatile.Write(ref SlotOf(key), null);
    }

    private ref Sighting? SlotOf(string key) => ref _sightings[(uint)key.GetHashCode() % _sightings.Length];

    private sealed record Sighting(string Key, long Timestamp);
}
