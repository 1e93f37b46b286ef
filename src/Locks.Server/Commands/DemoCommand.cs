using Locks.Client;
using Locks.Server.Configuration;
using Locks.Server.Demo;

namespace Locks.Server.Commands;

/// <summary>Runs a server with a load of its own in its own memory, to look at.</summary>
internal static class DemoCommand
{
    // A port that is free, and an address that no other machine reaches, also in a container whose environment says otherwise.
    private const string Address = "--urls=http://127.0.0.1:0";

    private static readonly string[] Defaults = [Address, "--Logging:LogLevel:Default=Warning"];
    private static readonly string[] Memory =
        [$"--Locks:{nameof(ServerOptions.Broker)}=inmemory", $"--Locks:{nameof(ServerOptions.Store)}={nameof(StoreKind.InMemory)}"];

    private static readonly string[] NotForDemo =
        [nameof(ServerOptions.Broker), nameof(ServerOptions.Store), nameof(ServerOptions.ConnectionString)];

    public static async Task<int> RunAsync(string[] args, TextWriter output)
    {
        var app = Build(args);
        return await RunCommand.RunAsync(app, () => output.WriteLineAsync(
            $"A server with a demo load runs at {app.Urls.First()}/ until Ctrl+C ends it.")).ConfigureAwait(false);
    }

    /// <summary>The server and its load.</summary>
    /// <exception cref="BadConfigurationException">The settings make no sense, or are not for the demo.</exception>
    internal static WebApplication Build(string[] args)
    {
        Refuse(args);
        return ServerHost.Build([.. Defaults, .. args, .. Memory], configure: static services =>
        {
            services.Configure<LockClientOptions>(options => options.Owner = SharedLeaseOwner.ClientName);
            services.AddHostedService<DemoLoad>();
        });
    }

    /// <summary>A load that is made up must not run on a broker or a store that others use.</summary>
    private static void Refuse(string[] args)
    {
        var given = new ConfigurationBuilder().AddCommandLine(args).Build().GetSection(ServerSettings.Section);
        var problems = given.GetChildren()
            .Where(setting => NotForDemo.Contains(setting.Key, StringComparer.OrdinalIgnoreCase))
            .Select(setting => $"The demo has a broker and a store in its own memory; leave {setting.Path} out.")
            .ToList();
        if (problems.Count > 0)
            throw new BadConfigurationException(problems);
    }
}
