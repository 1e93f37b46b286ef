using Locks.Client;
using MassTransit;
using Microsoft.Extensions.DependencyInjection;
using Npgsql;

namespace Locks.TestHost;

public sealed record CapturePayment(string PaymentId);

/// <summary>
/// Captures a payment the naive way: queries whether it is captured, and inserts it if not. In between it waits for an advisory lock that the
/// test holds until it has seen enough: a second consumer that queries meanwhile also finds nothing.
/// </summary>
public sealed class PaymentConsumer(NpgsqlDataSource store) : IConsumer<CapturePayment>
{
    /// <summary>The table of captured payments.</summary>
    public const string Table = "CREATE TABLE captures (payment text NOT NULL, process integer NOT NULL, fence bigint NOT NULL)";

    /// <summary>Blocks every consumer between query and insert for as long as the session lasts.</summary>
    public const string Block = "SELECT pg_advisory_lock(7)";

    public static void AddTo(IBusRegistrationConfigurator bus, string queue, string store, string policy, TimeSpan lease)
    {
        // A consumer may be blocked for longer than a command may take by default.
        bus.AddSingleton(NpgsqlDataSource.Create(new NpgsqlConnectionStringBuilder(store) { CommandTimeout = 0 }));
        bus.AddConsumer<PaymentConsumer>((context, consumer) =>
        {
            if (policy != "none")
                consumer.UseDistributedLock<PaymentConsumer, CapturePayment>(context, message => $"payment:{message.PaymentId}", guard => Choose(guard, policy, lease));
        }).Endpoint(endpoint =>
        {
            endpoint.Name = queue;
            // Only what is sent to this queue: other tests have consumers of the same message type.
            endpoint.ConfigureConsumeTopology = false;
            // Two processes share the messages.
            endpoint.PrefetchCount = 1;
        });
    }

    public async Task Consume(ConsumeContext<CapturePayment> context)
    {
        var payment = context.Message.PaymentId;
        Console.WriteLine($"LOOKS for {payment}");
        await using var session = await store.OpenConnectionAsync(context.CancellationToken);
        if (await ScalarAsync<bool>(session, "SELECT EXISTS (SELECT FROM captures WHERE payment = $1)", payment))
        {
            Console.WriteLine($"FOUND {payment}");
            return;
        }

        Console.WriteLine($"MISSES {payment}");
        await ScalarAsync<object>(session, "SELECT pg_advisory_lock_shared(7)");
        var fence = context.TryGetPayload(out ILockHandle? held) ? held.FencingToken : 0;
        await ScalarAsync<object>(session, "INSERT INTO captures VALUES ($1, $2, $3)", payment, Environment.ProcessId, fence);
        await ScalarAsync<object>(session, "SELECT pg_advisory_unlock_shared(7)");
        Console.WriteLine($"CAPTURED {payment}");
    }

    private static void Choose(LockGuardConfigurator guard, string policy, TimeSpan lease)
    {
        guard.Lease = lease;
        if (policy == "skip")
            guard.SkipWhenBusy();
        else if (policy == "wait")
            guard.WaitWhenBusy(TimeSpan.FromMinutes(2));
        else
            guard.RedeliverWhenBusy(TimeSpan.FromMinutes(15), maxTimes: 1);
    }

    private static async Task<T?> ScalarAsync<T>(NpgsqlConnection session, string statement, params object[] values)
    {
        await using var command = new NpgsqlCommand(statement, session);
        foreach (var value in values)
            command.Parameters.AddWithValue(value);
        return (T?)await command.ExecuteScalarAsync();
    }
}
