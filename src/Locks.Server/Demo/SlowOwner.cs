namespace Locks.Server.Demo;

/// <summary>An owner whose work takes long, but comes to its end.</summary>
internal sealed record SlowOwner(string Name) : DemoOwner(Name)
{
    public const string Key = "report/monthly-sales";

    public override async Task RunAsync(DemoTurn turn, CancellationToken stop)
    {
        await turn.PauseAsync(0.5, 4, stop).ConfigureAwait(false);
        var held = await turn.Locks.AcquireAsync(Key, TimeSpan.FromMinutes(2), turn.Renewed(30), stop).ConfigureAwait(false);
        await using var _ = held.ConfigureAwait(false);
        await turn.WorkAsync(12, 20, held.Lost, stop).ConfigureAwait(false);
    }
}
