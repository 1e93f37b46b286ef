namespace Locks.Server.Demo;

/// <summary>
/// Takes two locks one after the other. Another owner takes the same two in the other order, so each waits for what the other holds.
/// <c>AcquireAllAsync</c> would prevent that.
/// </summary>
/// <param name="Name">The owner.</param>
/// <param name="First">The key that it takes first.</param>
/// <param name="Second">The key that it takes while it holds the first.</param>
internal sealed record DeadlockedOwner(string Name, string First, string Second) : DemoOwner(Name)
{
    public const string Debtor = "account/DE-0815";
    public const string Creditor = "account/NL-4711";

    private static readonly TimeSpan Wait = TimeSpan.FromHours(1);

    public override async Task RunAsync(DemoTurn turn, CancellationToken stop)
    {
        var first = await turn.Locks.AcquireAsync(First, Wait, turn.Renewed(30), stop).ConfigureAwait(false);
        await using (first.ConfigureAwait(false))
        {
            await turn.WorkAsync(1, 1, first.Lost, stop).ConfigureAwait(false);
            await TakeSecondAsync(turn, first.Lost, stop).ConfigureAwait(false);
        }

        await turn.PauseAsync(10, 20, stop).ConfigureAwait(false);
    }

    private async Task TakeSecondAsync(DemoTurn turn, CancellationToken lost, CancellationToken stop)
    {
        using var either = CancellationTokenSource.CreateLinkedTokenSource(lost, stop);
        try
        {
            var second = await turn.Locks.AcquireAsync(Second, Wait, turn.Renewed(30), either.Token).ConfigureAwait(false);
            await using var _ = second.ConfigureAwait(false);
            await turn.WorkAsync(1, 2, second.Lost, either.Token).ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (!stop.IsCancellationRequested)
        {
            // An operator took the first lock away, so there is nothing to do with the second.
        }
    }
}
