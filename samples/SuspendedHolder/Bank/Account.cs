namespace SuspendedHolder.Bank;

/// <summary>What the lock guards.</summary>
internal sealed class Account
{
    public const int OnlyOne = 1;

    public required int Id { get; init; }

    public required int Balance { get; init; }

    /// <summary>The highest fencing token that it was written with.</summary>
    public long Fence { get; init; }
}
