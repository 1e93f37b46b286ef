using Locks.Histories.Records;

namespace Locks.Histories.Checking;

/// <summary>When the clients are gone and the leases over, every lock is free and no attempt waits (G5, G7).</summary>
internal sealed class EndRule : IRule
{
    public IEnumerable<Violation> Check(History history) => history.Records
        .Where(record => record.Kind == RecordKind.Stays)
        .Select(record => new Violation("G5", $"'{record.Key}' is {record.Text}, although no client is left"));
}
