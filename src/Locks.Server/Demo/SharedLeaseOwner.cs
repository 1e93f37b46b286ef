namespace Locks.Server.Demo;

/// <summary>Holds several locks on one shared lease, which live and die together.</summary>
internal sealed record SharedLeaseOwner(string Name) : DemoOwner(Name)
{
    /// <summary>The owner of a shared lease is that of the client, so the demo's client has this name.</summary>
    public const string ClientName = "archiver-1";

    private static readonly string[] Keys = ["folder/archive/2023", "folder/archive/2024", "folder/archive/2025"];

    public override async Task RunAsync(DemoTurn turn, CancellationToken stop)
    {
        var lease = await turn.Locks.Leases.GrantAsync(TimeSpan.FromSeconds(20), stop).ConfigureAwait(false);
        await using (lease.ConfigureAwait(false))
        {
            foreach (var key in Keys)
                await turn.Locks.Locks.AcquireAsync(key, lease.Id, stop).ConfigureAwait(false);

            await turn.WorkAsync(25, 40, lease.Lost, stop).ConfigureAwait(false);
        }

        await turn.PauseAsync(3, 6, stop).ConfigureAwait(false);
    }
}
