using System.Runtime.CompilerServices;
using Locks.Client;
using Locks.Verification.Clients;
using Microsoft.Extensions.DependencyInjection;

namespace Locks.Verification.Scenarios.Hostile;

/// <summary>A process of its own that wants far too much: all at once one lock, or one after the other as many locks as it can get.</summary>
internal static class FloodProgram
{
    /// <summary>What the command begins with.</summary>
    public const string Role = "flood";

    /// <summary>The lock that all want at once.</summary>
    public const string Key = "flooded";

    /// <summary>How many want it.</summary>
    public const int Callers = 30_000;

    /// <summary>The first line that the process prints. It begins when it reads a line.</summary>
    public const string ReadyLine = "READY";

    private const int AtATime = 256;
    private const string OneLock = "one";

    private static readonly TimeSpan Lease = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan Wait = TimeSpan.FromMinutes(1);

    /// <summary>The arguments of the program. It prints each second how many attempts were refused, or got a lock, and goes on until it is killed.</summary>
    public static IEnumerable<string> ToArguments(Uri broker, string queue, bool wantsOneLock) =>
        [Role, $"{broker}", queue, wantsOneLock ? OneLock : "many"];

    public static async Task RunAsync(string[] arguments)
    {
        using var host = ClientProgram.BuildHost("the flood", [new Uri(arguments[1])], arguments[2]);
        await host.StartAsync();
        var client = host.Services.GetRequiredService<ILockClient>();
        Console.WriteLine(ReadyLine);
        await Console.In.ReadLineAsync(CancellationToken.None);

        var count = new StrongBox<int>();
        var flood = arguments[3] == OneLock ? WantOneAsync(client, count) : WantManyAsync(client, count);
        using var second = new PeriodicTimer(TimeSpan.FromSeconds(1), TimeProvider.System);
        while (await second.WaitForNextTickAsync(CancellationToken.None) && !flood.IsFaulted)
            Console.WriteLine(Volatile.Read(ref count.Value));
        await flood;
    }

    /// <summary>All at once, each willing to wait.</summary>
    private static Task WantOneAsync(ILockClient client, StrongBox<int> refused) => Task.WhenAll(Enumerable.Range(0, Callers).Select(async _ =>
    {
        while (true)
        {
            try
            {
                await client.TryAcquireAsync(Key, Wait, new LockOptions { Lease = Lease, AutoRenew = false }, CancellationToken.None);
            }
            catch (LockRefusedException)
            {
                Interlocked.Increment(ref refused.Value);
            }
            catch (LockUnavailableException)
            {
                // Tries again.
            }

            // The next attempt is one of others; each alone would not be a flood.
            await Task.Delay(Wait, TimeProvider.System);
        }
    }));

    /// <summary>Each a new one, which is left to the end of its lease.</summary>
    private static Task WantManyAsync(ILockClient client, StrongBox<int> got) => Task.WhenAll(Enumerable.Range(0, AtATime).Select(async caller =>
    {
        for (var number = 0; ; number++)
        {
            try
            {
                if (await client.TryAcquireAsync($"flood/{caller}/{number}", new LockOptions { Lease = Lease, AutoRenew = false }) is not null)
                    Interlocked.Increment(ref got.Value);
            }
            catch (LockUnavailableException)
            {
                // Tries another one.
            }
        }
    }));
}
