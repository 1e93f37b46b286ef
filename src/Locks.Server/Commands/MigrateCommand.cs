using System.Runtime.InteropServices;
using Locks.Coordinator.Storage;
using Locks.Server.Configuration;

namespace Locks.Server.Commands;

/// <summary>Applies the schema.</summary>
internal static class MigrateCommand
{
    public static async Task<int> RunAsync(string[] args, TextWriter output, TextWriter errors)
    {
        var settings = ServerSettings.Read(ServerHost.CreateBuilder(args).Configuration, needsBroker: false);
        if (settings.Store == StoreKind.InMemory)
            throw new BadConfigurationException(["There is nothing to migrate: Locks:Store is 'InMemory', which has no tables."]);

        var services = new ServiceCollection().AddLogging();
        services.AddLockCoordinator().UseStore(settings);
        var provider = services.BuildServiceProvider();
        await using var _ = provider.ConfigureAwait(false);

        using var stop = new CancellationTokenSource();
        using var onTerm = PosixSignalRegistration.Create(PosixSignal.SIGTERM, Stop);
        using var onInterrupt = PosixSignalRegistration.Create(PosixSignal.SIGINT, Stop);
        try
        {
            await provider.GetRequiredService<ILockSchema>().MigrateAsync(stop.Token).ConfigureAwait(false);
        }
        catch (LockStoreUnavailableException unavailable)
        {
            await errors.WriteLineAsync($"Locks.Server: {unavailable.Message} ({unavailable.GetBaseException().Message})").ConfigureAwait(false);
            return CommandLine.Failed;
        }
        catch (OperationCanceledException) when (stop.IsCancellationRequested)
        {
            await errors.WriteLineAsync("Locks.Server: stopped; the migration that was under way was rolled back.").ConfigureAwait(false);
            return CommandLine.Failed;
        }

        await output.WriteLineAsync("Locks.Server: the tables have the form that this version needs.").ConfigureAwait(false);
        return CommandLine.Done;

        void Stop(PosixSignalContext context)
        {
            context.Cancel = true;
            stop.Cancel();
        }
    }
}
