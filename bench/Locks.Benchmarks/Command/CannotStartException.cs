namespace Locks.Benchmarks.Command;

/// <summary>Something that the run needs is missing or was refused; the message is one plain sentence.</summary>
internal sealed class CannotStartException(string message, Exception? inner = null) : Exception(message, inner);
