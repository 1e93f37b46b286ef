namespace Locks.Client.Requests;

/// <summary>How a request waits in the queue of its lock.</summary>
/// <param name="Until">When it gives up.</param>
/// <param name="ProgressInterval">How often it asks for its rank; absent if the caller does not want to know.</param>
internal sealed record QueueWait(Deadline Until, TimeSpan? ProgressInterval);
