namespace Locks.Benchmarks.Measuring;

/// <summary>An operation did not do what it should; figures of something that does not work are worth nothing.</summary>
internal sealed class MeasurementFailedException(string message, Exception? inner = null) : Exception(message, inner);
