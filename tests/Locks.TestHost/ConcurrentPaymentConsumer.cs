using Locks.Client;
using MassTransit;
using Microsoft.Extensions.DependencyInjection;
using Npgsql;

namespace Locks.TestHost;

/// <summary>
/// Captures many payments at a time, the naive way: queries whether a payment is captured, and inserts it if not. Only the guard keeps two
/// consumers from finding nothing at the same time.
/// </summary>
public sealed class ConcurrentPaymentConsumer(NpgsqlDataSource store) : IConsumer<CapturePayment>
{
    public static void AddTo(IBusRegistrationConfigurator bus, string queue, string store, int concurrency)
    {
        bus.AddSingleton(NpgsqlDataSource.Create(store));
        bus.AddConsumer<ConcurrentPaymentConsumer>((context, consumer) =>
        {
            consumer.ConcurrentMessageLimit = concurrency;
            consumer.UseDistributedLock<ConcurrentPaymentConsumer, CapturePayment>(
                context, message => $"payment:{message.PaymentId}", guard => guard.WaitWhenBusy(TimeSpan.FromMinutes(5)));
        }).Endpoint(endpoint =>
        {
            endpoint.Name = queue;
            // Only what is sent to this queue: other tests have consumers of the same message type.
            endpoint.ConfigureConsumeTopology = false;
            endpoint.PrefetchCount = 2 * concurrency;
        });
    }

    public async Task Consume(ConsumeContext<CapturePayment> context)
    {
        await using var query = store.CreateCommand("SELECT EXISTS (SELECT FROM captures WHERE payment = $1)");
        query.Parameters.AddWithValue(context.Message.PaymentId);
        if ((bool)(await query.ExecuteScalarAsync(context.CancellationToken))!)
            return;

        await using var insert = store.CreateCommand("INSERT INTO captures VALUES ($1, $2, $3)");
        insert.Parameters.AddWithValue(context.Message.PaymentId);
        insert.Parameters.AddWithValue(Environment.ProcessId);
        insert.Parameters.AddWithValue(context.GetPayload<ILockHandle>().FencingToken);
        await insert.ExecuteNonQueryAsync(context.CancellationToken);
    }
}
