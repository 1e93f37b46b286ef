namespace Locks.Benchmarks.Measuring;

/// <summary>What callers do.</summary>
/// <param name="Callers">How many there are.</param>
/// <param name="KeyPrefix">The one key, or what each caller's own begins with.</param>
/// <param name="OneKey">Whether all of them want the same key.</param>
/// <param name="Length">For how long.</param>
/// <param name="Wait">How long a caller waits for its turn; no turn is waited for when absent.</param>
/// <param name="BehindAHolder">
/// Whether another holder has the key at first: the time counts from the first grant, and who still waits at its end gives up.
/// </param>
internal sealed record LoadShape(
    int Callers, string KeyPrefix, bool OneKey, TimeSpan Length, TimeSpan? Wait = null, bool BehindAHolder = false)
{
    public string KeyOf(int caller) => OneKey ? KeyPrefix : $"{KeyPrefix}-{caller}";

    /// <summary>The part of one process among several. Those of different processes have different keys, unless there is but one.</summary>
    public LoadShape ShareOf(int index, int processes) => this with
    {
        Callers = (Callers / processes) + (index < Callers % processes ? 1 : 0),
        KeyPrefix = OneKey ? KeyPrefix : $"{KeyPrefix}-{index}",
    };
}
