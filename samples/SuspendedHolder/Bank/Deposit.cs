namespace SuspendedHolder.Bank;

/// <summary>What the story is about: two deposits, and an account that should hold both at the end.</summary>
internal static class Deposit
{
    public const int AtFirst = 100;
    public const int OfA = 10;
    public const int OfB = 50;
    public const int AtLast = AtFirst + OfA + OfB;
}
