namespace Locks.Histories.Checking;

/// <summary>Something that every history has to fulfil.</summary>
internal interface IRule
{
    /// <summary>Looks for what does not fulfil it.</summary>
    IEnumerable<Violation> Check(History history);
}
