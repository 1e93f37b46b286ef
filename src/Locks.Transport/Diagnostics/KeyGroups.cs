using System.Collections.Concurrent;

namespace Locks.Transport.Diagnostics;

/// <summary>
/// The groups that metrics tell keys apart by, as the application's function gives them. Their number is bounded, because each is a time
/// series of its own: a key that would begin one too many counts as <see cref="Other"/>.
/// </summary>
internal sealed class KeyGroups
{
    /// <summary>The group of the keys for whose own group there is no room.</summary>
    public const string Other = "other";

    /// <summary>How many groups there may be, unless an option says otherwise.</summary>
    public const int DefaultMax = 100;

    /// <summary>The most that an option may say.</summary>
    public const int MostMax = 10_000;

    private readonly Func<string, string?>? _groupOf;
    private readonly int _max;
    private readonly Action<Exception> _onFailed;
    private readonly ConcurrentDictionary<string, string> _known = new(StringComparer.Ordinal);
    private readonly Lock _gate = new();
    private bool _hasFailed;

    /// <param name="groupOf">The application's function; absent when keys are not grouped.</param>
    /// <param name="max">How many groups there may be.</param>
    /// <param name="onFailed">Called with the first exception that the function throws, and no other.</param>
    public KeyGroups(Func<string, string?>? groupOf, int max, Action<Exception> onFailed)
    {
        _groupOf = groupOf;
        _max = max;
        _onFailed = onFailed;
    }

    /// <summary>The group of a key; absent when it has none, or the function fails.</summary>
    public string? Of(string key)
    {
        if (_groupOf is null || Ask(key) is not { Length: > 0 } group)
            return null;
        return _known.TryGetValue(group, out var known) ? known : Add(group);
    }

    private string Add(string group)
    {
        lock (_gate)
        {
            if (_known.Count >= _max)
                return _known.GetValueOrDefault(group, Other);
            return _known.GetOrAdd(group, group);
        }
    }

    private string? Ask(string key)
    {
        try
        {
            return _groupOf!(key);
        }
#pragma warning disable CA1031 // Whatever the application's code throws: no lock depends on it.
        catch (Exception exception)
#pragma warning restore CA1031
        {
            if (!Interlocked.Exchange(ref _hasFailed, true))
                _onFailed(exception);
            return null;
        }
    }
}
