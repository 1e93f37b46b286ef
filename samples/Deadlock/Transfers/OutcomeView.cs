using System.Globalization;
using Spectre.Console;

namespace Deadlocks.Transfers;

/// <summary>The outcome on standard output: a table, a sentence, and a line for scripts.</summary>
internal static class OutcomeView
{
    /// <returns>The exit code.</returns>
    public static int Show(Outcome oneByOne, Outcome together, int total)
    {
        var table = new Table().RoundedBorder();
        table.AddColumn("locks acquired");
        foreach (var column in (string[])["transfers", "deadlocks", "elapsed"])
            table.AddColumn(new TableColumn(column).RightAligned());
        foreach (var outcome in (Outcome[])[oneByOne, together])
        {
            table.AddRow(
                outcome.How,
                outcome.Transfers.ToString(CultureInfo.InvariantCulture),
                outcome.Deadlocks.ToString(CultureInfo.InvariantCulture),
                string.Create(CultureInfo.InvariantCulture, $"{outcome.Elapsed.TotalSeconds:0.00} s"));
        }

        AnsiConsole.Write(table);
        var isRight = oneByOne.Deadlocks > 0 && together.Deadlocks == 0 && total == Accounts.TotalAtFirst;
        Console.WriteLine(isRight
            ? "Acquired one by one, the locks deadlock, and one of the workers has to begin again. Acquired together, they do not."
            : "That is not what was to be shown.");
        Console.WriteLine(
            $"transfers={oneByOne.Transfers + together.Transfers} deadlocks={oneByOne.Deadlocks} deadlocks_together={together.Deadlocks} total={total}");
        return isRight ? ExitCode.Right : ExitCode.Wrong;
    }
}
