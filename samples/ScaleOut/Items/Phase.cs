namespace ScaleOut.Items;

/// <summary>One measurement: a list of items, and how many workers share it.</summary>
/// <param name="Number">Which measurement, from 1.</param>
/// <param name="Workers">The workers with a number up to this one take part.</param>
internal sealed record Phase(int Number, int Workers);
