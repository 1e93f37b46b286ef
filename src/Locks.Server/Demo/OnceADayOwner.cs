namespace Locks.Server.Demo;

/// <summary>A short job that must not run again for a while: its lock cools down after the release.</summary>
internal sealed record OnceADayOwner(string Name) : DemoOwner(Name)
{
    public const string Key = "mail/daily-digest";

    public override async Task RunAsync(DemoTurn turn, CancellationToken stop)
    {
        var once = turn.Renewed(30) with { HoldAtLeast = TimeSpan.FromSeconds(20) };
        var held = await turn.Locks.TryAcquireAsync(Key, once, stop).ConfigureAwait(false);
        if (held is not null)
        {
            await using var _ = held.ConfigureAwait(false);
            await turn.WorkAsync(1, 2, held.Lost, stop).ConfigureAwait(false);
        }

        await turn.PauseAsync(10, 15, stop).ConfigureAwait(false);
    }
}
