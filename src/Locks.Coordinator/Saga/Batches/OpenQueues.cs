namespace Locks.Coordinator.Saga.Batches;

/// <summary>How many queues this coordinator reads beside the common one, once it reads all of them.</summary>
internal sealed class OpenQueues
{
    private volatile int _count;

    public int Count
    {
        get => _count;
        set => _count = value;
    }
}
