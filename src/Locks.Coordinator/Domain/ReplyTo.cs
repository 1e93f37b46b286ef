namespace Locks.Coordinator.Domain;

/// <summary>Where the reply to an attempt goes: the response address and the request id of the message that asked.</summary>
internal sealed record ReplyTo(Uri Address, Guid? RequestId);
