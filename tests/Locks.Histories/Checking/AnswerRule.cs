using Locks.Histories.Records;

namespace Locks.Histories.Checking;

/// <summary>Busy is an answer, failure is one kind of exception (G9): no caller gets any other.</summary>
internal sealed class AnswerRule : IRule
{
    public IEnumerable<Violation> Check(History history) => history.Calls
        .Where(call => call.Answer?.Kind == RecordKind.Wrong)
        .Select(call => new Violation("G9", $"the {call.Invoke.What} of '{call.Key}', {call}, got {call.Answer!.Text}"));
}
