namespace Locks.Cli.CommandLine;

/// <summary>A command line for the help.</summary>
/// <param name="Line">The command line.</param>
/// <param name="What">What it does.</param>
internal sealed record Example(string Line, string What);
