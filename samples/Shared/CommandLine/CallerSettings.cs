using Samples.Hosting;

namespace Samples.CommandLine;

/// <summary>What the command line of a sample asks for whose callers are one process, with a coordinator inside or beside it.</summary>
/// <param name="Servers">The broker and the coordinator's database; <see langword="null"/> for one process.</param>
/// <param name="IsCoordinator">Whether this process is the coordinator.</param>
/// <param name="Run">The name of the run.</param>
/// <param name="LockQueue">The coordinator's queue, which no other run has: so no other user of the broker is in its way.</param>
public sealed record CallerSettings(Servers? Servers, bool IsCoordinator, string Run, string LockQueue);
