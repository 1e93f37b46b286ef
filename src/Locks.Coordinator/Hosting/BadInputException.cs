using Locks.Contracts;

namespace Locks.Coordinator.Hosting;

/// <summary>A message breaks a limit. It is not tried again.</summary>
public sealed class BadInputException(string message, BadInput problem) : Exception($"{message}: {problem}")
{
    /// <summary>What is wrong.</summary>
    public BadInput Problem { get; } = problem;
}
