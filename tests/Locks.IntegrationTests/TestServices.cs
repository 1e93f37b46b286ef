using Locks.TestKit;
using Xunit;

namespace Locks.IntegrationTests;

/// <summary>The servers that the tests run against, started by ./test. A test that lacks one fails: a skipped test proves nothing.</summary>
public static class TestServices
{
    /// <summary>An Npgsql connection string of a role that may create databases.</summary>
    /// <exception cref="InvalidOperationException">The variable is not set.</exception>
    public static string Postgres => Required(
        "LOCKS_TEST_POSTGRES", "PostgreSQL", "an Npgsql connection string, such as Host=127.0.0.1;Port=5432;Username=postgres;Database=postgres");

    /// <summary>
    /// The same server through a PgBouncer that pools transactions; its database <c>statements</c> is that of <see cref="Postgres"/>, with
    /// each statement pooled by itself.
    /// </summary>
    /// <exception cref="InvalidOperationException">The variable is not set.</exception>
    public static string PgBouncer => Required(
        "LOCKS_TEST_PGBOUNCER", "PgBouncer", "an Npgsql connection string of a PgBouncer with pool_mode = transaction before LOCKS_TEST_POSTGRES");

    /// <summary>The AMQP address of a broker.</summary>
    /// <exception cref="InvalidOperationException">The variable is not set.</exception>
    public static Uri RabbitMq => new(Required(
        "LOCKS_TEST_RABBITMQ", "RabbitMQ", "an address, such as amqp://guest:guest@127.0.0.1:5672/"));

    /// <summary>An open gate in front of the broker.</summary>
    /// <param name="broker">The broker's address through it.</param>
    public static TcpGate OpenGateToRabbitMq(out Uri broker) => TcpGate.OpenTo(RabbitMq, out broker);

    /// <summary>The program that controls that broker, as rabbitmqctl does.</summary>
    /// <exception cref="InvalidOperationException">The variable is not set.</exception>
    public static string RabbitMqControl => Required("LOCKS_TEST_RABBITMQCTL", "RabbitMQ", "a program like rabbitmqctl for that broker");

    /// <summary>The folder that ./test started the servers in.</summary>
    /// <exception cref="InvalidOperationException">The variable is not set.</exception>
    public static string Folder => Path.GetDirectoryName(RabbitMqControl)!;

    /// <summary>
    /// A Microsoft.Data.SqlClient connection string of a login that may create databases, or <see langword="null"/>. The one server that
    /// may be absent, because ./test cannot start it; its tests are then reported as skipped.
    /// </summary>
    public static string? SqlServer => Environment.GetEnvironmentVariable("LOCKS_TEST_SQLSERVER") is { Length: > 0 } set ? set : null;

    /// <summary>
    /// Skips a test that takes many minutes, unless LOCKS_TEST_LONG is set; it is then reported as skipped. A shorter test of the same always
    /// runs.
    /// </summary>
    public static void SkipUnlessLongFaults() => Assert.SkipWhen(
        string.IsNullOrEmpty(Environment.GetEnvironmentVariable("LOCKS_TEST_LONG")), "LOCKS_TEST_LONG is not set: a long fault was left out.");

    private static string Required(string variable, string server, string form) =>
        Environment.GetEnvironmentVariable(variable) is { Length: > 0 } set
            ? set
            : throw new InvalidOperationException(
                $"{variable} is not set: run ./test, which starts {server}, or set it to {form}.");
}
