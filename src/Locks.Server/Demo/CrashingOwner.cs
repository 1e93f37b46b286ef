namespace Locks.Server.Demo;

/// <summary>Ends without releasing its lock, as a process that crashes: the lock frees itself when its lease is over.</summary>
internal sealed record CrashingOwner(string Name) : DemoOwner(Name)
{
    public const string Key = "printer/warehouse-2";

    public override async Task RunAsync(DemoTurn turn, CancellationToken stop)
    {
        var crash = turn.NotRenewed(4) with { HoldUntilExpiry = true };
        var held = await turn.Locks.AcquireAsync(Key, TimeSpan.FromSeconds(30), crash, stop).ConfigureAwait(false);
        await held.DisposeAsync().ConfigureAwait(false);
        await turn.PauseAsync(6, 10, stop).ConfigureAwait(false);
    }
}
