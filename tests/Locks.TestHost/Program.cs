using System.Globalization;
using Locks.Client;
using Locks.Failpoints;
using Locks.TestHost;
using MassTransit;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Npgsql;

// coordinator: serves Queue until it is killed. DieAt names the failpoint at which the process kills itself, DieOf the key that is
//   granted there. ClockAheadSeconds and ClockStepSeconds make its wall clock wrong.
// blocked: runs Callers synchronous callers over Keys locks, starting with MinThreads pool threads, prints the figures, and ends.
// exclusive: waits for Key and writes the term log in Store under its Name while it holds the lock. Ends on SIGTERM.
// waiters: lets Callers callers wait for Key, and prints WAITING once all have sent their request. Runs until it is killed.
// payments: captures the payments of the queue Payments under the guard that Policy names, and prints each step. Runs until it is killed.
// concurrent-payments: captures the payments of the queue Payments, Concurrency at a time, under a guard that waits.
// holder: acquires Key for LeaseSeconds, prints HELD and the fencing token, and holds it until it is killed. ThenWaitFor names a lock to wait
// for. Answers each input line with three values of its handle: whether Lost has fired, whether the lock is held, and the state.
var builder = Host.CreateEmptyApplicationBuilder(new HostApplicationBuilderSettings { Args = args[1..] });
builder.Configuration.AddCommandLine(args[1..]);
var broker = new Uri(Required("Broker"));
var queue = Required("Queue");
builder.Services.AddOptions<MassTransitHostOptions>().Configure(options => options.WaitUntilStarted = true);
builder.Services.AddMassTransit(bus =>
{
    if (args[0] == "coordinator")
    {
        builder.Services.AddSingleton(SteppingWallClock.Of(builder.Configuration));
        bus.AddLockCoordinator(options => options.QueueName = queue).UsePostgreSql(Required("Store"));
        if (builder.Configuration["DieAt"] is { } point)
            builder.Services.AddFailpoints(new Fuse(Enum.Parse<Failpoint>(point), key: Required("DieOf")));
    }

    if (args[0] == "concurrent-payments")
        ConcurrentPaymentConsumer.AddTo(bus, Required("Payments"), Required("Store"), Number("Concurrency"));

    if (args[0] == "payments")
    {
        PaymentConsumer.AddTo(bus, Required("Payments"), Required("Store"), Required("Policy"), Lease());
        builder.Logging.SetMinimumLevel(LogLevel.Error).AddFilter("Locks.Client", LogLevel.Information)
            .AddSimpleConsole(console => console.SingleLine = true);
    }

    bus.UsingRabbitMq((context, rabbit) =>
    {
        rabbit.Host(broker);
        rabbit.ConfigureEndpoints(context);
    });
});
builder.Services.AddLockClient(options =>
{
    options.QueueName = queue;
    options.HeartbeatInterval = TimeSpan.FromSeconds(double.Parse(builder.Configuration["HeartbeatSeconds"] ?? "10", CultureInfo.InvariantCulture));
    options.SafetyMargin = TimeSpan.FromSeconds(double.Parse(builder.Configuration["MarginSeconds"] ?? "0.5", CultureInfo.InvariantCulture));
});
if (args[0] == "exclusive")
{
    builder.Services.AddSingleton(NpgsqlDataSource.Create(Required("Store"))).AddSingleton(new InstanceName(Required("Name")));
    builder.Services.AddExclusiveHostedService<TermLogWriter>(Required("Key"), new() { Lease = Lease() });
}

using var host = builder.Build();
await host.StartAsync();
if (args[0] == "holder")
{
    var lease = Lease();
    var handle = await host.Services.GetRequiredService<ILockClient>()
        .TryAcquireAsync(Required("Key"), new LockOptions { Lease = lease, AutoRenew = true, Owner = "holder process" });
    Console.WriteLine(handle is null ? "BUSY" : $"HELD {handle.FencingToken}");
    _ = Task.Run(async () =>
    {
        while (handle is not null && await Console.In.ReadLineAsync() is not null)
            Console.WriteLine($"{handle.Lost.IsCancellationRequested} {handle.IsHeld} {handle.State}");
    });
    if (builder.Configuration["ThenWaitFor"] is { } other)
        await host.Services.GetRequiredService<ILockClient>().AcquireAsync(other, TimeSpan.FromMinutes(5), lease);
}
else if (args[0] == "waiters")
{
    var client = host.Services.GetRequiredService<ILockClient>();
    _ = Enumerable.Range(0, Number("Callers")).Select(_ => client.AcquireAsync(Required("Key"), TimeSpan.FromMinutes(30))).ToList();
    Console.WriteLine("WAITING");
}
else if (args[0] == "blocked")
{
    var callers = new BlockedCallers(
        host.Services.GetRequiredService<IDistributedLock>(), Number("Callers"), Number("Keys"), Number("MinThreads"));
    Console.WriteLine(await callers.RunAsync());
    return;
}
else
{
    Console.WriteLine("READY");
}

await host.WaitForShutdownAsync();

string Required(string name) =>
    builder.Configuration[name] ?? throw new ArgumentException($"--{name} is missing.");

int Number(string name) => int.Parse(Required(name), CultureInfo.InvariantCulture);

TimeSpan Lease() => TimeSpan.FromSeconds(double.Parse(Required("LeaseSeconds"), CultureInfo.InvariantCulture));
