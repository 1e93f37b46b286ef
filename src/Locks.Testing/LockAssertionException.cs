namespace Locks.Testing;

/// <summary>
/// A test's expectation of a lock was not met. The message says what was expected, how the lock is, and what has happened to it. Any test
/// framework reports it as a failure.
/// </summary>
/// <param name="message">The whole story.</param>
public sealed class LockAssertionException(string message) : Exception(message);
