namespace ScaleOut.Items;

/// <summary>How far a measurement is.</summary>
/// <param name="Done">How many items have been written.</param>
/// <param name="Writes">How many writes there were: as many as items, if every item was done once.</param>
internal sealed record PhaseTally(int Done, int Writes);
