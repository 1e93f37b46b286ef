namespace Locks.Server.Demo;

/// <summary>One owner of the demo's load.</summary>
/// <param name="Name">The owner as it is shown.</param>
internal abstract record DemoOwner(string Name)
{
    /// <summary>What the owner does again and again.</summary>
    public abstract Task RunAsync(DemoTurn turn, CancellationToken stop);
}
