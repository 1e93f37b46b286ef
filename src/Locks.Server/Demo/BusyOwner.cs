namespace Locks.Server.Demo;

/// <summary>One of many that want the same key for a moment each: a hot key whose queue moves all the time.</summary>
internal sealed record BusyOwner(string Name) : DemoOwner(Name)
{
    public const string Key = "stock/article-1042";

    public override async Task RunAsync(DemoTurn turn, CancellationToken stop)
    {
        await turn.PauseAsync(0.2, 1.2, stop).ConfigureAwait(false);
        var held = await turn.Locks.AcquireAsync(Key, TimeSpan.FromSeconds(30), turn.Renewed(10), stop).ConfigureAwait(false);
        await using var _ = held.ConfigureAwait(false);
        await turn.WorkAsync(0.2, 0.7, held.Lost, stop).ConfigureAwait(false);
    }
}
