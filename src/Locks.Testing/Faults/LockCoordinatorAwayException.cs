namespace Locks.Testing.Faults;

/// <summary>What a sender is told whose message the script lets get lost.</summary>
internal sealed class LockCoordinatorAwayException(string why) : Exception(why);
