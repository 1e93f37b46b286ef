using Locks.Contracts;

namespace Locks.Coordinator.Hosting;

/// <summary>A message breaks a limit. It is not tried again.</summary>
public sealed class InvalidCommandException(string message, ValidationError problem) : Exception($"{message}: {problem}")
{
    /// <summary>What is wrong.</summary>
    public ValidationError Problem { get; } = problem;
}
