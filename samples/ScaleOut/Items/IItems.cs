namespace ScaleOut.Items;

/// <summary>
/// The items, and what became of them. A write of a fencing token that is not higher than the item's is refused; nothing else keeps an item
/// from being done twice.
/// </summary>
internal interface IItems
{
    /// <summary>The measurement that goes on; <see langword="null"/> before the first.</summary>
    Task<Phase?> CurrentAsync(CancellationToken cancellationToken);

    /// <summary>Begins a measurement, with all of its items open.</summary>
    Task BeginAsync(Phase phase, int items, CancellationToken cancellationToken);

    /// <summary>The numbers of the items that are not done, from 1.</summary>
    Task<IReadOnlyList<int>> OpenAsync(Phase phase, CancellationToken cancellationToken);

    Task<bool> IsDoneAsync(Phase phase, int item, CancellationToken cancellationToken);

    /// <returns>Whether the write was accepted.</returns>
    Task<bool> WriteAsync(Phase phase, int item, long fence, CancellationToken cancellationToken);

    Task<PhaseTally> TallyAsync(Phase phase, CancellationToken cancellationToken);
}
