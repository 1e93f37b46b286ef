namespace Locks.Testing.Faults;

/// <summary>The fault that a sender gets whose message the fault plan refuses.</summary>
internal sealed class LockCoordinatorAwayException(string why) : Exception(why);
