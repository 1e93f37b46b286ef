using Locks.Histories.Records;

namespace Locks.Verification.Running;

/// <summary>The faults of a run, for the checker and for the report.</summary>
internal sealed class FaultLog(HistoryWriter history)
{
    private readonly List<Fault> _faults = [];

    /// <summary>The faults, in the order of their beginnings.</summary>
    public IReadOnlyList<Fault> Faults => _faults;

    /// <summary>When the last of them was over; 0 before the first.</summary>
    public long EndedAt => _faults.Select(fault => fault.EndedAt).DefaultIfEmpty().Max();

    /// <summary>A fault begins.</summary>
    /// <param name="what">What it is called.</param>
    /// <param name="process">The process or the server that it is done to.</param>
    /// <param name="kind">What the checker has to know of it.</param>
    public Fault Begin(string what, string process, FaultKind kind = FaultKind.Other)
    {
        var record = new HistoryRecord { At = HistoryWriter.Now, Process = process, Kind = RecordKind.Fault, Fault = kind, Text = what };
        history.Write(record);
        var fault = new Fault(history, record);
        _faults.Add(fault);
        return fault;
    }

    /// <summary>A fault.</summary>
    internal sealed class Fault(HistoryWriter history, HistoryRecord begun)
    {
        /// <summary>When it began.</summary>
        public long BegunAt => begun.At;

        /// <summary>When it was over, and nothing but time was missing for service to be normal.</summary>
        public long EndedAt { get; private set; } = begun.At;

        /// <summary>What it is called.</summary>
        public string What => begun.Text!;

        /// <summary>The fault is over.</summary>
        public void End()
        {
            EndedAt = HistoryWriter.Now;
            history.Write(begun with { At = EndedAt, Kind = RecordKind.FaultEnded });
        }
    }
}
