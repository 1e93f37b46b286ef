using Locks.Client;

namespace Locks.Server.Demo;

/// <summary>A small, varied load to look at: what each owner does, again and again, until the demo ends.</summary>
internal sealed class DemoLoad(ILockClient locks, TimeProvider time) : BackgroundService
{
    private static readonly TimeSpan AfterTrouble = TimeSpan.FromSeconds(1);

    private static IEnumerable<DemoOwner> Owners =>
    [
        .. Enumerable.Range(1, 6).Select(number => new BusyOwner($"checkout-{number}")),
        new SlowOwner("reporting-1"),
        new SlowOwner("reporting-2"),
        new StuckOwner("settlement-eu-1"),
        new BehindStuckOwner("settlement-eu-2"),
        new BehindStuckOwner("settlement-us-1"),
        new BehindStuckOwner("finance-export-4"),
        new DeadlockedOwner("transfer-out-7", DeadlockedOwner.Debtor, DeadlockedOwner.Creditor),
        new DeadlockedOwner("transfer-in-3", DeadlockedOwner.Creditor, DeadlockedOwner.Debtor),
        new CrashingOwner("label-printer-2"),
        new TryingOwner("label-printer-3"),
        new OnceADayOwner("mailer-1"),
        new FolderOwner("importer-1"),
        new FolderOwner("importer-2"),
        new SharedLeaseOwner(SharedLeaseOwner.ClientName),
    ];

    protected override Task ExecuteAsync(CancellationToken stoppingToken) =>
        Task.WhenAll(Owners.Select((owner, index) => RepeatAsync(owner, new DemoTurn(locks, time, owner.Name, index), stoppingToken)));

    private async Task RepeatAsync(DemoOwner owner, DemoTurn turn, CancellationToken stop)
    {
        while (!stop.IsCancellationRequested)
        {
            try
            {
                await owner.RunAsync(turn, stop).ConfigureAwait(false);
            }
            catch (OperationCanceledException) when (stop.IsCancellationRequested)
            {
                return;
            }
            catch (Exception trouble) when (trouble is LockUnavailableException or LockTimeoutException or LockRefusedException)
            {
                // A service would log it and try again later. An operator who cancels a waiter causes the last of them.
                await Task.Delay(AfterTrouble, time, stop).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            }
        }
    }
}
