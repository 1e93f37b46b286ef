using Locks.Client;
using Locks.TestKit;

namespace Locks.Dashboard.Tests;

/// <summary>What a busy system may have after some minutes, in a moment: the time is moved, step by step.</summary>
internal sealed class PictureLoad(RunningServer server)
{
    public const string Stuck = "job/nightly-settlement";

    private const string Hot = "stock/article-1042";

    // Longer than a picture takes on a machine that has too much to do.
    private static readonly TimeSpan Lease = TimeSpan.FromMinutes(2);

    private readonly List<ILockHandle> _held = [];
    private int _step;

    public async Task RunAsync()
    {
        await PassAsync(steps: 9);
        await (await server.AcquireAsync(Stuck, "settlement-us-1", Lease)).ReleaseAsync();
        await using (await server.AcquireAsync(Stuck, "settlement-eu-2", Lease))
            await PassAsync(steps: 1);
        await HoldAsync(Stuck, "settlement-eu-1");
        await PassAsync(steps: 2);
        await server.BeginToWaitAsync(Stuck, "settlement-eu-2");
        await PassAsync(steps: 8);
        await server.BeginToWaitAsync(Stuck, "settlement-us-1");
        await HoldAsync("account/1007", "transfer-88");
        await HoldAsync("account/2311", "transfer-91");
        await server.BeginToWaitAsync("account/2311", "transfer-88");
        await server.BeginToWaitAsync("account/1007", "transfer-91");
        await HoldAsync("folder/contracts", "importer-2");
        await PassAsync(steps: 19);
        await server.BeginToWaitAsync(Stuck, "finance-export-4");
        await PassAsync(steps: 16);
        await HoldAsync("report/monthly-sales", "reporting-1");
        await PassAsync(steps: 3);
        await server.BeginToWaitAsync("report/monthly-sales", "reporting-2");
        await PassAsync(steps: 2);
        await HoldAsync("folder/invoices/2026/11", "importer-1");
        await HoldAsync(Hot, "checkout-3");
        server.Advance(1);
        foreach (var number in new[] { 1, 6, 2, 5 })
            await server.BeginToWaitAsync(Hot, $"checkout-{number}");
    }

    /// <summary>The holders renew, as they would while time passes.</summary>
    public async Task RenewAsync()
    {
        foreach (var handle in _held)
            await handle.RenewAsync();
    }

    /// <summary>Steps of the charts: holders renew, and the hot key goes from hand to hand, now more often and now less.</summary>
    private async Task PassAsync(int steps)
    {
        for (var last = _step + steps; _step < last; _step++)
        {
            for (var turn = 0; turn < 1 + (_step % 3); turn++)
                await HandOffAsync(milliseconds: 120 + (_step * 37 % 90 * turn));
            server.Advance(4);
            await RenewAsync();
            server.EndStep();
        }
    }

    private async Task HandOffAsync(int milliseconds)
    {
        await using var held = await server.AcquireAsync(Hot, "checkout-1", Lease);
        var next = await server.BeginToWaitAsync(Hot, "checkout-2");
        server.Advance(milliseconds / 1_000.0);
        await held.ReleaseAsync();
        await using var _ = await next.Within();
    }

    private async Task HoldAsync(string key, string owner) => _held.Add(await server.AcquireAsync(key, owner, Lease));
}
