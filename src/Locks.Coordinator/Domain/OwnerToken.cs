namespace Locks.Coordinator.Domain;

/// <summary>The secret that proves ownership of one grant. Its text form hides it, so that no log line can leak it.</summary>
internal readonly record struct OwnerToken(string Value)
{
    /// <summary>Returns <c>***</c> in place of the secret.</summary>
    public override string ToString() => "***";
}
