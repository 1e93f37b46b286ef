namespace Locks.Coordinator.Clocks;

/// <summary>Between which two times the store's clock must be.</summary>
/// <param name="From">The earliest.</param>
/// <param name="Until">The latest.</param>
internal readonly record struct TimeBounds(DateTimeOffset From, DateTimeOffset Until);
