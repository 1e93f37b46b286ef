using Locks.Histories.Records;

namespace Locks.Histories.Checking;

/// <summary>Checks a history by every rule.</summary>
public static class HistoryChecker
{
    private static readonly IRule[] Rules =
    [
        new HoldRule(), new ResourceRule(), new QueueRule(), new CallRule(), new AnswerRule(), new EndRule(),
    ];

    /// <summary>Looks for promises that were broken.</summary>
    /// <param name="records">The records of all processes, in any order.</param>
    /// <returns>What was found; empty if every promise was kept.</returns>
    /// <exception cref="InvalidDataException">The records are no history.</exception>
    public static IReadOnlyList<Violation> Check(IEnumerable<HistoryRecord> records)
    {
        var history = new History(records);
        return [.. Rules.SelectMany(rule => rule.Check(history))];
    }

    /// <summary>How many times a history shows which of two callers has to come first.</summary>
    public static int CountKnownOrders(IEnumerable<HistoryRecord> records) => QueueRule.CountKnownOrders(new History(records));
}
