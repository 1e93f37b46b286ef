namespace Locks.Coordinator.Domain;

/// <summary>Where the answer to an attempt goes: the response address and the request id of the message that asked.</summary>
public sealed record ReplyTo(Uri Address, Guid? RequestId);
