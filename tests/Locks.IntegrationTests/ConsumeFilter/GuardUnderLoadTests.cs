using Locks.IntegrationTests.Faults;
using Locks.IntegrationTests.Protocol;
using Locks.TestHost;
using Locks.TestKit;
using Npgsql;
using Xunit;

namespace Locks.IntegrationTests.ConsumeFilter;

/// <summary>The guard under load: two processes, many messages at a time, almost a third of which come twice.</summary>
public sealed class GuardUnderLoadTests
{
    private const int Payments = 7_000;
    private const int Duplicates = 3_000;
    private const int Processes = 2;
    private const int AtATime = 16;

    private static readonly TimeSpan Limit = TimeSpan.FromMinutes(8);

    [Fact]
    public async Task TenThousandMessages_OfWhichThreeThousandAreDuplicates_CaptureEachPaymentOnce()
    {
        await using var fixture = new RabbitMqLockFixture();
        await fixture.StartAsync();
        await using var store = NpgsqlDataSource.Create(fixture.ConnectionString);
        await using var table = store.CreateCommand(PaymentConsumer.Table);
        await table.ExecuteNonQueryAsync();
        var queue = $"payments-{Guid.CreateVersion7():N}";
        var processes = Enumerable.Range(0, Processes)
            .Select(_ => TestProcess.ConcurrentPayments(fixture.QueueName, queue, fixture.ConnectionString, AtATime))
            .ToArray();
        try
        {
            foreach (var process in processes)
                Assert.Equal("READY", await process.FirstLine);

            // A duplicate follows its payment directly, so that both are consumed at the same time.
            var payments = Enumerable.Range(0, Payments).SelectMany(
                number => Enumerable.Repeat($"{number}", number % 7 < 3 && number / 7 < Duplicates / 3 ? 2 : 1)).ToArray();
            Assert.Equal(Payments + Duplicates, payments.Length);
            var endpoint = await fixture.Bus.GetSendEndpoint(new Uri($"queue:{queue}"));
            var start = TimeProvider.System.GetTimestamp();
            await Parallel.ForEachAsync(
                payments, new ParallelOptions { MaxDegreeOfParallelism = 32 }, async (payment, cancel) =>
                    await endpoint.Send(new CapturePayment(payment), cancel));

            // Sorting all payments again and again would take the processor from those who capture them.
            await Eventually.HoldsAsync(
                async () => await CountAsync(store, "count(*)") >= Payments && await CountAsync(store, "count(DISTINCT payment)") == Payments, Limit);
            await Eventually.HoldsAsync(
                async () => await RabbitMqQueue.ReadyAsync(queue) == 0 && await ScalarAsync(store, "SELECT count(*) FROM locks.locks WHERE state <> 'Free'") == 0,
                Limit);
            var elapsed = TimeProvider.System.GetElapsedTime(start);
            // A message that a process has not acknowledged returns to the queue when it ends.
            foreach (var process in processes)
                await process.TerminateAsync();

            Assert.Equal(0u, await RabbitMqQueue.ReadyAsync(queue));
            Assert.Equal(Payments, await CountAsync(store, "count(*)"));
            Assert.Equal(Processes, await CountAsync(store, "count(DISTINCT process)"));
            TestContext.Current.TestOutputHelper!.WriteLine(
                $"{payments.Length} messages in {elapsed.TotalSeconds:F1} s: {payments.Length / elapsed.TotalSeconds:F0} a second");
        }
        finally
        {
            foreach (var process in processes)
                await process.DisposeAsync();
            await RabbitMqQueue.DeleteAsync(queue);
        }
    }

    private static Task<long> CountAsync(NpgsqlDataSource store, string what) => ScalarAsync(store, $"SELECT {what} FROM captures");

    private static async Task<long> ScalarAsync(NpgsqlDataSource store, string statement)
    {
        await using var command = store.CreateCommand(statement);
        return (long)(await command.ExecuteScalarAsync())!;
    }
}
