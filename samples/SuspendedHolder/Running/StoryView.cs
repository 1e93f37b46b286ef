using SuspendedHolder.Bank;

namespace SuspendedHolder.Running;

/// <summary>The beginning of the story, and its end: a sentence, and a line for scripts.</summary>
internal static class StoryView
{
    public static void Begin(bool withFence) => Console.WriteLine(
        $"""
        An account holds {Deposit.AtFirst}. A adds {Deposit.OfA} and B adds {Deposit.OfB}, each under the same lock, with a lease of {Depositor.Lease.TotalSeconds} s.
        {(withFence ? "The account refuses a fencing token that is lower than one it has seen." : "The account accepts every write (--no-fence).")}

        """);

    /// <returns>The exit code.</returns>
    public static int Judge(int balance)
    {
        var isRight = balance == Deposit.AtLast;
        Console.WriteLine();
        Console.WriteLine(isRight
            ? $"Both deposits are there: {Deposit.AtFirst} + {Deposit.OfA} + {Deposit.OfB} = {balance}."
            : $"B's deposit of {Deposit.OfB} is LOST: A has overwritten it. No lock can prevent that; the account can (leave out --no-fence).");
        Console.WriteLine($"balance={balance} expected={Deposit.AtLast}");
        return isRight ? ExitCode.Right : ExitCode.Wrong;
    }
}
