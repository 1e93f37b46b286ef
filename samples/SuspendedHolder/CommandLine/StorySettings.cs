
namespace SuspendedHolder.CommandLine;

/// <summary>What the command line asks for.</summary>
/// <param name="Servers">The broker and the database that the processes share; <see langword="null"/> for one process.</param>
/// <param name="WithFence">Whether the account refuses a stale fencing token.</param>
/// <param name="Role">What this process does.</param>
/// <param name="Run">The name in the names of the queue and the lock.</param>
internal sealed record StorySettings(Servers? Servers, bool WithFence, Role Role, string Run);
