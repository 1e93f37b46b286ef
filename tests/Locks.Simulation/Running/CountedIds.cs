using MassTransit;

namespace Locks.Simulation.Running;

/// <summary>
/// MassTransit's ids, counted: the product orders timers that are due at the same moment by them. They begin anew with each run, so that a
/// seed has the same history whatever was run before.
/// </summary>
internal sealed class CountedIds : ITickProvider, IWorkerIdProvider
{
    private long _ticks;

    private CountedIds()
    {
    }

    public long Ticks => ++_ticks;

    /// <summary>Begins anew.</summary>
    public static void Begin()
    {
        var ids = new CountedIds();
        NewId.SetGenerator(new NewIdGenerator(ids, ids));
    }

    public byte[] GetWorkerId(int index) => [1, 2, 3, 4, 5, 6];
}
