using Locks.Admin.Access;
using Locks.Admin.Http;
using Locks.Server.Configuration;
using Locks.Server.Health;
using Locks.Server.Http;
using Locks.Server.Telemetry;
using MassTransit;

namespace Locks.Server;

/// <summary>Puts the server together.</summary>
internal static class ServerHost
{
    /// <summary>After this the process ends, whatever is still there. docker-compose.yml kills it after 30 s.</summary>
    public static readonly TimeSpan LongestEnd = TimeSpan.FromSeconds(29);

    private static readonly TimeSpan StopTimeout = TimeSpan.FromSeconds(28);
    private static readonly TimeSpan BusStopTimeout = TimeSpan.FromSeconds(25);

    /// <summary>After this a message that is still worked on (the store may be away) is given up, and left to the broker.</summary>
    private static readonly TimeSpan MessageTimeout = TimeSpan.FromSeconds(20);

    /// <summary>After this a person who looks at locks is told that no coordinator answers.</summary>
    private static readonly TimeSpan AnswerTimeout = TimeSpan.FromSeconds(5);

    /// <summary>The settings come from beside the program, wherever it is started.</summary>
    public static WebApplicationBuilder CreateBuilder(string[] args) =>
        WebApplication.CreateBuilder(new WebApplicationOptions { Args = args, ContentRootPath = AppContext.BaseDirectory });

    /// <summary>Builds the server; the bus begins to look at the store already.</summary>
    /// <param name="args">The settings of the command line.</param>
    /// <param name="logTo">Where the log goes besides the console.</param>
    /// <param name="configure">Adds services that start after the bus and stop before it.</param>
    /// <exception cref="BadConfigurationException">The settings make no sense.</exception>
    public static WebApplication Build(string[] args, ILoggerProvider? logTo = null, Action<IServiceCollection>? configure = null)
    {
        var builder = CreateBuilder(args);
        var settings = ServerSettings.Read(builder.Configuration, needsBroker: true);
        if (!OwnAddress.IsSet(builder.Configuration))
            builder.WebHost.UseUrls(OwnAddress.Default);
        builder.AddTelemetry();

        if (logTo is not null)
            builder.Logging.AddProvider(logTo);
        var services = builder.Services;
        services.AddSingleton(settings);
        services.AddMassTransit(bus =>
        {
            bus.DisableUsageTelemetry();
            bus.AddLockCoordinator(builder.Configuration.GetSection(ServerSettings.Section).Bind).UseStore(settings);
            bus.UseBroker(settings.Broker!, settings.BrokerTls is { } tls ? tls.Configure : null);
        });
        services.AddLockClient(client =>
        {
            client.QueueName = settings.Coordinator.QueueName;
            client.RequestTimeout = AnswerTimeout;
        });
        services.AddBoundedHealthChecks();
        services.AddLocksAdmin(settings.Admin);
        services.AddNamedProblems();
        builder.WebHost.ConfigureKestrel(static kestrel => kestrel.AddServerHeader = false);

        services.Configure<HostOptions>(host => host.ShutdownTimeout = StopTimeout);
        services.Configure<MassTransitHostOptions>(host =>
        {
            host.StopTimeout = BusStopTimeout;
            host.ConsumerStopTimeout = MessageTimeout;
        });

        configure?.Invoke(services);
        var app = builder.Build();
        app.UseSecurityHeaders();
        app.UseExceptionHandler();
        app.UseStatusCodePages();
        app.UseRouting();
        app.UseReadAccessWhereNoneIsNamed();
        app.MapMetrics();
        app.MapHealth();
        app.MapLocksAdmin(prefix: "");
        return app;
    }
}
