using Locks.Histories.Records;

namespace Locks.Histories.Checking;

/// <summary>A call: its beginning, and its end where there is one.</summary>
/// <param name="Invoke">How it began.</param>
internal sealed record Call(HistoryRecord Invoke)
{
    /// <summary>The process that called.</summary>
    public string Process => Invoke.Process;

    /// <summary>The lock's key.</summary>
    public string Key => Invoke.Key!;

    /// <summary>How it ended; absent while it runs, or if its process died.</summary>
    public HistoryRecord? Answer { get; set; }

    /// <summary>Whether it was done.</summary>
    public bool IsOk => Answer?.Kind == RecordKind.Ok;

    /// <summary>What the caller was told of its rank, in that order.</summary>
    public List<HistoryRecord> Ranks { get; } = [];

    /// <summary>Of an acquire: when its caller looked and still held the lock.</summary>
    public List<HistoryRecord> Looks { get; } = [];

    /// <summary>Of an acquire: the calls of its holder, in their order.</summary>
    public List<Call> Uses { get; } = [];

    /// <inheritdoc/>
    public override string ToString() => $"call {Invoke.Call} of {Process}";
}
