using Locks.Coordinator.Storage;
using Microsoft.Extensions.DependencyInjection;
using static Locks.Compliance.SampleLocks;

// Writes grants to the file that its argument names, and prints the key of each once it is committed, until it is killed.
var services = new ServiceCollection().AddLogging();
services.AddLockCoordinator().UseSqlite(args[0]);
await using var provider = services.BuildServiceProvider();
var store = provider.GetRequiredService<ILockStore>();
while (true)
{
    var states = Enumerable.Range(0, 5).Select(_ => Held().WithWaiters(Waiter(1))).ToList();
    if ((await store.CommitAsync([.. states.Select(state => Insert(state))], CancellationToken.None)).Count > 0)
        throw new InvalidOperationException("A new lock was refused.");
    foreach (var state in states)
        Console.WriteLine(state.Key);
}
