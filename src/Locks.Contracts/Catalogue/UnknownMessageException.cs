namespace Locks.Contracts.Catalogue;

/// <summary>A message is in no catalogue: it is empty, or a client or coordinator of another version sent it.</summary>
internal sealed class UnknownMessageException(string message) : Exception(message);
