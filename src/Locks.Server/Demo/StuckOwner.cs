namespace Locks.Server.Demo;

/// <summary>
/// An owner whose work hangs while its process lives: its lease is renewed again and again, until an operator takes the lock away.
/// </summary>
internal sealed record StuckOwner(string Name) : DemoOwner(Name)
{
    public const string Key = "job/nightly-settlement";

    public override async Task RunAsync(DemoTurn turn, CancellationToken stop)
    {
        var held = await turn.Locks.AcquireAsync(Key, TimeSpan.FromMinutes(1), turn.Renewed(20), stop).ConfigureAwait(false);
        await using (held.ConfigureAwait(false))
            await turn.WorkAsync(86_400, 86_400, held.Lost, stop).ConfigureAwait(false);

        // Those behind it get their turns.
        await turn.PauseAsync(20, 30, stop).ConfigureAwait(false);
    }
}
