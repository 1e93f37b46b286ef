namespace Locks.Benchmarks.Measuring;

/// <summary>What one measurement found.</summary>
/// <param name="Operations">How many operations ended in time.</param>
/// <param name="PerSecond">Operations per second.</param>
/// <param name="First">Latency of an operation's first half: the acquire.</param>
/// <param name="Whole">Latency of a whole operation.</param>
/// <param name="CpuPerOperation">Milliseconds of this process's processor time, client and coordinator together.</param>
internal sealed record Measurement(int Operations, double PerSecond, Quantiles First, Quantiles Whole, double CpuPerOperation);
