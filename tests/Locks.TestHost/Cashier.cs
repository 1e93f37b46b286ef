using Locks.Client;
using MassTransit;
using Microsoft.Extensions.DependencyInjection;
using Npgsql;

namespace Locks.TestHost;

/// <summary>
/// Captures many payments at a time, the naive way: looks whether it was done, and does it if not. Nothing but the guard keeps two from
/// finding nothing at the same time.
/// </summary>
public sealed class Cashier(NpgsqlDataSource store) : IConsumer<CapturePayment>
{
    public static void AddTo(IBusRegistrationConfigurator bus, string queue, string store, int concurrency)
    {
        bus.AddSingleton(NpgsqlDataSource.Create(store));
        bus.AddConsumer<Cashier>((context, cashier) =>
        {
            cashier.ConcurrentMessageLimit = concurrency;
            cashier.UseDistributedLock<Cashier, CapturePayment>(
                context, message => $"payment:{message.PaymentId}", guard => guard.WaitWhenBusy(TimeSpan.FromMinutes(5)));
        }).Endpoint(endpoint =>
        {
            endpoint.Name = queue;
            endpoint.PrefetchCount = 2 * concurrency;
        });
    }

    public async Task Consume(ConsumeContext<CapturePayment> context)
    {
        await using var looked = store.CreateCommand("SELECT EXISTS (SELECT FROM captures WHERE payment = $1)");
        looked.Parameters.AddWithValue(context.Message.PaymentId);
        if ((bool)(await looked.ExecuteScalarAsync(context.CancellationToken))!)
            return;

        await using var captured = store.CreateCommand("INSERT INTO captures VALUES ($1, $2, $3)");
        captured.Parameters.AddWithValue(context.Message.PaymentId);
        captured.Parameters.AddWithValue(Environment.ProcessId);
        captured.Parameters.AddWithValue(context.GetPayload<ILockHandle>().FencingToken);
        await captured.ExecuteNonQueryAsync(context.CancellationToken);
    }
}
