namespace Locks.Server.Demo;

/// <summary>Takes a lock only if it is free, and finds it busy now and then.</summary>
internal sealed record TryingOwner(string Name) : DemoOwner(Name)
{
    public override async Task RunAsync(DemoTurn turn, CancellationToken stop)
    {
        await turn.PauseAsync(0.8, 2, stop).ConfigureAwait(false);
        var held = await turn.Locks.TryAcquireAsync(CrashingOwner.Key, turn.Renewed(10), stop).ConfigureAwait(false);
        if (held is null)
            return;

        await using var _ = held.ConfigureAwait(false);
        await turn.WorkAsync(0.3, 0.8, held.Lost, stop).ConfigureAwait(false);
    }
}
