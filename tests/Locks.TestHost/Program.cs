using Locks.Client;
using Locks.TestHost;
using MassTransit;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

// coordinator: serves Queue until it is killed; DieAfterCommitOf names a key whose first commit is this process's last act.
// holder: takes Key for LeaseSeconds, says so, and holds it until it is killed; ThenWaitFor names a lock to wait for.
var builder = Host.CreateEmptyApplicationBuilder(new HostApplicationBuilderSettings { Args = args[1..] });
builder.Configuration.AddCommandLine(args[1..]);
var broker = new Uri(Required("Broker"));
var queue = Required("Queue");
builder.Services.AddOptions<MassTransitHostOptions>().Configure(options => options.WaitUntilStarted = true);
builder.Services.AddMassTransit(bus =>
{
    if (args[0] == "coordinator")
    {
        bus.AddLockCoordinator(options => options.QueueName = queue).UsePostgreSql(Required("Store"));
        if (builder.Configuration["DieAfterCommitOf"] is { } key)
            DyingLockStore.Wrap(builder.Services, key);
    }

    bus.UsingRabbitMq((context, rabbit) =>
    {
        rabbit.Host(broker);
        rabbit.ConfigureEndpoints(context);
    });
});
builder.Services.AddLockClient(options => options.QueueName = queue);

using var host = builder.Build();
await host.StartAsync();
if (args[0] == "holder")
{
    var lease = TimeSpan.FromSeconds(double.Parse(Required("LeaseSeconds"), System.Globalization.CultureInfo.InvariantCulture));
    var handle = await host.Services.GetRequiredService<ILockClient>()
        .TryAcquireAsync(Required("Key"), new LockOptions { Lease = lease, AutoRenew = true, Owner = "holder process" });
    Console.WriteLine(handle is null ? "BUSY" : $"HELD {handle.FencingToken}");
    if (builder.Configuration["ThenWaitFor"] is { } other)
        await host.Services.GetRequiredService<ILockClient>().AcquireAsync(other, TimeSpan.FromMinutes(5), lease);
}
else
{
    Console.WriteLine("READY");
}

await host.WaitForShutdownAsync();

string Required(string name) =>
    builder.Configuration[name] ?? throw new ArgumentException($"--{name} is missing.");
