namespace Locks.Server.Configuration;

/// <summary>The server is not set up in a way that it can run with.</summary>
internal sealed class BadConfigurationException(IReadOnlyList<string> problems) : Exception(string.Join(Environment.NewLine, problems))
{
    /// <summary>What is wrong: each names the setting, its value without secrets, and what is right.</summary>
    public IReadOnlyList<string> Problems { get; } = problems;
}
