namespace Locks.Benchmarks.Measuring;

/// <summary>What the callers of one process found.</summary>
/// <param name="Seconds">How long it took.</param>
/// <param name="First">Latencies of the first halves.</param>
/// <param name="Whole">Latencies of whole operations.</param>
/// <param name="PerCaller">How many operations each caller did.</param>
internal sealed record LoadFigures(double Seconds, Latencies First, Latencies Whole, IReadOnlyList<int> PerCaller);
