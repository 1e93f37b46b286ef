namespace Locks.Cli.CommandLine;

/// <summary>The command line or a setting is wrong. The message names it, its value without secrets, and what is right.</summary>
internal sealed class UsageException(string message) : Exception(message);
