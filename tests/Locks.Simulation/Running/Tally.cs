namespace Locks.Simulation.Running;

/// <summary>Counts what happened, by name.</summary>
internal sealed class Tally
{
    private readonly SortedDictionary<string, long> _counts = new(StringComparer.Ordinal);

    /// <summary>The counts.</summary>
    public IReadOnlyDictionary<string, long> Counts => _counts;

    /// <summary>The count of one name.</summary>
    public long this[string name] => _counts.GetValueOrDefault(name);

    public void Add(string name, long count = 1) => _counts[name] = _counts.GetValueOrDefault(name) + count;

    public void Add(Tally other)
    {
        foreach (var (name, count) in other._counts)
            Add(name, count);
    }
}
