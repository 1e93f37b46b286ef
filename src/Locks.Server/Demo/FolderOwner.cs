namespace Locks.Server.Demo;

/// <summary>Locks one of several folders, so that it seldom waits.</summary>
internal sealed record FolderOwner(string Name) : DemoOwner(Name)
{
    private static readonly string[] Keys =
        ["folder/invoices/2026/09", "folder/invoices/2026/10", "folder/invoices/2026/11", "folder/contracts", "folder/scans"];

    public override async Task RunAsync(DemoTurn turn, CancellationToken stop)
    {
        var key = Keys[turn.Choose(Keys.Length)];
        var held = await turn.Locks.AcquireAsync(key, TimeSpan.FromSeconds(30), turn.Renewed(15), stop).ConfigureAwait(false);
        await using (held.ConfigureAwait(false))
            await turn.WorkAsync(1, 4, held.Lost, stop).ConfigureAwait(false);

        await turn.PauseAsync(0.2, 1, stop).ConfigureAwait(false);
    }
}
