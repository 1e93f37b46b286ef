namespace Locks.Server.Demo;

/// <summary>Waits for the lock of the stuck owner.</summary>
internal sealed record BehindStuckOwner(string Name) : DemoOwner(Name)
{
    public override async Task RunAsync(DemoTurn turn, CancellationToken stop)
    {
        await turn.PauseAsync(1, 6, stop).ConfigureAwait(false);
        var held = await turn.Locks.AcquireAsync(StuckOwner.Key, TimeSpan.FromHours(1), turn.Renewed(20), stop).ConfigureAwait(false);
        await using var _ = held.ConfigureAwait(false);
        await turn.WorkAsync(1, 2, held.Lost, stop).ConfigureAwait(false);
    }
}
