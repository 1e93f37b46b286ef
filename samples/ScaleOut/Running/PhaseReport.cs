using ScaleOut.Items;

namespace ScaleOut.Running;

/// <summary>What came of a measurement.</summary>
/// <param name="Workers">How many workers shared it.</param>
/// <param name="Items">How many items there were.</param>
/// <param name="Tally">What was done.</param>
/// <param name="Elapsed">How long it took.</param>
/// <param name="Kills">The workers that were killed.</param>
internal sealed record PhaseReport(int Workers, int Items, PhaseTally Tally, TimeSpan Elapsed, IReadOnlyList<KillReport> Kills)
{
    public double ItemsPerSecond => Tally.Done / Elapsed.TotalSeconds;

    /// <summary>How often an item was done that had been done before.</summary>
    public int Duplicates => Tally.Writes - Tally.Done;

    public bool IsRight => Tally.Done == Items && Duplicates == 0;
}

/// <summary>What a kill has cost.</summary>
/// <param name="Worker">The worker that was killed.</param>
/// <param name="Item">The item that it left locked; <see langword="null"/> if it held no lock.</param>
/// <param name="DoneAfter">How long after the kill that item was done, by another worker.</param>
internal sealed record KillReport(string Worker, int? Item, TimeSpan DoneAfter);
