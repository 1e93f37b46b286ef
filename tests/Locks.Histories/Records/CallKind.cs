namespace Locks.Histories.Records;

/// <summary>What was called.</summary>
public enum CallKind
{
    /// <summary>A try of the lock, or a wait for it.</summary>
    Acquire,

    /// <summary>A renewal.</summary>
    Renew,

    /// <summary>A write to the resource that the lock guards.</summary>
    Write,

    /// <summary>A release.</summary>
    Release,
}
