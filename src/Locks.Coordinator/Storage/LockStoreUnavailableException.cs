namespace Locks.Coordinator.Storage;

/// <summary>The store can't be reached, or failed in a way that may pass. What was under way may or may not have been written.</summary>
public sealed class LockStoreUnavailableException(string message, Exception inner) : Exception(message, inner);
