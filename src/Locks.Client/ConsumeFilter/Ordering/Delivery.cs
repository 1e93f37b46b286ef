namespace Locks.Client.ConsumeFilter.Ordering;

/// <summary>One delivery in the sequence of its channel.</summary>
internal sealed class Delivery(DeliverySequence sequence, ulong number)
{
    private string? _key;

    /// <summary>All is known of the delivery that has to be.</summary>
    /// <param name="key">The key that it is guarded with; absent when it is not guarded.</param>
    public void SetKnown(string? key)
    {
        if (key is not null && Interlocked.CompareExchange(ref _key, key, null) is null)
            sequence.Enter(number, key);
        sequence.SetKnown(number);
    }

    /// <summary>Waits until the earlier deliveries of the same key have left.</summary>
    public Task WaitForPredecessorsAsync(CancellationToken cancellationToken) =>
        _key is { } key ? sequence.WaitForPredecessorsAsync(number, key, cancellationToken) : Task.CompletedTask;

    /// <summary>The delivery is in the queue of its lock, has it, or will not get it.</summary>
    public void Leave()
    {
        if (_key is { } key)
            sequence.Leave(number, key);
    }
}
